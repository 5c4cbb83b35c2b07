/** Which tone stands in a piece of sound: the Goertzel algorithm, so that no peer's own analysis has to be believed. */

/** Power of `frequency` in `samples`, as a part (0 to 1) of all power in them. */
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

/** The strongest of `frequencies`, or null when none holds most of the power. */
export function strongestTone(samples: Int16Array, frequencies: readonly number[], sampleRate: number): number | null {
  const shares = frequencies.map((frequency) => ({ frequency, share: toneShare(samples, frequency, sampleRate) }));
  const best = shares.sort((a, b) => b.share - a.share)[0];
  return best && best.share > 0.5 ? best.frequency : null;
}
