/** Facts for the health checks, out of the rooms that have them: what is cheap at each look, what reads keys, policy and databases less often. */
import { lawFindings } from '@belkluis/shared/policy/packs/find';
import type { AuditLog } from './audit/log.ts';
import type { Config } from './config.ts';
import { ask } from './control/client.ts';
import type { Vitals } from './control/protocol.ts';
import type { CallsFact, HealthFacts, HostFact, UplinkFact } from './health/finding.ts';
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

/** What does not change while the process runs. */
export interface HealthSources {
  policy(): VerifiedPolicy | null;
  policyWaits(): PendingPolicy | null;
  readonly config: Pick<Config, 'witnessFolder'>;
  readonly vault: Vault;
  lines(): Pick<Lines, 'callLogs' | 'pbx' | 'trunks' | 'siprec'>;
  readonly kept: KeptVault;
  documents(): HealthFacts['documents'];
  readonly time: Pick<TimeKeeper, 'status'>;
  /** Whether the system's time service keeps the clock, as it was asked last. */
  synchronised(): boolean | null;
  backup(): HealthFacts['backup'];
  readonly certificateExpiresAt: number;
  readonly watched: WatchedLog;
  /** The call process's control socket. */
  readonly controlSocket: string;
  readonly audit: Pick<AuditLog, 'size' | 'witnesses'>;
  /** Phones that may register with the box itself. */
  accounts(): number;
  readonly host: { read(): Promise<HostFact> };
  /** Makes of what the call process counts what is so over a while. */
  callsFact(vitals: Vitals, accounts: number, now: number): CallsFact;
  /** Null: the box belongs to no fleet. */
  uplink(): UplinkFact | null;
  /** When the fleet, as witness, refused this log; null: it did not. */
  witnessRefusedAt(): number | null;
  readonly software: HealthFacts['software'];
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

/** What reads keys, the policy and whole tables. */
export async function gatherSlowly(sources: HealthSources, now: number) {
  const { vault, config, audit } = sources;
  const { catalogue, keystore } = vault;
  const policy = sources.policy();
  const waits = sources.policyWaits();
  const lines = sources.lines();
  const checked = policy ? await checkRecipients(policy.recipients.recipients, new Date(now)) : null;
  const { believed } = sources.time.status();
  const holds = catalogue.holds.list().filter(({ liftedAt }) => liftedAt === null);
  const uncertified = catalogue.uncertified(MAX_COUNTED);
  const witnessedAt = audit.witnesses().map(({ at }) => at);
  return {
    recipients: checked && [
      ...checked.valid.map(({ name, role, expiresAt }) => ({ name, role, expiresAt, fault: null })),
      ...checked.faulty.map(({ recipient: { name, role }, fault }) => ({ name, role, expiresAt: null, fault })),
    ],
    policy: policy && {
      version: policy.policy.version,
      expiresAt: Date.parse(policy.policy.expiresAt),
      againstLaw: lawFindings(policy.policy, now).map(({ path, article, says }) => ({ path, article, says })),
    },
    documents: sources.documents(),
    policyWaits: waits && {
      version: waits.policy.policy.version,
      undecided: waits.plan.needsApproval && waits.approval === null,
      until: waits.plan.waitsUntil,
      expiresAt: waits.plan.expiresAt,
    },
    keystore: {
      epochKey: keystore.epochKey,
      uncertified: uncertified.length,
      uncertifiedSince: uncertified[0]?.erasedAt ?? null,
    },
    holds: { inForce: holds.length, overdue: catalogue.holds.overdue(believed).length },
    overdue: catalogue.expired(believed - PURGE_EVERY_MS, MAX_COUNTED).length,
    testCall: testCallFact(catalogue, lines),
    callLogs: callLogFacts(catalogue, lines.callLogs),
    copiesTurnedAway: catalogue.turnedAway(now - DAY_MS),
    witness:
      config.witnessFolder === null && sources.uplink() === null
        ? null
        : { lastAt: witnessedAt.length === 0 ? null : Math.max(...witnessedAt), refusedAt: sources.witnessRefusedAt() },
    defence: await defenceFact(sources.controlSocket),
    /** Null: no PBX is configured. */
    localCalls: lines.pbx?.localCallsWithoutIt ?? null,
    accounts: sources.accounts(),
  } satisfies Partial<HealthFacts> & Record<string, unknown>;
}

export type SlowFacts = Awaited<ReturnType<typeof gatherSlowly>>;

/** All facts of this moment, `slow` ones as they were gathered. */
export async function gatherHealth(sources: HealthSources, slow: SlowFacts, now: number): Promise<HealthFacts> {
  const { vault, kept, controlSocket, certificateExpiresAt } = sources;
  const { catalogue } = vault;
  const { overdue, localCalls, accounts, ...rest } = slow;
  const { believed, state, wall } = sources.time.status();
  const vitals = await ask(controlSocket, { ask: 'vitals' });
  return {
    ...rest,
    now,
    disk: kept.disk(),
    announcementsMissing: vitals?.unspoken ?? [],
    purge: { lastAt: kept.lastPurge?.at ?? null, overdue },
    certificate: { expiresAt: certificateExpiresAt },
    backup: sources.backup(),
    scrub: { ...kept.scrubbing, lastAt: scrubbedAt(catalogue.state) },
    time: { state, wall, expected: believed, synchronised: sources.synchronised() },
    pbx: vitals?.pbx && localCalls !== null ? { ...vitals.pbx, localCalls } : null,
    trunks: await trunksFact(controlSocket),
    audit: auditFact(sources),
    host: await sources.host.read(),
    calls: vitals && sources.callsFact(vitals, accounts, now),
    recording: { lastAt: catalogue.intake.lastEnded(), since: kept.scrubbing.since },
    uplink: sources.uplink(),
    software: sources.software,
  };
}
