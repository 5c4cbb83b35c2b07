/** How many bytes come and go, asked of the catalogue's rows. */
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import type { Database } from '../db/open.ts';
import type { Intake } from './disk.ts';
import { keptOf } from './kept.ts';

/** Both go by an index over a day's rows. */
export function openIntake(database: Database): Intake & { lastEnded(): number | null } {
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
  const last = database
    .prepare(
      `SELECT ended_at FROM recordings INDEXED BY recordings_by_start
       WHERE erased_at IS NULL AND purpose <> ? AND ended_at IS NOT NULL ORDER BY started_at DESC LIMIT 1`,
    )
    .pluck();
  return {
    recorded: (from, until) => recorded.get(from, until) as number,
    leaving: (from, until) => leaving.get(from, until) as number,
    /** When the newest recording that has ended, and is still here, did; test calls do not count. Null: none. */
    lastEnded: () => (last.get(TEST_CALL_PURPOSE) as number | undefined) ?? null,
  };
}
