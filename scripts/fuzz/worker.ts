/** The thread that fuzzes: only here is code instrumented (instrument.mjs). */
import { parentPort, workerData } from 'node:worker_threads';
import { listen } from './coverage.ts';
import type { Budget } from './engine.ts';

interface Asked {
  readonly module: string;
  readonly target: string;
  readonly seed: number;
  readonly budget: Budget;
  readonly current: SharedArrayBuffer;
}

const { module, target: name, seed, budget, current } = (workerData as { fuzz: Asked }).fuzz;
// Before the first instrumented module is loaded.
listen();
const [{ fuzz }, { targets }] = await Promise.all([
  import('./engine.ts'),
  import(module) as Promise<typeof import('./targets.ts')>,
]);
const outcome = fuzz({
  target: targets[name as keyof typeof targets],
  seed,
  budget,
  current: new Int32Array(current),
  progress: () => parentPort!.postMessage({ alive: true }),
});
parentPort!.postMessage({ outcome });
