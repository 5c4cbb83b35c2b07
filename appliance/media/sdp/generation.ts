/** What a leg is told after an offer and its answer. */
import type { PayloadMap } from '../codec.ts';
import type { LegGeneration } from '../door.ts';
import type { Audio } from './audio.ts';
import { receives, sends } from './direction.ts';

/**
 * `ours` are the numbers in our own description: the peer is to send under them. Some phones send under their own numbers all
 * the same (sip-field fact 11): where ours leave a number free, it is understood too.
 */
export function legGeneration(ours: readonly PayloadMap[], theirs: Audio, keys: LegGeneration['keys']): LegGeneration {
  const taken = new Set(ours.map(({ payloadType }) => payloadType));
  return {
    remote: theirs.remote,
    receive: [...ours, ...theirs.payloads.filter(({ payloadType }) => !taken.has(payloadType))],
    send: theirs.payloads,
    maySend: receives(theirs.direction),
    mayReceive: sends(theirs.direction),
    keys,
  };
}
