/** What becomes of a call that cannot be recorded: it goes on without, or where a law demands the recording, it does not. */
import { type RecordingTerms, UNRECORDED_TRAFFIC_DAYS } from '@belkluis/shared/policy/decide';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Sentence } from '@belkluis/shared/policy/sentences';
import type { MediaLeg, Prompt } from '../media/door.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { Manners } from './box-voice.ts';
import type { NotRecorded } from './conversation.ts';
import { type CallDecision, type Decided, servedBy } from './decided.ts';
import type { Leg } from './leg.ts';
import type { Party } from './party.ts';

/** When a caller may try again after the box could not record, seconds (RFC 3261 20.33): room is made by people or by the next purge. */
const RETRY_AFTER_S = 300;

/** How long a caller is kept who does not hear why it is refused, ms: longer than any sentence. */
const TELL_WHY_MS = 15_000;

/** RFC 3326: why a call ends. */
export const MUST_BE_RECORDED = 'SIP;cause=503;text="This call must be recorded, and cannot be"';

/** The same to whoever called or transferred, as the reason of a status. */
export const UNRECORDABLE = 'Recording Mandatory But Not Possible';

/** Reasons that somebody can remove by trying later; what else there is needs people of the organisation to act first. */
const passing = ['recorder_unavailable', 'disk_reserve', 'no_recipient', 'announcement_missing'];

/** A call that its purpose does not let be. */
export interface Unrecordable {
  readonly reason: string;
  readonly purpose: Purpose;
  /** As it would have gone on: what its record keeps. */
  readonly decision: CallDecision;
  readonly says: Sentence;
  /** 503 when it may be otherwise later, 403 when people have to act first. */
  readonly status: 403 | 503;
}

/** Who is left is outside, and so is who came: recording is for those who take part (decisions/0117). */
export const NOBODY_OF_OURS: CallDecision = {
  record: false,
  reason: 'nobody_of_ours',
  trafficDays: UNRECORDED_TRAFFIC_DAYS,
};

/** Such a call was refused: for the audit log. */
export interface CallRefused {
  readonly call: string;
  /** By its id. */
  readonly purpose: string;
  readonly reason: string;
  readonly status: number;
}

interface Asking {
  /** Why it cannot be recorded at this moment; null: nothing speaks against it. */
  readonly unable: (terms: RecordingTerms) => NotRecorded | null;
  /** Whoever called wants it not recorded. */
  readonly isPrivate: boolean;
  /** No purpose keeps a call for help from going (`decisions/0086`). */
  readonly emergency: boolean;
}

/** What the policy decided, as far as it can be carried out. */
export function carriedOut(decided: Decided, { unable, isPrivate, emergency }: Asking): CallDecision | Unrecordable {
  const served = servedBy(decided);
  const against = isPrivate && served ? 'private' : decided.record ? unable(decided.terms) : null;
  if (against === null && decided.record) return decided;
  const decision = against === null ? decided : unrecorded(decided, against);
  if (!served?.purpose.mandatory || emergency || decision.record) return decision;
  const { reason } = decision;
  const status = passing.includes(reason) ? 503 : 403;
  const says = reason === 'private' ? 'the law keeps it' : 'must be recorded';
  return { reason, purpose: served.purpose, decision, says, status };
}

function unrecorded(decided: Decided, reason: NotRecorded): CallDecision {
  if (!decided.record) return { ...decided, reason };
  const { terms } = decided;
  return { record: false, reason, trafficDays: terms.retention.trafficDays, terms };
}

interface Refusing {
  readonly incoming: IncomingCall;
  readonly caller: Party;
  /** What is said to it. */
  readonly sentence: Promise<Prompt | null>;
}

async function played(media: MediaLeg, sentence: Promise<Prompt | null>): Promise<void> {
  const prompt = await sentence;
  if (prompt) await media.play(prompt).catch(() => {});
}

/** The caller hears why, where its network passes early media on (RFC 3960), and is refused with the reason. */
export async function refuseUnrecordable(
  { status }: Unrecordable,
  { incoming, caller, sentence }: Refusing,
): Promise<void> {
  let left: ReturnType<typeof setTimeout> | undefined;
  const early = caller.answerAlone('early');
  if (early) {
    const gone = new Promise<void>((resolve) => {
      incoming.onCancelled = resolve;
      left = setTimeout(resolve, TELL_WHY_MS);
    });
    incoming.progress(183, early);
    await Promise.race([played(caller.media, sentence), gone]);
    clearTimeout(left);
  }
  const again: [string, string][] = status === 503 ? [['Retry-After', String(RETRY_AFTER_S)]] : [];
  const reason = MUST_BE_RECORDED.replace('503', String(status));
  incoming.reject(status, UNRECORDABLE, [...again, ['Reason', reason]]);
}

/** Those who are left in a call that may not go on hear why, and are let go; on hold nothing is heard, and nobody is waited for. */
export async function letGoWhy(
  { says, purpose }: Unrecordable,
  legs: readonly Leg[],
  { sentence }: Pick<Manners, 'sentence'>,
): Promise<void> {
  const spoken = sentence(says, purpose);
  let left: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    left = setTimeout(resolve, TELL_WHY_MS);
  });
  await Promise.race([Promise.all(legs.map(({ party }) => played(party.media, spoken))), late]);
  clearTimeout(left);
  for (const { session } of legs) session.bye(MUST_BE_RECORDED);
}
