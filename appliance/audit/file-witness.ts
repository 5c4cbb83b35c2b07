/**
 * A witness that is a folder: it remembers the head of the log where an old copy of the data directory does not reach, on another disk or
 * a share. It has a key of its own. Whoever is root here can wipe it too: it guards against a restored image, the fleet against root.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { COSIGNATURE_V1, rawPublicKey, type VerifierKey } from '@belkluis/shared/audit/note';
import { type AddCheckpoint, type Answer, addCheckpoint, type Remembered } from '@belkluis/shared/audit/witness';
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { problem } from './problems.ts';

export interface FileWitnessOptions {
  /** Must exist: a disk that is not mounted is not an empty memory. */
  readonly folder: string;
  readonly deviceId: string;
  /** The box's public key. */
  readonly logKey: KeyObject;
  readonly clock: Clock;
  /** Writes a whole file durably, readable by its owner alone. */
  readonly store: (path: string, content: string) => void;
}

export interface FileWitness {
  readonly key: VerifierKey;
  /** What it remembers; null: nothing yet. @throws Problem `witness_damaged`. */
  memory(): Remembered | null;
  /**
   * Answers a request; what it signs it has stored before. One process asks at a time: the desk.
   * `acceptLoss`: a person has said that the box was restored.
   * @throws Problem `witness_damaged`.
   */
  add(request: AddCheckpoint, acceptLoss?: boolean): Answer;
}

const KEY_FILE = 'witness-key.pem';

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw problem('witness_damaged', path, error);
  }
}

function openKey(path: string, store: FileWitnessOptions['store']): KeyObject {
  const text = readIfThere(path);
  try {
    if (text !== null) return createPrivateKey(text);
  } catch (cause) {
    throw problem('witness_damaged', path, cause);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  store(path, privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  return privateKey;
}

/** Opens the witness in a folder, making its key first when it has none. @throws Problem `witness_folder_missing`, `witness_damaged`. */
export function openFileWitness({ folder, deviceId, logKey, clock, store }: FileWitnessOptions): FileWitness {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw problem('witness_folder_missing', folder);
  const privateKey = openKey(join(folder, KEY_FILE), store);
  const publicKey = createPublicKey(privateKey);
  // Several boxes may share a folder, and several folders serve one box: the name tells them apart.
  const name = `folder/${rawPublicKey(publicKey).toString('hex').slice(0, 16)}`;
  const path = join(folder, `${deviceId}.note`);

  const memory = (): Remembered | null => {
    const note = readIfThere(path);
    if (note === null) return null;
    const checkpoint = openCheckpoint(note, logKey);
    if (!checkpoint) throw problem('witness_damaged', path);
    return { ...checkpoint, note };
  };

  return {
    key: { name, type: COSIGNATURE_V1, publicKey },
    memory,
    add(request, acceptLoss = false) {
      const witness = { name, privateKey };
      const answer = addCheckpoint(memory(), request, { deviceId, logKey, witness, now: clock.now(), acceptLoss });
      if (answer.outcome === 'cosigned') {
        // Commit point. What is signed before it is remembered could be signed again after a rollback.
        store(path, answer.memory.note);
        commitPoint('audit.witness_remembers');
      }
      return answer;
    },
  };
}
