/** G.722 at 64 kbit/s to 16-bit samples, 16 000 a second (ITU-T G.722, the decoder's blocks by their names there). */

const LOG_STEP_LOW = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const LOW_TO_STEP = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const LOG_STEP_HIGH = [0, -214, 798];
const HIGH_TO_STEP = [2, 1, 2, 1];
const INVERSE_LOG = Array.from({ length: 32 }, (_, at) => Math.floor(2048 * 2 ** (at / 32) + 0.5));
const INVERSE_2 = [-7408, -1616, 7408, 1616];
const INVERSE_4 = [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
/** Magnitudes of the 6-bit quantiser, largest first. */
const MAGNITUDES_6 = [
  24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464,
  4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136,
];
const INVERSE_6 = [
  ...[-136, -136, -136, -136],
  ...MAGNITUDES_6.slice(0, 28).map((value) => -value),
  ...MAGNITUDES_6,
  ...[-432, -136],
];
const QMF = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
const saturate = (value: number): number => Math.max(-32768, Math.min(32767, value));

/** Adaptive predictor of one band: two poles, six zeros (block 4). */
class Predictor {
  /** What the next difference is added to. */
  estimate = 0;
  #zeros = 0;
  readonly #difference = new Int32Array(7);
  readonly #partial = new Int32Array(3);
  readonly #reconstructed = new Int32Array(3);
  readonly #pole = new Int32Array(3);
  readonly #zero = new Int32Array(7);

  update(difference: number): void {
    const d = this.#difference;
    const p = this.#partial;
    const r = this.#reconstructed;
    const a = this.#pole;
    const b = this.#zero;
    d[0] = difference;
    r[0] = saturate(this.estimate + difference);
    p[0] = saturate(this.#zeros + difference);
    const sameSign = (x: number, y: number) => x >> 15 === y >> 15;

    // UPPOL2, UPPOL1
    const turned = saturate(a[1]! << 2);
    let pole2 = Math.min(32767, sameSign(p[0]!, p[1]!) ? -turned : turned) >> 7;
    pole2 += sameSign(p[0]!, p[2]!) ? 128 : -128;
    pole2 = clamp(pole2 + ((a[2]! * 32512) >> 15), 12288);
    const pole1 = saturate((sameSign(p[0]!, p[1]!) ? 192 : -192) + ((a[1]! * 32640) >> 15));
    a[1] = clamp(pole1, saturate(15360 - pole2));
    a[2] = pole2;

    // UPZERO, DELAYA
    const step = difference === 0 ? 0 : 128;
    for (let n = 6; n > 0; n--) {
      b[n] = saturate((sameSign(d[n]!, difference) ? step : -step) + ((b[n]! * 32640) >> 15));
    }
    d.copyWithin(1, 0, 6);
    r.copyWithin(1, 0, 2);
    p.copyWithin(1, 0, 2);

    // FILTEP, FILTEZ, PREDIC
    const poles = saturate(((a[1]! * saturate(2 * r[1]!)) >> 15) + ((a[2]! * saturate(2 * r[2]!)) >> 15));
    let zeros = 0;
    for (let n = 6; n > 0; n--) zeros += (b[n]! * saturate(2 * d[n]!)) >> 15;
    this.#zeros = saturate(zeros);
    this.estimate = saturate(poles + this.#zeros);
  }
}

/** Adapts a logarithmic step and turns it into a linear one (LOGSCL, SCALEL). */
function nextStep(log: number, change: number, limit: number, shift: number): { log: number; step: number } {
  const next = Math.max(0, Math.min(limit, ((log * 127) >> 7) + change));
  const right = shift - (next >> 11);
  const fraction = INVERSE_LOG[(next >> 6) & 31]!;
  return { log: next, step: (right < 0 ? fraction << -right : fraction >> right) << 2 };
}

/** A decoder with the memory of one stream: each byte becomes two samples. */
export function createG722Decoder(): (payload: Uint8Array) => Int16Array {
  const low = new Predictor();
  const high = new Predictor();
  let lowScale = { log: 0, step: 32 };
  let highScale = { log: 0, step: 8 };
  const history = new Int32Array(24);

  return (payload) => {
    const samples = new Int16Array(payload.length * 2);
    payload.forEach((code, at) => {
      const six = code & 0x3f;
      const four = six >> 2;
      const two = code >> 6;
      const lowBand = clamp(low.estimate + ((lowScale.step * INVERSE_6[six]!) >> 15), 16383);
      low.update((lowScale.step * INVERSE_4[four]!) >> 15);
      lowScale = nextStep(lowScale.log, LOG_STEP_LOW[LOW_TO_STEP[four]!]!, 18432, 8);
      const difference = (highScale.step * INVERSE_2[two]!) >> 15;
      const highBand = clamp(high.estimate + difference, 16383);
      high.update(difference);
      highScale = nextStep(highScale.log, LOG_STEP_HIGH[HIGH_TO_STEP[two]!]!, 22528, 10);

      history.copyWithin(0, 2);
      history[22] = lowBand + highBand;
      history[23] = lowBand - highBand;
      let first = 0;
      let second = 0;
      for (let n = 0; n < 12; n++) {
        second += history[2 * n]! * QMF[n]!;
        first += history[2 * n + 1]! * QMF[11 - n]!;
      }
      samples[at * 2] = saturate(first >> 11);
      samples[at * 2 + 1] = saturate(second >> 11);
    });
    return samples;
  };
}
