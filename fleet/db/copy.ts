/** Moves a fleet from SQLite to PostgreSQL: every table, whole or not at all. */
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { LEDGER } from './migrations.ts';
import type { AnyTables, Database } from './open.ts';
import { lockMigrations } from './postgres.ts';
import { problem } from './problems.ts';

/** Values of one statement: PostgreSQL takes 65 535, SQLite 32 766. */
const MAX_VALUES = 30_000;
const MAX_ROWS = 500;

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly refersTo: readonly string[];
}

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 of all rows, hex: the same in both. */
  readonly digest: string;
}

/** The tables of rooms in a SQLite file, those that are referred to first. */
async function tablesOf(db: AnyTables): Promise<readonly Table[]> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> ${LEDGER} ORDER BY name`.execute(db);
  const left = new Map<string, Table>();
  for (const { name } of rows) {
    const columns = await sql<{ name: string; pk: number }>`SELECT name, pk FROM pragma_table_info(${name})`.execute(
      db,
    );
    const refers = await sql<{ table: string }>`SELECT "table" FROM pragma_foreign_key_list(${name})`.execute(db);
    const key = columns.rows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    if (key.length === 0) throw new Error(`table ${name} has no primary key`);
    left.set(name, {
      name,
      columns: columns.rows.map((column) => column.name),
      key: key.map((column) => column.name),
      refersTo: refers.rows.map(({ table }) => table).filter((table) => table !== name),
    });
  }
  const sorted: Table[] = [];
  while (left.size > 0) {
    const next = [...left.values()].find(({ refersTo }) => !refersTo.some((table) => left.has(table)));
    if (!next) throw new Error(`tables refer to each other in a circle: ${[...left.keys()].join(', ')}`);
    left.delete(next.name);
    sorted.push(next);
  }
  return sorted;
}

/** All rows in the order of their key, some at a time; both databases sort alike (`database_collation`). */
async function* rowsOf(db: AnyTables, { name, columns, key }: Table): AsyncGenerator<readonly Row[]> {
  const keys = sql.join(key.map((column) => sql.ref(column)));
  const all = sql.join(columns.map((column) => sql.ref(column)));
  const limit = Math.min(MAX_ROWS, Math.floor(MAX_VALUES / columns.length));
  let last: Row | undefined;
  do {
    const after = last ? sql`WHERE (${keys}) > (${sql.join(key.map((column) => last![column]))})` : sql``;
    const { rows } =
      await sql<Row>`SELECT ${all} FROM ${sql.table(name)} ${after} ORDER BY ${keys} LIMIT ${limit}`.execute(db);
    if (rows.length > 0) yield rows;
    last = rows.length === limit ? rows.at(-1) : undefined;
  } while (last);
}

/** Counts rows and digests them; each goes through `use` on its way. */
async function digestOf(
  db: AnyTables,
  table: Table,
  use: (rows: readonly Row[]) => Promise<void> = async () => {},
): Promise<CopiedTable> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const rows of rowsOf(db, table)) {
    for (const row of rows) hash.update(`${JSON.stringify(table.columns.map((column) => row[column]))}\n`);
    count += rows.length;
    await use(rows);
  }
  return { table: table.name, rows: count, digest: hash.digest('hex') };
}

async function isEmpty(db: Kysely<Record<never, never>>, tables: readonly Table[]): Promise<boolean> {
  for (const { name } of tables) {
    const { rows } = await sql`SELECT 1 FROM ${sql.table(name)} LIMIT 1`.execute(db);
    if (rows.length > 0) return false;
  }
  return true;
}

/**
 * Copies all rows of `from` to `to`, both of the same schema, and reads them back before it commits. Nobody else writes to either
 * meanwhile; a fleet that starts at `to` waits.
 * @throws Problem `copy_direction`, `copy_target_used`, `copy_differs`; what a database says. Then `to` is as it was.
 */
export async function copyDatabase(
  from: Database,
  to: Database,
  progress: (copied: CopiedTable) => void = () => {},
): Promise<readonly CopiedTable[]> {
  if (from.kind !== 'sqlite' || to.kind !== 'postgres') throw problem('copy_direction');
  const copied: CopiedTable[] = [];
  await from.kysely.transaction().execute((source) =>
    to.kysely.transaction().execute(async (target) => {
      await lockMigrations(target);
      const tables = await tablesOf(source);
      if (!(await isEmpty(target, tables))) throw problem('copy_target_used');
      for (const table of tables) {
        const columns = sql.join(table.columns.map((column) => sql.ref(column)));
        const said = await digestOf(source, table, async (rows) => {
          const values = rows.map((row) => sql`(${sql.join(table.columns.map((column) => row[column]))})`);
          await sql`INSERT INTO ${sql.table(table.name)} (${columns}) VALUES ${sql.join(values)}`.execute(target);
        });
        const read = await digestOf(target, table);
        if (read.rows !== said.rows || read.digest !== said.digest) throw problem('copy_differs', table.name);
        copied.push(said);
        progress(said);
      }
    }),
  );
  // Without it the first pages are planned for empty tables.
  await sql`ANALYZE`.execute(to.kysely);
  return copied;
}
