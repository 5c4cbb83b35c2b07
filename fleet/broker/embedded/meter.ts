/** Counts control packets in the bytes of a connection (MQTT 3.1.1, 2.2), before anybody keeps or reads them. */
import { MAX_PACKET_BYTES } from '../limits.ts';
import type { Allowance } from './allowance.ts';

export type Verdict = 'ok' | 'packet_large' | 'packet_malformed' | 'flood';

/** Remaining length is at most four bytes (2.2.3). */
const MAX_LENGTH_BYTES = 4;

export class Meter {
  readonly #allowance: Allowance;
  /** Bytes left of the packet that is passing. */
  #left = 0;
  /** How many bytes of the next header were seen, and the length as far as it is known. */
  #header = 0;
  #length = 0;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  /** What is to be thought of the next bytes. After anything but `ok` the connection is to end, and nothing of them to be used. */
  pass(bytes: Uint8Array): Verdict {
    let packets = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at);
        this.#left -= step;
        at += step;
        continue;
      }
      const byte = bytes[at++]!;
      if (this.#header++ === 0) continue;
      this.#length += (byte & 127) * 128 ** (this.#header - 2);
      if (byte & 128) {
        if (this.#header > MAX_LENGTH_BYTES) return 'packet_malformed';
        continue;
      }
      if (this.#header + this.#length > MAX_PACKET_BYTES) return 'packet_large';
      packets++;
      this.#left = this.#length;
      this.#header = 0;
      this.#length = 0;
    }
    return this.#allowance.spend(packets, bytes.length) ? 'ok' : 'flood';
  }
}
