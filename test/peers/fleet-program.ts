/** A fleet as it is run: its own process and its own command line, on a folder and ports of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';

const program = resolve(import.meta.dirname, '../../scripts/fleet.ts');

const provider = {
  ...{ name: 'Kabelwerk BV', address: 'Kanaalweg 1', country: 'NL', parentCountry: 'NL' },
  contact: 'privacy@kabelwerk.example',
};

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

const { DATABASE_URL: _d, MQTT_URL: _m, ...environment } = process.env;

interface Told {
  readonly code: number;
  readonly json: unknown;
  readonly says: string;
}

export async function fleetFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-process-'));
  const data = join(folder, 'data');
  const [mqtt, webSocket, enrolment] = (await freePorts(3)) as [number, number, number];
  const configOf = (more: object = {}) => ({
    ...{ data, hosts: ['127.0.0.1'], address: '127.0.0.1', region: 'NL', ports: { mqtt, webSocket, enrolment } },
    compliance: { provider },
    ...more,
  });
  const config = join(folder, 'fleet.json');
  writeFileSync(config, JSON.stringify(configOf()));
  const args = (...words: string[]) => ['--disable-warning=ExperimentalWarning', program, '--config', config, ...words];
  return {
    folder,
    config,
    data,
    url: `https://127.0.0.1:${enrolment}`,
    database: join(data, 'fleet.db'),
    environment,
    remove: () => rmSync(folder, { recursive: true, force: true }),

    /** One command at the terminal of the fleet. */
    async run(...words: string[]): Promise<Told> {
      const ran = promisify(execFile)(process.execPath, args('--json', ...words), { env: environment });
      return ran.then(
        ({ stdout, stderr }) => ({ code: 0, json: JSON.parse(stdout), says: stderr }),
        ({ code, stderr }) => ({ code, json: null, says: stderr }),
      );
    },

    /** The process; `end` resolves with its exit code. */
    async start() {
      const child = spawn(process.execPath, args('serve'), { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
      alive.add(child);
      let said = '';
      child.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString();
      });
      const ends = new Promise<number | null>((done) => child.once('exit', done)).finally(() => alive.delete(child));
      while (!said.includes('"fleet_started"')) {
        if (child.exitCode !== null) throw new Error(`the fleet ended: ${said}`);
        await delay(20);
      }
      const end = (signal: 'SIGTERM' | 'SIGKILL') => {
        child.kill(signal);
        return ends;
      };
      return { end, said: () => said };
    },
  };
}

/** First column of what a database answers. */
export function column(path: string, query: string): unknown[] {
  const file = new BetterSqlite3(path, { readonly: true });
  try {
    return file.prepare(query).pluck().all();
  } finally {
    file.close();
  }
}
