/** A prompt in shared memory: handed to any number of workers without a copy. */
import type { CodecName } from '../codec.ts';
import type { Prompt } from '../door.ts';

export interface PackedPrompt {
  readonly codecs: readonly PackedFrames[];
}

export interface PackedFrames {
  readonly codec: CodecName;
  /** All payloads, one behind the other, in shared memory. */
  readonly bytes: Uint8Array;
  /** Where each payload ends. */
  readonly ends: Uint32Array;
}

export function packPrompt(prompt: Prompt): PackedPrompt {
  const codecs: PackedFrames[] = [];
  for (const [codec, frames] of Object.entries(prompt.frames) as [CodecName, readonly Uint8Array[]][]) {
    const total = frames.reduce((sum, frame) => sum + frame.length, 0);
    const bytes = new Uint8Array(new SharedArrayBuffer(total));
    const ends = new Uint32Array(new SharedArrayBuffer(4 * frames.length));
    let end = 0;
    frames.forEach((frame, index) => {
      bytes.set(frame, end);
      end += frame.length;
      ends[index] = end;
    });
    codecs.push({ codec, bytes, ends });
  }
  return { codecs };
}

/** Payload number `index`, a view of shared memory. */
export const payloadAt = ({ bytes, ends }: PackedFrames, index: number): Uint8Array =>
  bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
