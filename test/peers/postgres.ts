/** A real PostgreSQL for the tests: Debian's, with its data in a folder of its own, over a Unix socket and a loopback port. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../scripts/demo/box.ts';

const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 20;

/** Who it runs as when the tests run as root, which it refuses. Debian's package makes the user. */
const USER = 'postgres';

/** The newest that is installed. */
function programs(): string {
  const version = (path: string) => Number(path.split('/')[4]);
  // Clients alone lie in the same folders.
  const servers = globSync('/usr/lib/postgresql/*/bin/initdb').sort((a, b) => version(a) - version(b));
  if (servers.length === 0) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  return dirname(servers.at(-1)!);
}

/** The command as the right user; it ends with this process, however that ends. */
function asUser(command: string, args: readonly string[]): [string, string[]] {
  const user = process.getuid!() === 0 ? [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'] : [];
  return ['setpriv', [...user, '--pdeathsig=QUIT', command, ...args]];
}

export interface PostgresOptions {
  /** PEM files: then it takes connections over TLS. */
  readonly tls?: { readonly key: string; readonly certificate: string };
}

export class Postgres {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pg-'));
  readonly #tls: PostgresOptions['tls'];
  readonly #onExit = () => this.#end();
  #process: ChildProcess | null = null;
  readonly port: number;

  private constructor(port: number, tls: PostgresOptions['tls']) {
    this.port = port;
    this.#tls = tls;
  }

  static async start({ tls }: PostgresOptions = {}): Promise<Postgres> {
    const server = new Postgres(await freePort(), tls);
    process.once('exit', server.#onExit);
    const owner = process.getuid!() === 0 ? Number(execFileSync('id', ['-u', USER]).toString()) : process.getuid!();
    chownSync(server.#folder, owner, -1);
    const args = ['-D', server.#data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(...asUser(join(programs(), 'initdb'), [...args, '--no-instructions']), {
      cwd: server.#folder,
      stdio: 'pipe',
    });
    for (const [name, file] of Object.entries(tls ?? {})) {
      const copy = join(server.#data, `${name}.pem`);
      copyFileSync(file, copy);
      chownSync(copy, owner, -1);
      chmodSync(copy, 0o600);
    }
    await server.start();
    return server;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  /** Over the socket, with the database that every server has. */
  get url(): string {
    return this.urlOf('postgres');
  }

  urlOf(database: string): string {
    return `postgres://${USER}@${encodeURIComponent(this.#folder)}:${this.port}/${database}`;
  }

  /** Over TCP; `query` such as `?sslmode=verify-full`. */
  tcpUrl(host = '127.0.0.1', query = ''): string {
    return `postgres://${USER}@${host}:${this.port}/postgres${query}`;
  }

  /** Starts it again after `kill`; what was committed is there. */
  async start(): Promise<void> {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.#folder,
      shared_buffers: '32MB',
      ...(this.#tls ? { ssl: 'on', ssl_key_file: 'key.pem', ssl_cert_file: 'certificate.pem' } : {}),
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(...asUser(join(programs(), 'postgres'), ['-D', this.#data, ...args]), {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr!.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-8000);
    });
    // It does not keep the tests alive: it ends with them.
    child.unref();
    (child.stderr as Socket).unref();
    this.#process = child;
    const deadline = performance.now() + PATIENCE_MS;
    // The last line of this file says how far it is (PostgreSQL 15, miscadmin.h LOCK_FILE_LINE_PM_STATUS).
    while (!this.#ready()) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`PostgreSQL does not start: ${said}`);
      await delay(LOOK_EVERY_MS);
    }
  }

  #ready(): boolean {
    try {
      const lines = readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n');
      return lines[0] === String(this.#process!.pid) && lines[7]?.trim() === 'ready';
    } catch {
      return false;
    }
  }

  /** Ends it as a crash would: it recovers from its log when it starts again. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child) return;
    this.#process = null;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    child.kill('SIGQUIT');
    await gone;
  }

  /** Ends it and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.#onExit);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The same when the process is on its way out and nothing can be waited for but by looking. */
  #end(): void {
    const lock = join(this.#data, 'postmaster.pid');
    const deadline = performance.now() + PATIENCE_MS;
    if (this.#process?.exitCode === null) this.#process.kill('SIGQUIT');
    while (this.#process && existsSync(lock) && performance.now() < deadline)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
