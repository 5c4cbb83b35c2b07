/** Packets that say nothing, for those that must not be kept. */
import type { TapCodec } from '../frame.ts';

const A_LAW_ZERO = 0xd5;
const MU_LAW_ZERO = 0xff;

/** The smallest step of both bands: whatever the decoder's state is, it comes to rest within a packet, at a steady 56 of 32767. */
const G722_ZERO = 0xff;

/** Comfort noise of -127 dBov (RFC 3389 3.1). */
const NO_NOISE = 127;

/** Of the same codec and length; an Opus packet that cannot be read is taken for one of 20 ms. */
export function silenceLike(codec: TapCodec, payload: Uint8Array): Uint8Array {
  switch (codec) {
    case 'PCMA':
      return new Uint8Array(payload.length).fill(A_LAW_ZERO);
    case 'PCMU':
      return new Uint8Array(payload.length).fill(MU_LAW_ZERO);
    case 'G722':
      return new Uint8Array(payload.length).fill(G722_ZERO);
    case 'opus':
      return silentOpus(payload);
    case 'CN':
      return Uint8Array.of(NO_NOISE);
  }
}

/** Frames of an Opus packet by the two lowest bits of its first byte; the last says it in the second byte (RFC 6716 3.2). */
const FRAMES = [1, 2, 2];
const COUNTED = 3;
/** The longest packet and the usual one, in halves of milliseconds. */
const MAX_PACKET = 240;
const USUAL = 40;

/** The length of an Opus frame in halves of milliseconds, by the configuration in its first byte (RFC 6716 3.1). */
function frameLength(config: number): number {
  if (config < 12) return [20, 40, 80, 120][config & 3]!;
  if (config < 16) return [20, 40][config & 1]!;
  return [5, 10, 20, 40][config & 3]!;
}

/** Full-band CELT by the length of its frames, in halves of milliseconds, the longest first. */
const CELT = [
  [40, 31],
  [20, 30],
  [10, 29],
  [5, 28],
] as const;
/** A CELT frame that begins with its flag of silence (RFC 6716 4.3). */
const SILENT_FRAME = [0xff, 0xfe];

function opusLength(packet: Uint8Array): number {
  const first = packet[0];
  if (first === undefined) return USUAL;
  const count = (first & 3) === COUNTED ? (packet[1] ?? 0) & 63 : FRAMES[first & 3]!;
  const length = count * frameLength(first >> 3);
  return length === 0 || length > MAX_PACKET ? USUAL : length;
}

function silentOpus(packet: Uint8Array): Uint8Array {
  const length = opusLength(packet);
  const [frame, config] = CELT.find(([each]) => length % each === 0)!;
  const frames = length / frame;
  return Uint8Array.of((config << 3) | COUNTED, frames, ...Array.from({ length: frames }, () => SILENT_FRAME).flat());
}
