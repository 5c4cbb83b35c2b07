/** What a database refused, in one vocabulary for SQLite and PostgreSQL. */

/**
 * `duplicate`: such a row is there. `reference`: it names a row that is not there, or others name it. `invalid`: a value that the table
 * does not take. `conflict`: another transaction came first, the same again may succeed. `unavailable`: server or disk cannot serve now;
 * whether a commit was kept is unknown.
 */
export type DatabaseFault = 'duplicate' | 'reference' | 'invalid' | 'conflict' | 'unavailable';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html), by their beginnings, the longer ones first. */
const SQLITE: readonly (readonly [string, DatabaseFault])[] = [
  ['SQLITE_CONSTRAINT_UNIQUE', 'duplicate'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'duplicate'],
  ['SQLITE_CONSTRAINT_ROWID', 'duplicate'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'reference'],
  ['SQLITE_CONSTRAINT', 'invalid'],
  ['SQLITE_BUSY_SNAPSHOT', 'conflict'],
  ['SQLITE_BUSY', 'unavailable'],
  ['SQLITE_LOCKED', 'unavailable'],
  ['SQLITE_FULL', 'unavailable'],
  ['SQLITE_IOERR', 'unavailable'],
  ['SQLITE_CANTOPEN', 'unavailable'],
];

/** SQLSTATE (PostgreSQL 15, appendix A), by their beginnings, the longer ones first. */
const POSTGRES: readonly (readonly [string, DatabaseFault])[] = [
  ['23505', 'duplicate'],
  ['23503', 'reference'],
  ['23', 'invalid'],
  ['40001', 'conflict'],
  ['40P01', 'conflict'],
  ['08', 'unavailable'],
  ['53', 'unavailable'],
  ['57', 'unavailable'],
  ['58', 'unavailable'],
  ['25006', 'unavailable'],
];

/** The network's own errors, and what `pg` says in words alone when its connection ends in the middle of a query. */
const NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
const ENDED =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** What kind of refusal `error` is; null when it is none of a database. */
export function faultOf(error: unknown): DatabaseFault | null {
  if (!(error instanceof Error)) return null;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return ENDED.test(error.message) ? 'unavailable' : null;
  if (NETWORK.test(code)) return 'unavailable';
  // A SQLSTATE is five characters; without this, a code of ours that begins alike would pass for one.
  const table = code.startsWith('SQLITE_') ? SQLITE : /^[0-9A-Z]{5}$/.test(code) ? POSTGRES : [];
  return table.find(([beginning]) => code.startsWith(beginning))?.[1] ?? null;
}
