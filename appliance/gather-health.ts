/** Facts for the health checks, out of the rooms that have them. */
import type { HealthFacts } from './health/finding.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { checkRecipients } from './recording/recipients.ts';

export interface HealthSources {
  readonly now: number;
  readonly policy: VerifiedPolicy | null;
  readonly disk: { readonly bavail: number; readonly blocks: number; readonly bsize: number };
  readonly lastPurgeAt: number | null;
  readonly overdue: number;
  readonly certificateExpiresAt: number;
  readonly verifyLog: () => { readonly ok: true; readonly size: number } | { readonly ok: false };
}

function auditFact(verify: HealthSources['verifyLog']): HealthFacts['audit'] {
  try {
    const verdict = verify();
    return verdict.ok ? { state: 'ok', size: verdict.size } : { state: 'tampered' };
  } catch {
    return { state: 'unwritable' };
  }
}

export async function gatherHealth(sources: HealthSources): Promise<HealthFacts> {
  const { now, policy, disk, lastPurgeAt, overdue, certificateExpiresAt, verifyLog } = sources;
  const checked = policy ? await checkRecipients(policy.recipients.recipients, new Date(now)) : null;
  return {
    now,
    recipients: checked && [
      ...checked.valid.map(({ name, role, expiresAt }) => ({ name, role, expiresAt, fault: null })),
      ...checked.faulty.map(({ recipient: { name, role }, fault }) => ({ name, role, expiresAt: null, fault })),
    ],
    disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
    policy: policy && { version: policy.policy.version, expiresAt: Date.parse(policy.policy.expiresAt) },
    purge: { lastAt: lastPurgeAt, overdue },
    certificate: { expiresAt: certificateExpiresAt },
    audit: auditFact(verifyLog),
  };
}
