/** Whether a call is recorded, and as what. One pure function of the policy and what SIP said. */
import { type RecordingRetention, recordingRetention } from './retention.ts';
import type { Policy, Purpose, Rule } from './schema.ts';
import { type Announcement, announcementsOf } from './words.ts';

/** A policy in force, with the hash that names it. */
export interface PolicyInForce {
  readonly policy: Policy;
  /** SHA-256 of the signed bytes, hex. */
  readonly hash: string;
}

export interface CallToDecide {
  readonly from: string;
  readonly to: string;
  readonly direction: 'internal' | 'inbound' | 'outbound';
  /** `siprec`: a copy of a call that goes on elsewhere (RFC 7866). Default: the box's own. */
  readonly via?: 'phone' | 'siprec';
  /** Wall clock, milliseconds. */
  readonly at: number;
}

/** Why a call is not recorded, as far as the policy decides it. */
export type NoRecording =
  | 'no_policy'
  | 'no_rule'
  | 'consent_not_supported'
  | 'source_must_announce'
  | 'box_must_announce';

/** What a recording is bound to when it starts; never rebound. */
export interface RecordingTerms {
  readonly purpose: Purpose;
  readonly rule: string;
  readonly policyVersion: number;
  readonly policyHash: string;
  readonly retention: RecordingRetention;
  readonly announcements: readonly Announcement[];
}

export type Decision =
  | { readonly record: true; readonly terms: RecordingTerms }
  | { readonly record: false; readonly reason: NoRecording; readonly trafficDays: number };

/**
 * Days that the record of a call without purpose is kept, so that whoever runs the box can see why it was not recorded.
 * No purpose says longer, so it is the shortest that outlives a weekend.
 */
export const UNRECORDED_TRAFFIC_DAYS = 7;

const matches = (pattern: string | undefined, value: string): boolean =>
  pattern === undefined || (pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value);

function within(hours: Rule['hours'], at: number, timeZone: string): boolean {
  if (!hours) return true;
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const told = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(told.weekday ?? '') + 1;
  const time = `${told.hour}:${told.minute}`;
  return hours.days.includes(day) && time >= hours.from && time < hours.until;
}

/** The first rule that matches decides; no rule, no purpose, no recording (GDPR 5(1)(b)). */
export function decide(inForce: PolicyInForce | null, call: CallToDecide, timeZone: string): Decision {
  const not = (reason: NoRecording): Decision => ({ record: false, reason, trafficDays: UNRECORDED_TRAFFIC_DAYS });
  if (!inForce) return not('no_policy');
  const { policy, hash } = inForce;
  const { via: came = 'phone' } = call;
  const rule = policy.rules.find(
    ({ direction, via, from, to, hours }) =>
      (direction === undefined || direction === call.direction) &&
      (via === undefined || via === came) &&
      matches(from, call.from) &&
      matches(to, call.to) &&
      within(hours, call.at, timeZone),
  );
  const purpose = policy.purposes.find(({ id }) => id === rule?.purpose);
  if (!rule || !purpose) return not('no_rule');
  // Asking the caller and taking the answer is not built yet; recording without it would be recording against the purpose.
  if (purpose.consent !== 'inform') return not('consent_not_supported');
  // Nobody is recorded whom nobody tells: the box speaks in its own calls and in no other.
  if (came === 'siprec' && purpose.announcedBy !== 'source') return not('source_must_announce');
  if (came !== 'siprec' && purpose.announcedBy !== 'box') return not('box_must_announce');
  return {
    record: true,
    terms: {
      purpose,
      rule: rule.id,
      policyVersion: policy.version,
      policyHash: hash,
      retention: recordingRetention(purpose, rule),
      announcements: announcementsOf(policy, purpose, rule),
    },
  };
}
