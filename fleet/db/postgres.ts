/** PostgreSQL below Kysely: a pool of connections that speak our types. */
import type { Log } from '@belkluis/shared/base/log';
import type { Kysely } from 'kysely';
import { PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { faultOf } from './faults.ts';
import { problem } from './problems.ts';
import type { PostgresTarget } from './url.ts';

/** Connections of one fleet process. One loop fills them; PostgreSQL allows 100 in all by default. */
const MAX_CONNECTIONS = 10;

/** How long a connection may take to open, ms. */
const CONNECT_PATIENCE_MS = 10_000;

/** No query of the console or of ingest takes this long, ms: one that does holds up others. Migrations may. */
const STATEMENT_PATIENCE_MS = 30_000;

/** First version that this is tested with (server_version_num). */
const MIN_VERSION = 150_000;

/** Collations that compare code points, as SQLite does: order and indexes are the same on every machine and after every upgrade. */
const PLAIN_COLLATION = /^(C|POSIX|C\.UTF-?8)$/i;

/**
 * Every query is short and there are many at a time: compiling one, or starting workers for it, costs more than it saves, and takes cores from the
 * others. The overview of 50,000 boxes took half as long again with both (PostgreSQL 15, "JIT", "Parallel Query").
 */
const PLANNED = { jit: 'off', max_parallel_workers_per_gather: '0' } as const;

const settingsOf = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');

const { INT8, NUMERIC } = pg.types.builtins;

/** int8 and sums as numbers; one that a number cannot hold is an error, not another number. */
function toNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond 2^53`);
  return value;
}

export function openPool(target: PostgresTarget, log: Log, schema?: string): pg.Pool {
  const pool = new pg.Pool({
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    ssl: target.tls ? { ca: target.tls.ca, rejectUnauthorized: true } : false,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_PATIENCE_MS,
    statement_timeout: STATEMENT_PATIENCE_MS,
    keepAlive: true,
    application_name: 'belkluis-fleet',
    options: settingsOf(schema === undefined ? PLANNED : { ...PLANNED, search_path: schema }),
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 || oid === NUMERIC
          ? toNumber
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  const lost = (error: Error) => log('database_connection_lost', { code: (error as { code?: string }).code ?? null });
  // A connection that the server ends says so beside the query that fails, idle or not; without a listener that would end the process.
  pool.on('connect', (client) => client.on('error', lost));
  pool.on('error', lost);
  return pool;
}

export const dialectOf = (pool: pg.Pool): PostgresDialect => new PostgresDialect({ pool });

/**
 * Asks the server who it is.
 * @throws Problem `database_unreachable`, `database_refused`, `database_old`, `database_collation`.
 */
export async function checkServer(database: Kysely<Record<never, never>>): Promise<void> {
  let row: { version: number; encoding: string; provider: string; collation: string } | undefined;
  try {
    const result = await sql<NonNullable<typeof row>>`
      SELECT current_setting('server_version_num')::integer AS version, pg_encoding_to_char(encoding) AS encoding,
        datlocprovider AS provider, datcollate AS collation
      FROM pg_database WHERE datname = current_database()`.execute(database);
    row = result.rows[0];
  } catch (error) {
    const code = (error as { code?: string }).code;
    // Invalid authorization (28), no such database (3D), no right to connect (42501).
    if (/^(28...|3D000|42501)$/.test(code ?? '')) throw problem('database_refused', code, error);
    // Version 14 has no datlocprovider.
    if (code === '42703') throw problem('database_old');
    if (faultOf(error) === 'unavailable' || isTlsError(error)) throw problem('database_unreachable', code, error);
    throw error;
  }
  if (row!.version < MIN_VERSION) throw problem('database_old');
  if (row!.provider !== 'c' || row!.encoding !== 'UTF8' || !PLAIN_COLLATION.test(row!.collation))
    throw problem('database_collation', `${row!.encoding}, ${row!.collation}`);
}

/** OpenSSL's and Node's words for a certificate that does not fit, and pg's for a server without TLS. */
const isTlsError = (error: unknown): boolean => {
  const { code = '', message } = error as { code?: string; message: string };
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) || /SSL/.test(message);
};

/** Held until the transaction ends: whoever migrates the same schema waits. */
export async function lockMigrations(transaction: Kysely<Record<never, never>>): Promise<void> {
  await sql`SET LOCAL statement_timeout = 0`.execute(transaction);
  await sql`SELECT pg_advisory_xact_lock(hashtext('belkluis migrations ' || current_schema()))`.execute(transaction);
}
