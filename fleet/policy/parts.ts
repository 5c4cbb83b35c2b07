/** What the files of this room have in common. */
import { hash } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Kysely } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import type { InventoryTables } from '../inventory/tables.ts';
import type { TenantTables } from '../tenants/tables.ts';
import type { Append } from './events.ts';
import type { PolicyTables } from './tables.ts';

/** Whether anything may be sent to boxes of a customer (GDPR 28(3)); `until`: from when not, wall clock, ms; null: no end is in sight, or there is no agreement. */
export interface Agreement {
  readonly state: 'valid' | 'missing' | 'expired';
  readonly until: number | null;
}

export interface Parts {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
  /** Fresh ids (`db/ids.ts`). */
  readonly newId: () => string;
  readonly append: Append;
  readonly agreementOf: (site: string) => Promise<Agreement>;
}

/** Agreements of customers, each asked for once: for many boxes in a row. */
export function agreementsOnce({ agreementOf }: Pick<Parts, 'agreementOf'>) {
  const known = new Map<string, Agreement>();
  return async ({ customer, site }: { readonly customer: string; readonly site: string }): Promise<Agreement> => {
    const agreement = known.get(customer) ?? (await agreementOf(site));
    known.set(customer, agreement);
    return agreement;
  };
}

export type Tables = PolicyTables & InventoryTables & TenantTables;
export type Db = Kysely<Tables>;

export const view = (database: AnyTables): Db => database.$extendTables<Tables>();

export const within = <Result>(database: AnyTables, work: (db: Db, whole: AnyTables) => Promise<Result>) =>
  transact(database, (whole) => work(view(whole), whole));

export const sha256 = (bytes: string | Buffer): string => hash('sha256', bytes, 'hex');

/** What a text of the database says; undefined: somebody has changed it. */
export const tryJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `items` some at a time. */
export function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
