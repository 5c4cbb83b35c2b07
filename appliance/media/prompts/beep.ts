/**
 * Tells one party, mostly an employee, that the call is being recorded. 1400 Hz is the recorder warning tone (Federal Standard 1037C), which lasts half a
 * second there; ours is in the place of what the other one says, so it is short enough to take no word.
 */
import type { Prompt } from '../door.ts';
import { type EncodeOpus, promptOf } from './prompt.ts';

const SAMPLE_RATE = 48_000;
const HERTZ = 1400;
const LENGTH_S = 0.2;
/** About -20 dB of full scale: beside a voice no louder than the voice. */
const AMPLITUDE = 3000;
/** Seconds that it swells and fades: an edge would be a click. */
const EDGE_S = 0.01;

export function beep(encodeOpus: EncodeOpus | null): Prompt {
  const samples = Int16Array.from({ length: LENGTH_S * SAMPLE_RATE }, (_, at) => {
    const seconds = at / SAMPLE_RATE;
    const swell = Math.min(1, seconds / EDGE_S, (LENGTH_S - seconds) / EDGE_S);
    return Math.round(AMPLITUDE * swell * Math.sin(2 * Math.PI * HERTZ * seconds));
  });
  return promptOf('beep', samples, SAMPLE_RATE, encodeOpus);
}
