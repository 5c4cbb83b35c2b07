/** What a party says, as sound that tones can be found in: one stream, whatever codecs it comes in. */
import type { CodecName } from '../codec.ts';
import { decodePcma, decodePcmu } from '../prompts/g711.ts';
import { G722LowDecoder } from '../prompts/g722.ts';
import { OpusDecoder } from './opus-decoder.ts';

export class Ear {
  #codec: CodecName | null = null;
  #g722 = new G722LowDecoder();
  #opus: OpusDecoder | null = null;

  /** The packet's sound at RATE; null: it holds none that can be decoded. */
  hear(codec: CodecName, payload: Uint8Array): Int16Array | null {
    // A codec that comes back has another stream behind it.
    if (codec !== this.#codec) this.close();
    this.#codec = codec;
    switch (codec) {
      case 'PCMA':
        return decodePcma(payload);
      case 'PCMU':
        return decodePcmu(payload);
      case 'G722':
        return this.#g722.decode(payload);
      case 'opus':
        this.#opus ??= new OpusDecoder();
        return this.#opus.decode(payload);
      default:
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
