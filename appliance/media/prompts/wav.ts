/** WAV files of 16-bit PCM (Microsoft, Multimedia Programming Interface 1.0): RIFF chunks, little-endian. */
import { MAX_SAMPLE_RATE, MAX_WAV, MIN_SAMPLE_RATE } from '../limits.ts';
import { problem } from '../problems.ts';

export interface Wav {
  /** Samples a second. */
  readonly sampleRate: number;
  /** One channel or two, left first, equally long. */
  readonly channels: readonly Int16Array[];
}

const PCM = 1;
/** The format's real tag is in its extension. */
const EXTENSIBLE = 0xfffe;

/** @throws Problem `wav_malformed`, `wav_unsupported`, `wav_too_large`. */
export function readWav(file: Uint8Array): Wav {
  if (file.length > MAX_WAV) throw problem('wav_too_large', `${file.length} bytes`);
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    throw problem('wav_malformed');
  let format: Buffer | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ') format = body;
    // A program that wrote to a pipe could not know the length: the rest of the file is meant.
    if (name === 'data' && format) return readSamples(format, body, body.length < length && length < 0xffff_0000);
    at += 8 + length + (length & 1);
  }
  throw problem('wav_malformed', format ? 'no data chunk' : 'no fmt chunk');
}

function readSamples(format: Buffer, data: Buffer, torn: boolean): Wav {
  if (format.length < 16) throw problem('wav_malformed', 'fmt chunk too short');
  if (torn) throw problem('wav_malformed', 'the file ends early');
  const written = format.readUInt16LE(0);
  const tag = written === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : written;
  const count = format.readUInt16LE(2);
  const sampleRate = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  if (
    tag !== PCM ||
    bits !== 16 ||
    (count !== 1 && count !== 2) ||
    sampleRate < MIN_SAMPLE_RATE ||
    sampleRate > MAX_SAMPLE_RATE
  )
    throw problem('wav_unsupported', `format ${tag}, ${bits} bits, ${count} channels, ${sampleRate} Hz`);
  const length = Math.floor(data.length / (2 * count));
  const channels = Array.from({ length: count }, (_, channel) =>
    Int16Array.from({ length }, (_, index) => data.readInt16LE(2 * (index * count + channel))),
  );
  return { sampleRate, channels };
}

/** The bytes of a WAV file. Channels of unequal length are filled up with silence. */
export function writeWav({ sampleRate, channels }: Wav): Buffer {
  const count = channels.length;
  const length = Math.max(0, ...channels.map((channel) => channel.length));
  const file = Buffer.alloc(44 + 2 * count * length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(count, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2 * count, 28);
  file.writeUInt16LE(2 * count, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(file.length - 44, 40);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, index) => {
      file.writeInt16LE(sample, 44 + 2 * (index * count + channel));
    });
  });
  return file;
}

/** All channels as one. */
export function mono({ channels: [left, right] }: Wav): Int16Array {
  if (left === undefined) return new Int16Array();
  return right === undefined ? left : left.map((sample, index) => Math.round((sample + right[index]!) / 2));
}
