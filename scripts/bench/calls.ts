/**
 * `npm run bench:calls -- --calls 100 --seconds 40 [--baseline DIR]`: drives a box with SIPp (UDP, PCMA both ways), recording and sealing on,
 * and prints one JSON line. With --baseline the same load runs against kamailio and rtpengine (pcap, no encryption) first. With --flood N an
 * attacker sends N messages a second from addresses without number beside the calls: `-- --calls 50 --seconds 600 --flood 5000`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { places } from '../../appliance/config.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { prepareBox, startBox } from '../demo/box.ts';
import { announcementSamples } from '../demo/call.ts';
import { openRecording } from '../tools/open-recording.ts';
import { type Load, loadOf, udpDropsOf } from './box-load.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '40' },
    load: { type: 'string' },
    baseline: { type: 'string' },
    flood: { type: 'string' },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);
const root = join(import.meta.dirname, '../..');
const source = resolve(values.baseline ?? values.load ?? join(root, '../shared/baseline'));
if (!existsSync(join(source, 'load/load.sh'))) {
  process.stderr.write(`The SIPp load is not in ${source}/load. Say where it is with --load DIR.\n`);
  process.exit(2);
}

if (spawnSync('sipp', ['-v']).error) {
  process.stderr.write(
    'SIPp is missing. Install it first: apt-get install sip-tester (and kamailio, rtpengine-daemon for --baseline).\n',
  );
  process.exit(2);
}

const DOMAIN = 'belkluis.test';
const SECRET = 'secret-of-the-benchmark';
/** New calls a second: as fast as both systems take them without a queue. */
const RATE = 20;
/** From answer to the end of the announcement, and a segment more: then every call is in its steady state. */
const SETTLE_S = 12;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Ends with its output; what it writes to standard error goes to ours. */
async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, 'close');
  return output;
}

interface Measured {
  readonly failed: number;
  readonly cpuMsPerCallSecond: number;
  readonly idle: Load;
  readonly busy: Load;
  readonly drops: number;
}

/** Runs the load against `port` and measures the processes `pids` in the steady state of all calls. */
async function measure(folder: string, port: number, pids: readonly number[], secret: string): Promise<Measured> {
  const idle = loadOf(pids);
  const script = join(folder, 'load/load.sh');
  const args = [`127.0.0.1:${port}`, String(calls), String(seconds), DOMAIN, secret, String(RATE), 'u1'];
  const load = run('bash', [script, ...args]);
  // load.sh registers the callees (100 a second) and starts its server before the first call.
  const rampSeconds = Math.ceil(calls / 100) + 2 + Math.ceil(calls / RATE);
  await delay((rampSeconds + SETTLE_S) * 1000);
  const from = { at: performance.now(), ...loadOf(pids) };
  const windowSeconds = Math.max(3, seconds - SETTLE_S - Math.ceil(calls / RATE) - 4);
  await delay(windowSeconds * 1000);
  const busy = loadOf(pids);
  const drops = udpDropsOf(pids);
  const callSeconds = (calls * (performance.now() - from.at)) / 1000;
  const output = await load;
  const failed = /failed (\d+)/.exec(output)?.[1];
  if (failed === undefined) throw new Error(`SIPp did not finish: ${output}`);
  return { failed: Number(failed), cpuMsPerCallSecond: (busy.cpuMs - from.cpuMs) / callSeconds, idle, busy, drops };
}

/** Seconds of the shorter side that can be decrypted, over all recordings. */
async function decryptedSeconds(vault: string, custodian: Parameters<typeof openRecording>[2]) {
  const opened = openVault(vault);
  const { recordings } = opened.catalogue.search({}, calls * 2, 0);
  opened.close();
  let found = 0;
  let longestGapMs = 0;
  for (const { id } of recordings) {
    const { segments } = await openRecording(vault, id, custodian);
    const blocks = segments.flatMap(({ open }) => open.blocks);
    const side = (wanted: number) => blocks.filter((block) => block.side === wanted).length;
    found += Math.min(side(0), side(1)) * 0.02;
    for (const wanted of [0, 1]) {
      const times = blocks.filter((block) => block.side === wanted).map(({ timeMs }) => timeMs);
      for (let at = 1; at < times.length; at++) longestGapMs = Math.max(longestGapMs, times[at]! - times[at - 1]!);
    }
  }
  const sum = (pick: (end: NonNullable<(typeof recordings)[number]['end']>) => number) =>
    recordings.reduce((total, { end }) => total + (end ? pick(end) : 0), 0);
  return {
    found,
    longestGapMs,
    recordings: recordings.length,
    gaps: sum((end) => end.gaps),
    lost: sum((end) => end.lost),
  };
}

async function baseline(folder: string): Promise<number> {
  say('baseline: kamailio and rtpengine');
  const pidOf = (name: string) => Number(readFileSync(join(folder, `run/${name}.pid`), 'utf8'));
  await run('bash', [join(folder, 'start.sh'), 'rec']);
  try {
    const pids = [pidOf('kamailio'), pidOf('rtpengine')];
    const { cpuMsPerCallSecond, failed } = await measure(folder, 5060, pids, 'secret');
    const pcaps = readdirSync(join(folder, 'spool/pcaps')).filter(
      (name) => statSync(join(folder, 'spool/pcaps', name)).size > 0,
    );
    say(`baseline: ${pcaps.length} pcaps, ${failed} calls failed`);
    return cpuMsPerCallSecond;
  } finally {
    await run('bash', [join(folder, 'stop.sh')]);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'belkluis-bench-'));
try {
  // A copy: the scripts write beside themselves.
  const peer = join(folder, 'baseline');
  cpSync(source, peer, { recursive: true });
  const baselineCpu = values.baseline ? await baseline(peer) : null;

  const users = Array.from({ length: calls }, (_, index) => [`svc${index + 1}`, `c${index + 1}`]).flat();
  const phones = users.map((user) => ({ user, plain: true, secret: SECRET }));
  const prepared = await prepareBox({ folder: join(folder, 'box'), phones, domain: DOMAIN, allowed: ['127.0.0.1'] });
  const box = await startBox(prepared);
  say(`box: ${calls} calls of ${seconds} s`);
  let measured: Measured;
  let flooded: Promise<string> | null = null;
  try {
    const port = box.config.sip.plain!.udp!;
    if (values.flood) {
      const attack = ['--port', `${port}`, '--seconds', `${seconds + SETTLE_S}`, '--rate', values.flood];
      flooded = run(process.execPath, [join(import.meta.dirname, 'flood.ts'), ...attack]);
    }
    measured = await measure(peer, port, [box.call.pid, box.desk.pid], SECRET);
    await delay(2000);
  } finally {
    await box.stop();
  }
  // What SIPp spoke, less the announcement that came first.
  const announced = (await announcementSamples(prepared)).length / 8000;
  const expected = calls * (seconds - announced);
  say('opening every recording');
  const recorded = await decryptedSeconds(places(prepared.config.data).vault, prepared.custodian);
  const { failed, cpuMsPerCallSecond, idle, busy, drops } = measured;
  const round = (value: number, digits = 3) => Number(value.toFixed(digits));
  process.stdout.write(
    `${JSON.stringify({
      calls,
      seconds,
      failed,
      recordings: recorded.recordings,
      cpuMsPerCallSecond: round(cpuMsPerCallSecond),
      rssMbPerCall: round((busy.rssBytes - idle.rssBytes) / calls / 1e6),
      packetsLost: drops + recorded.lost,
      gaps: recorded.gaps,
      // Between two packets of one side, as they reached the box: what SIPp sent late counts as well.
      longestGapMs: recorded.longestGapMs,
      ...(flooded === null ? {} : { flood: JSON.parse(await flooded) as object }),
      callSecondsExpected: round(expected, 1),
      callSecondsFound: round(recorded.found, 1),
      ...(baselineCpu === null
        ? {}
        : { baselineCpuMsPerCallSecond: round(baselineCpu), ratio: round(cpuMsPerCallSecond / baselineCpu) }),
    })}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
