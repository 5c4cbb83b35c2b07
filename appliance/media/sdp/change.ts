/** What a new description means beside the one before it: hold comes in several shapes (sip-field fact 6). */
import { isDeepStrictEqual } from 'node:util';
import type { Audio } from './audio.ts';
import { receives } from './direction.ts';

export type MediaChange =
  /** The first description, and it wants to hear us. */
  | 'started'
  /** Nothing about the audio differs: a session refresh. */
  | 'unchanged'
  /** It wants to hear us no longer, or not yet: sendonly, inactive, or no address. */
  | 'held'
  | 'resumed'
  /** Another address, port, codec or key, as when a phone puts somebody else on, or plays music from elsewhere. */
  | 'changed'
  /** The stream is switched off. */
  | 'ended';

/** Its author does not want to hear us. */
const isHeld = ({ direction }: Audio): boolean => !receives(direction);

/** Null: there was no description yet, or there is no audio in it. */
export function mediaChange(previous: Audio | null, next: Audio | null): MediaChange {
  if (next === null) return 'ended';
  const held = isHeld(next);
  if (previous === null) return held ? 'held' : 'started';
  if (held !== isHeld(previous)) return held ? 'held' : 'resumed';
  return isDeepStrictEqual(previous, next) ? 'unchanged' : 'changed';
}
