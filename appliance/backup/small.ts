/** Objects that fit into memory, and work in small steps. */
import type { Destination } from './destination.ts';
import { MAX_SMALL_OBJECT } from './limits.ts';
import { problem } from './problems.ts';

/** Lets others have their turn: between two pages of a catalogue that may be long. */
export const breathe = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/** All bytes of a stream. @throws Problem `object_too_large` beyond `limit`. */
export async function collect(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limit) throw problem('object_too_large', `over ${limit} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** A small object's text; null when it is not there. */
export async function readSmall(destination: Destination, name: string): Promise<string | null> {
  try {
    return (await collect(await destination.read(name), MAX_SMALL_OBJECT)).toString('utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'object_missing') return null;
    throw error;
  }
}
