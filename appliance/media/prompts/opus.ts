/** Opus packets of a prompt, made once when a policy comes into force (RFC 6716; libopus as WebAssembly). */
import OpusScript from 'opusscript';
import type { EncodeOpus } from './prompt.ts';

const RATE = 48_000;
/** 20 ms. */
const FRAME = 960;

/** Encodes mono sound at 48 kHz; what is left of a last frame is dropped, for `makePrompt` fills it up. */
export const encodeOpus: EncodeOpus = (samples) => {
  const encoder = new OpusScript(RATE, 1, OpusScript.Application.VOIP);
  try {
    const pcm = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
    return Array.from({ length: Math.floor(samples.length / FRAME) }, (_, index) =>
      // The encoder's memory is used again for the next packet.
      Uint8Array.from(encoder.encode(pcm.subarray(index * FRAME * 2, (index + 1) * FRAME * 2), FRAME)),
    );
  } finally {
    encoder.delete();
  }
};
