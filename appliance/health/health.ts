/** The state of the box, as findings: what is wrong first. */
import type { Gauges } from '@belkluis/shared/contract/gauges';
import { type HealthCode, healthChecks } from '@belkluis/shared/contract/health-codes';
import { checkAnnouncements } from './checks/announcements.ts';
import { checkAuditLog } from './checks/audit-log.ts';
import { checkBackup } from './checks/backup.ts';
import { checkCallLogs } from './checks/call-logs.ts';
import { checkCalls } from './checks/calls.ts';
import { checkCertificate } from './checks/certificate.ts';
import { checkCopies } from './checks/copies.ts';
import { checkDefence } from './checks/defence.ts';
import { checkDisk } from './checks/disk.ts';
import { checkDocuments } from './checks/documents.ts';
import { checkHolds } from './checks/holds.ts';
import { checkKeystore } from './checks/keystore.ts';
import { checkMemory } from './checks/memory.ts';
import { checkPbx } from './checks/pbx.ts';
import { checkPhones } from './checks/phones.ts';
import { checkPolicy } from './checks/policy.ts';
import { checkPolicyWaits } from './checks/policy-waits.ts';
import { checkProcessor } from './checks/processor.ts';
import { checkPurge } from './checks/purge.ts';
import { checkRecipients } from './checks/recipients.ts';
import { checkRecording } from './checks/recording.ts';
import { checkScrub } from './checks/scrub.ts';
import { checkSoftware } from './checks/software.ts';
import { checkSound } from './checks/sound.ts';
import { checkTemperature } from './checks/temperature.ts';
import { checkTestCall } from './checks/test-call.ts';
import { checkTime } from './checks/time.ts';
import { checkTrunks } from './checks/trunks.ts';
import { checkUplink } from './checks/uplink.ts';
import { checkWitness } from './checks/witness.ts';
import { type Check, checkOf, type Finding, type HealthFacts, type Stands } from './finding.ts';
import { STEADY, standingIn, steadied, steadinessOf } from './steady.ts';

export const checks: readonly Check[] = [
  checkAuditLog,
  checkWitness,
  checkTime,
  checkRecipients,
  checkPolicy,
  checkDocuments,
  checkPolicyWaits,
  checkAnnouncements,
  checkRecording,
  checkTestCall,
  checkCalls,
  checkSound,
  checkPhones,
  checkPbx,
  checkTrunks,
  checkCallLogs,
  checkCopies,
  checkDefence,
  checkPurge,
  checkKeystore,
  checkHolds,
  checkBackup,
  checkScrub,
  checkDisk,
  checkProcessor,
  checkTemperature,
  checkMemory,
  checkCertificate,
  checkUplink,
  checkSoftware,
];

const steadiness = steadinessOf(Object.assign({}, ...checks.map(({ steady }) => steady)));

const order = { bad: 0, warn: 1, ok: 2 };

/** Worst first, then as a person reads them. */
const sorted = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted(
    (a, b) =>
      order[a.state] - order[b.state] || healthChecks.indexOf(checkOf(a.code)) - healthChecks.indexOf(checkOf(b.code)),
  );

/** What one look finds. */
export const checkHealth = (facts: HealthFacts, stands: Stands = () => false): readonly Finding[] =>
  sorted(checks.flatMap((check) => check.look(facts, stands)));

/** How a box is at one moment, for people. */
export interface HealthNow {
  /** Wall clock, ms. */
  readonly at: number;
  readonly findings: readonly Finding[];
  readonly gauges: Gauges;
}

export interface Watched {
  readonly findings: readonly Finding[];
  /** Codes that have come to stand, or left, with this look. */
  readonly changes: readonly { readonly code: HealthCode; readonly raised: boolean }[];
}

/** Looks at facts again and again; what stands is remembered as long as the process lives. `nowMs`: monotonic. */
export function watchHealth(): { look(facts: HealthFacts, nowMs: number): Watched } {
  let state = STEADY;
  return {
    look(facts, nowMs) {
      const before = standingIn(state);
      const [next, said] = steadied(
        state,
        checkHealth(facts, (code) => before.has(code)),
        steadiness,
        nowMs,
      );
      state = next;
      const after = standingIn(state);
      const raised = [...after].filter((code) => !before.has(code)).map((code) => ({ code, raised: true }));
      const left = [...before].filter((code) => !after.has(code)).map((code) => ({ code, raised: false }));
      return { findings: sorted(said), changes: [...raised, ...left] };
    },
  };
}
