/** Primary keys of whatever tables there are: what goes through all of a table does so in their order, some rows at a time. */
import { sql } from 'kysely';
import type { AnyTables } from './open.ts';

/** Columns of the primary key of each table, by its name. `schema`: of PostgreSQL; undefined: it is SQLite. */
export async function primaryKeys(
  database: AnyTables,
  schema: string | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await (schema === undefined
    ? sql<{ table: string; column: string }>`SELECT tables.name AS "table", columns.name AS "column"
          FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
          WHERE tables.type = 'table' AND columns.pk > 0 ORDER BY tables.name, columns.pk`
    : sql<{ table: string; column: string }>`SELECT keys.table_name AS "table", keys.column_name AS "column"
          FROM information_schema.table_constraints AS constraints
          JOIN information_schema.key_column_usage AS keys
            ON keys.constraint_name = constraints.constraint_name AND keys.table_schema = constraints.table_schema
            AND keys.table_name = constraints.table_name
          WHERE constraints.constraint_type = 'PRIMARY KEY' AND constraints.table_schema = ${schema}
          ORDER BY keys.table_name, keys.ordinal_position`
  ).execute(database);
  const keys = new Map<string, string[]>();
  for (const { table, column } of rows) keys.set(table, [...(keys.get(table) ?? []), column]);
  return keys;
}
