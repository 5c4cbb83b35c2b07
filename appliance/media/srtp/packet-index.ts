/** The 48-bit index of an SRTP packet: its rollover counter (ROC) times 2^16 plus its sequence number (RFC 3711 3.3.1). */

const WRAP = 0x1_0000;
const HALF = 0x8000;

/** Rollover counters go from 0 to this; then the key is spent (RFC 3711 9.2). */
export const MAX_ROC = 0xffff_ffff;

export const indexOf = (roc: number, sequence: number): number => roc * WRAP + sequence;

export const rocOf = (index: number): number => Math.floor(index / WRAP);

/**
 * The ROC that puts `sequence` closest to the highest index so far. -1 when that would be before the first packet of all:
 * such a packet has no index.
 */
export function guessRoc(highest: number, sequence: number): number {
  const roc = rocOf(highest);
  const last = highest % WRAP;
  if (last < HALF) return sequence - last > HALF ? roc - 1 : roc;
  return last - HALF > sequence ? roc + 1 : roc;
}
