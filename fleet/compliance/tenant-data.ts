/**
 * All that the fleet has of one MSP, as lines of JSON: for the MSP itself, and for what an authority may demand (GDPR 48, threats row 28). Which table
 * is about whom is read off its columns, so a table that a room adds later is in it without anybody remembering.
 */
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { BATCH } from './limits.ts';

/** Columns that say whose a row is, the surest first. */
const owners = ['msp', 'about_msp', 'customer', 'site', 'person', 'claim', 'box'] as const;

type Owner = (typeof owners)[number];

/** Where ids of each owner are listed. */
const lists: Readonly<Partial<Record<Owner, readonly [table: string, msp: string]>>> = {
  customer: ['customers', 'msp'],
  site: ['sites', 'msp'],
  person: ['people', 'msp'],
  claim: ['enrolment_claims', 'msp'],
  box: ['boxes', 'msp'],
};

/** What proves who somebody is goes to nobody, not even as a hash. */
const SECRET = /password|secret|token_hash|challenge_hash|proof_key/;

interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface TenantTable extends TableShape {
  /** Null: about no tenant. */
  readonly owner: Owner | 'id' | null;
  /** Columns that are kept back. */
  readonly secret: readonly string[];
}

/** Every table of the database and whose its rows are. */
export async function tenantTables(database: AnyTables): Promise<readonly TenantTable[]> {
  const tables = await database.introspection.getTables();
  const schemas = tables.some(({ schema }) => schema !== undefined);
  const here = schemas
    ? (await sql<{ name: string }>`SELECT current_schema() AS name`.execute(database)).rows[0]?.name
    : undefined;
  return tables
    .filter(({ schema, isView }) => !isView && (!schemas || schema === here))
    .map(({ name, columns }) => {
      const names = columns.map((column) => column.name);
      return {
        ...{ name, columns: names, secret: names.filter((column) => SECRET.test(column)) },
        owner: name === 'msps' ? ('id' as const) : (owners.find((owner) => names.includes(owner)) ?? null),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Row = Record<string, unknown>;

const rowsWhere = async (
  db: Kysely<Record<never, never>>,
  { name, columns, secret }: TenantTable,
  column: string,
  ids: readonly string[],
): Promise<readonly Row[]> => {
  const kept = columns.filter((one) => !secret.includes(one)).map((one) => sql.ref(one));
  const { rows } = await sql<Row>`SELECT ${sql.join(kept)} FROM ${sql.table(name)}
    WHERE ${sql.ref(column)} IN (${sql.join(ids)})`.execute(db);
  return rows;
};

export interface TenantDataEnd {
  readonly rows: number;
  /** SHA-256 of every line before the last, hex. */
  readonly digest: string;
}

/** Hands each line to `write`; returns how many rows there are, and the hash that the last line has too. */
export async function writeTenantData(
  database: AnyTables,
  msp: string,
  now: number,
  write: (line: string) => void,
): Promise<TenantDataEnd> {
  const hash = createHash('sha256');
  const say = (value: unknown) => {
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    write(line);
  };
  const tables = await tenantTables(database);
  const ids = new Map<Owner, readonly string[]>();
  for (const [owner, [table, column]] of Object.entries(lists) as [Owner, readonly [string, string]][]) {
    if (!tables.some(({ name }) => name === table)) continue;
    const { rows } = await sql<{ id: string }>`SELECT id FROM ${sql.table(table)}
      WHERE ${sql.ref(column)} = ${msp} ORDER BY id`.execute(database);
    ids.set(
      owner,
      rows.map(({ id }) => id),
    );
  }
  say({
    ...{ type: 'belkluis/tenant-data@1', msp, at: now },
    keptBack: tables.flatMap(({ name, secret }) => secret.map((column) => `${name}.${column}`)),
    ofNoTenant: tables.filter(({ owner }) => owner === null).map(({ name }) => name),
  });
  let count = 0;
  for (const table of tables) {
    if (table.owner === null) continue;
    const whole = ['id', 'msp', 'about_msp'].includes(table.owner);
    const all = whole ? [msp] : (ids.get(table.owner as Owner) ?? []);
    // Of boxes one by one: each has weeks of health.
    const step = table.owner === 'box' ? 1 : BATCH;
    for (let from = 0; from < all.length; from += step)
      for (const row of await rowsWhere(database, table, table.owner, all.slice(from, from + step))) {
        say({ table: table.name, row });
        count++;
      }
  }
  const digest = hash.digest('hex');
  write(`${JSON.stringify({ end: true, rows: count, digest })}\n`);
  return { rows: count, digest };
}
