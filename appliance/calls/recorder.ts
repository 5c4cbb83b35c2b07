/** The door through which calls speak to whoever records. The composition root stands behind it: calls knows no vault. */
import type { Consent } from '@belkluis/shared/policy/consent';
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
  /** Who was told and what they answered, in order: evidence that lives as long as the recording's; none when left out. */
  readonly consents?: readonly Consent[];
}

export type Begun =
  | { readonly ok: true; readonly recording: string }
  | { readonly ok: false; readonly reason: NotRecorded };

/** What became of an objection. */
export type Objected =
  /** Nobody can open anything of it any more, and the audit log says so. */
  | { readonly did: 'erased' }
  /**
   * Nothing more is recorded and the session key is gone. What is on the disk stays for now: `recording_held` and `recording_restricted` until
   * that ends; `audit_refused`, `disk_refused` and `recorder_unavailable` until it works again, which is tried by itself.
   */
  | { readonly did: 'stopped'; readonly waits: StoppedBecause }
  /** The law keeps it: the recording goes on, and the person is told the ground (GDPR 17(3)(b)). */
  | { readonly did: 'refused'; readonly reason: 'legal_retention'; readonly ground: string }
  | { readonly did: 'refused'; readonly reason: 'not_recording' };

export type StoppedBecause =
  | 'recording_held'
  | 'recording_restricted'
  | 'audit_refused'
  | 'disk_refused'
  | 'recorder_unavailable';

/** What became of a wish that calls with a number are not recorded from now on. */
export type Kept =
  | { readonly kept: true }
  | {
      readonly kept: false;
      readonly reason: 'number_withheld' | 'number_wrong' | 'objections_full' | 'recorder_unavailable';
    };

export interface Recorder {
  /**
   * Why nothing could be recorded at this moment, known before anybody is told that it is; null: nothing speaks against it. `mustBe`: a law
   * demands it, so what is usually found out when the recording begins, and told to the audit log then, is asked now as well.
   */
  unable(mustBe: boolean): NotRecorded | null;
  /** Makes the recording exist: key, wraps, catalogue row. Only then may a frame flow. Never rejects. */
  begin(request: RecordingRequest): Promise<Begun>;
  /** No frame follows. `broken`: the tap will not say so itself. */
  end(recording: string, reason: 'finished' | 'broken'): void;
  /** Binds to a recording what somebody did after it had begun. An objection is made by `object`, which keeps it too. */
  consented(recording: string, consent: Consent): void;
  /**
   * Somebody in the call objects: the recording stops and what there is of it is erased, within a second. Also right after `end`, and when
   * asked twice. While `begin` is in flight there is no recording to name: await it, then object instead of opening the tap. Never rejects.
   */
  object(recording: string, consent: Consent): Promise<Objected>;
  /** Whether the owner of this number does not want to be recorded for this purpose. Asked in every call: answers from memory. */
  objects(number: string, purpose: string): boolean;
  /** The caller asks that calls with their number are not recorded from now on; `purpose` null: whatever the purpose. Never rejects. */
  keepObjection(number: string, purpose: string | null): Promise<Kept>;
  /** Called when a recording in progress can take no more. */
  onLost: (recording: string) => void;
  callEnded(record: CallRecord): void;
}
