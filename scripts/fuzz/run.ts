/**
 * `npm run fuzz -- [--seconds 20] [--target NAME] [--seed N]`: gives each parser its share of the time. A finding is left below /tmp with
 * its input, printed in base64; `--replay FILE --target NAME` runs it again. Exit code 1: something was found.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Budget, Outcome } from './engine.ts';
import { targets } from './targets.ts';

/** CPU of its thread without a sign of life after which an input is a hang, ms. Not time: the machine may be busy with others. */
const HANG_MS = 30_000;

/** Between two looks at that, ms. */
const WATCH_MS = 500;

/** What the start of a thread takes, and the least that a target gets, s. */
const START_S = 1.5;
const MIN_S = 0.5;

/** Longest input, bytes, that is shared with whoever watches. */
const MAX_INPUT = 70_000;

/** Files whose branches are counted. */
const INSTRUMENTED = ['/appliance/sip/', '/appliance/media/', '/appliance/calls/', '/scripts/fuzz/testing/'];

export interface Run {
  readonly module: string;
  readonly target: string;
  readonly seed: number;
  readonly budget: Budget;
  readonly hangMs?: number;
}

export type Ended =
  | Outcome
  | { readonly finding: { readonly kind: 'hang'; readonly input: Buffer; readonly says: string } };

/** Fuzzes one target in a thread, watched from here: an input that never ends is found too. */
export function fuzzTarget({ hangMs = HANG_MS, ...asked }: Run): Promise<Ended> {
  const current = new SharedArrayBuffer(MAX_INPUT + 4 - (MAX_INPUT % 4));
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { fuzz: { ...asked, current, instrumented: INSTRUMENTED } },
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', join(import.meta.dirname, 'instrument.mjs')],
    resourceLimits: { maxOldGenerationSizeMb: 700 },
  });
  return new Promise((resolve, reject) => {
    let usedBefore = 0;
    const settle = (ended: Ended) => {
      clearInterval(watch);
      worker.removeAllListeners('exit');
      void worker.terminate().then(() => resolve(ended));
    };
    const fail = (error: Error) => {
      clearInterval(watch);
      reject(error);
    };
    const used = async () => {
      const { user, system } = await worker.cpuUsage();
      return (user + system) / 1000;
    };
    const look = async () => {
      if ((await used()) - usedBefore < hangMs) return;
      const [length = 0] = new Int32Array(current, 0, 1);
      const input = Buffer.from(new Uint8Array(current, 4, length));
      settle({ finding: { kind: 'hang', input, says: `no end after ${hangMs} ms of CPU` } });
    };
    // A thread that has ended is told of by its own event.
    const watch = setInterval(() => void look().catch(() => {}), WATCH_MS);
    worker.on('message', (message: { outcome?: Outcome }) => {
      const heard = used().then((ms) => {
        usedBefore = ms;
      });
      void heard.catch(() => {});
      if (!message.outcome) return;
      const { finding } = message.outcome;
      // A Buffer that went through a message is a plain array of bytes.
      settle({ ...message.outcome, finding: finding && { ...finding, input: Buffer.from(finding.input) } });
    });
    worker.once('error', fail);
    worker.once('exit', () => fail(new Error(`the thread that fuzzes ${asked.target} ended without a word`)));
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '20' },
      target: { type: 'string' },
      seed: { type: 'string' },
      replay: { type: 'string' },
    },
  });
  const names = values.target ? [values.target] : Object.keys(targets);
  const unknown = names.find((name) => !Object.hasOwn(targets, name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no target ${unknown}. There are: ${Object.keys(targets).join(', ')}\n`);
    return 2;
  }
  if (values.replay) {
    targets[names[0] as keyof typeof targets].run(readFileSync(values.replay));
    process.stderr.write('It runs through.\n');
    return 0;
  }
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const end = performance.now() + Number(values.seconds) * 1000;
  const module = new URL('./targets.ts', import.meta.url).href;
  let found = 0;
  for (const [index, target] of names.entries()) {
    // Each its share of what is left, the start of its thread included.
    const seconds = (end - performance.now()) / 1000 / (names.length - index) - START_S;
    const ended = await fuzzTarget({ module, target, seed, budget: { seconds: Math.max(MIN_S, seconds) } });
    if ('runs' in ended) {
      const { runs, branches, corpus } = ended;
      process.stdout.write(`${target}: ${runs} runs, ${branches} branches, ${corpus} inputs kept, seed ${seed}\n`);
    }
    if (!ended.finding) continue;
    found++;
    const { kind, input, says } = ended.finding;
    const folder = join(tmpdir(), 'belkluis-fuzz');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${target}-${kind}-${seed}`);
    writeFileSync(file, input);
    process.stdout.write(
      `FOUND ${target}: ${kind}, seed ${seed}, ${file}\n${says}\nbase64 ${input.toString('base64')}\n`,
    );
  }
  return found === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
