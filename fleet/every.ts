/** Jobs of the process: each now, then so long after it has ended, never twice at once. */
import { setImmediate as breath } from 'node:timers/promises';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';

/** Runs `job` now and again `pauseMs` after it ended; a failure is logged, never the end. Returns what ends it, after the one that runs. */
export function every(
  clock: Pick<Clock, 'after'>,
  pauseMs: number,
  name: string,
  log: Log,
  job: () => Promise<unknown>,
) {
  let stopped = false;
  let cancel = () => {};
  let running = Promise.resolve();
  const run = () => {
    running = job()
      .then(
        () => {},
        (error: unknown) => log(`${name}_failed`, { code: (error as { code?: string }).code ?? (error as Error).name }),
      )
      .then(() => {
        if (!stopped) cancel = clock.after(pauseMs, run);
      });
  };
  run();
  return async (): Promise<void> => {
    stopped = true;
    cancel();
    await running;
  };
}

/** Takes steps until there are no more, and lets others go between them. */
export async function untilDone(step: () => Promise<boolean>, goesOn: () => boolean): Promise<void> {
  while (goesOn() && (await step())) await breath();
}
