/** Going through all of whom something is to be told. */
import { setImmediate as breath } from 'node:timers/promises';
import type { Log } from '@belkluis/shared/base/log';

export interface ByKey<Row> {
  /** Rows after `after` in the order of their key, at most `batch`; undefined: the first. */
  readonly page: (after: Row | undefined) => Promise<readonly Row[]>;
  readonly batch: number;
  readonly log: Log;
  /** Whether it is done with this one. */
  readonly act: (row: Row) => Promise<boolean>;
}

/**
 * Each row once, whatever becomes of those before it: one that nobody can be told of, or that fails, holds up nobody. Returns with how many it is
 * done.
 */
export async function eachByKey<Row>({ page, batch, log, act }: ByKey<Row>): Promise<number> {
  let done = 0;
  for (let after: Row | undefined; ; ) {
    const rows = await page(after);
    for (const row of rows) {
      try {
        if (await act(row)) done++;
      } catch (error) {
        const { code, name } = error as { readonly code?: string; readonly name: string };
        log('notice_not_told', { code: code ?? name });
      }
      await breath();
    }
    if (rows.length < batch) return done;
    after = rows.at(-1);
  }
}
