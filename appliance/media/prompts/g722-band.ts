/** One of the two bands of ITU-T G.722: an adaptive scale factor and a predictor of two poles and six zeros (clauses 3.4 to 3.6). */
import { INVERSE_LOG } from './g722-tables.ts';

export const clamp16 = (value: number): number => Math.max(-32_768, Math.min(32_767, value));
/** Products of two 16-bit fractions. */
const times = (a: number, b: number): number => (a * b) >> 15;
const doubled = (value: number): number => clamp16(value + value);

/** Leak of the first pole and of the zeros, 255/256, and of the second pole, 127/128. */
const LEAK = 32_640;
const SECOND_LEAK = 32_512;
const SECOND_POLE_MAX = 12_288;
/** What keeps both poles together inside the unit circle. */
const STABLE = 15_360;
const ZEROS = 6;

export interface BandSettings {
  readonly initialScale: number;
  readonly maxLogScale: number;
  /** Whole octaves from the logarithm to the scale factor. */
  readonly octaves: number;
}

export class Band {
  /** The quantizer's step. */
  scale: number;
  /** What the next sample is expected to be. */
  predicted = 0;
  readonly #settings: BandSettings;
  #logScale = 0;
  #predictedByZeros = 0;
  #pole1 = 0;
  #pole2 = 0;
  readonly #zeros = new Int32Array(ZEROS);
  /** Quantized differences, the newest first. */
  readonly #differences = new Int32Array(ZEROS);
  /** Reconstructed samples, the newest first. */
  #sample1 = 0;
  #sample2 = 0;
  /** Partial reconstructions, the newest first: only their signs count. */
  #partial1 = 0;
  #partial2 = 0;

  constructor(settings: BandSettings) {
    this.#settings = settings;
    this.scale = settings.initialScale;
  }

  /** Takes in one quantized difference from the prediction, and how it moves the logarithm of the scale factor. */
  adapt(difference: number, logStep: number): void {
    this.#adaptPredictor(difference);
    const { octaves, maxLogScale } = this.#settings;
    const log = ((this.#logScale * 127) >> 7) + logStep;
    this.#logScale = Math.max(0, Math.min(maxLogScale, log));
    const fraction = INVERSE_LOG[(this.#logScale >> 6) & 31]!;
    const shift = octaves - (this.#logScale >> 11);
    this.scale = (shift < 0 ? fraction << -shift : fraction >> shift) << 2;
  }

  #adaptPredictor(difference: number): void {
    const sample = clamp16(this.predicted + difference);
    const partial = clamp16(this.#predictedByZeros + difference);
    this.#adaptPoles(partial);
    this.#adaptZeros(difference);
    this.#sample2 = this.#sample1;
    this.#sample1 = sample;
    this.#partial2 = this.#partial1;
    this.#partial1 = partial;
    this.#predict();
  }

  #adaptPoles(partial: number): void {
    const sign = partial >> 15;
    const like1 = sign === this.#partial1 >> 15;
    const like2 = sign === this.#partial2 >> 15;
    const lean = clamp16(this.#pole1 << 2);
    const second =
      (like2 ? 128 : -128) + (Math.min(32_767, like1 ? -lean : lean) >> 7) + times(this.#pole2, SECOND_LEAK);
    this.#pole2 = Math.max(-SECOND_POLE_MAX, Math.min(SECOND_POLE_MAX, second));
    const bound = clamp16(STABLE - this.#pole2);
    const first = clamp16((like1 ? 192 : -192) + times(this.#pole1, LEAK));
    this.#pole1 = Math.max(-bound, Math.min(bound, first));
  }

  #adaptZeros(difference: number): void {
    const zeros = this.#zeros;
    const differences = this.#differences;
    const step = difference === 0 ? 0 : 128;
    const sign = difference >> 15;
    for (let i = 0; i < ZEROS; i++)
      zeros[i] = clamp16((differences[i]! >> 15 === sign ? step : -step) + times(zeros[i]!, LEAK));
    differences.copyWithin(1, 0);
    differences[0] = difference;
  }

  #predict(): void {
    const byPoles = clamp16(times(this.#pole1, doubled(this.#sample1)) + times(this.#pole2, doubled(this.#sample2)));
    let byZeros = 0;
    for (let i = 0; i < ZEROS; i++) byZeros += times(this.#zeros[i]!, doubled(this.#differences[i]!));
    this.#predictedByZeros = clamp16(byZeros);
    this.predicted = clamp16(byPoles + this.#predictedByZeros);
  }
}

/** A quantizer's output value, scaled. */
export const scaled = (output: number, scale: number): number => times(output, scale);
