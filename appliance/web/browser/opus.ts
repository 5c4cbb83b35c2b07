/** Opus by the browser's own decoder (WebCodecs). */
import type { Block } from '@belkluis/shared/release/matroska';
import { Refusal } from './refusal.ts';

/** The decoder's rate, and the one that is kept: speech has nothing above 8 kHz that a player at 16 kHz would lose. */
const DECODED_RATE = 48_000;
export const OPUS_RATE = 16_000;
const STEP = DECODED_RATE / OPUS_RATE;

export interface DecodedBlock {
  readonly timeMs: number;
  /** At OPUS_RATE. */
  readonly samples: Int16Array;
}

function toKeptRate(data: AudioData): Int16Array {
  const wide = new Float32Array(data.numberOfFrames);
  data.copyTo(wide, { planeIndex: 0, format: 'f32-planar' });
  return Int16Array.from({ length: Math.floor(wide.length / STEP) }, (_, at) => {
    let sum = 0;
    for (let n = 0; n < STEP; n++) sum += wide[at * STEP + n]!;
    return Math.max(-32768, Math.min(32767, Math.round((sum / STEP) * 32767)));
  });
}

/** Decodes one side's blocks, in order. @throws Refusal `no_opus` when this browser cannot. */
export async function decodeOpus(blocks: readonly Block[]): Promise<readonly DecodedBlock[]> {
  const config = { codec: 'opus', sampleRate: DECODED_RATE, numberOfChannels: 1 };
  if (typeof AudioDecoder === 'undefined') throw new Refusal('no_opus');
  const { supported } = await AudioDecoder.isConfigSupported(config);
  if (!supported) throw new Refusal('no_opus');
  const decoded: DecodedBlock[] = [];
  let failure: unknown;
  const decoder = new AudioDecoder({
    output: (data) => {
      decoded.push({ timeMs: data.timestamp / 1000, samples: toKeptRate(data) });
      data.close();
    },
    error: (error) => {
      failure = error;
    },
  });
  decoder.configure(config);
  for (const { timeMs, payload } of blocks) {
    if (payload.length === 0 || failure) continue;
    decoder.decode(
      new EncodedAudioChunk({ type: 'key', timestamp: timeMs * 1000, data: payload as Uint8Array<ArrayBuffer> }),
    );
  }
  if (!failure) await decoder.flush();
  if (decoder.state !== 'closed') decoder.close();
  return decoded;
}
