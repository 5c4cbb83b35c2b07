/** Samples of health as points in time, and many of them as one text: a column for each gauge, which is a tenth of a row for each sample. */
import { type GaugeName, type Gauges, worstGauges } from '@belkluis/shared/contract/gauges';

export interface Point {
  /** ms; of a step, when it begins. */
  readonly at: number;
  readonly gauges: Gauges;
}

interface Packed {
  /** From the one before, the first from the row's own start, ms. */
  readonly d: readonly number[];
  readonly g: { readonly [Name in GaugeName]?: readonly (number | null)[] };
}

export function packPoints(start: number, points: readonly Point[]): string {
  const names = new Set(points.flatMap(({ gauges }) => Object.keys(gauges) as GaugeName[]));
  const packed: Packed = {
    d: points.map(({ at }, index) => at - (index === 0 ? start : points[index - 1]!.at)),
    g: Object.fromEntries([...names].sort().map((name) => [name, points.map(({ gauges }) => gauges[name] ?? null)])),
  };
  return JSON.stringify(packed);
}

export function unpackPoints(start: number, text: string): Point[] {
  const { d, g } = JSON.parse(text) as Packed;
  const columns = Object.entries(g) as [GaugeName, readonly (number | null)[]][];
  let at = start;
  return d.map((passed, index) => {
    at += passed;
    const told = columns.filter(([, values]) => values[index] !== null);
    return { at, gauges: Object.fromEntries(told.map(([name, values]) => [name, values[index]])) as Gauges };
  });
}

/** The points of such a text one by one, without making each: `told` says what was measured, null or undefined: nothing. */
export function eachPoint(
  start: number,
  text: string,
  take: (at: number, told: (name: GaugeName) => number | null | undefined) => void,
): void {
  const { d, g } = JSON.parse(text) as Packed;
  let at = start;
  for (const [index, passed] of d.entries()) {
    at += passed;
    take(at, (name) => g[name]?.[index]);
  }
}

export const beginOf = (at: number, step: number): number => at - (at % step);

/** One point for each step, with the worst of its points; `step` 0: for each instant. What comes twice changes nothing. Sorted. */
export function rollUp(points: readonly Point[], step: number): Point[] {
  const bySteps = new Map<number, Gauges[]>();
  for (const { at, gauges } of points) {
    const begin = step === 0 ? at : beginOf(at, step);
    const others = bySteps.get(begin);
    if (others) others.push(gauges);
    else bySteps.set(begin, [gauges]);
  }
  return [...bySteps].sort(([a], [b]) => a - b).map(([at, all]) => ({ at, gauges: worstGauges(all) }));
}
