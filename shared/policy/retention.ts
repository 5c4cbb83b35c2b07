/**
 * How long something is kept: the one function that resolves it, per class of data, purpose and rule. The register, the announcement, the
 * row in the catalogue and the purge all ask here, so that none can promise what another does not keep.
 */
import type { Purpose } from './purpose.ts';
import type { Rule } from './rule.ts';
import type { Policy } from './schema.ts';

/**
 * `content`: what was said. `traffic`: who called whom and when. `evidence`: that it was announced, and that it was erased. `access`: who
 * signed in, looked, opened. `request`: what a data subject asked and was told. `directory`: people of the desk, accounts of phones.
 */
export const dataClasses = ['content', 'traffic', 'evidence', 'access', 'request', 'directory'] as const;

export type DataClass = (typeof dataClasses)[number];

/** Classes that belong to a recording, and so to its purpose. */
export type RecordingClass = Extract<DataClass, 'content' | 'traffic' | 'evidence'>;

/** Days of a class of one recording. A rule may say less than its purpose, never more: the schema holds it to that. */
export function retentionDays({ retention }: Purpose, rule: Rule | null, dataClass: RecordingClass): number {
  switch (dataClass) {
    case 'content':
      return rule?.retention?.contentDays ?? retention.contentDays;
    case 'traffic':
      return rule?.retention?.trafficDays ?? retention.trafficDays;
    case 'evidence':
      return retention.evidenceDays;
  }
}

/** Everything that a recording is told about its time when it starts. */
export interface RecordingRetention {
  readonly contentDays: number;
  readonly trafficDays: number;
  readonly evidenceDays: number;
  /** Until then an erasure is refused, with the ground; null: it can be erased at any time. */
  readonly minimum: { readonly days: number; readonly ground: string } | null;
}

export const recordingRetention = (purpose: Purpose, rule: Rule | null): RecordingRetention => ({
  contentDays: retentionDays(purpose, rule, 'content'),
  trafficDays: retentionDays(purpose, rule, 'traffic'),
  evidenceDays: retentionDays(purpose, rule, 'evidence'),
  minimum: purpose.retention.minimum ?? null,
});

/**
 * Days that access events are kept while no policy says otherwise: the box writes down sign-ins from its first minute on. The longest that
 * a forensic question about a set-up reasonably takes.
 */
export const ACCESS_DAYS_WITHOUT_POLICY = 90;

/** Days that a request and its answer are kept without a policy: three years, in which it can still be questioned. */
const REQUEST_DAYS_WITHOUT_POLICY = 1096;

/** Days that people and phones stay without a policy and without being used. */
export const DIRECTORY_DAYS_WITHOUT_POLICY = 365;

/** Days of a class that no purpose decides, by the policy in force, or while there is none. */
export function generalDays(
  policy: Pick<Policy, 'retention'> | null,
  dataClass: Exclude<DataClass, RecordingClass>,
): number {
  switch (dataClass) {
    case 'access':
      return policy?.retention.accessDays ?? ACCESS_DAYS_WITHOUT_POLICY;
    case 'directory':
      return policy?.retention.directoryDays ?? DIRECTORY_DAYS_WITHOUT_POLICY;
    case 'request':
      return policy?.retention.requestDays ?? REQUEST_DAYS_WITHOUT_POLICY;
  }
}
