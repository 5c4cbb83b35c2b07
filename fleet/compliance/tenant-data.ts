/**
 * All that the fleet has of one MSP, as lines of JSON: for the MSP itself, and for what an authority may demand (GDPR 48, threats row 28). Which table
 * is about whom is read off its columns, so a table that a room adds later is in it without anybody remembering.
 */
import { createHash } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import { sql } from 'kysely';
import { primaryKeys } from '../db/keys.ts';
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
  /** Of its primary key. */
  readonly key: readonly string[];
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
  const keys = await primaryKeys(database, here);
  return tables
    .filter(({ schema, isView }) => !isView && (!schemas || schema === here))
    .map(({ name, columns }) => {
      const names = columns.map((column) => column.name);
      return {
        ...{ name, columns: names, key: keys.get(name) ?? [] },
        secret: names.filter((column) => SECRET.test(column)),
        owner: name === 'msps' ? ('id' as const) : (owners.find((owner) => names.includes(owner)) ?? null),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Row = Record<string, unknown>;

/** Rows that belong to one of `ids`, in the order of the table's key, BATCH at a time. */
async function* pagesOf(
  database: AnyTables,
  { name, columns, key, secret }: TenantTable,
  column: string,
  ids: readonly string[],
): AsyncGenerator<readonly Row[]> {
  const keys = sql.join(key.map((one) => sql.ref(one)));
  const shown = columns.filter((one) => !secret.includes(one));
  const read = sql.join([...new Set([...shown, ...key])].map((one) => sql.ref(one)));
  let last: Row | undefined;
  do {
    const after = last ? sql`AND (${keys}) > (${sql.join(key.map((one) => last![one]))})` : sql``;
    const { rows } = await sql<Row>`SELECT ${read} FROM ${sql.table(name)}
      WHERE ${sql.ref(column)} IN (${sql.join(ids)}) ${after} ORDER BY ${keys} LIMIT ${BATCH}`.execute(database);
    yield rows.map((row) => Object.fromEntries(shown.map((one) => [one, row[one]])));
    last = rows.length === BATCH ? rows.at(-1) : undefined;
  } while (last);
}

/** By which column a table is read, of which ids, and of how many of them at once. */
function readBy({ name, owner, key }: TenantTable, msp: string, ids: ReadonlyMap<Owner, readonly string[]>) {
  // What is listed is read by its list, in small ways along its key.
  const listed = (Object.keys(lists) as Owner[]).find((one) => lists[one]![0] === name);
  if (listed) return { column: 'id', all: ids.get(listed) ?? [], step: BATCH };
  if (owner === 'id' || owner === 'msp' || owner === 'about_msp') return { column: owner, all: [msp], step: 1 };
  // Of one by one where each may have many: a box has weeks of health.
  return { column: owner!, all: ids.get(owner!) ?? [], step: key.length === 1 || key[0] !== owner ? BATCH : 1 };
}

export interface TenantDataEnd {
  readonly rows: number;
  /** SHA-256 of every line before the last, hex. */
  readonly digest: string;
}

/**
 * Hands each line to `write` and waits until it has taken it: no more than a page of rows is held, and others have their turn after each page. Returns how
 * many rows there are, and the hash that the last line has too. @throws what `write` throws: then nothing more is read.
 */
export async function writeTenantData(
  database: AnyTables,
  msp: string,
  now: number,
  write: (line: string) => Promise<void> | void,
): Promise<TenantDataEnd> {
  const hash = createHash('sha256');
  const say = async (value: unknown) => {
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    await write(line);
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
  await say({
    ...{ type: 'belkluis/tenant-data@1', msp, at: now },
    keptBack: tables.flatMap(({ name, secret }) => secret.map((column) => `${name}.${column}`)),
    ofNoTenant: tables.filter(({ owner }) => owner === null).map(({ name }) => name),
  });
  let count = 0;
  for (const table of tables) {
    if (table.owner === null) continue;
    const { column, all, step } = readBy(table, msp, ids);
    for (let from = 0; from < all.length; from += step)
      for await (const rows of pagesOf(database, table, column, all.slice(from, from + step))) {
        for (const row of rows) await say({ table: table.name, row });
        count += rows.length;
        await breath();
      }
  }
  const digest = hash.digest('hex');
  await write(`${JSON.stringify({ end: true, rows: count, digest })}\n`);
  return { rows: count, digest };
}
