/** What the checks look at, and what they find. */
import {
  type HealthCheck,
  type HealthCode,
  type HealthLevel,
  healthCodes,
} from '@belkluis/shared/contract/health-codes';
import { type OkCode, okCodes } from '@belkluis/shared/contract/ok-codes';

/** Everything that a check may look at, gathered by whoever composes the process. Instants are wall clock, ms. */
export interface HealthFacts {
  readonly now: number;
  /** Keys that recordings are sealed to; null: no list was applied. */
  readonly recipients: readonly RecipientFact[] | null;
  /** Of the volume that holds the vault. */
  readonly disk: {
    readonly freeBytes: number;
    readonly totalBytes: number;
    /** At this recording stops; somewhat before it, the purge runs out of turn. */
    readonly reserveBytes: number;
    /** Days until the reserve is reached as things go; null: not within a year. */
    readonly forecastDays: number | null;
  };
  /** `againstLaw`: what the law of now forbids of it, and allowed when it was applied. */
  readonly policy: {
    readonly version: number;
    readonly expiresAt: number;
    readonly againstLaw: readonly LawFact[];
  } | null;
  readonly documents: {
    /** Rows and parts in which the recorded register differs from what is so. */
    readonly drift: number;
    /** Extensions that have not acknowledged the present notice of every purpose. */
    readonly unacknowledged: number;
    /** Null: there is no policy. `open`: measures that nothing in the policy carries out. */
    readonly dpia: { readonly required: boolean; readonly done: boolean; readonly open: readonly unknown[] } | null;
  };
  /** A policy that is not in force yet, and what it waits for; null: none waits. */
  readonly policyWaits: {
    readonly version: number;
    /** Whether it still lacks the approval that it needs. */
    readonly undecided: boolean;
    /** Until when what erases waits in any case; null: nothing erases. */
    readonly until: number | null;
    /** When it is put away undecided. */
    readonly expiresAt: number;
  } | null;
  /** Purposes that are not recorded because their announcement is missing or outdated. */
  readonly announcementsMissing: readonly string[];
  readonly purge: {
    /** When the last purge ended well; null: never yet. */
    readonly lastAt: number | null;
    /** Recordings that are past their day and still here, holds not counted. */
    readonly overdue: number;
  };
  readonly certificate: { readonly expiresAt: number };
  readonly keystore: {
    readonly epochKey: 'tpm' | 'file';
    /** Erased recordings whose certificate waits for the next epoch, and since when. */
    readonly uncertified: number;
    readonly uncertifiedSince: number | null;
  };
  readonly holds: { readonly inForce: number; readonly overdue: number };
  /** Null: none is configured. */
  readonly backup: {
    readonly everyMs: number;
    readonly destinations: readonly BackupFact[];
    readonly drill: { readonly at: number; readonly proven: boolean } | null;
  } | null;
  /** The last test call, why it proved nothing, and of what it proves nothing in any case; null: there was none yet. */
  readonly testCall: {
    readonly at: number;
    readonly fault: TestCallFault | null;
    readonly untried: readonly UntriedLine[];
  } | null;
  /** What others' call logs say; `unexplained`: calls that should have been recorded and were not. */
  readonly callLogs: {
    readonly unexplained: number;
    /** The box's own records beside its recordings; `at` null: never compared yet. */
    readonly own: { readonly everyMs: number; readonly at: number | null };
    readonly sources: readonly {
      readonly name: string;
      readonly everyMs: number;
      readonly at: number | null;
      readonly fault: string | null;
    }[];
  };
  /** Copied calls (SIPREC) of the last day for which there was no room here. */
  readonly copiesTurnedAway: number;
  readonly scrub: { readonly lastAt: number | null; readonly since: number; readonly rotten: number };
  /** `behind`: the wall clock was set back; `unconfirmed`: it is ahead of what can have passed. */
  readonly time: {
    readonly state: 'ok' | 'behind' | 'unconfirmed';
    readonly wall: number;
    readonly expected: number;
    /** Whether the system's time service keeps the clock; null: it does not say. */
    readonly synchronised: boolean | null;
  };
  readonly host: HostFact;
  /** Null: the call process does not answer. */
  readonly calls: CallsFact | null;
  /** The last finished recording that was not a test, and since when there could have been one; null: none is here. */
  readonly recording: { readonly lastAt: number | null; readonly since: number };
  /** Null: the box belongs to no fleet. */
  readonly uplink: UplinkFact | null;
  /** `releasedAt`: when this version was made. */
  readonly software: { readonly version: string; readonly releasedAt: number };
  /** The PBX behind the box, users with a phone, and whether those call each other without it; null: there is none, or no answer. */
  readonly pbx: { readonly up: boolean; readonly registered: number; readonly localCalls: boolean } | null;
  /** Who else remembers the head of the audit log, and when it refused this one (null: it did not); null: nobody. */
  readonly witness: { readonly lastAt: number | null; readonly refusedAt: number | null } | null;
  /**
   * The way to the outside world; null: the call process does not answer. `capped`: limits of outgoing calls reached today; `countsLost`:
   * phones and trunks whose counts somebody took away.
   */
  readonly trunks: { readonly all: readonly TrunkFact[]; readonly capped: number; readonly countsLost: number } | null;
  /** What SIP was attacked with within a day, and how many networks are banned now; null: the call process does not answer. */
  readonly defence: {
    readonly bans: number;
    readonly scans: number;
    readonly guesses: number;
    readonly floods: number;
  } | null;
  readonly audit: { readonly state: 'ok'; readonly size: number } | { readonly state: 'unwritable' | 'tampered' };
}

/** The machine; null: it has no such sensor, or does not say. */
export interface HostFact {
  /** Of all cores, since the look before. */
  readonly cpuPercent: number | null;
  /** What can be had no more without taking it from somebody. */
  readonly memoryPercent: number | null;
  /** The hottest that it tells of. */
  readonly temperatureCelsius: number | null;
  /** Where the machine says that it switches itself off. */
  readonly criticalCelsius: number | null;
  readonly uptimeS: number;
}

/** What the call process knows; counts alone. */
export interface CallsFact {
  /** Phones, of the box and through it of the PBX. */
  readonly phones: {
    readonly registered: number;
    /** The most at once within the last day. */
    readonly most: number;
    /** Those that may register with the box itself. */
    readonly accounts: number;
  };
  /** Over the last minutes; null: too little was heard. */
  readonly sound: SoundFact | null;
  /** Over the last whole hour; null: fewer calls than may be told of outside. */
  readonly soundOfHour: SoundFact | null;
  readonly memoryBytes: number;
}

/** How sound came through, over all calls. Null: no peer reported it. */
export interface SoundFact {
  readonly lossPercent: number;
  readonly farLossPercent: number | null;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  /** Mean opinion score, 1 to 4.5. */
  readonly mos: number;
  /** Share of looks at a stream that were below what most people call acceptable. */
  readonly poorPercent: number;
}

export interface UplinkFact {
  readonly connected: boolean;
  /** When the fleet last confirmed a message, wall clock in ms; null: never yet. */
  readonly lastAt: number | null;
  readonly certificateExpiresAt: number;
  /** Messages that were not confirmed yet. */
  readonly waiting: number;
  /** Connections that began within the last hour. */
  readonly connections: number;
}

export interface LawFact {
  /** The field of the policy. */
  readonly path: string;
  readonly article: string;
  /** What to change, in each language of the desk. */
  readonly says: { readonly en: string; readonly nl: string };
}

export interface TrunkFact {
  readonly name: string;
  /** Answers when it is asked. */
  readonly up: boolean;
  /** Null: the box does not register there. */
  readonly registered: boolean | null;
  /** Code of what keeps it from being registered; null: nothing is known. */
  readonly fault: string | null;
}

export interface BackupFact {
  readonly name: string;
  /** When the last whole backup went there; null: never yet. */
  readonly lastAt: number | null;
  /** Code of what kept the last try from ending well; null: nothing did. */
  readonly fault: string | null;
}

/** By what other calls come and go, and a test call, from one phone of the box itself to another, never does. */
export type UntriedLine = 'pbx' | 'trunks' | 'copies';

/** Where a test call got stuck, in the order of its way. */
export type TestCallFault =
  | 'calls_down'
  | 'not_registered'
  | 'call_failed'
  | 'not_recorded'
  | 'not_heard'
  | 'not_stored'
  | 'not_opened'
  | 'differs';

export interface RecipientFact {
  readonly name: string;
  readonly role: 'custodian' | 'escrow';
  /** Null: it does not expire, or is not known because of the fault. */
  readonly expiresAt: number | null;
  /** Why nothing can be sealed to this key; null: it can. */
  readonly fault: 'expired' | 'revoked' | 'unreadable' | 'other_key' | 'weak' | 'no_encryption_key' | null;
}

/** What each finding says, by its code. */
interface Values {
  recipients_ok: { readonly custodians: number; readonly escrows: number; readonly nextExpiry: number | null };
  recipients_missing: object;
  recipient_revoked: { readonly name: string };
  recipient_expired: { readonly name: string };
  recipient_unusable: { readonly name: string; readonly fault: string };
  recipient_expires: { readonly name: string; readonly at: number };
  disk_ok: { readonly freeBytes: number; readonly totalBytes: number };
  disk_low: { readonly freeBytes: number; readonly totalBytes: number };
  disk_forecast: { readonly freeBytes: number; readonly days: number };
  disk_reserve: { readonly freeBytes: number; readonly reserveBytes: number };
  keystore_tpm: object;
  keystore_file: object;
  keystore_waits: { readonly uncertified: number; readonly at: number };
  holds_ok: { readonly inForce: number };
  holds_review: { readonly overdue: number };
  backup_ok: { readonly name: string; readonly at: number };
  backup_none: object;
  backup_late: { readonly name: string; readonly at: number | null };
  backup_failing: { readonly name: string; readonly fault: string };
  backup_failed: { readonly name: string; readonly fault: string };
  drill_ok: { readonly at: number };
  drill_due: { readonly at: number | null };
  drill_failed: { readonly at: number };
  test_call_ok: { readonly at: number; readonly untried: readonly UntriedLine[] };
  test_call_waits: object;
  test_call_late: { readonly at: number };
  test_call_failed: { readonly at: number; readonly fault: TestCallFault };
  calls_lost: { readonly unexplained: number };
  call_records_late: { readonly at: number };
  call_log_ok: { readonly name: string; readonly at: number };
  call_log_late: { readonly name: string; readonly at: number | null };
  call_log_failed: { readonly name: string; readonly fault: string };
  copies_turned_away: { readonly turnedAway: number };
  scrub_ok: { readonly at: number };
  scrub_waits: object;
  scrub_late: { readonly at: number | null };
  scrub_rot: { readonly rotten: number };
  time_ok: object;
  time_behind: { readonly wall: number; readonly expected: number };
  time_unconfirmed: { readonly wall: number; readonly expected: number };
  clock_unsynchronised: object;
  recording_ok: { readonly at: number };
  recording_waits: object;
  recording_late: { readonly at: number | null };
  calls_ok: object;
  calls_down: object;
  sound_ok: { readonly mos: number; readonly lossPercent: number };
  sound_quiet: object;
  sound_lost: { readonly lossPercent: number };
  sound_poor: { readonly mos: number; readonly poorPercent: number };
  phones_ok: { readonly registered: number };
  phones_few: { readonly registered: number; readonly most: number };
  phones_none: { readonly accounts: number };
  cpu_ok: { readonly percent: number };
  cpu_busy: { readonly percent: number };
  temperature_ok: { readonly celsius: number };
  temperature_high: { readonly celsius: number };
  temperature_critical: { readonly celsius: number };
  memory_ok: { readonly percent: number };
  memory_low: { readonly percent: number };
  uplink_ok: object;
  uplink_off: object;
  uplink_down: { readonly at: number | null };
  uplink_certificate_expires: { readonly at: number };
  software_ok: { readonly version: string; readonly at: number };
  software_old: { readonly version: string; readonly at: number };
  witness_ok: { readonly at: number };
  witness_none: object;
  witness_late: { readonly at: number | null };
  witness_refused: { readonly at: number };
  trunk_ok: { readonly trunks: number };
  trunk_down: { readonly name: string };
  trunk_unregistered: { readonly name: string; readonly fault: string };
  trunk_caps: { readonly capped: number };
  trunk_counts_lost: object;
  defence_quiet: object;
  defence_attacked: { readonly scans: number; readonly guesses: number; readonly floods: number };
  defence_bans: { readonly bans: number; readonly scans: number; readonly guesses: number; readonly floods: number };
  pbx_ok: { readonly registered: number };
  pbx_down: { readonly localCalls: boolean };
  policy_ok: { readonly version: number };
  policy_missing: object;
  /** Before `at` a data protection officer decides, or it is put away. */
  policy_undecided: { readonly version: number; readonly at: number };
  /** It erases before its day, from `at` on, unless a data protection officer refuses it. */
  policy_will_erase: { readonly version: number; readonly at: number };
  policy_unspoken: { readonly purpose: string };
  policy_stale: { readonly version: number; readonly at: number };
  policy_against_law: LawFact & { readonly version: number };
  register_ok: object;
  register_drift: { readonly drift: number };
  dpia_required: object;
  dpia_open: { readonly open: number };
  notices_missing: { readonly unacknowledged: number };
  purge_ok: { readonly at: number };
  purge_waits: object;
  purge_late: { readonly at: number | null };
  purge_overdue: { readonly overdue: number; readonly at: number | null };
  certificate_ok: { readonly at: number };
  certificate_expires: { readonly at: number };
  certificate_expired: { readonly at: number };
  audit_ok: { readonly size: number };
  audit_unwritable: object;
  audit_tampered: object;
}

export type FindingCode = keyof Values;
export type FindingValues<Code extends FindingCode> = Values[Code];

/** Codes that say more than their words: whose, how much, since when. */
export type ValuedCode = {
  [Code in FindingCode]: keyof Values[Code] extends never ? never : Code;
}[FindingCode];

type FindingState = 'ok' | HealthLevel;

type StateOf<Code extends FindingCode> = Code extends HealthCode ? (typeof healthCodes)[Code]['level'] : 'ok';

export type Finding = {
  [Code in FindingCode]: { readonly code: Code; readonly state: StateOf<Code>; readonly values: Values[Code] };
}[FindingCode];

/** The check that a code is of. */
export const checkOf = (code: HealthCode | OkCode): HealthCheck =>
  Object.hasOwn(healthCodes, code) ? healthCodes[code as HealthCode].check : okCodes[code as OkCode];

/** How long a finding has to be seen before it stands, and not to be seen before it leaves, ms. */
export interface Steadiness {
  readonly raiseAfterMs: number;
  readonly clearAfterMs: number;
}

/** Of what changes only when somebody does something, or when a day comes: it is said at once, either way. */
export const atOnce: Steadiness = { raiseAfterMs: 0, clearAfterMs: 0 };

/** Whether a finding of this code stands: then it is left at another mark than it was raised at. */
export type Stands = (code: HealthCode) => boolean;

/** A number is too high from `raise` on, until it is below `clear`. */
export const above = (value: number, { raise, clear }: { raise: number; clear: number }, stands: boolean): boolean =>
  value >= (stands ? clear : raise);

/** A number is too low below `raise`, until it has reached `clear`. */
export const below = (value: number, { raise, clear }: { raise: number; clear: number }, stands: boolean): boolean =>
  value < (stands ? clear : raise);

/** One file, one check: its codes, how steady each is, and a pure function of the facts. */
export interface Check {
  readonly steady: Readonly<Partial<Record<HealthCode, Steadiness>>>;
  look(facts: HealthFacts, stands: Stands): readonly Finding[];
}
