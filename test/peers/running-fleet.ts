/** A fleet as it is run: a process of its own, its command line, its folder, its journal, and what goes over its connections in the clear. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../scripts/demo/box.ts';

const program = join(import.meta.dirname, '../../scripts/fleet.ts');
const tap = pathToFileURL(join(import.meta.dirname, 'tls-tap.ts')).href;

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts one in `folder`, which is its own. @throws Error with what it said when it ends before it serves. */
export async function runningFleet(folder: string) {
  const [data, configPath, journal, taps] = ['data', 'fleet.json', 'journal', 'taps'].map((name) => join(folder, name));
  const names = ['mqtt', 'webSocket', 'enrolment', 'console', 'metrics'] as const;
  const ports: Record<string, number> = {};
  for (const name of names) ports[name] = await freePort();
  mkdirSync(folder, { recursive: true });
  const provider = {
    ...{ name: 'Kabelwerk BV', address: 'Kanaalweg 1', country: 'NL', parentCountry: 'NL' },
    contact: 'privacy@kabelwerk.example',
  };
  const config = { data, hosts: ['127.0.0.1'], address: '127.0.0.1', region: 'NL', ports, compliance: { provider } };
  writeFileSync(configPath!, JSON.stringify(config));
  const { DATABASE_URL: _d, MQTT_URL: _m, ...environment } = process.env;
  const words = (...more: string[]) => [
    '--disable-warning=ExperimentalWarning',
    program,
    '--config',
    configPath!,
    ...more,
  ];

  /** One command at its terminal. @throws Error with what it says when it refuses. */
  async function command(...more: string[]): Promise<unknown> {
    const ran = promisify(execFile)(process.execPath, words('--json', ...more), { env: environment });
    return JSON.parse((await ran).stdout);
  }

  const out = openSync(journal!, 'a');
  const child = spawn(process.execPath, ['--import', tap, ...words('serve')], {
    env: { ...environment, NODE_OPTIONS: '', TLS_TAP: taps },
    stdio: ['ignore', 'ignore', out],
  });
  closeSync(out);
  alive.add(child);
  const ended = new Promise<number | null>((done) => child.once('exit', done)).finally(() => alive.delete(child));
  const said = () => readFileSync(journal!, 'utf8');
  while (child.exitCode === null && !said().includes('"fleet_started"')) await delay(20);
  if (child.exitCode !== null) throw new Error(`the fleet ended: ${said()}`);

  /** An MSP with a customer, which has signed its agreement, and a site of these names. Returns the site's id. */
  async function site(msp: string, customer: string, name: string): Promise<string> {
    const idOf = async (...more: string[]) => ((await command(...more)) as { id: string }).id;
    const of = await idOf('customer', 'add', customer, '--msp', await idOf('msp', 'add', msp));
    await command('agreement', 'send', of, '--language', 'nl');
    await command('agreement', 'sign', of, '--by', 'V. Visser', '--until', '2099-12-31');
    return idOf('site', 'add', name, '--customer', of);
  }

  return {
    data: data!,
    database: join(data!, 'fleet.db'),
    journal: journal!,
    taps: taps!,
    url: `https://127.0.0.1:${ports.enrolment}`,
    command,
    site,
    /** Somebody of the MSP types the code of a box at a site, with a policy key of this moment. */
    async claim(code: string, at: string): Promise<void> {
      const key = join(folder, 'policy-key.pem');
      writeFileSync(key, generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }));
      await command('claim', code, '--site', at, '--policy-key', key);
    },
    async end(): Promise<void> {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export type RunningFleet = Awaited<ReturnType<typeof runningFleet>>;
