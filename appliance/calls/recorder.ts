/** The door through which calls speak to whoever records. The composition root stands behind it: calls knows no vault. */
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import type { NotRecorded } from './conversation.ts';
import type { Origin } from './transfer/origin.ts';
import type { Way } from './way.ts';

/** What a call is, as SIP said it. Traffic data. */
export interface CallFacts {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'internal' | 'inbound' | 'outbound';
  /** `siprec`: a copy of a call that goes on elsewhere. */
  readonly via: Way['via'] | 'siprec';
  /** Id of the trunk by which it came or went; null: none. */
  readonly trunk: string | null;
  /** What was called first from outside, a number or a queue's name; null: nothing, or nobody said. */
  readonly queue: string | null;
  /** The queue in whose waiting times it counts; none when left out. */
  readonly waitsIn?: string;
  /** Wall clock, milliseconds. */
  readonly startedAt: number;
  /** Calls that it came out of; none when left out. */
  readonly origins?: readonly Origin[];
}

/** Somebody who came into a call, or left it, after it began: a conference, a transfer. */
export interface Movement {
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly party: string;
  readonly did: 'joined' | 'left';
}

/** How a call went, told once when it is over. */
export interface CallRecord extends CallFacts {
  /** Null: nobody answered. */
  readonly answeredAt: number | null;
  readonly endedAt: number;
  /** SIP status that ended the ringing, 200 when answered. */
  readonly status: number;
  /** The recording, or why there is none. */
  readonly recording: string | null;
  readonly notRecorded: string | null;
  /** Who came and left beside `from` and `to`, in order; none when left out. */
  readonly movements?: readonly Movement[];
  /** SHA-256 of the policy that decided, hex; null: there was none. */
  readonly policyHash: string | null;
  /** The purpose and rule that matched, whether or not it was recorded in the end; null: none did. */
  readonly decidedAs: { readonly purpose: string; readonly rule: string } | null;
  /** How long this record is kept, days. */
  readonly trafficDays: number;
}

/** A recording that is to begin, bound to one purpose, one policy version, one announcement (design, Words). */
export interface RecordingRequest<Terms = RecordingTerms> {
  readonly call: CallFacts;
  readonly terms: Terms;
  /** Wall clock when the announcement ended on both sides, milliseconds. */
  readonly announcedAt: number;
  /** SHA-256 of what was heard, hex. */
  readonly announcementHash: string;
}

export type Begun =
  | { readonly ok: true; readonly recording: string }
  | { readonly ok: false; readonly reason: NotRecorded };

export interface Recorder {
  /** Why nothing could be recorded at this moment, known before anybody is told that it is; null: nothing speaks against it. */
  unable(): NotRecorded | null;
  /** Makes the recording exist: key, wraps, catalogue row. Only then may a frame flow. Never rejects. */
  begin(request: RecordingRequest): Promise<Begun>;
  /** No frame follows. `broken`: the tap will not say so itself. */
  end(recording: string, reason: 'finished' | 'broken'): void;
  /** Called when a recording in progress can take no more. */
  onLost: (recording: string) => void;
  callEnded(record: CallRecord): void;
}
