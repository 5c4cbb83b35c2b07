import type { Kysely } from 'kysely';
import type { AnyTables } from '../../db/open.ts';
import type { AccessTables } from '../tables.ts';
import type { OidcTables } from './tables.ts';

export type OidcDb = Kysely<OidcTables & AccessTables>;

/** The tables of identity providers, and those of the people whom they vouch for. */
export const view = (tables: AnyTables): OidcDb => tables.$extendTables<OidcTables & AccessTables>();
