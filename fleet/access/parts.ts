/** What every file of this room works with. */
import { hash } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Kysely } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import type { Append } from './events.ts';
import { SECRET_LENGTH } from './limits.ts';
import type { Grant } from './rights.ts';
import type { AccessTables } from './tables.ts';

export interface Parts {
  readonly database: AnyTables;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Fresh ids (`db/ids.ts`). */
  readonly newId: () => string;
  readonly append: Append;
}

export type Db = Kysely<AccessTables>;

export const view = (tables: AnyTables): Db => tables.$extendTables<AccessTables>();

/** A secret that is told once. */
export const newSecret = (chance: Chance): string => chance.bytes(SECRET_LENGTH).toString('base64url');

/** SHA-256 of 256 random bits: no salt and no slow hash are needed, for nothing can be guessed. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex');

export interface Person {
  readonly id: string;
  readonly msp: string;
  readonly name: string;
  readonly email: string;
  readonly grants: readonly Grant[];
  /** False: invited, without a second factor yet. */
  readonly enrolled: boolean;
}

export const toPerson = (row: AccessTables['people']): Person => ({
  id: row.id,
  msp: row.msp,
  name: row.name,
  email: row.email,
  grants: JSON.parse(row.grants) as Grant[],
  enrolled: row.enrolled_at !== null,
});

export const personById = (db: Db, id: string) =>
  db.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst();
