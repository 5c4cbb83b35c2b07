/** What `DATABASE_URL` says, checked before anything is opened. */
import { readFileSync } from 'node:fs';
import { problem } from './problems.ts';

export interface SqliteTarget {
  readonly kind: 'sqlite';
  readonly path: string;
}

export interface PostgresTarget {
  readonly kind: 'postgres';
  /** Host name, address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** TLS with the server's name checked; `ca` is PEM of its authority when the system's do not know it. */
  readonly tls: { readonly ca: string | undefined } | false;
}

export type DatabaseTarget = SqliteTarget | PostgresTarget;

const POSTGRES_PORT = 5432;

/** What never leaves this machine needs no TLS. */
const isLocal = (host: string): boolean => /^(\/|localhost$|127\.|::1$)/.test(host);

/**
 * `sqlite:PATH`, a path, or `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=…&sslrootcert=FILE` as libpq writes it (a socket's folder
 * percent-encoded as host). Without `sslmode` the server's certificate is checked (`verify-full`), but for a server on this machine.
 * @throws Problem `database_url`, `database_url_tls`, `database_ca`. No problem repeats the URL: it holds a password.
 */
export function parseDatabaseUrl(text: string): DatabaseTarget {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') return parsePostgres(text);
  if (scheme !== undefined && scheme !== 'sqlite') throw problem('database_url', `unknown scheme ${scheme}:`);
  const path = text.replace(/^sqlite:(\/\/(?=\/))?/i, '');
  if (path === '' || path.startsWith('//') || path.includes('?') || path === ':memory:') throw problem('database_url');
  return { kind: 'sqlite', path };
}

function parsePostgres(text: string): PostgresTarget {
  let url: URL;
  let parts: readonly string[];
  try {
    url = new URL(text);
    parts = [url.hostname, url.pathname.slice(1), url.username, url.password].map(decodeURIComponent);
  } catch {
    // What was thrown repeats the password.
    throw problem('database_url');
  }
  const host = parts[0]!.replace(/^\[(.*)\]$/, '$1');
  const database = parts[1]!;
  if (host === '' || database === '' || database.includes('/') || url.hash !== '') throw problem('database_url');
  for (const name of url.searchParams.keys())
    if (name !== 'sslmode' && name !== 'sslrootcert') throw problem('database_url', `unknown parameter ${name}`);
  return {
    kind: 'postgres',
    host,
    port: url.port === '' ? POSTGRES_PORT : Number(url.port),
    database,
    user: parts[2] || undefined,
    password: parts[3] || undefined,
    tls: tlsOf(url.searchParams, host),
  };
}

function tlsOf(parameters: URLSearchParams, host: string): PostgresTarget['tls'] {
  const mode = parameters.get('sslmode') ?? (isLocal(host) ? 'disable' : 'verify-full');
  const caFile = parameters.get('sslrootcert');
  if (mode === 'disable') {
    // Whoever names an authority does not want to talk in the clear.
    if (caFile !== null) throw problem('database_url_tls');
    return false;
  }
  if (mode !== 'verify-full' || host.startsWith('/')) throw problem('database_url_tls');
  if (caFile === null) return { ca: undefined };
  try {
    return { ca: readFileSync(caFile, 'utf8') };
  } catch (error) {
    throw problem('database_ca', (error as NodeJS.ErrnoException).code, error);
  }
}
