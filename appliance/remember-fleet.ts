/** What the box remembers of its fleet over restarts, beside certificate and queue: its witness, what it wanted, which hours it knows. Nothing of it is personal. */
import { policyRefusal } from '@belkluis/shared/contract/policy-refusals';
import { z } from 'zod';
import type { Catalogue } from './vault/catalogue.ts';

/** Name in the vault's memory. */
const NAME = 'fleet';

const count = z.number().int().nonnegative();
const policyName = { version: count, hash: z.string() };

const memorySchema = z.strictObject({
  /** By its pinned keys: another fleet is told from it, and starts anew. */
  fleet: z.string(),
  /** The witness that signed first; another one in its name counts for nothing. `key`: 32 bytes, base64. */
  witness: z.strictObject({ name: z.string(), key: z.string() }).nullable(),
  /** It said that this log is not the one that it remembers. */
  refused: z
    .strictObject({ outcome: z.enum(['fork', 'rollback', 'inconsistent']), remembered: count, at: count })
    .nullable(),
  /** Hours before this instant were told, or were before the fleet. */
  toldUntil: count,
  /** No event before this place in the log is of a later hour. */
  countFrom: count,
  /** The policy of the fleet that waits. */
  wanted: z.strictObject(policyName).nullable(),
  /** The last that did not come into force, and which one was then. */
  rejected: z.strictObject({ ...policyName, why: policyRefusal, inForce: z.string().nullable() }).nullable(),
});

export type FleetMemory = z.infer<typeof memorySchema>;

export interface FleetMemories {
  /** Null: there is no fleet, or what is there cannot be read. */
  read(): FleetMemory | null;
  /** Of a fleet that is new here. `now`: wall clock, ms; `size`: of the log. */
  begin(fleet: string, now: number, size: number): void;
  /** Nothing where there is no fleet. */
  change(to: Partial<FleetMemory>): void;
  forget(): void;
}

export const HOUR_MS = 3_600_000;

export function rememberFleet({ state }: Pick<Catalogue, 'state'>): FleetMemories {
  const read = (): FleetMemory | null => {
    try {
      return memorySchema.parse(JSON.parse(state.get(NAME) ?? 'null'));
    } catch {
      return null;
    }
  };
  const write = (memory: FleetMemory | null) => state.set(NAME, JSON.stringify(memory));
  return {
    read,
    begin: (fleet, now, size) =>
      write({
        fleet,
        witness: null,
        refused: null,
        // The hour that has begun is told when it is over.
        toldUntil: Math.floor(now / HOUR_MS) * HOUR_MS,
        countFrom: size,
        wanted: null,
        rejected: null,
      }),
    change(to) {
      const memory = read();
      if (memory) write({ ...memory, ...to });
    },
    forget() {
      if (state.get(NAME) !== null) write(null);
    },
  };
}
