/**
 * `npm run bench:sip -- [--phones 1000] [--calls 5000] [--seconds 10]`: how many registrations and call set-ups a second one box takes, every
 * call with its recording decision, challenged as in life; what memory it holds after all of them; and how it answers a thousand phones that
 * ask for it. Load by SIPp over UDP, closed loop: a new one begins when one ends, so the box sets the pace unless SIPp does. One JSON line.
 * With ../shared/baseline the same calls go through kamailio and rtpengine first.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { places } from '../../appliance/config.ts';
import { askStatus } from '../../appliance/control/client.ts';
import { prepareBox, startBox } from '../demo/box.ts';
import { loadOf } from './box-load.ts';

const { values } = parseArgs({
  options: {
    phones: { type: 'string', default: '1000' },
    calls: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
    /** Calls in the air at once. */
    width: { type: 'string', default: '40' },
    /** Without kamailio. */
    alone: { type: 'boolean', default: false },
  },
});
const [phones, calls, seconds, width] = [values.phones, values.calls, values.seconds, values.width].map(Number) as [
  number,
  number,
  number,
  number,
];
const root = join(import.meta.dirname, '../..');
const scenarios = join(import.meta.dirname, 'sipp');
const baselineSource = join(root, '../shared/baseline');
const ADDRESS = '127.0.0.1';
const SECRET = 'secret';

/** Below the ports that the kernel hands out. Ports of a call rest for ten seconds: fewer would be the limit, not the box. */
const MEDIA_PORTS: [number, number] = [8_000, 24_999];

if (spawnSync('sipp', ['-v']).error) {
  process.stderr.write('SIPp is missing. Install it first: apt-get install sip-tester\n');
  process.exit(2);
}

/** How long the last transactions of a call live on (RFC 3261 17.1.2.2: 64 times T1), with room, ms. */
const LINGER_MS = 35_000;

/** Calls of kamailio and rtpengine: their ports for media run out soon after. */
const BASELINE_CALLS = 4000;

const say = (line: string) => process.stderr.write(`${line}\n`);
const round = (value: number, digits = 1) => Number(value.toFixed(digits));

interface Peer {
  readonly port: number;
  readonly domain: string;
  /** The process whose CPU is counted. */
  readonly pid?: number;
}

interface Ran {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  readonly retransmissions: number;
  /** CPU of the box for each, all its threads, ms. */
  readonly cpuMsEach: number;
  /** CPU of SIPp itself, part of one core: near 1, SIPp is what limits. */
  readonly generator: number;
}

const folder = mkdtempSync(join(tmpdir(), 'belkluis-bench-'));
let files = 0;
const started: ChildProcess[] = [];

function sipp(scenario: string, { port, domain }: Peer, more: readonly string[]): ChildProcess {
  const target = scenario === 'callee' ? [] : [`${ADDRESS}:${port}`];
  const file = join(scenarios, `${scenario}.xml`);
  const buffers = ['-buff_size', '4194304'];
  const child = spawn(
    'sipp',
    [...target, '-sf', file, '-s', domain, '-i', ADDRESS, '-t', 'u1', '-nostdin', ...buffers, ...more],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  );
  started.push(child);
  return child;
}

/** Runs `count` of a scenario to their end, `at` at once. */
async function load(scenario: string, peer: Peer, count: number, at: number, more: readonly string[]): Promise<Ran> {
  const spent = () => (peer.pid === undefined ? 0 : loadOf([peer.pid]).cpuMs);
  const spentBefore = spent();
  const stat = join(folder, `${scenario}-${++files}.csv`);
  // So many a second that the limit on calls in the air is what counts.
  const pace = ['-m', String(count), '-l', String(at), '-r', '20000', '-timeout', `${60 + Math.ceil(count / 20)}`];
  const before = performance.now();
  const child = sipp(scenario, peer, [...pace, '-trace_stat', '-stf', stat, '-fd', '1', ...more]);
  let cpu = 0;
  const look = setInterval(() => {
    cpu = Math.max(cpu, loadOf([child.pid!]).cpuMs);
  }, 500);
  await once(child, 'close');
  clearInterval(look);
  const took = (performance.now() - before) / 1000;
  const rows = readFileSync(stat, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(';'));
  const last = (name: string) => Number(rows.at(-1)?.[rows[0]!.indexOf(name)]);
  return {
    done: last('SuccessfulCall(C)'),
    failed: last('FailedCall(C)'),
    seconds: took,
    retransmissions: last('Retransmissions(C)'),
    cpuMsEach: (spent() - spentBefore) / count,
    generator: cpu / 1000 / took,
  };
}

const perSecond = ({ done, seconds: took }: Ran): number => done / took;

/** Names of phones with what they answer a challenge by; written for SIPp. */
function csv(name: string, rows: readonly (readonly string[])[]): string {
  const path = join(folder, `${name}.csv`);
  writeFileSync(path, `SEQUENTIAL\n${rows.map((row) => row.join(';')).join('\n')}\n`);
  return path;
}

const proof = (user: string) => `[authentication username=${user} password=${SECRET}]`;
const users = Array.from({ length: phones }, (_, index) => `p${index}`);
const [CALLER_PORT, CALLEE_PORT] = ['25072', '25070'];

/** Registers all phones as callees, then has them call each other. */
async function measureCalls(peer: Peer, count: number): Promise<{ registered: Ran; called: Ran }> {
  const register = csv(
    'register',
    users.map((user) => [user, proof(user)]),
  );
  const registered = await load('register', peer, phones, 100, ['-inf', register, '-p', CALLEE_PORT]);
  const call = csv(
    'call',
    users.map((user, index) => [users[(index + 1) % phones]!, user, proof(user)]),
  );
  const callee = sipp('callee', peer, ['-p', CALLEE_PORT]);
  await delay(500);
  const called = await load('caller', peer, count, width, ['-inf', call, '-p', CALLER_PORT]);
  callee.kill('SIGKILL');
  await once(callee, 'close');
  return { registered, called };
}

async function baseline(): Promise<number | null> {
  if (!existsSync(join(baselineSource, 'start.sh')) || spawnSync('kamailio', ['-v']).error) return null;
  say('baseline: kamailio and rtpengine');
  const copy = join(folder, 'baseline');
  cpSync(baselineSource, copy, { recursive: true });
  // Its WebSocket side is a package of its own, and nothing here calls over it.
  const config = join(copy, 'kamailio.cfg');
  const lines = readFileSync(config, 'utf8').replace('ws_handle_handshake()', '1').split('\n');
  writeFileSync(config, lines.filter((line) => !/^(loadmodule|modparam)\W+websocket/.test(line)).join('\n'));
  const run = async (script: string, args: readonly string[] = []) => {
    const child = spawn('bash', [join(copy, script), ...args], {
      stdio: 'ignore',
      env: { ...process.env, AUTHINVITE: '1' },
    });
    await once(child, 'close');
  };
  await run('start.sh', ['rec']);
  try {
    if (!existsSync(join(copy, 'run/kamailio.pid'))) {
      say('baseline: kamailio did not start');
      return null;
    }
    const { called } = await measureCalls({ port: 5060, domain: 'sipland.test' }, Math.min(calls, BASELINE_CALLS));
    say(`baseline: ${JSON.stringify(called)}`);
    return called.failed > called.done / 100 ? null : perSecond(called);
  } finally {
    await run('stop.sh');
  }
}

try {
  const baselineCalls = values.alone ? null : await baseline();
  const domain = 'sipland.test';
  say(`box: ${phones} phones`);
  const accounts = users.map((user) => ({ user, plain: true, secret: SECRET }));
  const prepared = await prepareBox({
    folder: join(folder, 'box'),
    phones: accounts,
    domain,
    allowed: [ADDRESS],
    media: { ports: MEDIA_PORTS, workers: null },
  });
  const box = await startBox(prepared);
  const status = async () => (await askStatus(places(prepared.config.data).controlSocket))!;
  try {
    const peer = { port: prepared.config.sip.plain!.udp!, domain, pid: box.call.pid };
    // What a call needs stays for 32 s after it (RFC 3261 17), so memory grows until calls leave as fast as they come; from half of them on
    // it may grow no more.
    await measureCalls(peer, Math.ceil(calls / 2));
    const before = (await status()).rss;
    const { called } = await measureCalls(peer, Math.ceil(calls / 2));
    say(`calls: ${JSON.stringify(called)}`);
    await delay(LINGER_MS);
    const after = await status();
    const register = csv(
      'again',
      users.map((user) => [user, proof(user)]),
    );
    const registering = await load('register', peer, Math.max(phones, seconds * 3000), 100, [
      '-inf',
      register,
      '-p',
      CALLEE_PORT,
    ]);
    say(`registrations: ${JSON.stringify(registering)}`);
    // Each phone asks once a minute.
    const asked = Math.ceil((phones / 60) * seconds);
    const asking = await load('options', peer, asked, 10, [
      '-inf',
      register,
      '-p',
      CALLER_PORT,
      '-r',
      String(Math.ceil(phones / 60)),
    ]);
    const callsPerSecond = perSecond(called);
    process.stdout.write(
      `${JSON.stringify({
        calls,
        phones,
        callsPerSecond: round(callsPerSecond),
        callsFailed: called.failed,
        registrationsPerSecond: round(perSecond(registering)),
        registrationsFailed: registering.failed,
        retransmissions: called.retransmissions + registering.retransmissions,
        rssGrowthMb: round((after.rss - before) / 1e6),
        rssMb: round(after.rss / 1e6),
        decided: after.counters['calls.started'] ?? 0,
        optionsFailed: asking.failed,
        cpuMsPerCall: round(called.cpuMsEach, 2),
        cpuMsPerRegistration: round(registering.cpuMsEach, 3),
        cpuMsPerOptions: round(asking.cpuMsEach, 3),
        generatorCpu: { calls: round(called.generator, 2), registrations: round(registering.generator, 2) },
        ...(baselineCalls === null
          ? {}
          : { baselineCallsPerSecond: round(baselineCalls), ratio: round(callsPerSecond / baselineCalls, 3) }),
      })}\n`,
    );
  } finally {
    await box.stop();
  }
} finally {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
