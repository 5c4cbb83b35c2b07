/** How many bytes come and go, asked of the catalogue's rows. */
import type { Database } from '../db/open.ts';
import type { Intake } from './disk.ts';
import { keptOf } from './kept.ts';

/** Both go by an index over a day's rows. */
export function openIntake(database: Database): Intake {
  const recorded = database
    .prepare(
      'SELECT coalesce(sum(bytes), 0) FROM recordings WHERE erased_at IS NULL AND started_at >= ? AND started_at < ?',
    )
    .pluck();
  const leaving = database
    .prepare(
      `SELECT coalesce(sum(bytes), 0) FROM recordings
       WHERE erased_at IS NULL AND expires_at >= ? AND expires_at < ? AND NOT ${keptOf('recordings.id')}`,
    )
    .pluck();
  return {
    recorded: (from, until) => recorded.get(from, until) as number,
    leaving: (from, until) => leaving.get(from, until) as number,
  };
}
