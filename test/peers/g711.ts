/** G.711 by the segments of ITU-T G.711, table-free: an encoder of the tests' own, so that no decoder of ours is believed. */

/** A-law of one 16-bit sample. */
export function aLaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(0xfff, (sample >= 0 ? sample : ~sample) >> 3);
  const segment = Math.max(0, 31 - Math.clz32(magnitude | 0x1f) - 4);
  const step = segment === 0 ? magnitude >> 1 : magnitude >> segment;
  return (sign | (segment << 4) | (step & 0x0f)) ^ 0x55;
}

/** µ-law of one 16-bit sample. */
export function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(32_635, Math.abs(sample)) + 132;
  const segment = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}

/** Samples as the bytes of a codec. */
export const encoded = (law: (sample: number) => number, samples: Int16Array): Buffer =>
  Buffer.from(Uint8Array.from(samples, law));
