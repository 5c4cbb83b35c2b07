/** What both processes of a box do around their work: options, errors in plain words, an orderly end. */
import { parseArgs } from 'node:util';
import { Problem } from '@belkluis/shared/base/problem';
import { CONFIG_PATH } from './config.ts';

/** Node that the databases need: older ones crash in them without a word. */
const OLDEST_NODE = 24;

/** Starts, and stops on SIGTERM or SIGINT. A mistake of the person who installs it is told in a sentence, with exit code 2. */
export async function runProcess(start: (configPath: string) => Promise<() => Promise<void>>): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    process.stderr.write(`Belkluis needs Node ${OLDEST_NODE}; this is ${process.version}.\n`);
    process.exit(2);
  }
  const { values } = parseArgs({ options: { config: { type: 'string', default: CONFIG_PATH } } });
  const stop = await start(values.config).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
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
