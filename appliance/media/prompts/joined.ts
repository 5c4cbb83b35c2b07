import type { CodecName } from '../codec.ts';
import type { Prompt } from '../door.ts';

/** Several prompts, such as one for each language, one after the other as one. */
export function joined(id: string, prompts: readonly Prompt[]): Prompt {
  const frames: Partial<Record<CodecName, readonly Uint8Array[]>> = {};
  for (const prompt of prompts) {
    for (const [codec, more] of Object.entries(prompt.frames) as [CodecName, readonly Uint8Array[]][]) {
      frames[codec] = [...(frames[codec] ?? []), ...more];
    }
  }
  return { id, frames };
}
