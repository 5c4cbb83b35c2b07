/** Signing the head of the log, having it witnessed, and what is then proved with it. */
import type { KeyObject } from 'node:crypto';
import { buildCertificate } from '@belkluis/shared/audit/certificate';
import { parseCheckpoint, parseOrigin } from '@belkluis/shared/audit/checkpoint';
import { parseNote } from '@belkluis/shared/audit/note';
import { type AuditProof, buildProof } from '@belkluis/shared/audit/proof';
import type { FileWitness } from './file-witness.ts';
import { checkAgainstWitness } from './guard.ts';
import type { AuditLog } from './log.ts';
import { problem } from './problems.ts';

/**
 * Signs the head of the log and has each witness cosign it. Returns the note with the cosignatures.
 * @throws Problem `audit_rolled_back`, `audit_forked` when a witness remembers another log; `witness_refused`, `witness_damaged`. The
 * checkpoint is signed and stored then, and the other witnesses asked.
 */
export function signHead(log: AuditLog, privateKey: KeyObject, witnesses: readonly FileWitness[]): string {
  const note = log.checkpoint(privateKey);
  const { size } = checkpointOf(note);
  const failures: unknown[] = [];
  for (const witness of witnesses) {
    try {
      const memory = witness.memory();
      checkAgainstWitness(log, memory);
      // Nothing new since: the cosignature that is there says so as well as another would.
      if (
        memory?.size === size &&
        log.witnesses().some(({ name, size: at }) => name === witness.key.name && at === size)
      )
        continue;
      const old = memory?.size ?? 0;
      const answer = witness.add({ old, proof: log.consistency(old, size), note });
      if (answer.outcome !== 'cosigned') throw problem('witness_refused', `${witness.key.name}: ${answer.outcome}`);
      log.cosign(size, witness.key, answer.cosignature);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return log.checkpointAt(size)!;
}

/**
 * After a restore, whose leaves end before what a witness remembers: a person has said so, and the witness takes the new generation
 * without proof that it continues the old. Returns the note with its cosignature. @throws Problem `witness_refused`, `witness_damaged`.
 */
export function acceptGeneration(log: AuditLog, privateKey: KeyObject, witness: FileWitness): string {
  const note = log.checkpoint(privateKey);
  const { size } = checkpointOf(note);
  const answer = witness.add({ old: 0, proof: [], note }, true);
  if (answer.outcome !== 'cosigned') throw problem('witness_refused', `${witness.key.name}: ${answer.outcome}`);
  log.cosign(size, witness.key, answer.cosignature);
  return log.checkpointAt(size)!;
}

function checkpointOf(note: string) {
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '');
  if (!checkpoint || !parseOrigin(checkpoint.origin)) throw new RangeError('no checkpoint');
  return checkpoint;
}

/** Deletion certificates of `erased` events, as JSON texts in the order of `indexes`, at the checkpoint `note`. */
export function certify(log: AuditLog, note: string, indexes: readonly number[]): string[] {
  const { size } = checkpointOf(note);
  return indexes.map((index) => {
    const kept = log.leafOf(index);
    if (!kept) throw new RangeError(`event ${index} is not in the log`);
    const { body, salt } = kept;
    const parts = {
      body,
      salt,
      index,
      size,
      proof: log.inclusion(index, size),
      checkpoint: note,
      signer: log.signer(),
    };
    return JSON.stringify(buildCertificate(parts));
  });
}

/** Proof of one event at the checkpoint `note`; `since`: also that the checkpoint continues an older one of that size. */
export function prove(log: AuditLog, note: string, index: number, since: number | null): AuditProof {
  const { size } = checkpointOf(note);
  const kept = log.leafOf(index);
  return buildProof({
    index,
    size,
    leaf: log.leaves(index, index + 1),
    kept,
    proof: log.inclusion(index, size),
    checkpoint: note,
    signer: log.signer(),
    ...(since === null ? {} : { since: { size: since, proof: log.consistency(since, size) } }),
  });
}
