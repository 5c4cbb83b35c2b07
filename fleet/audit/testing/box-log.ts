/** A box's log as its fleet meets it: histories that are the same up to a place and differ after it. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { originOf, signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { leafHash } from '@belkluis/shared/audit/leaf';
import { consistencyProof, rootOf, subtreesOf } from '@belkluis/shared/audit/merkle';
import type { AddCheckpoint } from '@belkluis/shared/audit/witness';

export const BOX = 'b'.repeat(32);

/** Boxes whose logs two processes tell in two ways from event COMMON on. */
export const manyBoxes = Array.from({ length: 40 }, (_, at) => at.toString(16).padStart(32, '0'));
export const COMMON = 4;

/** Keys that every process of a test has: PKCS #8 of Ed25519 (RFC 8410) around a seed. */
export const keyOf = (seed: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });

export const boxKey = keyOf(1);
export const boxPublicKey = createPublicKey(boxKey);

/** The history `name` from event `common` on; before it all are alike. */
export function historyOf(name: string, common = 0) {
  const subtrees = subtreesOf((index) =>
    leafHash(Buffer.alloc(32), index < common ? String(index) : `${index} ${name}`),
  );
  const root = (size: number) => rootOf(subtrees, 0, size);
  const note = (size: number, generation = 1, key = boxKey, box = BOX) =>
    signCheckpoint({ origin: originOf(box, generation), size, root: root(size) }, key);
  return {
    root,
    note,
    ask: (old: number, size: number, generation = 1, box = BOX): AddCheckpoint => ({
      old,
      proof: old === 0 || old > size ? [] : consistencyProof(subtrees, old, size),
      note: note(size, generation, boxKey, box),
    }),
  };
}
