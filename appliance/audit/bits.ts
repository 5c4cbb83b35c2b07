/** A growing set of small integers, one bit each: what a walk through millions of events may remember of every one. */
export class Bits {
  #bytes = new Uint8Array(1024);

  set(index: number): void {
    const byte = Math.floor(index / 8);
    if (byte >= this.#bytes.length) {
      const more = new Uint8Array(2 ** Math.ceil(Math.log2(byte + 1)));
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes[byte]! |= 1 << (index % 8);
  }

  /** The smallest that is in this set and not in `other`; null: none is. */
  firstNotIn(other: Bits): number | null {
    for (let byte = 0; byte < this.#bytes.length; byte++) {
      const only = this.#bytes[byte]! & ~(other.#bytes[byte] ?? 0);
      if (only !== 0) return byte * 8 + Math.log2(only & -only);
    }
    return null;
  }
}
