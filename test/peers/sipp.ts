/** SIPp, which plays a scenario file word for word: what no phone of ours would ever do. Files lie in test/peers/sipp/. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../scripts/demo/box.ts';
import type { SippScript } from './sipp-script.ts';

export interface SippOptions {
  /** Name of the scenario file, without `.xml`; with `script`, what to call it. */
  readonly scenario: string;
  /** The scenario itself, where it is no file. */
  readonly script?: SippScript;
  /** Port of the box on 127.0.0.1. */
  readonly box: number;
  readonly transport?: 'udp' | 'tcp';
  /** A folder of the test's own: messages and errors are written there. */
  readonly folder: string;
  /** Whom it is, for `[authentication]` and `[field]`-less scenarios: `[user]`, `[secret]`, `[domain]`; its address is `[ip]`, without brackets. */
  readonly user: string;
  readonly secret: string;
  readonly domain: string;
  /** `[service]`: whom it calls. */
  readonly to?: string;
  /** Its own address, and the box's. Default: 127.0.0.1. */
  readonly address?: string;
  /** Its own address, where it is another than the box's. */
  readonly from?: string;
  /** A port used before, so that a registration made from it is ours. Default: a free one. */
  readonly port?: number;
  /** Further keywords: `[name]` in the file. */
  readonly keys?: Readonly<Record<string, string>>;
}

export interface SippEnd {
  /** 0: the scenario went through as written; 1: it did not. */
  readonly code: number | null;
  /** What SIPp says went wrong. */
  readonly errors: string;
  /** Every message, both ways, with its time. */
  readonly messages: string;
}

export interface Sipp {
  readonly port: number;
  readonly ended: Promise<SippEnd>;
  stop(): void;
}

/** No SIPp outlives a broken test, s. */
const LIFETIME_S = 60;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

let runs = 0;

/** Starts SIPp for one call. */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  const {
    scenario,
    box,
    transport = 'udp',
    address = '127.0.0.1',
    from = address,
    folder,
    user,
    secret,
    domain,
    to,
    keys = {},
  } = options;
  const port = options.port ?? (await freePort());
  mkdirSync(folder, { recursive: true });
  const file = (kind: string) => join(folder, `${scenario}-${runs}-${kind}.log`);
  runs++;
  const [messages, errors] = [file('messages'), file('errors')];
  const words = { user, secret, domain, ip: from, ...keys };
  const path = options.script
    ? join(folder, `${scenario}-${runs}.xml`)
    : join(import.meta.dirname, 'sipp', `${scenario}.xml`);
  if (options.script) writeFileSync(path, options.script.toString());
  const child = spawn(
    'sipp',
    [
      `${isIPv6(address) ? `[${address}]` : address}:${box}`,
      ...['-sf', path],
      ...['-i', from, '-p', String(port), '-t', transport === 'udp' ? 'u1' : 't1'],
      ...['-m', '1', '-l', '1', '-nostdin', '-timeout', String(LIFETIME_S), '-timeout_error'],
      ...['-au', user, '-ap', secret, ...(to === undefined ? [] : ['-s', to])],
      ...['-trace_msg', '-message_file', messages, '-trace_err', '-error_file', errors],
      ...Object.entries(words).flatMap(([name, value]) => ['-key', name, value]),
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  running.add(child);
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const ended = new Promise<SippEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      running.delete(child);
      resolve({ code, errors: read(errors), messages: read(messages) });
    });
  });
  return { port, ended, stop: () => void child.kill() };
}

/** Registers `user` from a port, for a scenario that waits there for calls. @throws Error with what went wrong. */
export async function sippRegisters(options: Omit<SippOptions, 'scenario'>): Promise<number> {
  const { port, ended } = await startSipp({ ...options, scenario: 'register' });
  const { code, errors } = await ended;
  if (code !== 0) throw new Error(`SIPp did not register ${options.user}: ${errors}`);
  return port;
}
