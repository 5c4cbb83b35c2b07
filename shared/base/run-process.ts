/** What every process of ours does around its work: errors in plain words, and an orderly end. */
import { Problem } from './problem.ts';

/** Node that the databases need: older ones crash in them without a word. */
const OLDEST_NODE = 24;

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/**
 * Starts, and calls what `start` gave on SIGTERM or SIGINT; then the exit code is 0. A mistake of the person who installs it, a Problem, is told
 * in a sentence, with exit code 2.
 */
export async function runProcess(start: () => Promise<() => Promise<void>>): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE)
    refuse(`Belkluis needs Node ${OLDEST_NODE}; this is ${process.version}.`);
  const stop = await start().catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    refuse(error.message);
  });
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void stop().then(() => process.exit(0));
    });
  }
}
