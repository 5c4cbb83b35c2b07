/** Facts for the health checks, out of the rooms that have them. */
import { lawFindings } from '@belkluis/shared/policy/packs/find';
import type { AuditLog } from './audit/log.ts';
import type { Config } from './config.ts';
import { ask, askStatus } from './control/client.ts';
import type { HealthFacts } from './health/finding.ts';
import { testCallFact } from './keep-proof.ts';
import { callLogFacts } from './keep-reconciliation.ts';
import { type KeptVault, PURGE_EVERY_MS } from './keep-vault.ts';
import type { Lines } from './lines/schema.ts';
import type { PendingPolicy } from './policy/changing.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import { checkRecipients } from './recording/recipients.ts';
import { scrubbedAt } from './vault/scrub.ts';
import type { TimeKeeper } from './vault/time-keeper.ts';
import type { Vault } from './vault/vault.ts';
import type { WatchedLog } from './watch-log.ts';

export interface HealthSources {
  readonly now: number;
  readonly policy: VerifiedPolicy | null;
  readonly policyWaits: PendingPolicy | null;
  readonly config: Pick<Config, 'witnessFolder'>;
  readonly vault: Vault;
  readonly lines: Pick<Lines, 'callLogs' | 'pbx' | 'trunks' | 'siprec'>;
  readonly kept: KeptVault;
  readonly documents: HealthFacts['documents'];
  readonly time: Pick<TimeKeeper, 'status'>;
  readonly backup: HealthFacts['backup'];
  readonly certificateExpiresAt: number;
  readonly watched: WatchedLog;
  /** The call process's control socket. */
  readonly controlSocket: string;
  readonly audit: Pick<AuditLog, 'size' | 'witnesses'>;
}

const DAY_MS = 86_400_000;

/** Recordings and erasures that are counted for a finding. */
const MAX_COUNTED = 1000;

function auditFact({ watched, audit }: HealthSources): HealthFacts['audit'] {
  if (watched.verified?.fault) return { state: 'tampered' };
  return watched.writable ? { state: 'ok', size: audit.size() } : { state: 'unwritable' };
}

async function defenceFact(controlSocket: string): Promise<HealthFacts['defence']> {
  const answer = await ask(controlSocket, { ask: 'sip bans' });
  if (!answer) return null;
  const { scanner = 0, names = 0, guesses = 0, flood = 0 } = answer.lastDay;
  return { bans: answer.bans.length, scans: scanner + names, guesses, floods: flood };
}

async function pbxFact({ controlSocket, lines }: HealthSources): Promise<HealthFacts['pbx']> {
  const pbx = lines.pbx && (await askStatus(controlSocket))?.pbx;
  return pbx ? { ...pbx, localCalls: lines.pbx!.localCallsWithoutIt } : null;
}

/** One purpose may say several sentences, for rules with other terms. */
async function announcementsFact({ controlSocket }: HealthSources): Promise<HealthFacts['announcementsMissing']> {
  const missing = (await askStatus(controlSocket))?.announcementsMissing ?? [];
  return [...new Set(missing.map(({ purpose }) => purpose))];
}

async function trunksFact(controlSocket: string): Promise<HealthFacts['trunks']> {
  const answer = await ask(controlSocket, { ask: 'trunks' });
  if (!answer) return null;
  const all = answer.trunks.map(({ id, up, registration }) => ({
    name: id,
    up,
    registered: registration && registration.is !== 'waiting',
    fault: registration?.why ?? null,
  }));
  return { all, capped: answer.capped.length, countsLost: answer.countsLost };
}

export async function gatherHealth(sources: HealthSources): Promise<HealthFacts> {
  const { now, policy, config, vault, kept, certificateExpiresAt, audit } = sources;
  const { catalogue, keystore } = vault;
  const checked = policy ? await checkRecipients(policy.recipients.recipients, new Date(now)) : null;
  const { believed, state, wall } = sources.time.status();
  const holds = catalogue.holds.list().filter(({ liftedAt }) => liftedAt === null);
  const uncertified = catalogue.uncertified(MAX_COUNTED);
  const witnessedAt = audit.witnesses().map(({ at }) => at);
  return {
    now,
    recipients: checked && [
      ...checked.valid.map(({ name, role, expiresAt }) => ({ name, role, expiresAt, fault: null })),
      ...checked.faulty.map(({ recipient: { name, role }, fault }) => ({ name, role, expiresAt: null, fault })),
    ],
    disk: kept.disk(),
    policy: policy && {
      version: policy.policy.version,
      expiresAt: Date.parse(policy.policy.expiresAt),
      againstLaw: lawFindings(policy.policy, now).map(({ path, article, says }) => ({ path, article, says })),
    },
    documents: sources.documents,
    policyWaits: sources.policyWaits && {
      version: sources.policyWaits.policy.policy.version,
      undecided: sources.policyWaits.plan.needsApproval && sources.policyWaits.approval === null,
      until: sources.policyWaits.plan.waitsUntil,
      expiresAt: sources.policyWaits.plan.expiresAt,
    },
    announcementsMissing: await announcementsFact(sources),
    purge: {
      lastAt: kept.lastPurge?.at ?? null,
      overdue: catalogue.expired(believed - PURGE_EVERY_MS, MAX_COUNTED).length,
    },
    certificate: { expiresAt: certificateExpiresAt },
    keystore: {
      epochKey: keystore.epochKey,
      uncertified: uncertified.length,
      uncertifiedSince: uncertified[0]?.erasedAt ?? null,
    },
    holds: { inForce: holds.length, overdue: catalogue.holds.overdue(believed).length },
    backup: sources.backup,
    testCall: testCallFact(catalogue, sources.lines),
    callLogs: callLogFacts(catalogue, sources.lines.callLogs),
    copiesTurnedAway: catalogue.turnedAway(now - DAY_MS),
    scrub: { ...kept.scrubbing, lastAt: scrubbedAt(catalogue.state) },
    time: { state, wall, expected: believed },
    witness:
      config.witnessFolder === null ? null : { lastAt: witnessedAt.length === 0 ? null : Math.max(...witnessedAt) },
    pbx: await pbxFact(sources),
    trunks: await trunksFact(sources.controlSocket),
    defence: await defenceFact(sources.controlSocket),
    audit: auditFact(sources),
  };
}
