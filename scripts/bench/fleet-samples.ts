/** Messages that are looked for where they are to be stored: each is found some time, or stands as lost. */
import type { Sample } from './fleet-terms.ts';

/** Messages of one statement: databases bound its parameters. */
const AT_ONCE = 500;

export const keyOf = (box: string, id: string): string => `${box} ${id}`;

/** `find` tells which of some are there, as `keyOf`. */
export function openSamples(
  find: (some: readonly Sample[]) => Promise<ReadonlySet<string>>,
  now: () => number = Date.now,
) {
  const foundMs: number[] = [];
  let waiting: Sample[] = [];
  let said = 0;
  return {
    add(samples: readonly Sample[]): void {
      said += samples.length;
      waiting = [...waiting, ...samples];
    },
    /** Looks once for all that were not found yet. */
    async look(): Promise<void> {
      const looked = waiting;
      waiting = [];
      for (let from = 0; from < looked.length; from += AT_ONCE) {
        const some = looked.slice(from, from + AT_ONCE);
        const there = await find(some);
        const at = now();
        for (const sample of some) {
          const [box, id, saidAt] = sample;
          if (there.has(keyOf(box, id))) foundMs.push(at - saidAt);
          else waiting.push(sample);
        }
      }
    },
    said: (): number => said,
    found: (): number => foundMs.length,
    tookMs: (): readonly number[] => foundMs,
  };
}

/** How long so great a share of `wanted` messages took at most, ms; null: not so many are known to have come. */
export function partOf(tookMs: readonly number[], wanted: number, share: number): number | null {
  const sorted = tookMs.toSorted((a, b) => a - b);
  return sorted[Math.min(wanted - 1, Math.floor(wanted * share))] ?? null;
}
