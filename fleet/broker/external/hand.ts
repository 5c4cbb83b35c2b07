/** Messages of one connection that are being kept, and whoever waits until there are fewer. */
export class Hand {
  readonly #most: number;
  #messages = 0;
  #waiting: (() => void) | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  taken(): void {
    this.#messages++;
  }

  kept(): void {
    this.#messages--;
    const go = this.#waiting;
    // Before it is called: it may read the next message at once, and wait again.
    this.#waiting = null;
    go?.();
  }

  /** Calls `go` now, or when there is room. One waits at a time: it is what reads. */
  whenRoom(go: () => void): void {
    if (this.#messages < this.#most) go();
    else this.#waiting = go;
  }
}
