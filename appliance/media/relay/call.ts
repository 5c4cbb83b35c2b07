/** The media of one call in its worker: legs, who hears whom, and the tap. */
import type { CallMediaStats, TapTotals } from '../door.ts';
import type { Leg } from './leg.ts';
import type { Tap } from './tap.ts';

/** Nothing was recorded. */
export const NO_TOTALS: TapTotals = { frames: [0, 0], dropped: 0 };

export class Call {
  /** By the main thread's number, in the order in which they were opened. */
  readonly legs = new Map<number, Leg>();
  #tap: Tap | null = null;
  #joined: readonly [Leg, Leg] | null = null;
  #paused = false;

  get tap(): Tap | null {
    return this.#tap;
  }

  add(number: number, leg: Leg): void {
    this.legs.set(number, leg);
    // Until a join says otherwise, the first two legs are the sides.
    if (this.#joined === null && this.legs.size <= 2) leg.side = this.legs.size === 1 ? 0 : 1;
    leg.tap = this.#tap;
  }

  /** Takes a leg out; whoever heard it hears nobody. */
  remove(number: number): Leg | undefined {
    const leg = this.legs.get(number);
    if (leg !== undefined && leg.partner !== null) this.unjoin();
    this.legs.delete(number);
    return leg;
  }

  /** By number; a leg that is gone, or one with itself, is not joined. */
  join(first: number, second: number): void {
    const a = this.legs.get(first);
    const b = this.legs.get(second);
    if (a === undefined || b === undefined || a === b) return;
    this.unjoin();
    this.#joined = [a, b];
    for (const leg of this.legs.values()) leg.side = null;
    a.side = 0;
    b.side = 1;
    a.partner = b;
    b.partner = a;
    a.route();
    b.route();
  }

  /** Whether anything is recorded: after a change of who is joined, of what a leg may do, or of the pause. Copies of others' calls are not joined. */
  review(nowMs: number): void {
    const legs = [...this.legs.values()];
    const held = this.#joined?.some((leg) => leg.onHold && legs.includes(leg)) ?? false;
    this.#tap?.withhold(this.#paused ? 'paused' : held ? 'hold' : null, nowMs);
  }

  /** Stays until it is taken back, whatever recordings end and begin meanwhile. */
  pause(paused: boolean, nowMs: number): void {
    this.#paused = paused;
    this.review(nowMs);
  }

  /** The sides of a recording stay as they are: who is put aside for a moment is still who they were. */
  unjoin(): void {
    for (const leg of this.#joined ?? []) {
      leg.partner = null;
      leg.route();
    }
  }

  record(tap: Tap | null, nowMs: number): void {
    this.#tap = tap;
    for (const leg of this.legs.values()) leg.tap = tap;
    this.review(nowMs);
  }

  stopRecording(nowMs: number): TapTotals {
    for (const leg of this.legs.values()) leg.markFax(nowMs);
    const totals = this.#tap?.end(nowMs) ?? NO_TOTALS;
    this.record(null, nowMs);
    return totals;
  }

  sweep(nowMs: number): void {
    for (const leg of this.legs.values()) leg.sweep(nowMs);
    this.#tap?.sweep(nowMs);
  }

  /** The tap has been ended before. */
  close(): CallMediaStats {
    this.unjoin();
    const legs = [...this.legs.values()];
    for (const leg of legs) leg.close();
    return { legs: legs.map((leg) => leg.stats()) };
  }
}
