/** ITU-T G.711: A-law and mu-law, eight bits a sample at 8 kHz. */

const SIGN = 0x80;
/** Added before mu-law's logarithm, so that its first segment begins at a power of two. */
const BIAS = 132;
const MULAW_MAX = 32_635;
/** A-law sends every other bit inverted, so that silence has edges to lock to. */
const ALTERNATE = 0x55;

function aLawByte(sample: number): number {
  const positive = sample >= 0;
  let level = (positive ? sample : ~sample) >> 4;
  let segment = 0;
  if (level > 15) {
    segment = 1;
    for (; level > 31; level >>= 1) segment++;
    level -= 16;
  }
  return ((segment << 4) | level | (positive ? SIGN : 0)) ^ ALTERNATE;
}

function aLawSample(byte: number): number {
  const code = byte ^ ALTERNATE;
  const segment = (code >> 4) & 7;
  const level = (((code & 15) << 4) + 8 + (segment > 0 ? 256 : 0)) << Math.max(0, segment - 1);
  return code & SIGN ? level : -level;
}

function muLawByte(sample: number): number {
  const level = Math.min(sample < 0 ? -sample : sample, MULAW_MAX) + BIAS;
  const segment = 24 - Math.clz32(level);
  return ~((sample < 0 ? SIGN : 0) | (segment << 4) | ((level >> (segment + 3)) & 15)) & 0xff;
}

function muLawSample(byte: number): number {
  const code = ~byte;
  const level = ((((code & 15) << 3) + BIAS) << ((code >> 4) & 7)) - BIAS;
  return code & SIGN ? -level : level;
}

const aLawSamples = Int16Array.from({ length: 256 }, (_, byte) => aLawSample(byte));
const muLawSamples = Int16Array.from({ length: 256 }, (_, byte) => muLawSample(byte));

export const encodePcma = (samples: Int16Array): Uint8Array => Uint8Array.from(samples, aLawByte);
export const encodePcmu = (samples: Int16Array): Uint8Array => Uint8Array.from(samples, muLawByte);
export const decodePcma = (bytes: Uint8Array, into?: Int16Array): Int16Array => decoded(bytes, aLawSamples, into);
export const decodePcmu = (bytes: Uint8Array, into?: Int16Array): Int16Array => decoded(bytes, muLawSamples, into);

/** A loop: `Int16Array.from` costs ten times as much, and this is done for each packet of a recorded call. `into`: has room for all of it. */
function decoded(
  bytes: Uint8Array,
  samplesOf: Int16Array,
  into: Int16Array = new Int16Array(bytes.length),
): Int16Array {
  for (let i = 0; i < bytes.length; i++) into[i] = samplesOf[bytes[i]!]!;
  return into.subarray(0, bytes.length);
}
