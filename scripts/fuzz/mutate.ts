/** Changes of an input, as fuzzers make them: bits, bytes, pieces moved and doubled, words of the format, what was compared. */
import type { Unequal } from './coverage.ts';

export type Random = (below: number) => number;

/** mulberry32: the same seed, the same run. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  };
}

export interface Material {
  /** Another input to take pieces from. */
  readonly other: Buffer;
  /** Words of the format. */
  readonly words: readonly string[];
  readonly pairs: readonly Unequal[];
  readonly maxLength: number;
}

const BOUNDARIES = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x3b, 0x3c, 0x3e];

const splice = (data: Buffer, at: number, removed: number, inserted: Uint8Array): Buffer =>
  Buffer.concat([data.subarray(0, at), inserted, data.subarray(at + removed)]);

type Change = (data: Buffer, pick: Random, material: Material) => Buffer;

const changes: readonly Change[] = [
  (data, pick) => {
    if (data.length === 0) return data;
    const at = pick(data.length);
    data[at] = data[at]! ^ (1 << pick(8));
    return data;
  },
  (data, pick) => {
    if (data.length > 0) data[pick(data.length)] = pick(4) === 0 ? pick(256) : BOUNDARIES[pick(BOUNDARIES.length)]!;
    return data;
  },
  (data, pick) =>
    splice(data, pick(data.length + 1), 0, Buffer.alloc(1 + pick(4), BOUNDARIES[pick(BOUNDARIES.length)]!)),
  (data, pick) => splice(data, pick(data.length), 1 + pick(Math.min(16, data.length)), Buffer.alloc(0)),
  // A piece again, somewhere else: headers twice, lists that grow.
  (data, pick) => {
    const from = pick(data.length);
    const piece = data.subarray(from, from + 1 + pick(pick(8) === 0 ? data.length : 64));
    return splice(
      data,
      pick(data.length + 1),
      0,
      Buffer.concat(new Array<Buffer>(1 + pick(pick(16) === 0 ? 64 : 2)).fill(piece)),
    );
  },
  (data, pick, { other }) => {
    const from = pick(other.length);
    return splice(data, pick(data.length + 1), pick(32), other.subarray(from, from + 1 + pick(128)));
  },
  (data, pick, { other }) =>
    Buffer.concat([data.subarray(0, pick(data.length + 1)), other.subarray(pick(other.length + 1))]),
  (data, pick, { words }) => {
    if (words.length === 0) return data;
    return splice(
      data,
      pick(data.length + 1),
      pick(3) === 0 ? pick(8) : 0,
      Buffer.from(words[pick(words.length)]!, 'latin1'),
    );
  },
  // What was compared and found wanting is put where it stood; or anywhere.
  (data, pick, { pairs }) => {
    const pair = pairs[pick(pairs.length)];
    if (!pair) return data;
    const places = [];
    for (let at = data.indexOf(pair.is); at >= 0 && places.length < 32; at = data.indexOf(pair.is, at + 1))
      places.push(at);
    const at = places[pick(places.length)];
    return at === undefined
      ? splice(data, pick(data.length + 1), pair.wanted.length, pair.wanted)
      : splice(data, at, pair.is.length, pair.wanted);
  },
  // Numbers in text.
  (data, pick) => {
    const text = data.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    const number = numbers[pick(numbers.length)];
    if (!number) return data;
    const values = ['0', '1', '-1', '65535', '65536', '4294967295', '4294967296', '99999999999', `${pick(1000)}`];
    return splice(data, number.index, number[0].length, Buffer.from(values[pick(values.length)]!));
  },
];

/** Another input made of `data`, which stays as it is. */
export function mutate(data: Buffer, pick: Random, material: Material): Buffer {
  let made: Buffer = Buffer.from(data);
  const times = 1 << pick(5);
  for (let i = 0; i < times; i++) {
    const next = changes[pick(changes.length)]!(made, pick, material);
    made = next.length > material.maxLength ? next.subarray(0, material.maxLength) : next;
  }
  return made;
}
