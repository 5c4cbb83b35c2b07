/** Headers that say a number of seconds: Expires, Min-Expires, Retry-After with what follows it (RFC 3261 20.19, 20.23, 20.33). */

/** Null: there is none, or it cannot be read. */
export function secondsIn(text: string | undefined): number | null {
  const match = /^\s*(\d{1,10})/.exec(text ?? '');
  return match ? Number(match[1]) : null;
}
