/** What the desk needs from the box. Whoever composes the process joins vault, audit log and policy to it. */

import type { AuditEvent } from '@belkluis/shared/audit/event';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { Consent } from '@belkluis/shared/policy/consent';
import type { PolicyInForce } from '@belkluis/shared/policy/decide';
import type { Use } from '@belkluis/shared/policy/uses';
import type { Access } from '../access/access.ts';
import type { Person } from '../access/people.ts';
import type { HealthNow } from '../health/health.ts';
import type { BackupServices, DiskState, KeystoreState, LogState, TimeServices } from './box-services.ts';
import type { FleetServices } from './fleet-services.ts';
import type { LineServices } from './line-services.ts';
import type { PolicyServices } from './policy-services.ts';
import type { PrivacyServices } from './privacy-services.ts';
import type { CallServices, ConnectionServices, PhoneServices } from './tools-services.ts';
import type {
  ErasureServices,
  ExceptionServices,
  HoldServices,
  RestrictionServices,
  RetentionServices,
} from './vault-services.ts';

/** Somebody who came into a call, or left it, after it began. */
export interface Moved {
  readonly at: number;
  readonly party: string;
  readonly did: 'joined' | 'left';
}

/** Another call that a recording's call came `from`, or that it went on `to`. No number: those are with its own recording. */
export interface LinkedCall {
  readonly way: 'from' | 'to';
  readonly how: 'transferred' | 'attended' | 'replaced' | 'forwarded' | 'returned';
  /** Who of the earlier call brought it about. */
  readonly side: 'caller' | 'callee';
  readonly startedAt: number;
  /** Null: it was not recorded. */
  readonly recording: string | null;
}

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
  /** When the content leaves. */
  readonly expiresAt: number;
  /** When caller and callee leave. */
  readonly trafficExpiresAt: number;
  /** When the row itself leaves. */
  readonly evidenceExpiresAt: number;
  /** Until then an erasure is refused, with `lockGround`; 0: no lock. */
  readonly lockedUntil: number;
  readonly lockGround: string | null;
  /** What it may be used for (shared/policy/uses). */
  readonly uses: readonly string[];
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
  /** Shortest and longest, ms, both included. */
  readonly durationFromMs?: number;
  readonly durationToMs?: number;
}

export interface UnrecordedCall {
  readonly id: string;
  readonly caller: string;
  readonly callee: string;
  /** The minute in which it began, wall clock, ms. */
  readonly startedAt: number;
  readonly talkMs: number | null;
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

/** Why a recording is opened, or leaves: for a use that it carries, and a reason that the audit log keeps. */
export interface OpeningReason {
  readonly use: Use;
  readonly reason: string;
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
  readonly policies: PolicyServices;
  readonly fleet: FleetServices;
  readonly privacy: PrivacyServices;
  /** The list in force; empty when there is none. */
  recipients(): readonly SealedTo[];
  readonly lines: LineServices;
  health(): Promise<HealthNow>;
  readonly recordings: {
    /** Newest first. `exact` false: `total` is where counting stopped. */
    search(
      search: RecordingSearch,
      limit: number,
      offset: number,
    ): { recordings: readonly RecordingRow[]; total: number; exact: boolean };
    get(id: string): RecordingRow | null;
    /** Appends who looked for what to the audit log, before it is shown. @throws Problem `audit_failed`. */
    noteSearch(person: Person, search: RecordingSearch, found: number): void;
    /** Appends who saw the traffic data of a recording, before it is shown. @throws Problem `audit_failed`. */
    noteView(person: Person, id: string): void;
    /**
     * Appends the release to the audit log, then hands out the PKESK packets. @throws Problem `audit_failed` when the log could not be written:
     * nothing was handed out; `recording_unknown`, `recording_erased`, `recording_objected`, `recording_restricted`, `use_not_allowed`,
     * `wraps_missing`.
     */
    release(id: string, person: Person, why: OpeningReason): Uint8Array;
    /** Appends that what a browser has opened is saved there, before it is. @throws Problem as `release`, and `export_not_allowed`. */
    noteExport(id: string, person: Person, why: OpeningReason): void;
    /** Who was told and asked in its call, in order; also of one that was erased. */
    consentsOf(id: string): readonly Consent[];
    /** The sealed file. @throws Problem `recording_unknown`, `recording_erased`. */
    content(id: string): { readonly bytes: number; readonly stream: ReadableStream<Uint8Array> };
    /** Who came into the call of a recording and left it, in order. */
    movementsOf(id: string): readonly Moved[];
    /** Calls that the call of a recording is linked to, oldest first. */
    linksOf(id: string): readonly LinkedCall[];
    /** Answered calls without recording, newest first. */
    unrecordedCalls(limit: number): readonly UnrecordedCall[];
  };
  readonly audit: {
    /** Entries in the log. */
    size(): number;
    /** Newest first. */
    recent(limit: number, offset: number): readonly LoggedEvent[];
    /** Releases and exports of one recording, newest first. */
    releasesOf(recording: string): readonly LoggedEvent[];
    state(): LogState;
  };
  readonly holds: HoldServices;
  readonly restrictions: RestrictionServices;
  readonly erasure: ErasureServices;
  readonly retention: RetentionServices;
  readonly exceptions: ExceptionServices;
  readonly backups: BackupServices;
  readonly calls: CallServices;
  readonly phones: PhoneServices;
  readonly connection: ConnectionServices;
  readonly time: TimeServices;
  keystore(): KeystoreState;
  disk(): DiskState;
}
