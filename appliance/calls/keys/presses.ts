/** The keys that one leg presses, whichever way they come: as RTP events and tones, which media tells once, and by INFO. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { ConsentWay } from '@belkluis/shared/policy/consent';
import type { Leg } from '../leg.ts';
import { relayInfo } from './info.ts';

/** A phone that sends a key both by INFO and in its audio does so within this time, ms: a long press and a retransmission. */
const SAME_PRESS_MS = 1500;

export type PressedBy = Extract<ConsentWay, 'event' | 'tone' | 'info'>;

/** Takes a key; whether it was meant for the box. */
export type OnKey = (key: string, how: PressedBy) => boolean;

/** Hears the keys of `leg` from here on; INFO that is not for the box goes on to `other`. */
export function hearKeys(leg: Leg, other: Leg, clock: Clock, onKey: OnKey): void {
  let last: {
    readonly key: string;
    readonly by: 'info' | 'audio';
    readonly at: number;
    readonly forBox: boolean;
  } | null = null;
  const press = (key: string, how: PressedBy): boolean => {
    const by = how === 'info' ? 'info' : 'audio';
    const at = clock.monotonic();
    if (last && last.key === key && last.by !== by && at - last.at < SAME_PRESS_MS) {
      const { forBox } = last;
      last = null;
      return forBox;
    }
    const forBox = onKey(key, how);
    last = { key, by, at, forBox };
    return forBox;
  };
  leg.party.media.onDtmf = (key, _durationMs, how) => void press(key, how);
  relayInfo(leg.session, other.session, (key) => press(key, 'info'));
}
