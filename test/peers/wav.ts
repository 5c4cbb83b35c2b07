/** WAV files of 16-bit samples: what phones write down of a call, and tones to play. */
import { readFileSync } from 'node:fs';

export interface Pcm {
  readonly rate: number;
  /** The first channel. */
  readonly samples: Int16Array;
}

/** Reads 16-bit PCM. A file that its writer did not finish (lengths of zero) is read to its end. */
export function readWav(path: string): Pcm {
  const bytes = readFileSync(path);
  const channels = bytes.readUInt16LE(22);
  const rate = bytes.readUInt32LE(24);
  const start = bytes.indexOf('data', 12, 'latin1') + 8;
  const frames = Math.floor((bytes.length - start) / 2 / channels);
  return {
    rate,
    samples: Int16Array.from({ length: frames }, (_, frame) => bytes.readInt16LE(start + frame * channels * 2)),
  };
}

/** Samples of a tone at half of full scale. */
export const tone = (hertz: number, seconds: number, rate: number): Int16Array =>
  Int16Array.from({ length: Math.round(seconds * rate) }, (_, at) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * hertz * at) / rate)),
  );

/** A mono WAV file. */
export function toWav({ rate, samples }: Pcm): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}
