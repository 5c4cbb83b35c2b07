/** Starts and ends the processes of a box and of a fleet, as systemd does on their machines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** What a process says on standard output when it serves: one JSON line. */
export type Ready = { readonly ready: true } & Record<string, unknown>;

export interface RunningProcess {
  readonly pid: number;
  readonly ready: Ready;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Asks it to end (SIGTERM) and waits until it has. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');

/** How long a process may take to serve, ms: the first start makes keys and speaks the announcement. */
const START_PATIENCE_MS = 60_000;

const programs = { call: 'appliance/call.ts', desk: 'appliance/desk.ts', fleet: 'fleet/main.ts' } as const;

const QUIET = '--disable-warning=ExperimentalWarning';

/** With what Node runs a fleet, wherever one is run: a third less memory (docs/decisions/0151). */
export const FLEET_FLAGS = [QUIET, '--max-semi-space-size=8'] as const;

/**
 * Starts a program with the configuration at `configPath`, its log appended to `logPath`.
 * @throws Error with the log's path when it ends or stays silent before it serves.
 */
export async function startProcess(
  name: keyof typeof programs,
  configPath: string,
  logPath: string,
): Promise<RunningProcess> {
  const log = createWriteStream(logPath, { flags: 'a' });
  const child: ChildProcess = spawn(
    process.execPath,
    [...(name === 'fleet' ? FLEET_FLAGS : [QUIET]), join(root, programs[name]), '--config', configPath],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Whoever starts a box from a test may have flags that its children must not inherit.
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  child.stderr!.pipe(log);
  const ended = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? (signal as string));
  const ready = await firstLine(child, ended, name, logPath);
  const stop = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
    log.end();
  };
  return { pid: child.pid!, ready, ended, stop: () => stop('SIGTERM'), kill: () => stop('SIGKILL') };
}

async function firstLine(
  child: ChildProcess,
  ended: Promise<number | string>,
  name: string,
  logPath: string,
): Promise<Ready> {
  const lines = createInterface({ input: child.stdout! });
  const patience = AbortSignal.timeout(START_PATIENCE_MS);
  const line = await Promise.race([
    once(lines, 'line', { signal: patience }).then(([text]) => text as string),
    ended.then((code) => new Error(`the ${name} process ended (${code}) before it served; its log: ${logPath}`)),
  ]);
  if (line instanceof Error) throw line;
  return JSON.parse(line) as Ready;
}

/** The words that process `pid` was started with; none: there is no such process. */
const wordsOf = (pid: string | number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
};

/** Programs of ours that run with the configuration at `configPath`. */
const runningWith = (configPath: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    const words = wordsOf(pid);
    return words[words.indexOf('--config') + 1] === configPath && words.some((word) => word.startsWith(root));
  });

/**
 * Ends what a start left running with this configuration that was itself killed: it holds the ports.
 * @throws Error when whoever started it is still there.
 */
export async function endLeftBehind(configPath: string, starter: string): Promise<void> {
  for (const pid of runningWith(configPath)) {
    const [, parent = ''] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    if (wordsOf(parent).some((word) => word.endsWith(starter)))
      throw new Error(`this demo runs already, as process ${parent}: end that first, or give another --folder`);
    process.kill(Number(pid), 'SIGTERM');
  }
  while (runningWith(configPath).length > 0) await delay(100);
}
