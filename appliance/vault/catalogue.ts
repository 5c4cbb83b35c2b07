/** What the vault holds, as rows: recordings and the calls that they came from. Both box processes open it. */
import { openDatabase, truncateLog } from '../db/open.ts';
import { migrations } from './catalogue-schema.ts';

/** A recording when it starts. Bound: none of this is ever changed. */
export interface NewRecording {
  readonly id: string;
  readonly call: string;
  readonly purpose: string;
  readonly purposeName: string;
  readonly level: string;
  /** Roles that may open it. */
  readonly mayOpen: readonly string[];
  readonly rule: string;
  readonly policyVersion: number;
  readonly policyHash: string;
  /** SHA-256 of the announcement that was heard, hex. */
  readonly announcementHash: string;
  /** Wall clock, ms: the announcement had ended on both sides. */
  readonly announcedAt: number;
  /** Fingerprints. */
  readonly recipients: readonly string[];
  readonly caller: string;
  readonly callee: string;
  readonly direction: string;
  readonly startedAt: number;
  /** When the content leaves. */
  readonly expiresAt: number;
  /** When caller and callee leave: traffic data has a clock of its own. */
  readonly trafficExpiresAt: number;
  /** When the row itself leaves. */
  readonly evidenceExpiresAt: number;
  /** Until then an erasure is refused, with `lockGround`; 0: no lock. */
  readonly lockedUntil: number;
  readonly lockGround: string | null;
}

export type EndReason = 'finished' | 'broken' | 'interrupted';

/** What is known once no frame follows. */
export interface RecordingEnd {
  readonly endedAt: number;
  readonly reason: EndReason;
  readonly codecs: readonly string[];
  readonly durationMs: number;
  readonly bytes: number;
  readonly segments: number;
  /** Frames that the tap or the disk did not take. */
  readonly gaps: number;
  /** Packets that never arrived. */
  readonly lost: number;
  readonly contentRoot: string;
}

export interface Recording extends Omit<NewRecording, 'caller' | 'callee'> {
  readonly caller: string | null;
  readonly callee: string | null;
  /** Null: in progress. */
  readonly end: RecordingEnd | null;
  readonly erasedAt: number | null;
  readonly eraseReason: string | null;
}

/** The record of one call: traffic data. */
export interface CallRow {
  readonly id: string;
  readonly caller: string;
  readonly callee: string;
  readonly direction: string;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number;
  readonly status: number;
  readonly recording: string | null;
  readonly notRecorded: string | null;
  readonly expiresAt: number;
}

export interface Search {
  /** A part of caller's or callee's number. */
  readonly party?: string;
  readonly purpose?: string;
  /** Started at or after, before: wall clock, ms. */
  readonly from?: number;
  readonly until?: number;
}

interface Row {
  [column: string]: string | number | null;
}

const text = (row: Row, column: string): string => row[column] as string;
const integer = (row: Row, column: string): number => row[column] as number;

const fromRow = (row: Row): Recording => ({
  id: text(row, 'id'),
  call: text(row, 'call'),
  purpose: text(row, 'purpose'),
  purposeName: text(row, 'purpose_name'),
  level: text(row, 'level'),
  mayOpen: JSON.parse(text(row, 'may_open')) as string[],
  rule: text(row, 'rule'),
  policyVersion: integer(row, 'policy_version'),
  policyHash: text(row, 'policy_hash'),
  announcementHash: text(row, 'announcement_hash'),
  announcedAt: integer(row, 'announced_at'),
  recipients: JSON.parse(text(row, 'recipients')) as string[],
  caller: row.caller as string | null,
  callee: row.callee as string | null,
  direction: text(row, 'direction'),
  startedAt: integer(row, 'started_at'),
  expiresAt: integer(row, 'expires_at'),
  trafficExpiresAt: integer(row, 'traffic_expires_at'),
  evidenceExpiresAt: integer(row, 'evidence_expires_at'),
  lockedUntil: integer(row, 'locked_until'),
  lockGround: row.lock_ground as string | null,
  end:
    row.ended_at === null
      ? null
      : {
          endedAt: integer(row, 'ended_at'),
          reason: text(row, 'end_reason') as EndReason,
          codecs: JSON.parse(text(row, 'codecs')) as string[],
          durationMs: integer(row, 'duration_ms'),
          bytes: integer(row, 'bytes'),
          segments: integer(row, 'segments'),
          gaps: integer(row, 'gaps'),
          lost: integer(row, 'lost'),
          contentRoot: text(row, 'content_root'),
        },
  erasedAt: row.erased_at as number | null,
  eraseReason: row.erase_reason as string | null,
});

export type Catalogue = ReturnType<typeof openCatalogue>;

/** Opens the catalogue of recordings and calls. */
export function openCatalogue(path: string) {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const insert = database.prepare(
    `INSERT INTO recordings (id, call, purpose, purpose_name, level, may_open, rule, policy_version, policy_hash,
       announcement_hash, announced_at, recipients, caller, callee, direction, started_at, expires_at, traffic_expires_at,
       evidence_expires_at, locked_until, lock_ground)
     VALUES (@id, @call, @purpose, @purposeName, @level, @mayOpen, @rule, @policyVersion, @policyHash,
       @announcementHash, @announcedAt, @recipients, @caller, @callee, @direction, @startedAt, @expiresAt,
       @trafficExpiresAt, @evidenceExpiresAt, @lockedUntil, @lockGround)`,
  );
  const finish = database.prepare(
    `UPDATE recordings SET ended_at = @endedAt, end_reason = @reason, codecs = @codecs, duration_ms = @durationMs, bytes = @bytes,
       segments = @segments, gaps = @gaps, lost = @lost, content_root = @contentRoot
     WHERE id = @id AND ended_at IS NULL`,
  );
  const one = database.prepare('SELECT * FROM recordings WHERE id = ?');
  const matching = `FROM recordings WHERE erased_at IS NULL
      AND (@party = '' OR instr(caller, @party) OR instr(callee, @party))
      AND (@purpose = '' OR purpose = @purpose) AND started_at >= @from AND started_at < @until`;
  const page = database.prepare(`SELECT * ${matching} ORDER BY started_at DESC LIMIT @limit OFFSET @offset`);
  const count = database.prepare(`SELECT count(*) ${matching}`).pluck();
  const open = database.prepare('SELECT * FROM recordings WHERE ended_at IS NULL AND erased_at IS NULL');
  const expired = database.prepare(
    'SELECT * FROM recordings WHERE erased_at IS NULL AND ended_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?',
  );
  const markErased = database.prepare(
    'UPDATE recordings SET erased_at = ?, erase_reason = ?, caller = NULL, callee = NULL WHERE id = ? AND erased_at IS NULL',
  );
  const insertCall = database.prepare(
    `INSERT INTO calls VALUES (@id, @caller, @callee, @direction, @startedAt, @answeredAt, @endedAt, @status, @recording, @notRecorded, @expiresAt)`,
  );
  const callPage = database.prepare(
    'SELECT * FROM calls WHERE recording IS NULL AND answered_at IS NOT NULL ORDER BY started_at DESC LIMIT ?',
  );
  const oneCall = database.prepare('SELECT * FROM calls WHERE id = ?');
  const expiredTraffic = database
    .prepare(
      `SELECT (SELECT count(*) FROM calls WHERE expires_at <= @now)
         + (SELECT count(*) FROM recordings WHERE caller IS NOT NULL AND traffic_expires_at <= @now)`,
    )
    .pluck();
  const eraseCalls = database.prepare('DELETE FROM calls WHERE expires_at <= ?');
  const eraseParties = database.prepare(
    'UPDATE recordings SET caller = NULL, callee = NULL WHERE caller IS NOT NULL AND traffic_expires_at <= ?',
  );
  const eraseTraffic = database.transaction((now: number): number => {
    return eraseCalls.run(now).changes + eraseParties.run(now).changes;
  });
  const toCall = (row: Row): CallRow => ({
    id: text(row, 'id'),
    caller: text(row, 'caller'),
    callee: text(row, 'callee'),
    direction: text(row, 'direction'),
    startedAt: integer(row, 'started_at'),
    answeredAt: row.answered_at as number | null,
    endedAt: integer(row, 'ended_at'),
    status: integer(row, 'status'),
    recording: row.recording as string | null,
    notRecorded: row.not_recorded as string | null,
    expiresAt: integer(row, 'expires_at'),
  });
  const searchValues = ({ party = '', purpose = '', from = 0, until = Number.MAX_SAFE_INTEGER }: Search) => ({
    party,
    purpose,
    from,
    until,
  });
  return {
    begin: (recording: NewRecording): void => {
      const { mayOpen, recipients, ...plain } = recording;
      insert.run({ ...plain, mayOpen: JSON.stringify(mayOpen), recipients: JSON.stringify(recipients) });
    },
    /** False when the recording had ended already, or is unknown. */
    end: (id: string, end: RecordingEnd): boolean =>
      finish.run({ ...end, codecs: JSON.stringify(end.codecs), id }).changes === 1,
    get: (id: string): Recording | null => {
      const row = one.get(id) as Row | undefined;
      return row ? fromRow(row) : null;
    },
    search: (search: Search, limit: number, offset: number): { recordings: Recording[]; total: number } => ({
      recordings: (page.all({ ...searchValues(search), limit, offset }) as Row[]).map(fromRow),
      total: count.get(searchValues(search)) as number,
    }),
    inProgress: (): Recording[] => (open.all() as Row[]).map(fromRow),
    expired: (now: number, limit: number): Recording[] => (expired.all(now, limit) as Row[]).map(fromRow),
    markErased: (id: string, at: number, reason: string): boolean => markErased.run(at, reason, id).changes === 1,
    addCall: (call: CallRow): void => {
      insertCall.run(call);
    },
    call: (id: string): CallRow | null => {
      const row = oneCall.get(id) as Row | undefined;
      return row ? toCall(row) : null;
    },
    /** Answered calls without a recording, newest first. */
    unrecordedCalls: (limit: number): CallRow[] => (callPage.all(limit) as Row[]).map(toCall),
    /** Records of calls, and parties of recordings, whose day has passed. */
    expiredTraffic: (now: number): number => expiredTraffic.get({ now }) as number,
    /** Erases them; the recordings themselves stay until their own day. */
    eraseTraffic: (now: number): number => eraseTraffic.immediate(now),
    /** Clears what erased rows left in the write-ahead log; false while a reader holds it. */
    scour: (): boolean => truncateLog(database),
    close: (): void => {
      database.close();
    },
  };
}
