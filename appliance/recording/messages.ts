/** What the main thread and the sealer thread say to each other. Frames come on ports of their own, from the media workers. */
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

export type RefusalReason = 'no_recipient' | 'recorder_unavailable' | 'disk_reserve';

export type ToSealer<Port> =
  /** A media worker's frames come on this port from now on. */
  | { readonly do: 'listen'; readonly port: Port }
  /** `accessDays`: how long access events are kept. */
  | { readonly do: 'policy'; readonly recipients: readonly ListedRecipient[]; readonly accessDays: number }
  /** Whom the test call that comes next is sealed to, and nobody else; null: there is none. */
  | { readonly do: 'test recipient'; readonly recipient: ListedRecipient | null }
  | { readonly do: 'begin'; readonly start: RecordingStart }
  /** `broken`: no end mark will come from the tap. */
  | { readonly do: 'end'; readonly recording: string; readonly reason: 'finished' | 'broken' }
  | { readonly do: 'call ended'; readonly call: CallEnd }
  | { readonly do: 'transfer'; readonly transfer: CallTransfer }
  /** Ends every recording and closes the databases. */
  | { readonly do: 'close' };

export type FromSealer =
  | { readonly told: 'ready' }
  | { readonly told: 'begun'; readonly recording: string }
  | { readonly told: 'refused'; readonly recording: string; readonly reason: RefusalReason }
  /** Whether a recording could begin now, told at each change. */
  | { readonly told: 'able'; readonly unable: RefusalReason | null }
  /** The disk takes no more of it. */
  | { readonly told: 'lost'; readonly recording: string }
  | { readonly told: 'ended'; readonly recording: string; readonly segments: number; readonly gaps: number }
  | { readonly told: 'closed' };
