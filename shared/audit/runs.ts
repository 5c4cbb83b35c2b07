/** Positions of a log as runs, which is how one event names many. */

/** First and last of it. */
export type Run = [number, number];

/** Runs that one `events_forgotten` holds: what its schema allows. */
const MAX_RUNS = 1000;

/** Sorted positions as runs, as many of them as one event holds. */
export function runsOf(positions: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const position of positions) {
    const last = runs.at(-1);
    if (last && last[1] === position - 1) last[1] = position;
    else if (runs.length === MAX_RUNS) break;
    else runs.push([position, position]);
  }
  return runs;
}
