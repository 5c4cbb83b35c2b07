/** Many calls at once, that SIPp places over UDP: phones that register, phones that answer whatever rings, phones that call them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../scripts/demo/box.ts';
import type { ScenarioBox } from './box.ts';

/** One call: who calls whom, under which name. */
export interface LoadCall {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  /** Default: the one that the box gave. */
  readonly secret?: string;
}

interface LoadOptions {
  readonly box: ScenarioBox;
  /** A file of A-law, which both sides speak again and again. */
  readonly sound: string;
  /** What Call-IDs begin with. */
  readonly callId: string;
}

/** Calls that go on at once: far fewer than the box has ports for, which rest after each. */
const AT_ONCE = 130;

/** No SIPp outlives a broken test, s. */
const MOST_S = 120;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function sipp(folder: string, args: readonly string[]): { child: ChildProcess; ended: Promise<number | null> } {
  const child = spawn('sipp', [...args, '-nostdin'], { cwd: folder, stdio: 'ignore' });
  running.add(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return { child, ended };
}

const registers = join(import.meta.dirname, '../../scripts/bench/sipp/register.xml');

export function sippLoad({ box, sound, callId }: LoadOptions) {
  const { address, domain } = box.config;
  const target = `${address}:${box.target('UDP').port}`;
  const common = ['-i', address, '-t', 'u1', '-key', 'domain', domain];
  let runs = 0;

  /** The scenario of this name, with the file that is spoken: SIPp reads it before it knows any keyword. */
  function scenario(name: string): string {
    const path = join(box.folder, `${name}.xml`);
    const text = readFileSync(join(import.meta.dirname, 'sipp', `${name}.xml`), 'utf8');
    writeFileSync(path, text.replaceAll('[sound]', sound));
    return path;
  }

  /** A file of what differs from call to call. */
  function fieldsOf(name: string, lines: readonly (readonly string[])[]): string {
    const path = join(box.folder, name);
    writeFileSync(path, `SEQUENTIAL\n${lines.map((fields) => fields.join(';')).join('\n')}\n`);
    return path;
  }

  const authentication = (user: string, secret = box.phones.get(user)!.secret): string =>
    `[authentication username=${user} password=${secret}]`;

  return {
    /** These users answer whatever rings, until `stop`. */
    async answer(users: readonly string[]): Promise<{ stop(): Promise<void> }> {
      const port = `${await freePort()}`;
      const fields = fieldsOf(
        'callees.csv',
        users.map((user) => [user, authentication(user)]),
      );
      const registered = await sipp(box.folder, [
        ...[target, '-sf', registers, '-inf', fields, '-s', domain, '-p', port, ...common],
        ...['-m', `${users.length}`, '-r', '100', '-timeout', '30', '-timeout_error'],
      ]).ended;
      if (registered !== 0) throw new Error('SIPp did not register its phones');
      const { child, ended } = sipp(box.folder, [target, '-sf', scenario('load-callee'), '-p', port, ...common]);
      return {
        async stop() {
          child.kill('SIGKILL');
          await ended;
        },
      };
    },
    /** Places them, so many a second, each as long as `talkMs` after it was answered. Ends when they are over, after `mostS`, or when it is `enough`. */
    async call(
      calls: readonly LoadCall[],
      rate: number,
      talkMs: number,
      mostS = MOST_S,
      enough = async () => false,
    ): Promise<void> {
      const run = ++runs;
      const fields = fieldsOf(
        `calls-${run}.csv`,
        calls.map(({ from, to, name, secret }) => [to, from, authentication(from, secret), name]),
      );
      const { child, ended } = sipp(box.folder, [
        target,
        ...['-sf', scenario('load-caller'), '-inf', fields, '-p', `${await freePort()}`, ...common],
        ...['-m', `${calls.length}`, '-r', `${rate}`, '-l', `${AT_ONCE}`, '-d', `${talkMs}`],
        ...['-cid_str', `${callId}${run}-%u-%p`, '-trace_err', '-error_file', `${fields}.errors`],
      ]);
      // A call that nobody answers is waited for by SIPp for half a minute.
      const until = performance.now() + mostS * 1000;
      while (child.exitCode === null && performance.now() < until && !(await enough())) await delay(200);
      child.kill('SIGKILL');
      await ended;
    },
  };
}
