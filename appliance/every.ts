/** Jobs of a process: each now, then every so often by the monotonic clock, never twice at once. */
import type { Log } from '@belkluis/shared/base/log';

/** Runs `job` now and then every so often; a failure is logged, never the end. Returns what ends it. */
export function every(intervalMs: number, name: string, log: Log, job: () => Promise<unknown> | unknown): () => void {
  let running = false;
  const run = async () => {
    if (running) return;
    running = true;
    try {
      await job();
    } catch (error) {
      log(`${name}_failed`, { why: (error as { code?: string }).code ?? (error as Error).message });
    }
    running = false;
  };
  void run();
  const timer = setInterval(() => void run(), intervalMs);
  return () => clearInterval(timer);
}
