/** That an event is in a log, as a document that anybody checks offline: its leaf, the path to the root, the signed checkpoint. */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { type AuditEvent, checkEvent } from './event.ts';
import { leafBody, leafHash, SALT_LENGTH } from './leaf.ts';
import { type Hash, verifyInclusion } from './merkle.ts';
import { MAX_NOTE_LENGTH, rawPublicKey, strictBase64 } from './note.ts';

export interface ProofParts {
  readonly index: number;
  /** Leaves of the checkpoint's tree. */
  readonly size: number;
  readonly leaf: Hash;
  /** Body and salt; null when they were erased: then the leaf alone is proved. */
  readonly kept: { readonly body: string; readonly salt: Buffer } | null;
  readonly proof: readonly Hash[];
  /** Signed note of the log at `size`, with the cosignatures that it has. */
  readonly checkpoint: string;
  /** The box's public key, for whoever has only its fingerprint; it vouches for nothing. */
  readonly signer?: KeyObject | null;
  /** That the checkpoint continues an older one of this size. */
  readonly since?: { readonly size: number; readonly proof: readonly Hash[] };
}

const PROOF_TYPE = 'belkluis/audit-proof@1';

/** More than the hashes of a path through 2^63 leaves. */
const MAX_PROOF_HASHES = 128;

/** Longest body that is read: an event of 1000 runs of forgotten indexes, with room. */
const MAX_BODY_LENGTH = 100_000;

const bytes = (length: number) =>
  z
    .string()
    .max(2 * length)
    .refine((text) => strictBase64(text)?.length === length, `must be ${length} bytes of base64`);
const index = z.number().int().nonnegative();
const hashes = z.array(bytes(32)).max(MAX_PROOF_HASHES);

/** Members that a proof and a deletion certificate share; hashes and salt are base64. */
export const inclusionMembers = {
  index,
  size: index,
  proof: hashes,
  checkpoint: z.string().max(MAX_NOTE_LENGTH),
  signer: bytes(32).nullable(),
};

/** An event as it is hashed, and its salt. */
export const bodyMembers = { event: z.string().max(MAX_BODY_LENGTH), salt: bytes(SALT_LENGTH) };

/** The document of a proof. */
export const proofSchema = z.strictObject({
  type: z.literal(PROOF_TYPE),
  leaf: bytes(32),
  ...inclusionMembers,
  event: bodyMembers.event.nullable(),
  salt: bodyMembers.salt.nullable(),
  since: z.strictObject({ size: index, proof: hashes }).nullable(),
});

export type AuditProof = z.infer<typeof proofSchema>;

/** What is wrong with a document. */
export type ProofFault = 'malformed' | 'leaf' | 'checkpoint' | 'inclusion';

export const toBase64 = (all: readonly Hash[]): string[] => all.map((hash) => hash.toString('base64'));
const toHashes = (all: readonly string[]): Hash[] => all.map((hash) => Buffer.from(hash, 'base64'));

export const toSigner = (key: KeyObject | null | undefined): string | null =>
  key ? rawPublicKey(key).toString('base64') : null;

/** The document, as `belkluis audit prove` writes it. */
export const buildProof = ({ leaf, kept, proof, since, signer, ...rest }: ProofParts): AuditProof => ({
  type: PROOF_TYPE,
  ...rest,
  leaf: leaf.toString('base64'),
  event: kept?.body ?? null,
  salt: kept?.salt.toString('base64') ?? null,
  proof: toBase64(proof),
  signer: toSigner(signer),
  since: since ? { size: since.size, proof: toBase64(since.proof) } : null,
});

/** An event out of its body, if this is the one way in which it is written; else null. */
export function readBody(body: string): AuditEvent | null {
  try {
    const event = checkEvent(JSON.parse(body));
    return leafBody(event) === body ? event : null;
  } catch {
    return null;
  }
}

/** Whether a leaf is in the tree of a signed checkpoint. */
export function checkInclusion(
  leaf: Hash,
  { index: at, size, proof, checkpoint: note }: z.infer<z.ZodObject<typeof inclusionMembers>>,
  publicKey: KeyObject,
): { readonly ok: true; readonly checkpoint: Checkpoint } | { readonly ok: false; readonly what: ProofFault } {
  const checkpoint = openCheckpoint(note, publicKey);
  if (checkpoint?.size !== size) return { ok: false, what: 'checkpoint' };
  return verifyInclusion(leaf, at, size, toHashes(proof), checkpoint.root)
    ? { ok: true, checkpoint }
    : { ok: false, what: 'inclusion' };
}

export type ProofVerdict =
  | {
      readonly ok: true;
      readonly index: number;
      /** Null: the body was erased. */
      readonly event: AuditEvent | null;
      readonly checkpoint: Checkpoint;
    }
  | { readonly ok: false; readonly what: ProofFault };

/** Checks a proof with the box's public key. */
export function checkProof(document: unknown, publicKey: KeyObject): ProofVerdict {
  const { data } = proofSchema.safeParse(document);
  if (!data || (data.event === null) !== (data.salt === null)) return { ok: false, what: 'malformed' };
  const leaf = Buffer.from(data.leaf, 'base64');
  const event = data.event === null ? null : readBody(data.event);
  if (data.event !== null) {
    if (!event) return { ok: false, what: 'malformed' };
    if (!leafHash(Buffer.from(data.salt!, 'base64'), data.event).equals(leaf)) return { ok: false, what: 'leaf' };
  }
  const held = checkInclusion(leaf, data, publicKey);
  return held.ok ? { ok: true, index: data.index, event, checkpoint: held.checkpoint } : held;
}
