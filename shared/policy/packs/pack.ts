/** What a law pack is: national rules as data with effective dates. Nothing of it is code; `find.ts` reads it. */
import type { Says } from '../says.ts';

type Value = string | number | boolean | null;

/**
 * A question about a field: `policy.…`, `purpose.…`, `rule.…`. A path through a list means each of its entries; an absent field is null.
 * `is`: one of its values is among these. `isNot`: none is. `within`: all are. `below`: one is a smaller number.
 */
export type Question =
  | { readonly field: string; readonly is: readonly Value[] }
  | { readonly field: string; readonly isNot: readonly Value[] }
  | { readonly field: string; readonly within: readonly Value[] }
  | { readonly field: string; readonly below: number };

/**
 * What a provision asks for. `needs`: one of these must hold. `atMost`, `atLeast`: a number; a field that is
 * absent has no number to be too high, and one that is too low. `kept`: the box keeps it whatever a policy says, and how.
 */
export type Demand =
  | { readonly needs: readonly [Question, ...Question[]] }
  | { readonly field: string; readonly atMost: number }
  | { readonly field: string; readonly atLeast: number }
  | { readonly kept: Says };

export interface Provision {
  /** Begins with the pack's name; what `packCorrections` call it. */
  readonly id: string;
  readonly article: string;
  /** What it says, and so what to change, in a sentence of ours. `{limit}` stands for its number. */
  readonly says: Says;
  /** First day on which it binds, ISO 8601, UTC. */
  readonly from: string;
  /** First day on which it does not bind any more. */
  readonly until?: string;
  /** What it is about: it is asked once for each of them. The policy as a whole is asked as soon as it has a rule. */
  readonly of: 'policy' | 'purpose' | 'rule';
  /** All must hold, or it does not apply. */
  readonly when: readonly Question[];
  readonly demand: Demand;
  /** Whether the source was read. If not, the customer must confirm it, and may correct it (`packCorrections`). */
  readonly confirmed: boolean;
}

/** Names of deadlines that a law sets the organisation. */
export const deadlineNames = [
  'breach-authority',
  'request',
  'request-extension',
  'vulnerability-warning',
  'vulnerability-notification',
  'vulnerability-final',
  'incident-final',
  'security-incident-warning',
  'security-incident-notification',
  'security-incident-final',
  'evidence-order',
  'evidence-order-emergency',
] as const;

export type DeadlineName = (typeof deadlineNames)[number];

export interface Deadline {
  readonly name: DeadlineName;
  readonly amount: number;
  readonly unit: 'hours' | 'days' | 'months';
  /** What it counts from. */
  readonly since: Says;
  readonly article: string;
  /** As of provisions. */
  readonly from: string;
  readonly until?: string;
  readonly confirmed: boolean;
}

export interface Pack {
  readonly name: 'EU' | 'NL' | 'DE' | 'BE' | 'FR';
  /** Counts up with each change of what it says. */
  readonly version: number;
  /** Where it comes from. */
  readonly source: string;
  readonly provisions: readonly Provision[];
  readonly deadlines: readonly Deadline[];
}
