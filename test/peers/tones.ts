/** Which tone stands in a piece of sound: the Goertzel algorithm, so that no peer's own analysis has to be believed. */
import { toneShare } from '../../scripts/demo/tone.ts';

/** The strongest of `frequencies`, or null when none holds most of the power. */
export function strongestTone(samples: Int16Array, frequencies: readonly number[], sampleRate: number): number | null {
  const shares = frequencies.map((frequency) => ({ frequency, share: toneShare(samples, frequency, sampleRate) }));
  const best = shares.sort((a, b) => b.share - a.share)[0];
  return best && best.share > 0.5 ? best.frequency : null;
}

/** A stretch of sound in which one tone stood. */
export interface Stretch {
  readonly tone: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Length of the window that is looked at, ms: long enough to tell two tones apart that are 50 Hz from each other. */
const WINDOW_MS = 40;

/** Below this mean square a window is silence: codec noise, comfort noise. */
const SILENCE = 100 ** 2;

/** The tones in `samples` one after the other, silence left out. */
export function tonesIn(samples: Int16Array, frequencies: readonly number[], sampleRate: number): Stretch[] {
  const size = Math.round((WINDOW_MS * sampleRate) / 1000);
  const stretches: Stretch[] = [];
  for (let at = 0; at + size <= samples.length; at += size) {
    const window = samples.subarray(at, at + size);
    const loud = window.reduce((sum, sample) => sum + sample * sample, 0) / size > SILENCE;
    const tone = loud ? strongestTone(window, frequencies, sampleRate) : null;
    if (tone === null) continue;
    const fromMs = (at * 1000) / sampleRate;
    const last = stretches.at(-1);
    // One window without a clear tone, at a seam, does not end a stretch.
    const goesOn = last?.tone === tone && fromMs - last.toMs <= WINDOW_MS * 1.5;
    if (goesOn) stretches.splice(-1, 1, { ...last, toMs: fromMs + WINDOW_MS });
    else stretches.push({ tone, fromMs, toMs: fromMs + WINDOW_MS });
  }
  return stretches;
}

/** Milliseconds of `tone` in all. */
export const lengthOf = (stretches: readonly Stretch[], tone: number): number =>
  stretches.filter((stretch) => stretch.tone === tone).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
