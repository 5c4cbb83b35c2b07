/** What the desk needs from the box. Whoever composes the process joins vault, audit log and policy to it. */
import type { AuditEvent } from '@belkluis/shared/audit/event';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { PolicyInForce } from '@belkluis/shared/policy/decide';
import type { Access } from '../access/access.ts';
import type { Person } from '../access/people.ts';
import type { Finding } from '../health/finding.ts';

/** A recording as the desk shows it. Instants are wall clock, ms. */
export interface RecordingRow {
  readonly id: string;
  readonly purpose: string;
  readonly purposeName: string;
  readonly level: string;
  /** Roles that may open it. */
  readonly mayOpen: readonly string[];
  readonly policyVersion: number;
  /** Fingerprints of the keys that it is sealed to, hex. */
  readonly recipients: readonly string[];
  /** Null once it has been erased. */
  readonly caller: string | null;
  readonly callee: string | null;
  readonly direction: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  /** Null: in progress. */
  readonly end: {
    readonly reason: 'finished' | 'broken' | 'interrupted';
    readonly durationMs: number;
    readonly segments: number;
    readonly gaps: number;
    readonly lost: number;
    readonly contentRoot: string;
  } | null;
  readonly erasedAt: number | null;
}

export interface RecordingSearch {
  readonly party?: string;
  readonly purpose?: string;
  readonly from?: number;
  readonly until?: number;
}

export interface UnrecordedCall {
  readonly id: string;
  readonly caller: string;
  readonly callee: string;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number;
  readonly notRecorded: string | null;
}

/** A key that recordings may be sealed to, by the list in force. */
export interface SealedTo {
  readonly name: string;
  readonly role: 'custodian' | 'escrow';
  /** Lower-case hex. */
  readonly fingerprint: string;
}

export interface LoggedEvent {
  readonly index: number;
  /** Null: its body was erased. */
  readonly event: AuditEvent | null;
}

export interface DeskServices {
  readonly clock: Clock;
  readonly log: Log;
  /** IANA name. */
  readonly timeZone: string;
  readonly deviceId: string;
  readonly version: string;
  readonly access: Access;
  policy(): PolicyInForce | null;
  /** The list in force; empty when there is none. */
  recipients(): readonly SealedTo[];
  health(): Promise<readonly Finding[]>;
  readonly recordings: {
    search(
      search: RecordingSearch,
      limit: number,
      offset: number,
    ): { recordings: readonly RecordingRow[]; total: number };
    get(id: string): RecordingRow | null;
    /**
     * Appends the release to the audit log, then hands out the PKESK packets. @throws Problem `recording_unknown`, `recording_erased`, `wraps_missing`;
     * anything else means that the log could not be written, and that nothing was handed out.
     */
    release(id: string, person: Person, reason: string): Uint8Array;
    /** The sealed file. @throws Problem `recording_unknown`, `recording_erased`. */
    content(id: string): { readonly bytes: number; readonly stream: ReadableStream<Uint8Array> };
    /** Answered calls without recording, newest first. */
    unrecordedCalls(limit: number): readonly UnrecordedCall[];
  };
  readonly audit: {
    /** Entries in the log. */
    size(): number;
    /** Newest first. */
    recent(limit: number, offset: number): readonly LoggedEvent[];
  };
}
