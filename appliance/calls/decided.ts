/** What was decided about a call, and what its record keeps of that, so that a dry run of another policy has something to compare with. */
import type { Decision, RecordingTerms, Served } from '@belkluis/shared/policy/decide';
import type { NotRecorded } from './conversation.ts';
import type { CallRecord } from './recorder.ts';

/** The policy's word. `policyHash`: which policy spoke, where the terms do not say; null or absent: there was none. */
export type Decided = Decision & { readonly policyHash?: string | null };

/** The policy's word, or that the recorder could not carry it out anyway. */
export type CallDecision =
  | Decided
  | {
      readonly record: false;
      readonly reason: NotRecorded;
      readonly trafficDays: number;
      readonly terms: RecordingTerms;
    }
  /** People or the course of the call speak against it. */
  | {
      readonly record: false;
      readonly reason: NotRecorded;
      readonly trafficDays: number;
      readonly served?: Served;
      readonly policyHash?: string | null;
    };

/** The purpose that a call serves, recorded or not; null: none. */
export function servedBy(decision: CallDecision): Served | null {
  if ('terms' in decision) return { purpose: decision.terms.purpose, rule: decision.terms.rule };
  return decision.served ?? null;
}

/** For the record of the call. A purpose that matched stays named, also when nothing was recorded in the end. */
export function keptOf(decision: CallDecision): Pick<CallRecord, 'trafficDays' | 'policyHash' | 'decidedAs'> {
  const terms = 'terms' in decision ? decision.terms : null;
  const served = servedBy(decision);
  const policyHash = terms?.policyHash ?? ('policyHash' in decision ? (decision.policyHash ?? null) : null);
  const trafficDays = decision.record ? decision.terms.retention.trafficDays : decision.trafficDays;
  return { trafficDays, policyHash, decidedAs: served && { purpose: served.purpose.id, rule: served.rule } };
}
