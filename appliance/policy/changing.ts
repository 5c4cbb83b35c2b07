/**
 * How a policy comes into force: verified, classified, planned, approved where it weakens, left to its day where it destroys, and then put
 * in force whole. Until then the old one is, whole. Each step is in the audit log before it happens; a log that does not take it stops it.
 */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { Problem } from '@belkluis/shared/base/problem';
import { MIN_REASON_LENGTH } from '@belkluis/shared/policy/fields';
import { readWaiting, type Waiting, writeWaiting } from './pending.ts';
import { isDue, type PolicyPlan, planOf } from './plan.ts';
import { problem } from './problems.ts';
import { type Approval, checkNext, currentIfSound, policyFiles, putInForce, type WriteFile } from './store.ts';
import { hashOf, type VerifiedPolicy } from './verify.ts';

/** Longest reason, in characters, as the audit log takes it. */
const MAX_REASON_LENGTH = 500;

/** Paths of one class that the audit log names: more than an office changes by hand. The count is always whole. */
const MAX_PATHS = 50;

export interface ChangingParts {
  readonly folder: string;
  readonly deviceId: () => string;
  /** Wall clock, ms, that may be believed. */
  readonly now: () => number;
  readonly append: (entry: AuditEntry) => unknown;
  readonly write: WriteFile;
  /** Writes the register of processing of a policy that is about to come into force, durably: what is processed stands there first (GDPR 30). */
  readonly recordRegister: (next: VerifiedPolicy) => unknown;
  /** Removes a file durably; none there is no error. */
  readonly remove: (path: string) => unknown;
  /** Runs `work` while no other process changes policies. */
  readonly exclusive: <T>(work: () => T) => T;
}

/** Who decides: a data protection officer, and why. */
export interface Decider {
  readonly person: string;
  readonly name: string;
  readonly reason: string;
}

export interface PendingPolicy {
  readonly policy: VerifiedPolicy;
  readonly plan: PolicyPlan;
  readonly arrivedAt: number;
  /** A person's id, or the box's part that brought it. */
  readonly by: string;
  readonly approval: Approval | null;
}

export type Outcome =
  | { readonly state: 'in force'; readonly policy: VerifiedPolicy; readonly plan: PolicyPlan }
  | { readonly state: 'pending'; readonly pending: PendingPolicy };

export type PolicyChanging = ReturnType<typeof openPolicyChanging>;

const paths = ({ changes }: PolicyPlan, of: string): string[] =>
  changes
    .filter((change) => change.class === of)
    .slice(0, MAX_PATHS)
    .map(({ path }) => path.join('.') || 'the first policy');

export function openPolicyChanging(parts: ChangingParts) {
  const { folder, now, append, write, remove, exclusive } = parts;
  const { pending: pendingPath } = policyFiles(folder);
  const check = (text: string) => checkNext(folder, text, { deviceId: parts.deviceId(), now: now() });

  const cancel = (hash: string, version: number, why: string, actor: string, reason: string | null) => {
    append({ kind: 'policy_cancelled', actor, facts: { policyHash: hash, version, why, reason } });
  };

  /** What waits, checked anew. @throws Problem of `checkNext`: it could not come into force any more. */
  function look({ signed, arrivedAt, by, approval }: Waiting): PendingPolicy {
    const policy = check(signed);
    const plan = planOf(currentIfSound(folder), policy, arrivedAt);
    return { policy, plan, arrivedAt, by, approval: approval?.policyHash === policy.hash ? approval : null };
  }

  /** What waits now, however long ago it came. */
  function waiting(): PendingPolicy | null {
    const kept = readWaiting(folder);
    if (!kept) return null;
    try {
      const found = look(kept);
      return now() < found.plan.expiresAt ? found : null;
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  /** Puts away what cannot come into force any more: it expired, was overtaken, or its signer is believed no more. */
  function tidy(): void {
    const kept = readWaiting(folder);
    if (!kept || waiting()) return;
    const hash = hashOf(kept.signed);
    let why = 'expired';
    let version = 0;
    try {
      version = look(kept).policy.policy.version;
    } catch (error) {
      why = (error as Problem).code;
    }
    // Whoever put it in force died before this line: it is done, not cancelled.
    if (hash !== currentIfSound(folder)?.hash) cancel(hash ?? 'unreadable', version, why, 'box', null);
    remove(pendingPath);
  }

  function apply(
    signed: string,
    { policy, plan }: Pick<PendingPolicy, 'policy' | 'plan'>,
    by: string,
    approval: Approval | null,
  ) {
    const { hash, signer } = policy;
    const { version } = policy.policy;
    parts.recordRegister(policy);
    append({
      kind: 'policy_applied',
      actor: by,
      facts: { policyHash: hash, version, signer, classes: [...plan.classes], approvedBy: approval?.person ?? null },
    });
    putInForce(folder, signed, { now: now(), approval, writeFile: write });
    remove(pendingPath);
    commitPoint('policy.pending_removed');
  }

  /** Verifies it and says what it waits for. The log has it either way. */
  function receive(text: string, by: string): PendingPolicy {
    let next: VerifiedPolicy;
    try {
      next = check(text);
      const other = waiting()?.policy;
      if (other && next.policy.version <= other.policy.version && next.hash !== other.hash)
        throw problem('policy_rollback');
    } catch (error) {
      if (error instanceof Problem)
        append({ kind: 'policy_refused', actor: by, facts: { code: error.code, policyHash: hashOf(text) } });
      throw error;
    }
    const { hash, policy, signer, signerIs } = next;
    append({
      kind: 'policy_received',
      actor: by,
      facts: { policyHash: hash, version: policy.version, signer, signerIs },
    });
    const arrivedAt = now();
    return { policy: next, plan: planOf(currentIfSound(folder), next, arrivedAt), arrivedAt, by, approval: null };
  }

  const pendingFacts = ({ policy: { hash, policy }, plan }: PendingPolicy) => ({
    policyHash: hash,
    version: policy.version,
    classes: [...plan.classes],
    changes: plan.changes.length,
    weakens: paths(plan, 'weakening'),
    destroys: paths(plan, 'destructive'),
    waitsUntil: plan.waitsUntil,
    expiresAt: plan.expiresAt,
  });

  function decidable(hash: string | null): { kept: Waiting; pending: PendingPolicy } {
    tidy();
    const kept = readWaiting(folder);
    const pending = waiting();
    if (!kept || !pending) throw problem('policy_nothing_waits');
    if (hash !== null && hash !== pending.policy.hash) throw problem('policy_another_waits');
    return { kept, pending };
  }

  const reasonOf = ({ reason }: Decider): string => {
    const said = reason.trim();
    if (said.length < MIN_REASON_LENGTH || said.length > MAX_REASON_LENGTH) throw problem('approval_reason_needed');
    return said;
  };

  function approve(decider: Decider, hash: string | null): Outcome {
    const reason = reasonOf(decider);
    const { kept, pending } = decidable(hash);
    const { policy, plan } = pending;
    if (!plan.needsApproval) throw problem('policy_needs_no_approval');
    const { person, name } = decider;
    const facts = { policyHash: policy.hash, version: policy.policy.version, reason };
    append({ kind: 'policy_approved', actor: person, facts });
    const approval: Approval = { policyHash: policy.hash, person, name, reason, at: now() };
    if (isDue(plan, true, now())) {
      apply(kept.signed, pending, person, approval);
      return { state: 'in force', policy, plan };
    }
    writeWaiting(folder, { ...kept, approval }, write);
    commitPoint('policy.approved');
    return { state: 'pending', pending: { ...pending, approval } };
  }

  return {
    /** What waits, and for what. Null: nothing. */
    pending: waiting,
    /** What a signed policy would wait for, without keeping or writing down anything. @throws Problem of `checkNext`. */
    foresee: (text: string): { readonly policy: VerifiedPolicy; readonly plan: PolicyPlan } => {
      const policy = check(text);
      return { policy, plan: planOf(currentIfSound(folder), policy, now()) };
    },
    /**
     * Takes a signed policy: in force at once where nothing is weakened and nothing destroyed, else it waits, in the place of an older one that did.
     * `by`: a person's id, or a part of the box. @throws Problem of `checkNext`; of the audit log.
     */
    propose: (text: string, by: string): Outcome =>
      exclusive(() => {
        tidy();
        const other = waiting();
        // Whoever sends it again does not start its time anew.
        if (other && other.policy.hash === hashOf(text)) return { state: 'pending', pending: other };
        const next = receive(text, by);
        if (other) cancel(other.policy.hash, other.policy.policy.version, 'replaced', by, null);
        if (isDue(next.plan, false, now())) {
          apply(text, next, by, null);
          return { state: 'in force', policy: next.policy, plan: next.plan };
        }
        append({ kind: 'policy_pending', actor: by, facts: pendingFacts(next) });
        writeWaiting(folder, { signed: text, arrivedAt: next.arrivedAt, by, approval: null }, write);
        commitPoint('policy.pending');
        return { state: 'pending', pending: next };
      }),
    /**
     * A data protection officer lets a weakening change come into force: at once, or on its day where it destroys as well. `hash`: of the policy
     * that they looked at; null: of whatever waits. @throws Problem `policy_nothing_waits`, `policy_another_waits`, `policy_needs_no_approval`,
     * `approval_reason_needed`.
     */
    approve: (decider: Decider, hash: string | null): Outcome => exclusive(() => approve(decider, hash)),
    /** A data protection officer refuses what waits. @throws Problem as `approve`, and returns what was refused. */
    refuse: (decider: Decider, hash: string | null): VerifiedPolicy =>
      exclusive(() => {
        const reason = reasonOf(decider);
        const { policy } = decidable(hash).pending;
        cancel(policy.hash, policy.policy.version, 'refused', decider.person, reason);
        remove(pendingPath);
        commitPoint('policy.refused');
        return policy;
      }),
    /** Puts in force what has become due, and puts away what cannot any more. For the desk's timer. Null: nothing came into force. */
    applyDue: (): VerifiedPolicy | null => {
      // Most times nothing waits, and nobody else need stand still for that.
      if (!readWaiting(folder)) return null;
      return exclusive(() => {
        tidy();
        const kept = readWaiting(folder);
        const pending = waiting();
        if (!kept || !pending || !isDue(pending.plan, pending.approval !== null, now())) return null;
        apply(kept.signed, pending, 'box', pending.approval);
        return pending.policy;
      });
    },
  };
}
