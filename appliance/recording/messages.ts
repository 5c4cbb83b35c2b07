/** What the main thread and the sealer thread say to each other. Frames come on ports of their own, from the media workers. */
import type { Consent } from '@belkluis/shared/policy/consent';
import type { ListedRecipient } from './recipients.ts';

/** What a recording is bound to when it starts, as plain data. */
export interface RecordingStart {
  readonly id: string;
  readonly call: string;
  readonly purpose: string;
  readonly purposeName: string;
  readonly level: string;
  readonly mayOpen: readonly string[];
  readonly rule: string;
  readonly policyVersion: number;
  readonly policyHash: string;
  readonly announcementHash: string;
  readonly announcedAt: number;
  readonly caller: string;
  readonly callee: string;
  readonly direction: string;
  readonly retention: {
    readonly contentDays: number;
    readonly trafficDays: number;
    readonly evidenceDays: number;
    readonly minimum: { readonly days: number; readonly ground: string } | null;
  };
  /** Fingerprints of those of the list that it is sealed to; null: all of it. */
  readonly sealTo: readonly string[] | null;
  /** What it may be used for. */
  readonly uses: readonly string[];
  /** Who was told and answered before it began. */
  readonly consents: readonly Consent[];
}

/** What became of an objection; `stopped`: nothing more is recorded, and what there is waits for what `waits` names. */
export type ObjectionOutcome =
  | { readonly did: 'erased' }
  | {
      readonly did: 'stopped';
      readonly waits: 'recording_held' | 'recording_restricted' | 'audit_refused' | 'disk_refused';
    }
  | { readonly did: 'refused'; readonly reason: 'legal_retention'; readonly ground: string }
  | { readonly did: 'refused'; readonly reason: 'not_recording' };

/** A number whose owner does not want to be recorded, for one purpose or (null) for any. */
export interface KeptNumber {
  readonly id: string;
  readonly number: string;
  readonly purpose: string | null;
}

export interface CallEnd {
  readonly id: string;
  readonly caller: string;
  readonly callee: string;
  readonly direction: string;
  readonly via: string;
  readonly trunk: string | null;
  readonly queue: string | null;
  readonly startedAt: number;
  /** Milliseconds of talk; null: nobody answered. How long it rang is told in `waited` alone. */
  readonly talkMs: number | null;
  /** For the waiting times of a queue; null: it counts in none. */
  readonly waited: { readonly queue: string; readonly ms: number; readonly answered: boolean } | null;
  readonly status: number;
  readonly recording: string | null;
  readonly notRecorded: string | null;
  /** Who came and left after it began. */
  readonly movements: readonly { readonly at: number; readonly party: string; readonly did: 'joined' | 'left' }[];
  /** Calls that it came out of, and who of them brought that about. */
  readonly origins: readonly CallOrigin[];
  /** The policy that decided, and the purpose and rule that matched. */
  readonly policyHash: string | null;
  readonly decidedAs: { readonly purpose: string; readonly rule: string } | null;
  readonly trafficDays: number;
}

export interface CallOrigin {
  readonly call: string;
  readonly how: 'transferred' | 'attended' | 'replaced' | 'forwarded' | 'returned';
  readonly side: 'caller' | 'callee';
}

/** What the audit log is told of a transfer. */
export interface CallTransfer {
  readonly call: string;
  readonly how: CallOrigin['how'];
  readonly side: CallOrigin['side'];
  /** 200: it came about. */
  readonly status: number;
  /** The recording that ended with it. */
  readonly recording: string | null;
}

/** What the audit log is told of a recording that was paused, resumed, or begun by hand. */
export interface Steering {
  readonly call: string;
  readonly recording: string | null;
  readonly did: string;
  readonly by: string;
}

/** What the audit log is told of a call that must be recorded, could not be, and was refused. */
export interface RefusedCall {
  readonly call: string;
  readonly purpose: string;
  readonly reason: string;
  readonly status: number;
}

export type RefusalReason = 'no_recipient' | 'recorder_unavailable' | 'disk_reserve';

export type ToSealer<Port> =
  /** A media worker's frames come on this port from now on. */
  | { readonly do: 'listen'; readonly port: Port }
  /** `accessDays`, `requestDays`: how long access events, and what people asked for, are kept. */
  | {
      readonly do: 'policy';
      readonly recipients: readonly ListedRecipient[];
      readonly accessDays: number;
      readonly requestDays: number;
    }
  /** Whom the test call that comes next is sealed to, and nobody else; null: there is none. */
  | { readonly do: 'test recipient'; readonly recipient: ListedRecipient | null }
  | { readonly do: 'begin'; readonly start: RecordingStart }
  /** `broken`: no end mark will come from the tap. */
  | { readonly do: 'end'; readonly recording: string; readonly reason: 'finished' | 'broken' }
  | { readonly do: 'consent'; readonly recording: string; readonly consent: Consent }
  | { readonly do: 'object'; readonly recording: string; readonly consent: Consent }
  /** `asked`: names the answer. */
  | { readonly do: 'keep objection'; readonly asked: number; readonly number: string; readonly purpose: string | null }
  /** A call met it. */
  | { readonly do: 'objection met'; readonly objection: string }
  | { readonly do: 'call ended'; readonly call: CallEnd }
  | { readonly do: 'transfer'; readonly transfer: CallTransfer }
  | { readonly do: 'call refused'; readonly refused: RefusedCall }
  | { readonly do: 'steered'; readonly steered: Steering }
  /** Ends every recording and closes the databases. */
  | { readonly do: 'close' };

export type FromSealer =
  | { readonly told: 'ready' }
  | { readonly told: 'begun'; readonly recording: string }
  | { readonly told: 'refused'; readonly recording: string; readonly reason: RefusalReason }
  /** Whether a recording could begin now, told at each change. */
  | { readonly told: 'able'; readonly unable: RefusalReason | null }
  /** Whether there is a valid key to seal to, told at each change. */
  | { readonly told: 'keys'; readonly valid: boolean }
  /** The disk takes no more of it. */
  | { readonly told: 'lost'; readonly recording: string }
  | { readonly told: 'ended'; readonly recording: string; readonly segments: number; readonly gaps: number }
  | { readonly told: 'objected'; readonly recording: string; readonly outcome: ObjectionOutcome }
  /** All that are kept, told before `ready` and at each change. */
  | { readonly told: 'objections'; readonly kept: readonly KeptNumber[] }
  /** Null: it is kept. Else why not, as a code. */
  | { readonly told: 'objection kept'; readonly asked: number; readonly refused: string | null }
  | { readonly told: 'closed' };
