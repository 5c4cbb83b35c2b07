/** G.711 to 16-bit samples (ITU-T G.711, tables 1a to 2b). */

/** A-law: even bits inverted, sign set for positive values. */
function expandA(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = bits & 15;
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

/** µ-law: all bits inverted, bias 132. */
function expandMu(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

const table = (expand: (code: number) => number): Int16Array =>
  Int16Array.from({ length: 256 }, (_, code) => expand(code));

const decode =
  (samples: Int16Array) =>
  (payload: Uint8Array): Int16Array =>
    Int16Array.from(payload, (code) => samples[code]!);

/** 8000 samples a second. */
export const decodeALaw = decode(table(expandA));
export const decodeMuLaw = decode(table(expandMu));
