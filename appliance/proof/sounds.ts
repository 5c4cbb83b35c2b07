/** What test calls sound like. */
import { createHash } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Prompt } from '../media/door.ts';
import { makePrompt } from '../media/prompts/prompt.ts';
import { writeWav } from '../media/prompts/wav.ts';

const RATE = 8000;
const FRAME_MS = 20;
const FRAME_LENGTH = 160;
const ANNOUNCEMENT_MS = 400;
const ANNOUNCEMENT_HZ = 600;

/** The announcement of test calls: a short tone, for nobody listens. */
export function testAnnouncement(): { readonly prompt: Prompt; readonly hash: string } {
  const samples = Int16Array.from({ length: (RATE * ANNOUNCEMENT_MS) / 1000 }, (_, at) =>
    Math.round(8000 * Math.sin((2 * Math.PI * ANNOUNCEMENT_HZ * at) / RATE)),
  );
  const wav = writeWav({ sampleRate: RATE, channels: [samples] });
  return { prompt: makePrompt('test-call', wav), hash: createHash('sha256').update(wav).digest('hex') };
}

/** Frames of A-law by chance, each unlike every other, so that one that is lost, doubled or exchanged is seen. */
export const speech = (ms: number, chance: Chance): readonly Buffer[] =>
  Array.from({ length: ms / FRAME_MS }, () => chance.bytes(FRAME_LENGTH));
