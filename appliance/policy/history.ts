/** Which policy was in force when: each is kept as it was signed, under the moment at which it came into force. */

import { existsSync, readFileSync } from 'node:fs';
import { Problem } from '@belkluis/shared/base/problem';
import { MAX_RETENTION_DAYS } from '@belkluis/shared/policy/fields';
import { type Approval, appliedPolicies, approvalOf, approvalPath, loadPolicy, loadTrust, NO_POLICY } from './store.ts';
import { type VerifiedPolicy, verifyPolicy } from './verify.ts';

/**
 * What was in force at an instant (wall clock, ms), as far as that is known: of a box whose policies were not kept yet, and where one is
 * not trusted any more, what is in force now. Null: none was. @throws Problem of `loadPolicy`.
 */
export function policiesSince(folder: string): (at: number) => VerifiedPolicy | null {
  const applied = appliedPolicies(folder);
  const read = new Map<string, VerifiedPolicy | null>();
  const current = loadPolicy(folder);
  const verified = (path: string): VerifiedPolicy | null => {
    const known = read.get(path);
    if (known !== undefined) return known;
    let policy = current;
    try {
      const text = readFileSync(path, 'utf8');
      policy = text === NO_POLICY ? null : verifyPolicy(text, loadTrust(folder));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
    read.set(path, policy);
    return policy;
  };
  return (at) => {
    if (applied.length === 0) return current;
    const then = applied.findLast((one) => one.at <= at);
    return then ? verified(then.path) : null;
  };
}

export interface PolicyVersion {
  /** Since when: wall clock, ms. 0: since before policies were kept. */
  readonly since: number;
  readonly policy: VerifiedPolicy;
  /** Who let it come into force; null: it needed nobody, or came before approvals were kept. */
  readonly approval: Approval | null;
}

/** Every kept policy that still verifies, newest first. @throws Problem `trust_missing`, `trust_invalid`. */
export function policyVersions(folder: string): readonly PolicyVersion[] {
  const trust = loadTrust(folder);
  const versions = appliedPolicies(folder).flatMap(({ at, path }): PolicyVersion[] => {
    try {
      const policy = verifyPolicy(readFileSync(path, 'utf8'), trust);
      return [{ since: at, policy, approval: approvalOf(folder, at, policy.hash) }];
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  });
  return versions.reverse();
}

const DAY_MS = 24 * 3_600_000;

/** The longest that anything stays which was recorded, told or decided by this policy. */
const longestDays = ({ policy: { purposes, retention } }: VerifiedPolicy): number =>
  Math.max(
    retention.accessDays,
    retention.requestDays,
    retention.directoryDays,
    ...purposes.flatMap(({ retention: { contentDays, trafficDays, evidenceDays } }) => [
      contentDays,
      trafficDays,
      evidenceDays,
    ]),
  );

/**
 * Kept policies that another one replaced so long ago that nothing is left to ask about them, by their own terms; of one that cannot be
 * verified any more, by the longest that there are. They name people, so they have an end too. `now`: wall clock, ms.
 */
export function outlivedPolicies(folder: string, now: number): readonly string[] {
  const applied = appliedPolicies(folder);
  const days = (path: string): number => {
    try {
      return longestDays(verifyPolicy(readFileSync(path, 'utf8'), loadTrust(folder)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return MAX_RETENTION_DAYS;
    }
  };
  return applied.flatMap(({ at, path }, index) => {
    const next = applied[index + 1];
    if (!next || next.at + days(path) * DAY_MS > now) return [];
    const approval = approvalPath(folder, at);
    // The policy last: without it nobody would look for the other any more.
    return existsSync(approval) ? [approval, path] : [path];
  });
}
