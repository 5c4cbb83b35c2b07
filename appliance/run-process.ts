/** What both processes of a box do around their work: the option that names their configuration. */
import { parseArgs } from 'node:util';
import { runProcess as run } from '@belkluis/shared/base/run-process';
import { CONFIG_PATH } from './config.ts';

/** Starts, and stops on SIGTERM or SIGINT. */
export async function runProcess(start: (configPath: string) => Promise<() => Promise<void>>): Promise<void> {
  await run(() => {
    const { values } = parseArgs({ options: { config: { type: 'string', default: CONFIG_PATH } } });
    return start(values.config);
  });
}
