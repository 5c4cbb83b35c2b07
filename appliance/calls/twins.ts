/**
 * Two calls that carry the same words: a phone's call goes out to a PBX, and comes in again to another phone of the box. One of them is
 * recorded, the one of who called: it lasts as long as the caller is there, whatever the PBX does with the rest (decision 0076). The other
 * one waits: as soon as the words are not recorded there, they are recorded here.
 */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Origin } from './origin.ts';
import type { Announcement } from './talking.ts';

/** How long after its own answer a call waits for its twin to be answered too, ms: a PBX passes an answer on at once. */
const ANSWERED_WITHIN_MS = 3_000;

/** When a first call ends, the PBX ends the second a moment later; only one that stays after that is another conversation, ms. */
const ENDS_WITHIN_MS = 1_500;

/** A first call, by its own hand. */
export interface FirstCall {
  /** It was answered. `announcement`: what is played on it before it is recorded; null: it is not recorded. */
  answered(announcement: Announcement | null): void;
  /** It is over, or recorded no more. */
  ended(): void;
}

/** A first call as its second one sees it. */
export interface Elsewhere {
  /** Both sides of the first call had been told before the second one was answered: who joins by it has not heard it. */
  readonly toldBefore: Announcement | null;
  /** `action` is called once, when the words are not recorded there, or no more. */
  whenNot(action: () => void): Cancel;
}

interface Known {
  /** Its id. */
  readonly call: string;
  readonly user: string;
  announcement: Announcement | null;
  at: 'ringing' | 'answered' | 'over';
  readonly waiting: Set<() => void>;
}

export interface Twins {
  /** A name for a first call of `user` that nobody can guess. */
  name(): string;
  first(id: string, call: string, user: string): FirstCall;
  /** What a second call comes out of. */
  originOf(id: string): Origin;
  elsewhere(id: string): Elsewhere | null;
  /** The first call that one of these names means; else the newest of `user`'s that rings: the PBX forgot the name. */
  find(names: readonly string[], user: string | null): string | null;
}

export function twins(clock: Clock, chance: Chance): Twins {
  const calls = new Map<string, Known>();
  const changed = (call: Known) => {
    for (const look of [...call.waiting]) look();
  };
  return {
    name: () => randomHex(chance, 16),
    first(id, of, user) {
      const call: Known = { call: of, user, announcement: null, at: 'ringing', waiting: new Set() };
      calls.set(id, call);
      return {
        answered(announcement) {
          call.at = announcement ? 'answered' : 'over';
          call.announcement = announcement;
          changed(call);
        },
        ended() {
          call.at = 'over';
          calls.delete(id);
          changed(call);
        },
      };
    },
    originOf: (id) => ({ call: calls.get(id)!.call, how: 'returned', by: 'caller' }),
    elsewhere(id) {
      const call = calls.get(id);
      if (!call || call.at === 'over') return null;
      return {
        toldBefore: call.at === 'answered' ? call.announcement : null,
        whenNot(action) {
          let stopTimer: Cancel = () => {};
          const stop = () => {
            call.waiting.delete(look);
            stopTimer();
          };
          const soon = (ms: number) => {
            stopTimer();
            stopTimer = clock.after(ms, () => {
              stop();
              action();
            });
          };
          const look = () => {
            if (call.at === 'answered') stopTimer();
            else soon(call.at === 'ringing' ? ANSWERED_WITHIN_MS : ENDS_WITHIN_MS);
          };
          call.waiting.add(look);
          look();
          return stop;
        },
      };
    },
    find(names, user) {
      const named = names.find((name) => calls.has(name));
      if (named !== undefined || user === null) return named ?? null;
      const ringing = [...calls].filter(([, call]) => call.at === 'ringing' && call.user === user);
      return ringing.at(-1)?.[0] ?? null;
    },
  };
}
