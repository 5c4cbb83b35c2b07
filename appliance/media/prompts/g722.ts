/**
 * ITU-T G.722 at 64 kbit/s: 16 kHz in two bands of 8 kHz, six bits a sample for the lower and two for the higher. Encoder and
 * decoder keep state between calls, so that a stream may come in pieces.
 */
import { Band, type BandSettings, clamp16, scaled } from './g722-band.ts';
import {
  HIGH_LEVEL,
  HIGH_LOG_STEPS,
  HIGH_OUTPUT,
  LOW_LEVELS,
  LOW_LOG_STEPS,
  LOW_OUTPUT_4,
  LOW_OUTPUT_6,
  QMF,
} from './g722-tables.ts';

const LOW: BandSettings = { initialScale: 32, maxLogScale: 18_432, octaves: 8 };
const HIGH: BandSettings = { initialScale: 8, maxLogScale: 22_528, octaves: 10 };
const TAPS = 24;

/** Delay line of the quadrature mirror filters; two samples go in at a time. */
class MirrorFilter {
  readonly #line = new Int32Array(TAPS);
  /** Of the samples that went in first of their pairs, and second. */
  even = 0;
  odd = 0;

  push(first: number, second: number): void {
    const line = this.#line;
    line.copyWithin(0, 2);
    line[TAPS - 2] = first;
    line[TAPS - 1] = second;
    let even = 0;
    let odd = 0;
    for (let i = 0; i < TAPS / 2; i++) {
      even += line[2 * i]! * QMF[i]!;
      odd += line[2 * i + 1]! * QMF[TAPS / 2 - 1 - i]!;
    }
    this.even = even;
    this.odd = odd;
  }
}

export class G722Encoder {
  readonly #low = new Band(LOW);
  readonly #high = new Band(HIGH);
  readonly #filter = new MirrorFilter();

  /** One byte for two samples at 16 kHz; a last odd sample is left out. */
  encode(samples: Int16Array): Uint8Array {
    const bytes = new Uint8Array(samples.length >> 1);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#pair(samples[2 * i]!, samples[2 * i + 1]!);
    return bytes;
  }

  #pair(first: number, second: number): number {
    this.#filter.push(first, second);
    const { even, odd } = this.#filter;
    const low = quantizeLow(clamp16(((odd + even) >> 14) - this.#low.predicted), this.#low.scale);
    const high = quantizeHigh(clamp16(((odd - even) >> 14) - this.#high.predicted), this.#high.scale);
    adaptLow(this.#low, low);
    adaptHigh(this.#high, high);
    return (high << 6) | low;
  }
}

export class G722Decoder {
  readonly #low = new Band(LOW);
  readonly #high = new Band(HIGH);
  readonly #filter = new MirrorFilter();

  /** Two samples at 16 kHz for each byte. */
  decode(bytes: Uint8Array): Int16Array {
    const samples = new Int16Array(2 * bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      const code = bytes[i]!;
      const low = code & 63;
      const high = code >> 6;
      const lower = clamp15(this.#low.predicted + scaled(LOW_OUTPUT_6[low]!, this.#low.scale));
      const higher = clamp15(this.#high.predicted + scaled(HIGH_OUTPUT[high]!, this.#high.scale));
      adaptLow(this.#low, low);
      adaptHigh(this.#high, high);
      this.#filter.push(lower + higher, lower - higher);
      samples[2 * i] = clamp16(this.#filter.odd >> 11);
      samples[2 * i + 1] = clamp16(this.#filter.even >> 11);
    }
    return samples;
  }
}

/** The lower band alone: all that there is below 4 kHz, at a third of the cost. */
export class G722LowDecoder {
  readonly #low = new Band(LOW);

  /** One sample at 8 kHz for each byte, as loud as both bands together would make it, written into `samples`, which has room for all of it. */
  decode(bytes: Uint8Array, samples: Int16Array): Int16Array {
    for (let i = 0; i < bytes.length; i++) {
      const low = bytes[i]! & 63;
      const lower = clamp15(this.#low.predicted + scaled(LOW_OUTPUT_6[low]!, this.#low.scale));
      adaptLow(this.#low, low);
      samples[i] = 2 * lower;
    }
    return samples.subarray(0, bytes.length);
  }
}

const clamp15 = (value: number): number => Math.max(-16_384, Math.min(16_383, value));

/** The predictor hears the four upper bits only, so that a network may take the lower two for data. */
function adaptLow(band: Band, code: number): void {
  const upper = code >> 2;
  band.adapt(scaled(LOW_OUTPUT_4[upper]!, band.scale), LOW_LOG_STEPS[upper]!);
}

function adaptHigh(band: Band, code: number): void {
  band.adapt(scaled(HIGH_OUTPUT[code]!, band.scale), HIGH_LOG_STEPS[code]!);
}

function quantizeLow(difference: number, scale: number): number {
  const size = difference >= 0 ? difference : ~difference;
  let level = 0;
  while (level < LOW_LEVELS.length && size >= (LOW_LEVELS[level]! * scale) >> 12) level++;
  // Codes run down from 61 and 31; the smallest two negative ones stand where all-zero codes are avoided.
  if (difference >= 0) return 61 - level;
  return level < 2 ? 63 - level : 33 - level;
}

function quantizeHigh(difference: number, scale: number): number {
  const size = difference >= 0 ? difference : ~difference;
  const outer = size >= (HIGH_LEVEL * scale) >> 12;
  if (difference >= 0) return outer ? 2 : 3;
  return outer ? 0 : 1;
}
