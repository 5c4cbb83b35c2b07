/** Starts boxes and ends them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from './world.ts';

export interface Place {
  readonly folder: string;
  /** Outside of `folder`. */
  readonly journal: string;
  readonly now: number;
  readonly seed: string;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ending: Promise<Ending>;
}

const boxWork = join(import.meta.dirname, 'box-work.ts');

/** `before`: what runs the box instead of the shell, as `strace` with its options. */
export function run(
  task: 'live' | 'examine',
  { folder, journal, now, seed }: Place,
  more: readonly string[],
  { dieAt = '', before = [] as readonly string[] } = {},
): Running {
  const file = openSync(journal, 'a', 0o600);
  const node = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    boxWork,
    task,
    folder,
    `${now}`,
    seed,
    ...more,
  ];
  const [program, ...args] = [...before, ...node] as [string, ...string[]];
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', file],
    env: { ...process.env, NODE_OPTIONS: '', BELKLUIS_DIE_AT: dieAt },
  });
  closeSync(file);
  const ending = Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'close')]).then(
    ([output, errors, [code, signal]]) => ({ code, signal, output, errors }) as Ending,
  );
  return { child, ending };
}

/** What is wrong after recovery. A process that ends badly is what is wrong. */
export async function examined(place: Place): Promise<readonly string[]> {
  const { code, signal, output, errors } = await run('examine', place, [place.journal]).ending;
  return code === 0 ? (JSON.parse(output) as string[]) : [`recovery ended with ${code ?? signal}: ${errors}`];
}

/** How a life ends: at a named commit point, at any moment, or in order. */
export type Death =
  | { readonly at: 'point'; readonly point: string; readonly times: number }
  | { readonly at: 'moment'; readonly afterMs: number };

export interface Life {
  readonly death: Death;
  /** True: when one process dies, so does the other. False: it goes on to its end. */
  readonly together: boolean;
  readonly pieces: number;
}

/** Both processes of a box at work, until they have ended. Returns whether one died at its point, and what each had to say. */
export async function lived(
  place: Place,
  { death, together, pieces }: Life,
): Promise<{ hit: boolean; errors: string[] }> {
  const dieAt = death.at === 'point' ? `${death.point}#${death.times}` : '';
  const start = (role: Role) =>
    run('live', { ...place, seed: `${place.seed}-${role}` }, [role, `${pieces}`], { dieAt });
  const both = [start('call'), start('desk')];
  let killed = false;
  const kill = () => {
    killed = true;
    for (const { child } of both) child.kill('SIGKILL');
  };
  const over = new AbortController();
  if (death.at === 'moment') void sleep(death.afterMs, undefined, { signal: over.signal }).then(kill, () => {});
  let hit = false;
  const endings = await Promise.all(
    both.map(async ({ ending }) => {
      const how = await ending;
      if (how.signal === 'SIGKILL' && !killed && death.at === 'point') hit = true;
      if (how.signal === 'SIGKILL' && together) kill();
      return how;
    }),
  );
  over.abort();
  const errors = endings
    .filter(({ code, signal }) => code !== 0 && signal !== 'SIGKILL')
    .map(({ code, signal, errors }) => `a box ended with ${code ?? signal}: ${errors}`);
  return { hit, errors };
}
