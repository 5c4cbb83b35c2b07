/** Keys of a telephone as sound, made and found again with nothing of the box: by the numbers of ITU-T Q.23. */
import { toneShare } from '../../scripts/demo/tone.ts';
import type { Pcm } from './wav.ts';

export const KEYS = '123A456B789C*0#D';
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];

const partsOf = (key: string): readonly [number, number] => {
  const at = KEYS.indexOf(key);
  return [ROWS[at >> 2]!, COLUMNS[at & 3]!];
};

/** Each key for `ms`, then as long nothing. */
export function dialled(keys: string, ms: number, rate: number): Int16Array {
  const each = Math.round((ms * rate) / 1000);
  return Int16Array.from({ length: 2 * each * keys.length }, (_, at) => {
    const within = at % (2 * each);
    if (within >= each) return 0;
    return partsOf(keys[Math.floor(at / (2 * each))]!).reduce(
      (sum, hertz) => sum + 7000 * Math.sin((2 * Math.PI * hertz * within) / rate),
      0,
    );
  });
}

/** A window is shorter than half a press, so that one always lies within it; the next begins half of it later. */
const WINDOW_MS = 20;
/** Mean square below which nobody hears anything: -60 dB of full scale. */
const INAUDIBLE = 33 ** 2;
/** Of the power of a window; a quarter would be a clear tone, and this finds also what is left of one beside something else. */
const PART = 0.12;

/** The keys that sound anywhere in it, one after the other, even for 20 ms, even faintly. */
export function keysIn({ samples, rate }: Pcm): string {
  const size = Math.round((WINDOW_MS * rate) / 1000);
  let keys = '';
  let last = '';
  for (let at = 0; at + size <= samples.length; at += size >> 1) {
    const window = samples.subarray(at, at + size);
    const loud = window.reduce((sum, sample) => sum + sample * sample, 0) / size > INAUDIBLE;
    const key = loud ? keyIn(window, rate) : '';
    if (key !== last && key !== '') keys += key;
    last = key;
  }
  return keys;
}

function keyIn(window: Int16Array, rate: number): string {
  const strongest = (group: readonly number[]) => {
    const shares = group.map((hertz) => toneShare(window, hertz, rate));
    const share = Math.max(...shares);
    return { at: shares.indexOf(share), share };
  };
  const [row, column] = [strongest(ROWS), strongest(COLUMNS)];
  return row.share > PART && column.share > PART && row.share + column.share > 0.5 ? KEYS[row.at * 4 + column.at]! : '';
}
