/** Tones that the demo phones speak, and finding them again. */

/** A tone as WAV: mono, 16 bit. */
export function toneWav(frequency: number, seconds: number, sampleRate = 8000): Int16Array {
  return Int16Array.from({ length: seconds * sampleRate }, (_, at) =>
    Math.round(12_000 * Math.sin((2 * Math.PI * frequency * at) / sampleRate)),
  );
}

/** Part of all power (0 to 1) that lies at `frequency` (Goertzel). */
export function toneShare(samples: Int16Array, frequency: number, sampleRate: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let previous = 0;
  let beforePrevious = 0;
  let energy = 0;
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
    energy += sample * sample;
  }
  if (energy === 0) return 0;
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return (2 * power) / (samples.length * energy);
}

/** Samples looked at together, as a part of a second: short, for a repeated tone may jump in phase where it begins anew. */
const WINDOW_S = 0.1;

/** The tone that fills most windows of `samples`; null when none fills more than half of them. */
export function loudestOf(frequencies: readonly number[], samples: Int16Array, sampleRate: number): number | null {
  const size = Math.round(WINDOW_S * sampleRate);
  const wins = new Map<number, number>();
  let windows = 0;
  for (let at = 0; at + size <= samples.length; at += size) {
    windows++;
    const window = samples.subarray(at, at + size);
    const clear = frequencies.find((frequency) => toneShare(window, frequency, sampleRate) > 0.8);
    if (clear !== undefined) wins.set(clear, (wins.get(clear) ?? 0) + 1);
  }
  const [best] = [...wins].sort(([, a], [, b]) => b - a);
  return best && best[1] > windows / 2 ? best[0] : null;
}
