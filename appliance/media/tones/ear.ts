/** What a party says, as sound that tones can be found in: one stream, whatever codecs it comes in. */
import type { CodecName } from '../codec.ts';
import { decodePcma, decodePcmu } from '../prompts/g711.ts';
import { G722LowDecoder } from '../prompts/g722.ts';
import { MAX_OPUS_SAMPLES } from './limits.ts';
import { OpusDecoder } from './opus-decoder.ts';

/** One for all ears of a thread: what was heard is used at once, and a new one for each packet would cost more than the decoding. */
const scratch = new Int16Array(MAX_OPUS_SAMPLES);

export class Ear {
  #codec: CodecName | null = null;
  #g722 = new G722LowDecoder();
  #opus: OpusDecoder | null = null;

  /** The packet's sound at RATE, until another is heard by any ear; null: it holds none that can be decoded. */
  hear(codec: CodecName, payload: Uint8Array): Int16Array | null {
    // A codec that comes back has another stream behind it.
    if (codec !== this.#codec) this.close();
    this.#codec = codec;
    if (payload.length > scratch.length) return null;
    switch (codec) {
      case 'PCMA':
        return decodePcma(payload, scratch);
      case 'PCMU':
        return decodePcmu(payload, scratch);
      case 'G722':
        return this.#g722.decode(payload, scratch);
      case 'opus':
        return this.#hearOpus(payload);
      default:
        return null;
    }
  }

  /** What libopus cannot bear costs its own call an ear, and no call a packet. */
  #hearOpus(payload: Uint8Array): Int16Array | null {
    try {
      this.#opus ??= new OpusDecoder();
      return this.#opus.decode(payload, scratch);
    } catch {
      this.#opus = null;
      return null;
    }
  }

  /** Forgets the stream and gives memory back. */
  close(): void {
    this.#codec = null;
    this.#g722 = new G722LowDecoder();
    this.#opus?.close();
    this.#opus = null;
  }
}
