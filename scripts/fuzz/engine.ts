/**
 * Runs one target on inputs that grow out of each other: whoever takes a branch that none took before is kept and changed further. What
 * throws, takes too long or swells the memory is a finding.
 */
import { compared, reset, Seen } from './coverage.ts';
import { mutate, random } from './mutate.ts';
import type { Target } from './targets.ts';

/** CPU that one input may take, ms: a packet that takes longer holds up every call. */
const MAX_CPU_MS = 50;

/** Times that an input may be slow by chance (the machine's, the compiler's, the collector's) before it is slow by itself. */
const SLOW_TRIES = 4;

/** Memory that this thread may hold, bytes: its corpus is small, so more is a leak. */
const MAX_HEAP = 400 * 1024 ** 2;

/** Inputs that are kept: those that found something last are the most promising. */
const MAX_CORPUS = 3_000;

/** Runs between two looks at the clock, and time between two looks at the memory, ms. */
const ROUND = 64;
const LOOK_MS = 1000;

export interface Finding {
  readonly kind: 'failed' | 'slow' | 'memory';
  readonly input: Buffer;
  readonly says: string;
}

export interface Outcome {
  readonly runs: number;
  /** Branches, with their class of count, that were taken. */
  readonly branches: number;
  readonly corpus: number;
  readonly finding: Finding | null;
}

/** When to stop without a finding: by the clock, for who waits; or after so many inputs, whatever the machine does beside it. */
export type Budget = { readonly seconds: number } | { readonly runs: number };

export interface Work {
  readonly target: Target;
  readonly seed: number;
  readonly budget: Budget;
  /** The input that runs now is left here, for whoever watches from outside: length, then bytes. */
  readonly current: Int32Array;
  readonly progress: () => void;
}

const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

export function fuzz({ target, seed, budget, current, progress }: Work): Outcome {
  const pick = random(seed);
  const seen = new Seen();
  const corpus: Buffer[] = [];
  const view = new Uint8Array(current.buffer, 4);
  const maxLength = Math.min(target.maxLength, view.length);
  let finding: Finding | null = null;
  let runs = 0;

  const failure = (input: Buffer): string | null => {
    try {
      target.run(input);
      return null;
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  };
  const run = (input: Buffer): number => {
    current[0] = input.length;
    view.set(input);
    runs++;
    reset();
    const before = performance.now();
    const failed = failure(Buffer.from(input));
    if (failed !== null) finding = { kind: 'failed', input, says: failed };
    else if (performance.now() - before > MAX_CPU_MS) finding = slow(input);
    return seen.add();
  };
  /** Wall time says that it may be slow; CPU time, tried again, whether it is. */
  const slow = (input: Buffer): Finding | null => {
    let least = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < SLOW_TRIES; tries++) {
      // What it leaves is what one run leaves, however often it was tried: a seed makes the same run on a busy machine.
      reset();
      const before = cpuMs();
      failure(Buffer.from(input));
      least = Math.min(least, cpuMs() - before);
      if (least <= MAX_CPU_MS) return null;
    }
    return { kind: 'slow', input, says: `${least.toFixed(0)} ms of CPU at least, ${MAX_CPU_MS} are allowed` };
  };
  const keep = (input: Buffer) => {
    corpus.push(input);
    if (corpus.length > MAX_CORPUS) corpus.splice(pick(corpus.length / 2), 1);
  };

  for (const input of [...target.seeds(), Buffer.alloc(0)].map((given) => given.subarray(0, maxLength))) {
    run(input);
    if (finding) break;
    keep(input);
  }
  progress();
  const end = 'seconds' in budget ? performance.now() + budget.seconds * 1000 : Number.POSITIVE_INFINITY;
  const maxRuns = 'runs' in budget ? budget.runs : Number.POSITIVE_INFINITY;
  let nextLook = 0;
  while (!finding && runs < maxRuns && performance.now() < end) {
    for (let i = 0; i < ROUND && !finding; i++) {
      // Half of the time one of the newest: they stand at the edge of what is known.
      const newest = pick(2) === 0 ? Math.min(16, corpus.length) : corpus.length;
      const parent = corpus[corpus.length - 1 - pick(newest)]!;
      const other = corpus[pick(corpus.length)]!;
      const pairs = [...compared()];
      const input = mutate(parent, pick, { other, words: target.words, pairs, maxLength });
      if (run(input) > 0 && !finding) keep(input);
    }
    if (performance.now() < nextLook) continue;
    nextLook = performance.now() + LOOK_MS;
    progress();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (!finding && heapUsed + arrayBuffers > MAX_HEAP) {
      finding = {
        kind: 'memory',
        input: Buffer.alloc(0),
        says: `${heapUsed + arrayBuffers} bytes are held after ${runs} runs`,
      };
    }
  }
  return { runs, branches: seen.size, corpus: corpus.length, finding };
}
