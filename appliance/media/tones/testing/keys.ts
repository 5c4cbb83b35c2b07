/** The sounds of keys, and noise, for tests: by the numbers of ITU-T Q.23, written down a second time. */
import { randomInt } from 'node:crypto';
import { seededChance } from '@belkluis/shared/base/chance';

const rows = { '123A': 697, '456B': 770, '789C': 852, '*0#D': 941 } as const;
const columns = [1209, 1336, 1477, 1633];

export interface KeySound {
  readonly rate?: number;
  readonly ms?: number;
  /** Peak of the lower tone, full scale 32767. */
  readonly level?: number;
  /** The higher tone over the lower, in dB. */
  readonly twist?: number;
  /** Share that the frequencies are off. */
  readonly off?: number;
}

/** -10 dBm0, about what phones send. */
const LEVEL = 7000;

export function keySound(digit: string, { rate = 8000, ms = 40, level = LEVEL, twist = 0, off = 0 }: KeySound = {}) {
  const [keys, low] = Object.entries(rows).find(([row]) => row.includes(digit))!;
  const high = columns[keys.indexOf(digit)]!;
  const upper = level * 10 ** (twist / 20);
  return Int16Array.from({ length: Math.round((ms * rate) / 1000) }, (_, i) => {
    const turn = (2 * Math.PI * i * (1 + off)) / rate;
    return Math.round(level * Math.sin(turn * low) + upper * Math.sin(turn * high));
  });
}

export const quiet = (ms: number, rate = 8000): Int16Array => new Int16Array(Math.round((ms * rate) / 1000));

export function together(...sounds: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(sounds.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const sound of sounds) {
    whole.set(sound, at);
    at += sound.length;
  }
  return whole;
}

/** A seed for chance, and its say in a failing test's log. */
export const newSeed = (): string => String(randomInt(2 ** 31));

/** White noise whose power is `dB` below that of two tones of `level` each. */
export function noisy(sound: Int16Array, dB: number, seed: string, level = LEVEL): Int16Array {
  const chance = seededChance(seed);
  // Uniform from -peak to peak has a third of peak squared for its power.
  const peak = Math.sqrt(3 * level ** 2 * 10 ** (-dB / 10));
  const bytes = chance.bytes(2 * sound.length);
  return sound.map((sample, i) => sample + Math.round((bytes.readInt16BE(2 * i) / 32_768) * peak));
}
