/** From blocks to two lines of samples, one a side, on one clock. */

import type { Block, TrackCodec } from '@belkluis/shared/release/matroska';
import { decodeALaw, decodeMuLaw } from './g711.ts';
import { createG722Decoder } from './g722.ts';
import { decodeOpus, OPUS_RATE } from './opus.ts';

/** A stretch of a recording with one pair of codecs. */
export interface Part {
  readonly codecs: readonly [TrackCodec, TrackCodec];
  readonly blocks: readonly Block[];
}

export interface Sound {
  readonly rate: number;
  /** Caller, callee: the same length. */
  readonly sides: readonly [Int16Array, Int16Array];
}

const rates: Record<TrackCodec, number> = { PCMA: 8000, PCMU: 8000, G722: 16_000, opus: OPUS_RATE };

/** Times are whole milliseconds: a block that begins this near to the end of the one before belongs to it without a seam. */
const SEAM_MS = 8;

/** Twice the rate, each new sample half-way between two old ones. */
function doubled(samples: Int16Array, before: number): Int16Array {
  const twice = new Int16Array(samples.length * 2);
  let last = before;
  samples.forEach((sample, at) => {
    twice[at * 2] = (last + sample) >> 1;
    twice[at * 2 + 1] = sample;
    last = sample;
  });
  return twice;
}

interface Stretch {
  readonly timeMs: number;
  readonly samples: Int16Array;
}

/** One side of one part, decoded, at its codec's rate. */
async function decodeSide(codec: TrackCodec, blocks: readonly Block[]): Promise<readonly Stretch[]> {
  if (codec === 'opus') return decodeOpus(blocks);
  const decode = codec === 'G722' ? createG722Decoder() : codec === 'PCMA' ? decodeALaw : decodeMuLaw;
  return blocks.map(({ timeMs, payload }) => ({ timeMs, samples: decode(payload) }));
}

/** Lays a side's stretches on its line. */
function place(line: Int16Array, rate: number, stretches: readonly Stretch[], ownRate: number): void {
  let cursor = 0;
  let last = 0;
  for (const { timeMs, samples } of stretches) {
    const at = Math.round((timeMs * rate) / 1000);
    const start = Math.abs(at - cursor) <= (SEAM_MS * rate) / 1000 ? cursor : at;
    const fitted = ownRate === rate ? samples : doubled(samples, start === cursor ? last : 0);
    const room = Math.max(0, line.length - start);
    line.set(fitted.subarray(0, room), Math.min(start, line.length));
    cursor = start + fitted.length;
    last = samples.at(-1) ?? 0;
  }
}

/**
 * Decodes all parts of a recording of `durationMs`.
 * @throws Refusal `no_opus`.
 */
export async function decodeParts(parts: readonly Part[], durationMs: number): Promise<Sound> {
  const rate = Math.max(8000, ...parts.flatMap(({ codecs }) => codecs.map((codec) => rates[codec])));
  const length = Math.ceil((durationMs * rate) / 1000);
  const sides = [new Int16Array(length), new Int16Array(length)] as const;
  for (const { codecs, blocks } of parts) {
    for (const side of [0, 1] as const) {
      const own = blocks.filter((block) => block.side === side);
      place(sides[side], rate, await decodeSide(codecs[side], own), rates[codecs[side]]);
    }
  }
  return { rate, sides };
}
