/** What a box tells its fleet of itself, and what becomes of the policies and commands that it gets from there. */
import { createHash } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { Problem } from '@belkluis/shared/base/problem';
import type { Command } from '@belkluis/shared/contract/command';
import type { Desired } from '@belkluis/shared/contract/desired';
import { versionTag } from '@belkluis/shared/contract/fields';
import { CONTRACT_VERSION, MAX_COUNT } from '@belkluis/shared/contract/limits';
import { stamp } from '@belkluis/shared/contract/message';
import { type PolicyFieldName, policyField } from '@belkluis/shared/contract/policy-fields';
import { type PolicyRefusal, policyRefusal } from '@belkluis/shared/contract/policy-refusals';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { Response } from '@belkluis/shared/contract/response';
import type { ChangeClass } from '@belkluis/shared/policy/changes/classify';
import type { AuditLog } from './audit/log.ts';
import type { PolicyActs } from './join-policy.ts';
import type { Lines } from './lines/schema.ts';
import type { PendingPolicy } from './policy/changing.ts';
import { hashOf, type VerifiedPolicy } from './policy/verify.ts';
import type { TestCallOutcome } from './proof/test-call.ts';
import type { FleetMemories } from './remember-fleet.ts';
import type { Keystore } from './vault/keystore/keystore.ts';

/** Form of a policy that this version reads (shared/policy/schema.ts). */
const POLICY_SCHEMA = 2;

/** Fields that one report names. */
const MAX_FIELDS = 200;

/** Events that are looked through for why a policy waits no more: whoever refused it did so moments ago. */
const LOOK_AT = 5000;

/** Time between two test calls that the fleet asks for, ms: each takes two phones' worth of room. */
const TEST_PAUSE_MS = 5 * 60_000;

const MIB = 1024 ** 2;

/** How the audit log names what this brings. */
const ACTOR = 'fleet';

const within = (value: number, most: number): number => Math.min(most, Math.max(1, Math.floor(value)));

function fieldsOf({ changes }: PendingPolicy['plan'], of: ChangeClass): PolicyFieldName[] {
  const named = new Set(changes.filter((change) => change.class === of).map(({ field }) => field));
  return [...named].flatMap((field) => policyField.safeParse(field).data ?? []).slice(0, MAX_FIELDS);
}

const pendingOf = ({ policy: { policy, hash }, plan, approval }: PendingPolicy): Reported['policy']['pending'] => ({
  version: policy.version,
  hash,
  weakens: fieldsOf(plan, 'weakening'),
  destroys: fieldsOf(plan, 'destructive'),
  approved: approval !== null,
  waitsUntil: plan.waitsUntil === null ? null : stamp(plan.waitsUntil),
  expiresAt: stamp(plan.expiresAt),
});

function recipientsOf({ policy, recipients }: VerifiedPolicy): Reported['recipients'] {
  const count = (of: string) => recipients.recipients.filter(({ role }) => role === of).length;
  const hash = createHash('sha256').update(Buffer.from(policy.recipients.payload, 'base64')).digest('hex');
  return { hash, custodians: count('custodian'), escrows: count('escrow') };
}

/** The version that unbelieved bytes claim, for a report alone; 0: none. */
function claimedVersion(payload: string): number {
  try {
    const { version } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as { version?: unknown };
    return Number.isInteger(version) && Number(version) >= 0 && Number(version) <= MAX_COUNT ? Number(version) : 0;
  } catch {
    return 0;
  }
}

interface PolicyParts {
  readonly policies: Pick<PolicyActs, 'inForce' | 'pending' | 'propose'>;
  readonly audit: Pick<AuditLog, 'recent'>;
  readonly memories: FleetMemories;
  readonly log: Log;
}

/** Policies of the fleet: taken as any other, and what became of them. */
export function joinDesired({ policies, audit, memories, log }: PolicyParts) {
  const inForce = () => policies.inForce()?.hash ?? null;
  const reject = (of: { version: number; hash: string }, why: PolicyRefusal) =>
    memories.change({ rejected: { ...of, why, inForce: inForce() } });

  /** Why a policy that waited does so no more, as the log has it. */
  function whyCancelled(hash: string): PolicyRefusal {
    for (const { event } of audit.recent(LOOK_AT)) {
      if (event?.kind === 'policy_cancelled' && event.facts.policyHash === hash)
        return policyRefusal.safeParse(event.facts.why).data ?? 'box_failed';
    }
    return 'expired';
  }

  return {
    /** Proposes it. What is in force, waits, or was not taken, is nothing new. @throws what a disk or a log that takes nothing says: it comes again then. */
    take(envelope: Desired): void {
      const text = JSON.stringify(envelope);
      const hash = hashOf(text);
      const now = inForce();
      const rejected = memories.read()?.rejected;
      // What was not taken may be once another is in force, and by then follow it.
      if (hash === null || hash === now || (hash === rejected?.hash && now === rejected.inForce)) return;
      const of = { version: claimedVersion(envelope.payload), hash };
      try {
        const { state } = policies.propose(text, ACTOR);
        memories.change({ rejected: null, wanted: state === 'pending' ? of : null });
        log('fleet_policy', { version: of.version, state });
      } catch (error) {
        const why = error instanceof Problem ? policyRefusal.safeParse(error.code).data : undefined;
        if (!why) throw error;
        reject(of, why);
        log('fleet_policy_refused', { version: of.version, why });
      }
    },
    reported(): Reported['policy'] {
      const now = policies.inForce();
      const pending = policies.pending();
      const wanted = memories.read()?.wanted;
      if (wanted && wanted.hash !== pending?.policy.hash) {
        if (wanted.hash !== now?.hash) reject(wanted, whyCancelled(wanted.hash));
        memories.change({ wanted: null });
      }
      const { inForce: then, ...rejected } = memories.read()?.rejected ?? { inForce: undefined };
      return {
        applied: now && { version: now.policy.version, hash: now.hash },
        pending: pending && pendingOf(pending),
        rejected: 'why' in rejected && then === (now?.hash ?? null) ? rejected : null,
      };
    },
  };
}

interface ReportParts {
  readonly policy: () => Reported['policy'];
  readonly inForce: () => VerifiedPolicy | null;
  readonly version: string;
  /** The data directory, whose volume is measured. */
  readonly data: string;
  readonly keystore: Pick<Keystore, 'epochKey'>;
  readonly accounts: () => number;
  readonly lines: () => Pick<Lines, 'pbx' | 'trunks' | 'siprec'>;
  /** By which it is connected. */
  readonly url: () => string;
}

/** What is reported, whole. */
export function reportOf({ inForce, version, data, keystore, lines, ...parts }: ReportParts): Reported {
  const { pbx, trunks, siprec } = lines();
  const { bsize, blocks } = statfsSync(data);
  const now = inForce();
  return {
    policy: parts.policy(),
    recipients: now && recipientsOf(now),
    software: { version: versionTag(version), policySchema: POLICY_SCHEMA },
    hardware: {
      arch: process.arch === 'arm64' ? 'arm64' : 'x64',
      cores: within(availableParallelism(), 1024),
      memoryMiB: within(totalmem() / MIB, 16_777_216),
      diskMiB: within((bsize * blocks) / MIB, 99_999_999),
      epochKey: keystore.epochKey,
    },
    calls: [
      ...(parts.accounts() > 0 ? (['phones'] as const) : []),
      ...(trunks.length > 0 ? (['trunks'] as const) : []),
      ...(pbx ? (['pbx'] as const) : []),
      ...(siprec ? (['siprec'] as const) : []),
    ],
    uplink: parts.url().startsWith('wss:') ? 'wss' : 'mqtts',
    reads: CONTRACT_VERSION,
  };
}

interface CommandParts {
  readonly renew: () => Promise<void>;
  readonly testCall: () => Promise<TestCallOutcome>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Does what the fleet asks, as often as a box can bear it. */
export function joinCommands({ renew, testCall, clock }: CommandParts) {
  let isTesting = false;
  let testedAt = -TEST_PAUSE_MS;
  return async (op: Exclude<Command['op'], 'sync'>): Promise<Response> => {
    if (op === 'renew') {
      await renew();
      return { state: 'done' };
    }
    if (isTesting) return { state: 'refused', why: 'busy' };
    if (clock.monotonic() - testedAt < TEST_PAUSE_MS) return { state: 'refused', why: 'too_often' };
    isTesting = true;
    testedAt = clock.monotonic();
    try {
      const { proven } = await testCall();
      return proven ? { state: 'done' } : { state: 'failed', why: 'test_call_failed' };
    } finally {
      isTesting = false;
    }
  };
}
