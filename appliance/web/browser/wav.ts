/** Two lines of samples as a stereo WAV file: the caller left, the callee right. */
import type { Sound } from './sound.ts';

/** Frames that are interleaved at once: a megabyte of WAV. */
const CHUNK_FRAMES = 262_144;

function header(rate: number, dataLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44);
  const view = new DataView(bytes.buffer);
  const ascii = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  ascii(0, 'RIFF');
  view.setUint32(4, 36 + dataLength, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, dataLength, true);
  return bytes;
}

export function toWav({ rate, sides: [left, right] }: Sound): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [header(rate, left.length * 4)];
  for (let from = 0; from < left.length; from += CHUNK_FRAMES) {
    const frames = Math.min(CHUNK_FRAMES, left.length - from);
    const bytes = new Uint8Array(frames * 4);
    const view = new DataView(bytes.buffer);
    for (let n = 0; n < frames; n++) {
      view.setInt16(n * 4, left[from + n]!, true);
      view.setInt16(n * 4 + 2, right[from + n]!, true);
    }
    parts.push(bytes);
  }
  return new Blob(parts, { type: 'audio/wav' });
}
