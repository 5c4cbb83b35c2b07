/** The tone of a phone that rings elsewhere, as it sounds in most of Europe (ETSI TR 101 041-2): 425 Hz, a second on, four off. */
import type { Prompt } from '../door.ts';
import { type EncodeOpus, promptOf } from './prompt.ts';

const SAMPLE_RATE = 48_000;
const HERTZ = 425;
const ON_S = 1;
const PERIOD_S = 5;
/** About -20 dB of full scale: a tone beside a voice is no louder than the voice. */
const AMPLITUDE = 3000;

/** One period; played again and again. */
export function ringBack(encodeOpus: EncodeOpus | null): Prompt {
  const samples = new Int16Array(PERIOD_S * SAMPLE_RATE);
  for (let at = 0; at < ON_S * SAMPLE_RATE; at++) {
    samples[at] = AMPLITUDE * Math.sin((2 * Math.PI * HERTZ * at) / SAMPLE_RATE);
  }
  return promptOf('ring-back', samples, SAMPLE_RATE, encodeOpus);
}
