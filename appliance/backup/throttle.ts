/** A token bucket on the monotonic clock: what a backup sends leaves room for calls. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Body } from './destination.ts';

/** Most that is sent at once after a pause, ms of the rate: short enough that no phone hears it. */
const BURST_MS = 250;

/** Largest piece that is sent without asking again, bytes. */
const PIECE = 16 * 1024;

/** Takes so many bytes from the bucket, when they are there. */
export type Throttle = (bytes: number) => Promise<void>;

/** `bytesPerSecond` null: no limit. */
export function createThrottle(bytesPerSecond: number | null, clock: Clock): Throttle {
  if (bytesPerSecond === null) return async () => {};
  const most = Math.max(PIECE, (bytesPerSecond * BURST_MS) / 1000);
  let tokens = most;
  let filled = clock.monotonic();
  return async (bytes) => {
    const now = clock.monotonic();
    tokens = Math.min(most, tokens + ((now - filled) * bytesPerSecond) / 1000);
    filled = now;
    // The debt is waited for: the next one finds the bucket as empty as it is.
    tokens -= bytes;
    if (tokens < 0) await new Promise<void>((resume) => clock.after((-tokens * 1000) / bytesPerSecond, resume));
  };
}

/** The same body, no faster than the bucket allows; `sent` hears of each piece. */
export const throttled = (body: Body, throttle: Throttle, sent: (bytes: number) => void): Body => ({
  bytes: body.bytes,
  async *open() {
    for await (const chunk of body.open()) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const piece = chunk.subarray(at, at + PIECE);
        await throttle(piece.length);
        yield piece;
        sent(piece.length);
      }
    }
  },
});
