/** Whether a call is recorded, and as what. One pure function of the policy, what SIP said, and what people have said. */
import { type CallToDecide, neverMatches, ownOf, ruleMatches, sampled } from './match.ts';
import { WITHHELD } from './numbers.ts';
import { type Level, levels, type Purpose } from './purpose.ts';
import { type RecordingRetention, recordingRetention } from './retention.ts';
import type { Rule } from './rule.ts';
import type { Policy } from './schema.ts';
import type { Use } from './uses.ts';
import { type Announcement, announcementsOf } from './words.ts';

export type { CallToDecide } from './match.ts';

/** A policy in force, with the hash that names it. */
export interface PolicyInForce {
  readonly policy: Policy;
  /** SHA-256 of the signed bytes, hex. */
  readonly hash: string;
}

/** What people have said that no policy holds. */
export interface Said {
  /** Where the box is: the zone of schedules that name none. */
  readonly timeZone: string;
  /** Whether who has this number has objected to being recorded for this purpose (GDPR 21). */
  objected(number: string, purpose: string): boolean;
  /** Whether who has this phone has acknowledged the notice of this purpose, as it is now. */
  acknowledged(extension: string, purpose: Purpose): boolean;
}

/** Why a call is not recorded, as far as the policy decides it. */
export type NoRecording =
  | 'no_policy'
  | 'no_rule'
  | 'never_recorded'
  | 'start_not_supported'
  | 'not_sampled'
  | 'objected'
  | 'not_acknowledged'
  | 'source_must_announce'
  | 'box_must_announce';

/** The purpose that a call serves and the rule that says so, recorded or not. */
export interface Served {
  readonly purpose: Purpose;
  readonly rule: string;
}

/** What a recording is bound to when it starts; never rebound. */
export interface RecordingTerms {
  readonly purpose: Purpose;
  readonly rule: string;
  readonly policyVersion: number;
  readonly policyHash: string;
  readonly retention: RecordingRetention;
  readonly announcements: readonly Announcement[];
  readonly level: Level;
  readonly uses: readonly Use[];
  /** Whether recording begins by itself, or when somebody of the organisation asks. */
  readonly start: Rule['start'];
  /** Fingerprints of those it is sealed to; null: the whole list. */
  readonly recipients: readonly string[] | null;
}

export type Decision =
  | { readonly record: true; readonly terms: RecordingTerms }
  | {
      readonly record: false;
      readonly reason: NoRecording;
      readonly trafficDays: number;
      /** What it would have served; left out: nothing. Where that is mandatory, the call may not go on. */
      readonly served?: Served;
    };

/**
 * Days that the record of a call without purpose is kept, so that whoever runs the box can see why it was not recorded.
 * No purpose says longer, so it is the shortest that outlives a weekend.
 */
export const UNRECORDED_TRAFFIC_DAYS = 7;

const higher = (one: Level, other: Level = one): Level => (levels.indexOf(one) < levels.indexOf(other) ? other : one);

const termsOf = ({ policy, hash }: PolicyInForce, purpose: Purpose, rule: Rule): RecordingTerms => ({
  purpose,
  rule: rule.id,
  policyVersion: policy.version,
  policyHash: hash,
  retention: recordingRetention(purpose, rule),
  announcements: announcementsOf(policy, purpose, rule),
  level: higher(purpose.level, rule.level),
  uses: purpose.uses,
  start: rule.start,
  recipients: purpose.recipients,
});

/** What speaks against recording a call that a rule means; null: nothing. */
function against(purpose: Purpose, rule: Rule, call: CallToDecide, said: Said): NoRecording | null {
  const copied = call.via === 'siprec';
  // Who takes part in a copied call has no key here to begin it by.
  if (copied && rule.start !== 'automatic') return 'start_not_supported';
  // Nobody is recorded whom nobody tells: the box speaks in its own calls and in no other.
  if (copied && purpose.announcement.by !== 'source') return 'source_must_announce';
  if (!copied && purpose.announcement.by !== 'box') return 'box_must_announce';
  // Where a law demands the recording, nobody can object to it (GDPR 21(1), 17(3)(b)).
  if (!purpose.mandatory && [call.from, call.to].some((number) => said.objected(number, purpose.id))) return 'objected';
  // Who are employees of the source's calls, the source knows and the box does not. Who withholds the number behind a PBX was asked where
  // that call began, under their own name.
  const own = copied ? [] : ownOf(call).filter((one) => one !== WITHHELD);
  if (!own.every((one) => said.acknowledged(one, purpose))) return 'not_acknowledged';
  return rule.sampling !== undefined && !sampled(call.id, rule.sampling) ? 'not_sampled' : null;
}

/** The first rule that matches decides; no rule, no purpose, no recording (GDPR 5(1)(b)). */
export function decide(inForce: PolicyInForce | null, call: CallToDecide, said: Said): Decision {
  const trafficDays = UNRECORDED_TRAFFIC_DAYS;
  const not = (reason: NoRecording): Decision => ({ record: false, reason, trafficDays });
  if (!inForce) return not('no_policy');
  const { policy } = inForce;
  if (policy.neverRecord.some((never) => neverMatches(never, call, policy.numbering))) return not('never_recorded');
  const rule = policy.rules.find((one) => ruleMatches(one, call, policy, said.timeZone));
  const purpose = policy.purposes.find(({ id }) => id === rule?.purpose);
  if (!rule || !purpose) return not('no_rule');
  const reason = against(purpose, rule, call, said);
  if (reason === null) return { record: true, terms: termsOf(inForce, purpose, rule) };
  return { record: false, reason, trafficDays, served: { purpose, rule: rule.id } };
}
