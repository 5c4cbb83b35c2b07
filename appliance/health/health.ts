/** The state of the box, as findings: what is wrong first. */
import { checkAnnouncements } from './checks/announcements.ts';
import { checkAuditLog } from './checks/audit-log.ts';
import { checkBackup } from './checks/backup.ts';
import { checkCallLogs } from './checks/call-logs.ts';
import { checkCertificate } from './checks/certificate.ts';
import { checkCopies } from './checks/copies.ts';
import { checkDefence } from './checks/defence.ts';
import { checkDisk } from './checks/disk.ts';
import { checkDocuments } from './checks/documents.ts';
import { checkHolds } from './checks/holds.ts';
import { checkKeystore } from './checks/keystore.ts';
import { checkPbx } from './checks/pbx.ts';
import { checkPolicy } from './checks/policy.ts';
import { checkPolicyWaits } from './checks/policy-waits.ts';
import { checkPurge } from './checks/purge.ts';
import { checkRecipients } from './checks/recipients.ts';
import { checkScrub } from './checks/scrub.ts';
import { checkTestCall } from './checks/test-call.ts';
import { checkTime } from './checks/time.ts';
import { checkTrunks } from './checks/trunks.ts';
import { checkWitness } from './checks/witness.ts';
import type { Check, Finding, HealthFacts } from './finding.ts';

const checks: readonly Check[] = [
  checkAuditLog,
  checkWitness,
  checkTime,
  checkRecipients,
  checkPolicy,
  checkDocuments,
  checkPolicyWaits,
  checkAnnouncements,
  checkTestCall,
  checkPbx,
  checkCallLogs,
  checkCopies,
  checkPurge,
  checkKeystore,
  checkHolds,
  checkBackup,
  checkScrub,
  checkDisk,
  checkCertificate,
  checkTrunks,
  checkDefence,
];

const order = { bad: 0, warn: 1, ok: 2 };

/** All findings, worst first. */
export const checkHealth = (facts: HealthFacts): readonly Finding[] =>
  checks.flatMap((check) => check(facts)).sort((a, b) => order[a.state] - order[b.state]);
