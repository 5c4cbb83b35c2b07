/** The policy in force, as a file: applied by one process, followed by the other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@belkluis/shared/base/problem';
import { problem } from './problems.ts';
import { checkSuccession, readTrust, type Trust, type VerifiedPolicy, verifyPolicy } from './verify.ts';

/** Writes a whole file durably: temporary file, fsync, rename, fsync of the folder. */
export type WriteFile = (path: string, content: string) => void;

export const policyFiles = (folder: string) => ({
  trust: join(folder, 'trust.json'),
  current: join(folder, 'current.json'),
  wav: join(folder, 'wav'),
});

const readIfThere = (path: string): string | null => {
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
function currentIfSound(folder: string): VerifiedPolicy | null {
  try {
    return loadPolicy(folder);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/**
 * The signed policy in `text`, if it could follow the one in force.
 * @throws Problem of `verifyPolicy` and `checkSuccession`, `trust_missing`, `trust_invalid`.
 */
export function checkNext(folder: string, text: string, context: { deviceId: string; now: number }): VerifiedPolicy {
  const next = verifyPolicy(text, loadTrust(folder));
  checkSuccession(next, currentIfSound(folder), context.deviceId, context.now);
  return next;
}

const APPLIED = /^applied-(\d{15})\.json$/;

const appliedPath = (folder: string, at: number): string =>
  join(folder, `applied-${String(at).padStart(15, '0')}.json`);

/** Every policy that was applied, and when it came into force (wall clock, ms), oldest first. */
export function appliedPolicies(folder: string): readonly { readonly at: number; readonly path: string }[] {
  if (!existsSync(folder)) return [];
  const instants = readdirSync(folder).flatMap((name) => APPLIED.exec(name)?.[1] ?? []);
  return instants
    .map(Number)
    .sort((a, b) => a - b)
    .map((at) => ({ at, path: appliedPath(folder, at) }));
}

/**
 * Verifies a signed policy and puts it in force. It is kept under the moment of it, as it was signed (history.ts).
 * `recordRegister` writes the register of processing that it makes, durably, and `beforeChange` the audit log; when one throws, nothing changes.
 * @throws Problem of `checkNext`; nothing has changed then.
 */
export function applyPolicy(
  folder: string,
  text: string,
  context: {
    deviceId: string;
    now: number;
    recordRegister: (next: VerifiedPolicy) => void;
    beforeChange: (next: VerifiedPolicy) => void;
    writeFile: WriteFile;
  },
): VerifiedPolicy {
  const next = checkNext(folder, text, context);
  context.recordRegister(next);
  context.beforeChange(next);
  const { current } = policyFiles(folder);
  const before = readIfThere(current);
  // Kept from now on: what is in force already was so before anybody asks.
  if (before !== null && appliedPolicies(folder).length === 0) context.writeFile(appliedPath(folder, 0), before);
  context.writeFile(appliedPath(folder, context.now), text);
  context.writeFile(current, text);
  return next;
}
