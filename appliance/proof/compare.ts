/** Whether what came out is what went in: frames of known bytes, each of them unlike every other. Pure. */

export interface Compared {
  /** Frames that are among those that were sent. */
  readonly known: number;
  /** Frames that nobody sent. */
  readonly foreign: number;
  /** Frames that are missing between the first and the last known one. */
  readonly missing: number;
  /** Frames that come before one that was sent earlier. */
  readonly reordered: number;
}

const keyOf = (payload: Uint8Array): string => Buffer.from(payload).toString('latin1');

/** Looks up each of `received` in `sent`, whose frames must all differ. */
export function compareFrames(sent: readonly Uint8Array[], received: readonly Uint8Array[]): Compared {
  const places = new Map(sent.map((payload, place) => [keyOf(payload), place]));
  let [known, foreign, reordered] = [0, 0, 0];
  let first: number | null = null;
  let last = -1;
  for (const payload of received) {
    const place = places.get(keyOf(payload));
    if (place === undefined) {
      foreign++;
      continue;
    }
    known++;
    if (place <= last) reordered++;
    first ??= place;
    last = Math.max(last, place);
  }
  return { known, foreign, reordered, missing: first === null ? 0 : last - first + 1 - known };
}
