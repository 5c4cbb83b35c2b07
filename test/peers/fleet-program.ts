/** A fleet as it is run: its own process and its own command line, on a folder and ports of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { freePort } from '../../scripts/demo/box.ts';
import { FLEET_FLAGS } from '../../scripts/demo/processes.ts';

const program = join(import.meta.dirname, '../../scripts/fleet.ts');
const tap = pathToFileURL(join(import.meta.dirname, 'tls-tap.ts')).href;

const provider = {
  ...{ name: 'Kabelwerk BV', address: 'Kanaalweg 1', country: 'NL', parentCountry: 'NL' },
  contact: 'privacy@kabelwerk.example',
};

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

const portNames = ['mqtt', 'webSocket', 'enrolment', 'console', 'metrics'] as const;

const { DATABASE_URL: _d, MQTT_URL: _m, ...environment } = process.env;

interface Told {
  readonly code: number;
  readonly json: unknown;
  readonly says: string;
}

/** A process that serves. `end` resolves with its exit code; `said` is what it wrote to its journal. */
export interface FleetProgram {
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  said(): string;
}

export async function fleetFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-process-'));
  const at = (name: string) => join(folder, name);
  const [data, config, journal, taps] = [at('data'), at('fleet.json'), at('journal'), at('taps')];
  const ports = {} as Record<(typeof portNames)[number], number>;
  for (const name of portNames) ports[name] = await freePort();
  const configOf = (more: object = {}) => ({
    ...{ data, hosts: ['127.0.0.1'], address: '127.0.0.1', region: 'NL', ports, compliance: { provider }, ...more },
  });
  writeFileSync(config, JSON.stringify(configOf()));

  const args = (words: readonly string[], file = config) => [...[...FLEET_FLAGS, program, '--config', file, ...words]];

  /** One command at the terminal of the fleet. */
  async function run(...words: string[]): Promise<Told> {
    const ran = promisify(execFile)(process.execPath, args(['--json', ...words]), { env: environment });
    return ran.then(
      ({ stdout, stderr }) => ({ code: 0, json: JSON.parse(stdout), says: stderr }),
      ({ code, stderr }) => ({ code, json: null, says: stderr }),
    );
  }

  /** The same. @throws Error with what it says when it refuses. */
  async function command(...words: string[]): Promise<unknown> {
    const { code, json, says } = await run(...words);
    if (code !== 0) throw new Error(`${words.join(' ')}: ${says}`);
    return json;
  }

  return {
    ...{ folder, config, data, journal, taps, ports, environment, configOf, run, command },
    url: `https://127.0.0.1:${ports.enrolment}`,
    database: join(data, 'fleet.db'),
    remove: () => rmSync(folder, { recursive: true, force: true }),

    /** `tapped`: what goes over its TLS connections is kept below `taps`, in the clear. @throws Error with what it said when it ends before it serves. */
    async start({ tapped = false } = {}): Promise<FleetProgram> {
      mkdirSync(folder, { recursive: true });
      const out = openSync(journal, 'a');
      const from = statSync(journal).size;
      const child = spawn(process.execPath, [...(tapped ? ['--import', tap] : []), ...args(['serve'])], {
        env: tapped ? { ...environment, NODE_OPTIONS: '', TLS_TAP: taps } : environment,
        stdio: ['ignore', 'ignore', out],
      });
      closeSync(out);
      alive.add(child);
      const ends = new Promise<number | null>((done) => child.once('exit', done)).finally(() => alive.delete(child));
      const said = () => readFileSync(journal).subarray(from).toString();
      while (!said().includes('"fleet_started"')) {
        if (child.exitCode !== null) throw new Error(`the fleet ended: ${said()}`);
        await delay(20);
      }
      const end = (signal: 'SIGTERM' | 'SIGKILL') => {
        child.kill(signal);
        return ends;
      };
      return { end, said };
    },

    /** What it says of a configuration that is not right, and its exit code. */
    async serveWrongly(wrong: object): Promise<{ readonly code: number; readonly stderr: string }> {
      const file = at('wrong.json');
      writeFileSync(file, JSON.stringify(configOf(wrong)));
      const ran = promisify(execFile)(process.execPath, args(['serve'], file), { env: environment });
      return ran.then(
        ({ stderr }) => ({ code: 0, stderr }),
        ({ code, stderr }) => ({ code, stderr }),
      );
    },

    /** An MSP with a customer, which has signed its agreement, and a site of these names. Returns the site's id. */
    async site(msp: string, customer: string, name: string): Promise<string> {
      const idOf = async (...more: string[]) => ((await command(...more)) as { id: string }).id;
      const of = await idOf('customer', 'add', customer, '--msp', await idOf('msp', 'add', msp));
      await command('agreement', 'send', of, '--language', 'nl');
      await command('agreement', 'sign', of, '--by', 'V. Visser', '--until', '2099-12-31');
      return idOf('site', 'add', name, '--customer', of);
    },

    /** Somebody of the MSP types the code of a box at a site, with a policy key of this moment. */
    claim(code: string, site: string): Promise<Told> {
      const key = at('policy-key.pem');
      writeFileSync(key, generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }));
      return run('claim', code, '--site', site, '--policy-key', key);
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
