/**
 * A witness remembers the newest checkpoint of each log, and signs only what continues it (c2sp.org/tlog-witness, `add-checkpoint`). A log
 * that was cut, put back or told two ways finds no second signature. Pure: whoever runs a witness stores the new memory before answering.
 */
import type { KeyObject } from 'node:crypto';
import { type Checkpoint, openCheckpoint, parseCheckpoint, parseOrigin } from './checkpoint.ts';
import { cosignText } from './cosignature.ts';
import { type Hash, verifyConsistency } from './merkle.ts';
import { MAX_NOTE_LENGTH, parseNote, strictBase64 } from './note.ts';

/** The newest checkpoint of a log that a witness signed, and the log's signed note of it: half of the evidence when a fork turns up. */
export interface Remembered extends Checkpoint {
  readonly note: string;
}

export interface AddCheckpoint {
  /** Size of the checkpoint that the log believes the witness to remember; 0: none. */
  readonly old: number;
  /** Consistency proof from there (RFC 6962 2.1.2). */
  readonly proof: readonly Hash[];
  /** The log's signed checkpoint. */
  readonly note: string;
}

/** c2sp.org/tlog-witness: no proof is longer, for a tree of 2^63 leaves. */
const MAX_PROOF_LINES = 63;

/** The status that a witness answers with over HTTP. */
export const statusOf = {
  cosigned: 200,
  malformed: 400,
  unsigned: 403,
  /** The log of another box. */
  unknown_log: 404,
  /** The log thinks of an older checkpoint than the one remembered: it asks again from `size`. */
  conflict: 409,
  /** A signed checkpoint of the remembered size with another root: two histories. */
  fork: 409,
  /** A signed checkpoint smaller than the remembered one, or of an earlier generation. */
  rollback: 409,
  /** A signed checkpoint that does not continue the remembered one, or whose proof is wrong. */
  inconsistent: 422,
} as const;

export type Answer =
  | { readonly outcome: 'cosigned'; readonly cosignature: string; readonly memory: Remembered }
  | { readonly outcome: 'malformed' | 'unsigned' | 'unknown_log' }
  /** `size` is what the witness remembers. */
  | { readonly outcome: 'conflict' | 'fork' | 'rollback' | 'inconsistent'; readonly size: number };

export interface WitnessTerms {
  readonly deviceId: string;
  /** Key of the box, which signs its checkpoints. */
  readonly logKey: KeyObject;
  readonly witness: { readonly name: string; readonly privateKey: KeyObject };
  /** Wall clock, ms. */
  readonly now: number;
  /**
   * A person has said that the box was restored, and that what came after its backup is lost: a checkpoint of a later generation is
   * signed although it does not continue the remembered one.
   */
  readonly acceptLoss?: boolean;
}

/**
 * Answers one request. The generations of a box are one log to its witness: a later one continues the tree of the one before, so its first
 * checkpoint must extend what is remembered.
 */
export function addCheckpoint(memory: Remembered | null, request: AddCheckpoint, terms: WitnessTerms): Answer {
  const { old, proof, note } = request;
  const text = parseNote(note)?.text;
  const claimed = text === undefined ? null : parseCheckpoint(text);
  const origin = claimed && parseOrigin(claimed.origin);
  if (text === undefined || !claimed || !origin) return { outcome: 'malformed' };
  if (origin.deviceId !== terms.deviceId) return { outcome: 'unknown_log' };
  const checkpoint = openCheckpoint(note, terms.logKey);
  if (!checkpoint) return { outcome: 'unsigned' };
  const { size } = checkpoint;
  if (!Number.isSafeInteger(old) || old < 0 || old > size || (old === 0 && proof.length > 0)) {
    return memory && size < memory.size ? { outcome: 'rollback', size: memory.size } : { outcome: 'malformed' };
  }
  const cosigned = (): Answer => {
    const cosignature = cosignText(text, terms.witness.name, terms.witness.privateKey, terms.now);
    return { outcome: 'cosigned', cosignature, memory: { ...checkpoint, note } };
  };
  if (!memory) return old === 0 ? cosigned() : { outcome: 'conflict', size: 0 };
  const before = parseOrigin(memory.origin)!.generation;
  if (terms.acceptLoss && origin.generation > before) return cosigned();
  if (size < memory.size || origin.generation < before) return { outcome: 'rollback', size: memory.size };
  if (size === memory.size && !checkpoint.root.equals(memory.root)) return { outcome: 'fork', size };
  if (old !== memory.size) return { outcome: 'conflict', size: memory.size };
  return verifyConsistency(old, memory.root, size, checkpoint.root, proof)
    ? cosigned()
    : { outcome: 'inconsistent', size: memory.size };
}

/** The request as text: `old N`, the proof a line each, an empty line, the note. */
export const formatAddCheckpoint = ({ old, proof, note }: AddCheckpoint): string =>
  `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;

/** Reads the text of a request; null when it is none. */
export function parseAddCheckpoint(text: string): AddCheckpoint | null {
  const boundary = text.indexOf('\n\n');
  if (boundary < 0 || text.length > 2 * MAX_NOTE_LENGTH) return null;
  const [first = '', ...lines] = text.slice(0, boundary).split('\n');
  const old = /^old (0|[1-9]\d{0,14})$/.exec(first)?.[1];
  const proof = lines.map(strictBase64);
  if (old === undefined || proof.length > MAX_PROOF_LINES || proof.some((hash) => hash?.length !== 32)) return null;
  return { old: Number(old), proof: proof as Hash[], note: text.slice(boundary + 2) };
}
