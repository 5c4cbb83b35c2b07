/** What the events said, beside the tree: each body has its day from its first moment, and can be erased on it. */
import { type AuditEvent, type EventKind, impersonalKinds } from '@belkluis/shared/audit/event';
import { type Run, runsOf } from '@belkluis/shared/audit/runs';
import type { Database } from 'better-sqlite3';
import { AS_LONG_AS_THE_LOG } from './schema.ts';

const DAY_MS = 86_400_000;

/** Bodies that one transaction erases: some 100 ms, so that the call process's appends do not wait. */
const FORGET_BATCH = 5000;

/** Positions that one transaction of `shorten` looks at, for the same reason. */
const SHORTEN_BATCH = 20_000;

/** One line of the log as it is shown; `event` is null when its body has been erased. */
export interface LoggedEvent {
  readonly index: number;
  readonly event: AuditEvent | null;
}

/** Until when the body of an event is kept, ms. */
export const bodyExpiry = (event: AuditEvent, accessDays: number): number =>
  impersonalKinds.has(event.kind) ? AS_LONG_AS_THE_LOG : event.at + accessDays * DAY_MS;

export function openBodies(database: Database) {
  const insert = database.prepare('INSERT INTO bodies (position, salt, body, expires_at) VALUES (?, ?, ?, ?)');
  const at = database.prepare('SELECT salt, body FROM bodies WHERE position = ?');
  const newest = database.prepare(
    `SELECT leaves.position, bodies.body FROM leaves LEFT JOIN bodies USING (position)
     ORDER BY leaves.position DESC LIMIT ? OFFSET ?`,
  );
  const ofRecording = database.prepare(
    `SELECT position, body FROM bodies
     WHERE recording = ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY position DESC LIMIT ?`,
  );
  const ofKinds = database.prepare(
    `SELECT position AS "index", kind, body ->> '$.at' AS at FROM bodies
     WHERE position >= ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY position`,
  );
  const generations = database.prepare("SELECT position, body FROM bodies WHERE kind = 'log_opened' ORDER BY position");
  // Somebody who brings the time of what stays forward does not make the log forget it: its kind is in what was committed to.
  const due = database
    .prepare(
      `SELECT position FROM bodies
       WHERE expires_at <= ? AND kind NOT IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT ?`,
    )
    .pluck();
  const erase = database.prepare('DELETE FROM bodies WHERE position BETWEEN ? AND ?');
  const shorten = database.prepare(
    `UPDATE bodies SET expires_at = (body ->> '$.at') + ?
     WHERE position BETWEEN ? AND ? AND expires_at < ${AS_LONG_AS_THE_LOG} AND expires_at > (body ->> '$.at') + ?`,
  );
  const stay = JSON.stringify([...impersonalKinds]);
  const logged = (row: { position: number; body: string | null }): LoggedEvent => ({
    index: row.position,
    event: row.body === null ? null : (JSON.parse(row.body) as AuditEvent),
  });

  return {
    add(position: number, salt: Buffer, body: string, expiresAt: number): void {
      insert.run(position, salt, body, expiresAt);
    },
    get: (position: number) => at.get(position) as { salt: Buffer; body: string } | undefined,
    recent: (limit: number, offset: number): LoggedEvent[] =>
      (newest.all(limit, offset) as { position: number; body: string | null }[]).map(logged),
    about: (recording: string, kinds: readonly EventKind[], limit: number): LoggedEvent[] =>
      (ofRecording.all(recording, JSON.stringify(kinds), limit) as { position: number; body: string }[]).map(logged),
    /** Events of these kinds from `index` on, oldest first: which, and when. */
    from: (index: number, kinds: readonly EventKind[]) =>
      ofKinds.all(index, JSON.stringify(kinds)) as { index: number; kind: EventKind; at: number }[],
    /** Where the log was opened, oldest first. */
    openings: () =>
      (generations.all() as { position: number; body: string }[]).map(({ position, body }) => ({
        position,
        facts: (JSON.parse(body) as Extract<AuditEvent, { kind: 'log_opened' }>).facts,
      })),
    /** What is past its time, as runs that one event holds. */
    due: (now: number): Run[] => runsOf(due.all(now, stay, FORGET_BATCH) as number[]),
    erase: (runs: readonly Run[]): number => runs.reduce((sum, [from, to]) => sum + erase.run(from, to).changes, 0),
    /** Gives access events of the first `size` the term `days`, where that is earlier. Returns how many. */
    shorten(days: number, size: number): number {
      let changed = 0;
      const term = days * DAY_MS;
      for (let from = 0; from < size; from += SHORTEN_BATCH) {
        changed += shorten.run(term, from, from + SHORTEN_BATCH - 1, term).changes;
      }
      return changed;
    },
  };
}
