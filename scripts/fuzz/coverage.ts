/** What instrumented code tells: which branches were taken, how often, and what was compared with what. */

/** Pairs that were unequal, of one run; more are not looked at. */
const MAX_PAIRS = 64;

/** One comparison that failed: the text or number that stood there, and the one that was wanted. */
export interface Unequal {
  readonly is: Buffer;
  readonly wanted: Buffer;
}

const modules: Uint8Array[] = [];
const pairs: Unequal[] = [];

/** Counts in classes, so that "once" and "a thousand times" differ and "999 times" does not. */
const classOf = new Uint8Array(256).map((_, count) =>
  count === 0 ? 0 : count <= 3 ? count : count <= 7 ? 4 : count <= 15 ? 5 : count <= 31 ? 6 : count <= 127 ? 7 : 8,
);

function unequal(is: unknown, wanted: unknown): void {
  if (pairs.length >= MAX_PAIRS) return;
  const bytes = (value: unknown) => {
    if (typeof value === 'string' && value.length > 0 && value.length < 64) return Buffer.from(value, 'latin1');
    if (!Number.isInteger(value) || (value as number) < 0) return null;
    return (value as number) < 256 ? Buffer.from([value as number]) : null;
  };
  const [here, there] = [bytes(is), bytes(wanted)];
  if (here && there && !here.equals(there)) pairs.push({ is: here, wanted: there });
}

/* biome-ignore-start lint/suspicious/noDoubleEquals: these stand in the place of the operators that they are named after */
const compare: Record<string, (a: never, b: never) => boolean> = {
  '==': (a, b) => a == b,
  '===': (a, b) => a === b,
  '!=': (a, b) => a != b,
  '!==': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
/* biome-ignore-end lint/suspicious/noDoubleEquals: see above */

function traced(a: unknown, b: unknown, operator: string): boolean {
  if (a !== b) {
    unequal(a, b);
    unequal(b, a);
  }
  return compare[operator]!(a as never, b as never);
}

/** What instrumented code calls, by the names that jazzer.js gives it. */
export function listen(): void {
  const nothing = () => {};
  Object.assign(globalThis, {
    __jazzer_registerSourceMap: nothing,
    Fuzzer: {
      coverageTracker: {
        createModuleCounters(size: number) {
          const counters = new Uint8Array(size);
          modules.push(counters);
          return counters;
        },
      },
      tracer: {
        traceStrCmp: traced,
        traceNumberCmp: traced,
        traceAndReturn(current: unknown, target: unknown) {
          unequal(current, target);
          return target;
        },
      },
    },
  });
}

/** Before a run. */
export function reset(): void {
  for (const counters of modules) counters.fill(0);
  pairs.length = 0;
}

/** After a run: pairs of its comparisons. */
export const compared = (): readonly Unequal[] => pairs;

/** Branches, with their class of count, that no run before has shown. */
export class Seen {
  readonly #seen = new Set<number>();

  /** How many are new in the last run. */
  add(): number {
    let found = 0;
    let base = 0;
    for (const counters of modules) {
      for (let at = 0; at < counters.length; at++) {
        const count = counters[at]!;
        if (count === 0) continue;
        const feature = (base + at) * 16 + classOf[count]!;
        if (this.#seen.has(feature)) continue;
        this.#seen.add(feature);
        found++;
      }
      base += counters.length;
    }
    return found;
  }

  get size(): number {
    return this.#seen.size;
  }
}
