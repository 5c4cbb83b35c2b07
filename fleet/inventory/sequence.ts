/** Whether a message of a box is missing: each has the next number (`seq` of the envelope). */
import { MAX_GAPS } from './limits.ts';

export interface Sequence {
  /** Highest number heard. */
  readonly last: number;
  /** When the message with it was made, by the box's clock. */
  readonly saidAt: number;
  /** Numbers that are missing, from and to, oldest first. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** Missing numbers of gaps that are not kept one by one any more. */
  readonly forgotten: number;
  /** How often it began anew: the box lost its own count. */
  readonly restarts: number;
}

/**
 * The state after a message. One that comes late fills its gap; one that comes twice changes nothing. A message made after the last, with a
 * number that is not: the box counts from there.
 */
export function sequenceAfter(known: Sequence | null, heard: { readonly seq: number; readonly ts: number }): Sequence {
  const { seq, ts } = heard;
  if (!known) return { last: seq, saidAt: ts, gaps: [], forgotten: 0, restarts: 0 };
  if (seq > known.last) {
    const missing: [number, number][] = seq > known.last + 1 ? [[known.last + 1, seq - 1]] : [];
    const all = [...known.gaps, ...missing];
    const old = all.slice(0, Math.max(0, all.length - MAX_GAPS));
    const forgotten = old.reduce((sum, [from, to]) => sum + to - from + 1, known.forgotten);
    return { ...known, last: seq, saidAt: ts, gaps: all.slice(old.length), forgotten };
  }
  const gap = known.gaps.findIndex(([from, to]) => from <= seq && seq <= to);
  if (gap >= 0) {
    const [from, to] = known.gaps[gap]!;
    const left: [number, number][] = [
      [from, seq - 1],
      [seq + 1, to],
    ];
    const kept = left.filter(([first, last]) => first <= last);
    return { ...known, gaps: [...known.gaps.slice(0, gap), ...kept, ...known.gaps.slice(gap + 1)] };
  }
  if (ts <= known.saidAt) return known;
  return { last: seq, saidAt: ts, gaps: [], forgotten: 0, restarts: known.restarts + 1 };
}

/** How many messages are missing. */
export const missingOf = ({ gaps, forgotten }: Sequence): number =>
  gaps.reduce((sum, [from, to]) => sum + to - from + 1, forgotten);
