/** Whether the process lives, and whether it can do its work. What is asked is asked with a limit: a probe that hangs says nothing. */
import type { Clock } from '@belkluis/shared/base/clock';
import { PROBE_PATIENCE_MS } from './limits.ts';

/** By name: database, broker, writer. Each says whether it can work now. */
export type Checks = Readonly<Record<string, () => Promise<boolean> | boolean>>;

export interface Probed {
  readonly status: 200 | 503;
  readonly body: string;
}

export const alive: Probed = { status: 200, body: '{"alive":true}' };

export async function ready(checks: Checks, clock: Pick<Clock, 'after'>): Promise<Probed> {
  const names = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      let cancel = () => {};
      const late = new Promise<boolean>((resolve) => {
        cancel = clock.after(PROBE_PATIENCE_MS, () => resolve(false));
      });
      const good = await Promise.race([
        late,
        Promise.resolve()
          .then(check)
          .catch(() => false),
      ]);
      cancel();
      return good ? [] : [name];
    }),
  );
  const waits = names.flat();
  return { status: waits.length === 0 ? 200 : 503, body: JSON.stringify({ ready: waits.length === 0, waits }) };
}
