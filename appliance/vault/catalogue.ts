/** What the vault holds, as rows: recordings and the calls that they came from. Both box processes open it. */
import { type Clock, systemClock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Consent } from '@belkluis/shared/policy/consent';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import { openDatabase, truncateLog } from '../db/open.ts';
import { migrations } from './catalogue-schema.ts';
import { openConsents } from './consents.ts';
import { openErasures } from './erasures.ts';
import { openExceptions } from './exceptions.ts';
import { openHolds } from './holds.ts';
import { openIntake } from './intake.ts';
import { keptOf } from './kept.ts';
import { openObjections } from './objections.ts';
import { openParties } from './parties.ts';
import { openRequests } from './requests.ts';
import { openRestrictions } from './restrictions.ts';
import { type NewRecording, type Recording, type RecordingEnd, type Row, recordingOf } from './rows.ts';
import { openSearch } from './search.ts';
import { openShorten } from './shorten.ts';
import { openTraffic } from './traffic.ts';
import { openUsage } from './usage.ts';
import { openWaits } from './waits.ts';

export type { CallRow, EndReason, NewRecording, Recording, RecordingEnd } from './rows.ts';
export type { Search } from './search.ts';

export type Catalogue = ReturnType<typeof openCatalogue>;

/** What is sealed and can be read again: for backup and scrub. */
export interface ContentRow {
  readonly id: string;
  readonly contentRoot: string;
  readonly bytes: number;
}

/** Opens the catalogue of recordings and calls. */
export function openCatalogue(path: string, clock: Clock = systemClock) {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const parties = openParties(database);
  const insert = database.prepare(
    `INSERT INTO recordings (id, call, purpose, purpose_name, level, may_open, rule, policy_version, policy_hash,
       announcement_hash, announced_at, recipients, caller, callee, direction, started_at, expires_at, traffic_expires_at,
       evidence_expires_at, locked_until, lock_ground, uses)
     VALUES (@id, @call, @purpose, @purposeName, @level, @mayOpen, @rule, @policyVersion, @policyHash,
       @announcementHash, @announcedAt, @recipients, @caller, @callee, @direction, @startedAt, @expiresAt,
       @trafficExpiresAt, @evidenceExpiresAt, @lockedUntil, @lockGround, @uses)`,
  );
  const consents = openConsents(database);
  const begin = database.transaction((recording: NewRecording, given: readonly Consent[]): void => {
    const { mayOpen, recipients, uses, ...plain } = recording;
    const lists = {
      mayOpen: JSON.stringify(mayOpen),
      recipients: JSON.stringify(recipients),
      uses: JSON.stringify(uses),
    };
    insert.run({ ...plain, ...lists });
    for (const consent of given) consents.add(recording.id, consent);
    parties.add(plain.caller);
    parties.add(plain.callee);
  });
  const finish = database.prepare(
    `UPDATE recordings SET ended_at = @endedAt, end_reason = @reason, codecs = @codecs, duration_ms = @durationMs, bytes = @bytes,
       segments = @segments, gaps = @gaps, lost = @lost, content_root = @contentRoot
     WHERE id = @id AND ended_at IS NULL`,
  );
  const one = database.prepare('SELECT * FROM recordings WHERE id = ?');
  const open = database.prepare(
    'SELECT * FROM recordings INDEXED BY recordings_in_progress WHERE ended_at IS NULL AND erased_at IS NULL',
  );
  const expired = database.prepare(
    `SELECT * FROM recordings INDEXED BY recordings_by_expiry
     WHERE erased_at IS NULL AND ended_at IS NOT NULL AND expires_at <= ? AND NOT ${keptOf('recordings.id')}
     ORDER BY expires_at LIMIT ?`,
  );
  const expiring = database
    .prepare('SELECT count(*) FROM recordings WHERE erased_at IS NULL AND expires_at > ? AND expires_at <= ?')
    .pluck();
  const begun = database
    .prepare(
      `SELECT count(*) FROM (SELECT 1 FROM recordings INDEXED BY recordings_by_start
         WHERE erased_at IS NULL AND started_at >= ? AND purpose <> ? LIMIT ?)`,
    )
    .pluck();
  const contents = database.prepare(
    `SELECT id, content_root AS contentRoot, bytes FROM recordings
     WHERE id > ? AND ended_at IS NOT NULL AND erased_at IS NULL ORDER BY id LIMIT ?`,
  );
  const getState = database.prepare('SELECT value FROM vault_state WHERE name = ?').pluck();
  const setState = database.prepare('INSERT OR REPLACE INTO vault_state VALUES (?, ?)');
  return {
    /** `given`: what was told and answered before it began. */
    begin(recording: NewRecording, given: readonly Consent[] = []): void {
      begin.immediate(recording, given);
      commitPoint('vault.recording_begun');
    },
    /** False when the recording had ended already, or is unknown. */
    end(id: string, end: RecordingEnd): boolean {
      const ended = finish.run({ ...end, codecs: JSON.stringify(end.codecs), id }).changes === 1;
      commitPoint('vault.recording_ended');
      return ended;
    },
    get: (id: string): Recording | null => {
      const row = one.get(id) as Row | undefined;
      return row ? recordingOf(row) : null;
    },
    search: openSearch(database),
    inProgress: (): Recording[] => (open.all() as Row[]).map(recordingOf),
    /** Ended, past their day, kept by nothing: what the purge erases next. */
    expired: (now: number, limit: number): Recording[] => (expired.all(now, limit) as Row[]).map(recordingOf),
    /** How many come due within (from, until]: what a clock that goes wrong would erase. */
    countExpiring: (from: number, until: number): number => expiring.get(from, until) as number,
    /** How many of those that are there began at `since` or later, `limit` at most; test calls do not count. */
    countBegun: (since: number, limit: number): number => begun.get(since, TEST_CALL_PURPOSE, limit) as number,
    /** Whose content is on the disk, by id, from the one after `after` on. */
    eachContent: (after: string, limit: number): ContentRow[] => contents.all(after, limit) as ContentRow[],
    ...openTraffic(database, parties),
    ...openErasures(database, parties),
    ...openUsage(database),
    ...openShorten(database),
    holds: openHolds(database, clock),
    restrictions: openRestrictions(database),
    requests: openRequests(database),
    consents,
    /** Numbers whose owner does not want to be recorded. */
    objections: openObjections(database),
    /** What others' logs say was not recorded. */
    exceptions: openExceptions(database),
    /** How long callers waited, by hour and queue. */
    waits: openWaits(database),
    /** How many bytes come and go. */
    intake: openIntake(database),
    /** What the vault remembers between runs. Nothing personal. */
    state: {
      get: (name: string): string | null => (getState.get(name) as string | undefined) ?? null,
      set: (name: string, value: string): void => {
        setState.run(name, value);
      },
    },
    /**
     * Runs `work` while nobody else can change a row, in this process or another: what it reads still holds when it acts on it. All that
     * it writes here is committed when it returns, or not at all. It must not wait.
     */
    exclusively: <T>(work: () => T): T => database.transaction(work).immediate(),
    /** Clears what erased rows left in the write-ahead log; false while a reader holds it. */
    scour: (): boolean => truncateLog(database),
    close: (): void => {
      database.close();
    },
  };
}
