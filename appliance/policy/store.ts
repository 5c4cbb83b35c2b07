/** The policy in force, as a file: applied by one process, followed by the other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { Problem } from '@belkluis/shared/base/problem';
import { outOfBounds } from '@belkluis/shared/policy/changes/bounds';
import { changesOf } from '@belkluis/shared/policy/changes/classify';
import { z } from 'zod';
import { problem } from './problems.ts';
import { checkSuccession, readTrust, type Trust, type VerifiedPolicy, verifyPolicy } from './verify.ts';

/** Writes a whole file durably: temporary file, fsync, rename, fsync of the folder. */
export type WriteFile = (path: string, content: string) => void;

export const policyFiles = (folder: string) => ({
  trust: join(folder, 'trust.json'),
  current: join(folder, 'current.json'),
  pending: join(folder, 'pending.json'),
  wav: join(folder, 'wav'),
});

export const readIfThere = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** @throws Problem `trust_missing`, `trust_invalid`. */
export function loadTrust(folder: string): Trust {
  const text = readIfThere(policyFiles(folder).trust);
  if (text === null) throw problem('trust_missing');
  return readTrust(text);
}

/**
 * The policy in force, verified anew: a file that somebody changed on disk is worth nothing. Null when none was applied.
 * @throws Problem of `verifyPolicy`, `trust_missing`, `trust_invalid`.
 */
export function loadPolicy(folder: string): VerifiedPolicy | null {
  const text = readIfThere(policyFiles(folder).current);
  return text === null ? null : verifyPolicy(text, loadTrust(folder));
}

/** A policy file that does not verify is not in force, and must not keep a good one out. */
export function currentIfSound(folder: string): VerifiedPolicy | null {
  try {
    return loadPolicy(folder);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** A policy from the fleet says what the policy in force lets it say. @throws Problem `policy_first_is_the_customers`, `policy_out_of_bounds`,
 * `policy_recipients_not_the_desks`, `policy_signer_former`. */
function checkBounds(next: VerifiedPolicy, current: VerifiedPolicy | null): void {
  if (next.signerIs === 'customer') return;
  if (next.signerIs === 'former') throw problem('policy_signer_former');
  if (!current) throw problem('policy_first_is_the_customers');
  if (next.signerIs === 'desk') {
    // Not even an older list that the customer has signed: a key that was taken off it would come back.
    if (JSON.stringify(next.policy.recipients) === JSON.stringify(current.policy.recipients)) return;
    throw problem('policy_recipients_not_the_desks');
  }
  const beyond = outOfBounds(current, changesOf(current, next));
  if (beyond.length > 0) throw problem('policy_out_of_bounds', beyond.join(', '));
}

/**
 * The signed policy in `text`, if it could follow the one in force.
 * @throws Problem of `verifyPolicy`, `checkSuccession` and `checkBounds`, `trust_missing`, `trust_invalid`.
 */
export function checkNext(folder: string, text: string, context: { deviceId: string; now: number }): VerifiedPolicy {
  const next = verifyPolicy(text, loadTrust(folder));
  const current = currentIfSound(folder);
  checkSuccession(next, current, context.deviceId, context.now);
  checkBounds(next, current);
  return next;
}

/** Kept for a moment at which there was no policy. */
export const NO_POLICY = 'null';

const APPLIED = /^applied-(\d{15})\.json$/;

const pathAt = (folder: string, what: string, at: number): string =>
  join(folder, `${what}-${String(at).padStart(15, '0')}.json`);

/** Beside a policy that somebody approved: who. */
export const approvalPath = (folder: string, at: number): string => pathAt(folder, 'approved', at);

export interface AppliedPolicy {
  /** When it came into force: wall clock, ms. */
  readonly at: number;
  readonly path: string;
}

function keptPolicies(folder: string): readonly AppliedPolicy[] {
  if (!existsSync(folder)) return [];
  const instants = readdirSync(folder).flatMap((name) => APPLIED.exec(name)?.[1] ?? []);
  return instants
    .map(Number)
    .sort((a, b) => a - b)
    .map((at) => ({ at, path: pathAt(folder, 'applied', at) }));
}

/** Every policy that was applied, oldest first. */
export function appliedPolicies(folder: string): readonly AppliedPolicy[] {
  const all = keptPolicies(folder);
  const current = readIfThere(policyFiles(folder).current);
  // Whoever kept the last one died before it came into force: the one before still is, or none.
  if (all.length === 1 && current === null) return [];
  const [before, last] = all.slice(-2);
  if (!before || !last) return all;
  const inForce = current ?? NO_POLICY;
  const stillBefore = inForce === readFileSync(before.path, 'utf8') && inForce !== readFileSync(last.path, 'utf8');
  return stillBefore ? all.slice(0, -1) : all;
}

/** Who let a policy come into force, and why. Kept beside it, bound to its hash. */
export const approvalSchema = z.strictObject({
  policyHash: z.string(),
  /** Id of a person of the desk, and the name that they had then. */
  person: z.string(),
  name: z.string(),
  reason: z.string(),
  /** Wall clock, ms. */
  at: z.number().int().nonnegative(),
});

export type Approval = z.infer<typeof approvalSchema>;

/** The approval of a policy that came into force at `at`; null: it needed none, or it is not one of this policy. */
export function approvalOf(folder: string, at: number, hash: string): Approval | null {
  const text = readIfThere(approvalPath(folder, at));
  if (text === null) return null;
  const approval = approvalSchema.safeParse(JSON.parse(text)).data;
  return approval?.policyHash === hash ? approval : null;
}

export interface PolicyFiles {
  readonly writeFile: WriteFile;
}

/**
 * Puts a policy in force that has been checked, and is to be. Kept under its moment first, as it was signed (history.ts), with who approved
 * it; the last write is the one that counts. Cut off before it, the old policy is in force whole.
 */
export function putInForce(
  folder: string,
  text: string,
  { now, approval, writeFile }: PolicyFiles & { readonly now: number; readonly approval: Approval | null },
): void {
  const { current } = policyFiles(folder);
  const before = readIfThere(current);
  const kept = keptPolicies(folder);
  const last = kept.at(-1);
  // Kept from now on: what is in force already was so before anybody asks.
  if (before !== null && !last) writeFile(pathAt(folder, 'applied', 0), before);
  // One that never came into force: at its moment the one before still was, or none.
  if (last && kept.length > appliedPolicies(folder).length) writeFile(last.path, before ?? NO_POLICY);
  // Two within one millisecond, or a clock that was set back: the later one is the later one.
  const at = Math.max(now, (last?.at ?? 0) + 1);
  if (approval) writeFile(approvalPath(folder, at), JSON.stringify(approval));
  writeFile(pathAt(folder, 'applied', at), text);
  commitPoint('policy.kept');
  writeFile(current, text);
  commitPoint('policy.in_force');
}

/**
 * Verifies a signed policy and puts it in force at once, whatever it changes: for whoever stands for that with `approvedBy`, such as a demo.
 * Everybody else goes by changing.ts. `beforeChange` writes the audit log; when that or `recordRegister` throws, nothing changes.
 * @throws Problem of `checkNext`; nothing has changed then.
 */
export function applyApproved(
  folder: string,
  text: string,
  context: PolicyFiles & {
    readonly deviceId: string;
    readonly now: number;
    readonly approvedBy: Pick<Approval, 'person' | 'name' | 'reason'>;
    /** Writes the register of processing that it makes, durably. */
    readonly recordRegister: (next: VerifiedPolicy) => unknown;
    readonly beforeChange: (next: VerifiedPolicy) => void;
  },
): VerifiedPolicy {
  const next = checkNext(folder, text, context);
  const { now, approvedBy, writeFile } = context;
  context.recordRegister(next);
  context.beforeChange(next);
  putInForce(folder, text, { now, writeFile, approval: { ...approvedBy, policyHash: next.hash, at: now } });
  return next;
}
