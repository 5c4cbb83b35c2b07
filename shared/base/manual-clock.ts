import type { Cancel, Clock } from './clock.ts';

/** A clock that stands still until a test turns it; due actions run in order of their time, then of their asking. */
export class ManualClock implements Clock {
  #wall: number;
  #elapsed = 0;
  #waiting: { at: number; action: () => void }[] = [];

  constructor(startWallMs = Date.UTC(2026, 0, 1)) {
    this.#wall = startWallMs;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** Moves the wall clock alone, as a person or NTP does. */
  setWall(wallMs: number): void {
    this.#wall = wallMs - this.#elapsed;
  }

  after(delayMs: number, action: () => void): Cancel {
    const entry = { at: this.#elapsed + Math.max(0, delayMs), action };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Turns time forward, running everything that falls due on the way. */
  advance(byMs: number): void {
    const until = this.#elapsed + byMs;
    for (let next = this.#earliest(until); next; next = this.#earliest(until)) {
      this.#elapsed = next.at;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      next.action();
    }
    this.#elapsed = until;
  }

  /** How many actions wait: a test asserts 0 when nothing may be left behind. */
  get pending(): number {
    return this.#waiting.length;
  }

  #earliest(until: number) {
    let best: { at: number; action: () => void } | undefined;
    for (const entry of this.#waiting) if (entry.at <= until && (!best || entry.at < best.at)) best = entry;
    return best;
  }
}
