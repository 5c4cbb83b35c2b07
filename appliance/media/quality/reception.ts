/** How one stream is received: what was lost of it, and how unevenly it came (RFC 3550 A.1, A.3, A.8). Costs a few operations a packet. */

/** A jump beyond this is no loss but a sender that starts over, in packets: five seconds are silence, which is told otherwise. */
const MAX_LOSS = 250;

/** How far back a packet may be that was only late, in packets (RFC 3550 A.1). */
const MAX_MISORDER = 100;

/** More than this between two packets is a pause of the sender or a clock that jumped, ms: no jitter. */
const MAX_TRANSIT_MS = 1000;

export interface Received {
  readonly expected: number;
  /** Negative when duplicates outweigh losses. */
  readonly lost: number;
  readonly jitterMs: number;
}

export class Reception {
  #ssrc = -1;
  /** Highest sequence number so far, in the sender's count. */
  #highest = 0;
  #expected = 0;
  #received = 0;
  #timestamp = 0;
  #arrivedMs = 0;
  #jitterMs = 0;

  /** One genuine packet. `timed`: its timestamp says when it was sampled; not so of digits, whose events keep that of their beginning. */
  note(ssrc: number, sequence: number, timestamp: number, clockRate: number, timed: boolean, nowMs: number): void {
    if (ssrc !== this.#ssrc) {
      this.#begin(ssrc, sequence);
      this.#point(timestamp, nowMs);
      return;
    }
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead > MAX_LOSS && ahead < 0x1_0000 - MAX_MISORDER) {
      this.#begin(ssrc, sequence);
      this.#point(timestamp, nowMs);
      return;
    }
    this.#received++;
    if (ahead === 0 || ahead > MAX_LOSS) return;
    this.#highest = sequence;
    this.#expected += ahead;
    if (!timed) return;
    const sampledMs = (((timestamp - this.#timestamp) | 0) * 1000) / clockRate;
    const transitMs = Math.abs(nowMs - this.#arrivedMs - sampledMs);
    if (transitMs < MAX_TRANSIT_MS) this.#jitterMs += (transitMs - this.#jitterMs) / 16;
    this.#point(timestamp, nowMs);
  }

  /** What came since this was asked last. */
  take(): Received {
    const taken = { expected: this.#expected, lost: this.#expected - this.#received, jitterMs: this.#jitterMs };
    this.#expected = 0;
    this.#received = 0;
    return taken;
  }

  #begin(ssrc: number, sequence: number): void {
    this.#ssrc = ssrc;
    this.#highest = sequence;
    this.#expected++;
    this.#received++;
  }

  #point(timestamp: number, nowMs: number): void {
    this.#timestamp = timestamp;
    this.#arrivedMs = nowMs;
  }
}
