/** Notices that a leg which should be heard is not: since its last agreement, or since its last packet. */

export interface SilenceParts {
  readonly silence: { readonly initialMs: number; readonly generalMs: number };
  readonly onSilence: (silence: 'initial' | 'general') => void;
}

export class Silence {
  readonly #parts: SilenceParts;
  /** This generation has been heard. */
  #heard = false;
  /** Monotonic milliseconds. */
  #since: number;
  #told = false;

  constructor(parts: SilenceParts, nowMs: number) {
    this.#parts = parts;
    this.#since = nowMs;
  }

  /** A new generation, or new keys: it has to be heard anew. */
  renew(nowMs: number): void {
    this.#heard = false;
    this.#since = nowMs;
    this.#told = false;
  }

  heard(nowMs: number): void {
    this.#heard = true;
    this.#since = nowMs;
    this.#told = false;
  }

  /** Tells a silence once. */
  sweep(nowMs: number): void {
    const { silence, onSilence } = this.#parts;
    if (this.#told || nowMs - this.#since < (this.#heard ? silence.generalMs : silence.initialMs)) return;
    this.#told = true;
    onSilence(this.#heard ? 'general' : 'initial');
  }
}
