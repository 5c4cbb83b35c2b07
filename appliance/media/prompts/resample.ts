/** Another sample rate for the same sound: interpolation by a windowed sinc, which also removes what the lower rate cannot hold. */

/** Zero crossings of the sinc on each side: the stop band is then under what G.711 itself adds. */
const CROSSINGS = 16;

/** `from` and `to` in samples a second. The same array when they are equal. */
export function resample(samples: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return samples;
  const divisor = gcd(from, to);
  // Output number n lies at n * step / phases of the input: as many kernels as there are places between two samples.
  const phases = to / divisor;
  const step = from / divisor;
  const kernelOf = kernels(phases, Math.min(1, to / from));
  const output = new Int16Array(Math.ceil((samples.length * to) / from));
  for (let n = 0; n < output.length; n++) {
    const place = n * step;
    const kernel = kernelOf(place % phases);
    const first = Math.floor(place / phases) - kernel.length / 2 + 1;
    let sum = 0;
    for (let i = Math.max(0, -first); i < kernel.length && first + i < samples.length; i++)
      sum += samples[first + i]! * kernel[i]!;
    output[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return output;
}

/** Kernels by phase, each made when first asked for. `cutoff` is a fraction of half the input's rate. */
function kernels(phases: number, cutoff: number): (phase: number) => Float64Array {
  const made: Float64Array[] = [];
  const half = Math.ceil(CROSSINGS / cutoff);
  return (phase) => {
    made[phase] ??= kernel(half, phase / phases, cutoff);
    return made[phase];
  };
}

/** Weights of the `2 * half` samples around a place that lies `fraction` behind the middle left one. */
function kernel(half: number, fraction: number, cutoff: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * half }, (_, i) => {
    const distance = i - half + 1 - fraction;
    return sinc(distance * cutoff) * window(distance / half);
  });
  // A constant must stay what it is.
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Blackman's window, from -1 to 1. */
const window = (x: number): number =>
  Math.abs(x) > 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
