/** Signed heads of the log as they are stored, each with the cosignatures that witnesses gave it. */
import type { KeyObject } from 'node:crypto';
import { type Checkpoint, parseCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { cosignedAt } from '@belkluis/shared/audit/cosignature';
import {
  formatVerifierKey,
  parseNote,
  parseVerifierKey,
  publicKeyOf,
  rawPublicKey,
  type VerifierKey,
} from '@belkluis/shared/audit/note';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Database } from 'better-sqlite3';
import { problem } from './problems.ts';

/** What one witness has last signed, as far as this log knows. */
export interface WitnessState {
  readonly name: string;
  readonly verifierKey: string;
  readonly size: number;
  /** Wall clock of the witness, ms. */
  readonly at: number;
}

export function openCheckpoints(database: Database) {
  const newest = database.prepare('SELECT size, note FROM checkpoints ORDER BY number DESC LIMIT 1');
  const noteOf = database.prepare('SELECT note FROM checkpoints WHERE size = ?').pluck();
  const linesOf = database.prepare('SELECT line FROM cosignatures WHERE size = ? ORDER BY number').pluck();
  const insertNote = database.prepare(
    'INSERT INTO checkpoints (number, size, note) SELECT checkpoints + 1, ?, ? FROM state',
  );
  const countNote = database.prepare('UPDATE state SET checkpoints = checkpoints + 1, signer = ?');
  const insertCosignature = database.prepare(
    'INSERT OR IGNORE INTO cosignatures (number, witness, size, line) SELECT cosignatures + 1, ?, ?, ? FROM state',
  );
  const countCosignature = database.prepare('UPDATE state SET cosignatures = cosignatures + 1');
  const lastOf = database.prepare('SELECT witness, max(size) AS size, line FROM cosignatures GROUP BY witness');
  const sizes = database.prepare('SELECT size FROM checkpoints ORDER BY number').pluck();
  const signer = database.prepare('SELECT signer FROM state').pluck();
  const lastCosigned = database.prepare('SELECT max(size) FROM cosignatures').pluck();

  const withCosignatures = (size: number, note: string): string =>
    `${note}${(linesOf.all(size) as string[]).map((line) => `${line}\n`).join('')}`;

  const store = database.transaction((witness: string, size: number, line: string) => {
    if (insertCosignature.run(witness, size, line).changes > 0) countCosignature.run();
  });

  return {
    newest: () => newest.get() as { size: number; note: string } | undefined,
    /** The note of the checkpoint at `size`, with its cosignatures; null when none was signed there. */
    at(size: number): string | null {
      const note = noteOf.get(size) as string | undefined;
      return note === undefined ? null : withCosignatures(size, note);
    },
    /** Stores a note, within the caller's transaction. */
    add(size: number, note: string, signer: KeyObject): void {
      insertNote.run(size, note);
      countNote.run(rawPublicKey(signer).toString('base64'));
    },
    /** Stores what a witness added to the checkpoint at `size`. @throws Problem `cosignature_invalid`. */
    cosign(size: number, witness: VerifierKey, line: string): void {
      const note = noteOf.get(size) as string | undefined;
      const text = note === undefined ? undefined : parseNote(note)?.text;
      if (text === undefined || cosignedAt(text, line, witness) === null) {
        throw problem('cosignature_invalid', witness.name);
      }
      store.immediate(formatVerifierKey(witness), size, line);
      commitPoint('audit.cosignature_stored');
    },
    /** Sizes at which the log was signed, in order. */
    sizes: () => sizes.all() as number[],
    /** The key that has signed; null: nothing was signed yet. */
    signer(): KeyObject | null {
      const raw = signer.get() as string | null;
      return raw === null ? null : publicKeyOf(Buffer.from(raw, 'base64'));
    },
    /** The newest checkpoint that anybody else has signed. */
    lastCosigned(): Checkpoint | null {
      const size = lastCosigned.get() as number | null;
      const note = size === null ? undefined : (noteOf.get(size) as string | undefined);
      return note === undefined ? null : parseCheckpoint(parseNote(note)?.text ?? '');
    },
    witnesses: (): WitnessState[] =>
      (lastOf.all() as { witness: string; size: number; line: string }[]).flatMap(({ witness, size, line }) => {
        const key = parseVerifierKey(witness);
        const text = parseNote((noteOf.get(size) as string | undefined) ?? '')?.text;
        const at = key && text !== undefined ? cosignedAt(text, line, key) : null;
        return key && at !== null ? [{ name: key.name, verifierKey: witness, size, at }] : [];
      }),
  };
}
