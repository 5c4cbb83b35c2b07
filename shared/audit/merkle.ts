/** Merkle tree over an append-only list: RFC 6962 2.1 (hashes, audit paths, consistency proofs), SHA-256. Pure. */
import { createHash } from 'node:crypto';

/** A node's hash, 32 bytes. */
export type Hash = Buffer;

/** Hash of the empty tree (RFC 6962 2.1). */
export const EMPTY_ROOT: Hash = createHash('sha256').digest();

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Hash, right: Hash): Hash =>
  createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();

/** Largest power of two smaller than `size` (size ≥ 2). */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** Reads leaf hash `index`; leaves are the caller's. */
export type Leaves = (index: number) => Hash;

/** Root over leaves `from` to `to` (excluded). */
export function rootOf(leaves: Leaves, from: number, to: number): Hash {
  if (to === from) return EMPTY_ROOT;
  if (to - from === 1) return leaves(from);
  const middle = from + split(to - from);
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to));
}

/** The path that proves leaf `index` to be in a tree of `size` leaves, leaf to root (RFC 6962 2.1.1). */
export function inclusionProof(leaves: Leaves, index: number, size: number): Hash[] {
  const path = (at: number, from: number, to: number): Hash[] => {
    if (to - from <= 1) return [];
    const middle = from + split(to - from);
    return at < middle
      ? [...path(at, from, middle), rootOf(leaves, middle, to)]
      : [...path(at, middle, to), rootOf(leaves, from, middle)];
  };
  if (index < 0 || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  return path(index, 0, size);
}

/** Whether `proof` shows `leaf` at `index` in the tree of `size` leaves with root `root` (RFC 9162 2.1.3.2). */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash.equals(root);
}

/** The hashes that prove a tree of `first` leaves to be the beginning of one of `second` (RFC 6962 2.1.2). */
export function consistencyProof(leaves: Leaves, first: number, second: number): Hash[] {
  const proof = (size: number, from: number, to: number, whole: boolean): Hash[] => {
    if (size === to - from) return whole ? [] : [rootOf(leaves, from, to)];
    const half = split(to - from);
    return size <= half
      ? [...proof(size, from, from + half, whole), rootOf(leaves, from + half, to)]
      : [...proof(size - half, from + half, to, false), rootOf(leaves, from, from + half)];
  };
  if (first < 0 || first > second) throw new RangeError(`a tree of ${second} has no beginning of ${first}`);
  return first === 0 || first === second ? [] : proof(first, 0, second, true);
}

/** Whether `proof` shows the tree (`first`, `firstRoot`) to be the beginning of (`second`, `secondRoot`) (RFC 9162 2.1.4.2). */
export function verifyConsistency(
  first: number,
  firstRoot: Hash,
  second: number,
  secondRoot: Hash,
  proof: readonly Hash[],
): boolean {
  if (first > second) return false;
  if (first === second) return proof.length === 0 && firstRoot.equals(secondRoot);
  if (first === 0) return proof.length === 0 && firstRoot.equals(EMPTY_ROOT);
  const path = Number.isInteger(Math.log2(first)) ? [firstRoot, ...proof] : [...proof];
  const start = path.shift();
  if (!start) return false;
  let node = first - 1;
  let last = second - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  let old = start;
  let now = start;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = nodeHash(sibling, old);
      now = nodeHash(sibling, now);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      now = nodeHash(now, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && old.equals(firstRoot) && now.equals(secondRoot);
}

/**
 * The roots of the full subtrees of a growing tree, largest first: all that an append needs to know of what came before.
 * A tree of n leaves has as many as n has binary ones.
 */
export type Frontier = readonly { readonly leaves: number; readonly hash: Hash }[];

/** Adds one leaf to a frontier in O(log n). */
export function appendLeaf(frontier: Frontier, leaf: Hash): Frontier {
  const next = [...frontier];
  let added = { leaves: 1, hash: leaf };
  for (let last = next.at(-1); last && last.leaves === added.leaves; last = next.at(-1)) {
    next.pop();
    added = { leaves: added.leaves * 2, hash: nodeHash(last.hash, added.hash) };
  }
  return [...next, added];
}

/** Root of the tree whose full subtrees are `frontier`. */
export const frontierRoot = (frontier: Frontier): Hash =>
  frontier.length === 0
    ? EMPTY_ROOT
    : frontier.slice(0, -1).reduceRight((right, { hash }) => nodeHash(hash, right), frontier.at(-1)!.hash);
