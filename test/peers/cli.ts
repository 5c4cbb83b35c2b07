/** The command line of a box, run as a person runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '../..');

export interface Said {
  readonly code: number;
  /** Its JSON: an answer, or an error by its code. */
  readonly json: Record<string, unknown>;
  readonly errors: string;
}

const start = (data: string, args: readonly string[], dieAt: string) =>
  spawn(process.execPath, [join(root, 'scripts/belkluis.ts'), ...args, '--data', data, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', BELKLUIS_DIE_AT: dieAt },
  });

/** The same, ended at a commit point. Returns the signal that ended it. */
export async function belkluisDying(dieAt: string, data: string, ...args: readonly string[]): Promise<string | null> {
  const [, signal] = (await once(start(data, args, dieAt), 'exit')) as [number | null, string | null];
  return signal;
}

/** Runs `belkluis ...args --json` on the data directory `data`. */
export async function belkluis(data: string, ...args: readonly string[]): Promise<Said> {
  const child = start(data, args, '');
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, json: JSON.parse(output.trim() || '{}') as Record<string, unknown>, errors };
}
