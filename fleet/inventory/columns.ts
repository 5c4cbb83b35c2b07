/** Health as a picture shows it: so many columns between two instants, each with the worst of its time. Pure. */
import { type GaugeName, gauges, type Worst } from '@belkluis/shared/contract/gauges';

export interface Range {
  /** ms. */
  readonly from: number;
  readonly until: number;
  readonly columns: number;
}

export interface Columns {
  readonly range: Range;
  /** Whether anything was heard in a column. */
  readonly heard: readonly boolean[];
  /** Of each gauge the worst in a column; null: it was not told. */
  readonly values: { readonly [Name in GaugeName]?: readonly (number | null)[] };
  /** What was told last. */
  readonly last: { readonly [Name in GaugeName]?: number };
}

const isWorse: Readonly<Record<Worst, (value: number, known: number) => boolean>> = {
  high: (value, known) => value > known,
  low: (value, known) => value < known,
  far: (value, known) => Math.abs(value) > Math.abs(known),
};

/** Columns to be filled by `take`, in the order of time or not. */
export function newColumns(range: Range, names: readonly GaugeName[]) {
  const { from, until, columns } = range;
  const width = (until - from) / columns;
  const heard: boolean[] = new Array(columns).fill(false);
  const each = names.map((name) => ({
    name,
    worse: isWorse[gauges[name].worst],
    values: new Array<number | null>(columns).fill(null),
    lastAt: Number.NEGATIVE_INFINITY,
    last: undefined as number | undefined,
  }));
  return {
    take(at: number, told: (name: GaugeName) => number | null | undefined): void {
      if (at > until) return;
      // A step that began before the time that is shown reaches into it.
      const column = Math.min(columns - 1, Math.max(0, Math.floor((at - from) / width)));
      heard[column] = true;
      for (const one of each) {
        const value = told(one.name);
        if (value === null || value === undefined) continue;
        const known = one.values[column]!;
        if (known === null || one.worse(value, known)) one.values[column] = value;
        if (at < one.lastAt) continue;
        one.lastAt = at;
        one.last = value;
      }
    },
    done: (): Columns => ({
      ...{ range, heard },
      values: Object.fromEntries(each.map(({ name, values }) => [name, values])),
      last: Object.fromEntries(each.flatMap(({ name, last }) => (last === undefined ? [] : [[name, last]]))),
    }),
  };
}
