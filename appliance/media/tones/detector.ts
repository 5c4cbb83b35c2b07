/** Digits pressed during a call as the sound that they make (ITU-T Q.23), found by the Goertzel algorithm within the limits of Q.24. */
import {
  FAINTEST,
  FREQUENCY_OFF,
  HALF,
  HIGHER_STRONGER_DB,
  HITS,
  LOWER_STRONGER_DB,
  MISSES,
  PEAK_DB,
  PURITY,
  PURITY_GOING_ON,
  RATE,
} from './limits.ts';

/** Hertz: four of the rows, then four of the columns. */
const FREQUENCIES = [697, 770, 852, 941, 1209, 1336, 1477, 1633];
const GROUP = 4;
const KEYS = ['123A', '456B', '789C', '*0#D'];

const angles = FREQUENCIES.map((hertz) => (2 * Math.PI * hertz) / RATE);
const cosines = Float64Array.from(angles, Math.cos);
const sines = Float64Array.from(angles, Math.sin);
/** What carries the first half's phase on to the end of the second. */
const turnReal = Float64Array.from(angles, (angle) => Math.cos(angle * HALF));
const turnImaginary = Float64Array.from(angles, (angle) => Math.sin(angle * HALF));

/** Radians by which a tone that is off by as much as it may be runs ahead within a half. */
const mayTurn = Float64Array.from(angles, (angle) => angle * HALF * FREQUENCY_OFF);

const power = (dB: number): number => 10 ** (dB / 10);
const PEAK = power(PEAK_DB);
const LOWER_STRONGER = power(LOWER_STRONGER_DB);
const HIGHER_STRONGER = power(HIGHER_STRONGER_DB);

const SILENT = -1;
const ms = (samples: number): number => (samples * 1000) / RATE;

/** A press as it was heard, in milliseconds of sound. */
export interface Tone {
  readonly digit: string;
  readonly lengthMs: number;
  /** From its end until it is told. */
  readonly agoMs: number;
}

interface Sounding {
  readonly key: number;
  /** Numbers of samples. */
  readonly from: number;
  to: number;
  misses: number;
}

/** Listens to one party. Pure: what it has heard is all that it knows. */
export class ToneDetector {
  readonly #onTone: (tone: Tone) => void;
  /** The half that is filling, and what is known of the one before it. */
  readonly #half = new Float64Array(HALF);
  #filled = 0;
  readonly #real = new Float64Array(FREQUENCIES.length);
  readonly #imaginary = new Float64Array(FREQUENCIES.length);
  /** The half before, as it would be at the end of this one were its frequencies exact. */
  readonly #turnedReal = new Float64Array(FREQUENCIES.length);
  readonly #turnedImaginary = new Float64Array(FREQUENCIES.length);
  #energy = 0;
  readonly #powers = new Float64Array(FREQUENCIES.length);
  /** Samples heard in whole halves. */
  #heard = 0;
  #candidate = SILENT;
  #hits = 0;
  #sounding: Sounding | null = null;

  constructor(onTone: (tone: Tone) => void) {
    this.#onTone = onTone;
  }

  /** Milliseconds of sound since a press began that still sounds; null: none does. */
  get sounding(): number | null {
    return this.#sounding === null ? null : ms(this.#now - this.#sounding.from);
  }

  /** Sound at RATE, full scale 32767. Presses that ended in it are told. */
  push(samples: Int16Array): void {
    const half = this.#half;
    for (let at = 0; at < samples.length; ) {
      const filled = this.#filled;
      const count = Math.min(HALF - filled, samples.length - at);
      for (let i = 0; i < count; i++) half[filled + i] = samples[at + i]!;
      at += count;
      this.#filled += count;
      if (this.#filled === HALF) this.#take();
    }
  }

  /** Tells a press whose end was not heard: there is no more sound. */
  flush(): void {
    this.#end();
    this.#candidate = SILENT;
    this.#hits = 0;
  }

  get #now(): number {
    return this.#heard + this.#filled;
  }

  #take(): void {
    this.#filled = 0;
    this.#heard += HALF;
    const before = this.#energy;
    let energy = 0;
    for (let i = 0; i < HALF; i++) energy += this.#half[i]! ** 2;
    this.#energy = energy;
    const all = before + energy;
    const loud = all >= FAINTEST * 2 * HALF;
    // What is too faint by itself may still begin a piece that is not.
    if (loud || energy >= FAINTEST * HALF) this.#measure();
    else {
      this.#real.fill(0);
      this.#imaginary.fill(0);
    }
    this.#judge(loud ? this.#keyIn(all) : SILENT);
  }

  /** Goertzel over the new half; `#powers` are those of both halves together. */
  #measure(): void {
    const half = this.#half;
    for (let f = 0; f < FREQUENCIES.length; f++) {
      const cosine = cosines[f]!;
      const twice = 2 * cosine;
      let last = 0;
      let beforeLast = 0;
      for (let i = 0; i < HALF; i++) {
        const next = half[i]! + twice * last - beforeLast;
        beforeLast = last;
        last = next;
      }
      const real = last - beforeLast * cosine;
      const imaginary = beforeLast * sines[f]!;
      const oldReal = this.#real[f]!;
      const oldImaginary = this.#imaginary[f]!;
      const turnedReal = oldReal * turnReal[f]! - oldImaginary * turnImaginary[f]!;
      const turnedImaginary = oldReal * turnImaginary[f]! + oldImaginary * turnReal[f]!;
      this.#turnedReal[f] = turnedReal;
      this.#turnedImaginary[f] = turnedImaginary;
      this.#powers[f] = (real + turnedReal) ** 2 + (imaginary + turnedImaginary) ** 2;
      this.#real[f] = real;
      this.#imaginary[f] = imaginary;
    }
  }

  /** The key whose tones the piece holds, SILENT for none. A sine by itself has all of `energy` times HALF. */
  #keyIn(energy: number): number {
    const powers = this.#powers;
    const row = strongest(powers, 0);
    const column = strongest(powers, GROUP);
    const [low, high] = [powers[row]!, powers[column]!];
    const share = (low + high) / (energy * HALF);
    const key = row * GROUP + column - GROUP;
    if (this.#sounding?.key === key && share >= PURITY_GOING_ON) return key;
    if (share < PURITY || low > high * LOWER_STRONGER || high > low * HIGHER_STRONGER) return SILENT;
    for (let f = 0; f < powers.length; f++) {
      if (f !== row && f !== column && powers[f]! * PEAK > (f < GROUP ? low : high)) return SILENT;
    }
    return this.#isExact(row) && this.#isExact(column) ? key : SILENT;
  }

  #isExact(f: number): boolean {
    const [real, imaginary] = [this.#real[f]!, this.#imaginary[f]!];
    const [turnedReal, turnedImaginary] = [this.#turnedReal[f]!, this.#turnedImaginary[f]!];
    const ahead = Math.atan2(
      imaginary * turnedReal - real * turnedImaginary,
      real * turnedReal + imaginary * turnedImaginary,
    );
    return Math.abs(ahead) <= mayTurn[f]!;
  }

  #judge(key: number): void {
    const sounding = this.#sounding;
    if (key === sounding?.key) {
      sounding.to = this.#heard;
      sounding.misses = 0;
    } else if (sounding !== null && ++sounding.misses >= MISSES) this.#end();
    this.#hits = key === SILENT ? 0 : key === this.#candidate ? this.#hits + 1 : 1;
    this.#candidate = key;
    if (this.#hits < HITS || key === this.#sounding?.key) return;
    this.#end();
    const from = this.#heard - (HITS + 1) * HALF;
    this.#sounding = { key, from, to: this.#heard, misses: 0 };
  }

  #end(): void {
    const sounding = this.#sounding;
    if (sounding === null) return;
    this.#sounding = null;
    const { key, from, to } = sounding;
    const digit = KEYS[Math.floor(key / GROUP)]![key % GROUP]!;
    this.#onTone({ digit, lengthMs: Math.round(ms(to - from)), agoMs: ms(this.#now - to) });
  }
}

/** Of the group that begins at `first`. */
function strongest(powers: Float64Array, first: number): number {
  let best = first;
  for (let f = first + 1; f < first + GROUP; f++) if (powers[f]! > powers[best]!) best = f;
  return best;
}
