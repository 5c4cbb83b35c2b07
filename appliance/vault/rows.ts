/** What the rows of the catalogue mean: recordings, and the calls that they came from. */

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
  /** What it may be used for (shared/policy/uses). */
  readonly uses: readonly string[];
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
  /** `phone`, `trunk`, `pbx`, `siprec`; null: it was not kept yet when this call took place. */
  readonly via: string | null;
  /** Id of the trunk by which it came or went; null: none. */
  readonly trunk: string | null;
  /** What was called first from outside; null: nothing, or nobody said. */
  readonly queue: string | null;
  /** The minute in which it began, wall clock, ms. */
  readonly startedAt: number;
  /** Milliseconds of talk; null: nobody answered. */
  readonly talkMs: number | null;
  readonly status: number;
  readonly recording: string | null;
  readonly notRecorded: string | null;
  /** SHA-256 of the policy that decided, hex; null: there was none. */
  readonly policyHash: string | null;
  /** Of the purpose and the rule that matched, whether or not it was recorded in the end; null: none did. */
  readonly purpose: string | null;
  readonly rule: string | null;
  readonly expiresAt: number;
}

type Optional = 'via' | 'trunk' | 'queue' | 'policyHash' | 'purpose' | 'rule';

/** A call that is over. `startedAt`: to the millisecond, of which the minute is kept. */
export type NewCall = Omit<CallRow, Optional> & Partial<Pick<CallRow, Optional>>;

/** Somebody who came into a call, or left it, after it began. */
export interface Movement {
  readonly at: number;
  readonly party: string;
  readonly did: 'joined' | 'left';
}

/** A call that another one came out of; `side` of it brought that about. */
export interface Origin {
  readonly call: string;
  readonly how: 'transferred' | 'attended' | 'replaced' | 'forwarded' | 'returned';
  readonly side: 'caller' | 'callee';
}

/** Another call that one is linked to, whose record is still here: the one that it came `from`, or that went on `to` it. */
export interface Linked extends Origin {
  readonly way: 'from' | 'to';
  readonly startedAt: number;
  /** Null: it was not recorded. */
  readonly recording: string | null;
}

/** A row as SQLite gives it. */
export interface Row {
  [column: string]: string | number | null;
}

const text = (row: Row, column: string): string => row[column] as string;
const integer = (row: Row, column: string): number => row[column] as number;

export const recordingOf = (row: Row): Recording => ({
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
  uses: JSON.parse(text(row, 'uses')) as string[],
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

export const callOf = (row: Row): CallRow => ({
  id: text(row, 'id'),
  caller: text(row, 'caller'),
  callee: text(row, 'callee'),
  direction: text(row, 'direction'),
  via: row.via as string | null,
  trunk: row.trunk as string | null,
  queue: row.queue as string | null,
  startedAt: integer(row, 'started_at'),
  talkMs: row.talk_ms as number | null,
  status: integer(row, 'status'),
  recording: row.recording as string | null,
  notRecorded: row.not_recorded as string | null,
  policyHash: row.policy_hash as string | null,
  purpose: row.purpose as string | null,
  rule: row.rule as string | null,
  expiresAt: integer(row, 'expires_at'),
});
