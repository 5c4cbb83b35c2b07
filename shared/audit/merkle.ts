/** Merkle tree over an append-only list: RFC 6962 2.1 (hashes, audit paths, consistency proofs), SHA-256. Pure. */
import { hash as digest } from 'node:crypto';

/** A node's hash, 32 bytes. */
export type Hash = Buffer;

/** Hash of the empty tree (RFC 6962 2.1). */
export const EMPTY_ROOT: Hash = digest('sha256', '', 'buffer');

/** What an inner node hashes, laid out once: a proof hashes thousands of them. */
const node = Buffer.alloc(65, 1);

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  left.copy(node, 1);
  right.copy(node, 33);
  return digest('sha256', node, 'buffer');
}

/** Largest power of two smaller than `size` (size ≥ 2). */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/**
 * Reads the root of a full subtree: the 2^level leaves that begin at leaf `index` · 2^level. Level 0 is the leaves. Whoever keeps some of
 * them need not compute them.
 */
export type Subtrees = (level: number, index: number) => Hash;

/** Subtrees of a list of leaves, each computed when it is asked for. */
export const subtreesOf = (leaves: (index: number) => Hash): Subtrees => {
  const subtree: Subtrees = (level, index) =>
    level === 0 ? leaves(index) : nodeHash(subtree(level - 1, index * 2), subtree(level - 1, index * 2 + 1));
  return subtree;
};

/** Root over leaves `from` to `to` (excluded), as the recursion of RFC 6962 meets them: `from` is a multiple of every full subtree in it. */
export function rootOf(subtrees: Subtrees, from: number, to: number): Hash {
  const size = to - from;
  if (size === 0) return EMPTY_ROOT;
  const level = Math.log2(size);
  if (Number.isInteger(level)) return subtrees(level, from / size);
  const middle = from + split(size);
  return nodeHash(rootOf(subtrees, from, middle), rootOf(subtrees, middle, to));
}

/** The path that proves leaf `index` to be in a tree of `size` leaves, leaf to root (RFC 6962 2.1.1). */
export function inclusionProof(subtrees: Subtrees, index: number, size: number): Hash[] {
  const path = (at: number, from: number, to: number): Hash[] => {
    if (to - from <= 1) return [];
    const middle = from + split(to - from);
    return at < middle
      ? [...path(at, from, middle), rootOf(subtrees, middle, to)]
      : [...path(at, middle, to), rootOf(subtrees, from, middle)];
  };
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  return path(index, 0, size);
}

/** Whether `proof` shows `leaf` at `index` in the tree of `size` leaves with root `root` (RFC 9162 2.1.3.2). */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (index < 0 || index >= size) return false;
  let at = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash.equals(root);
}

/** The hashes that prove a tree of `first` leaves to be the beginning of one of `second` (RFC 6962 2.1.2). */
export function consistencyProof(subtrees: Subtrees, first: number, second: number): Hash[] {
  const proof = (size: number, from: number, to: number, whole: boolean): Hash[] => {
    if (size === to - from) return whole ? [] : [rootOf(subtrees, from, to)];
    const half = split(to - from);
    return size <= half
      ? [...proof(size, from, from + half, whole), rootOf(subtrees, from + half, to)]
      : [...proof(size - half, from + half, to, false), rootOf(subtrees, from, from + half)];
  };
  if (!(first >= 0 && first <= second)) throw new RangeError(`a tree of ${second} has no beginning of ${first}`);
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
  let at = first - 1;
  let last = second - 1;
  while (at % 2 === 1) {
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  let old = start;
  let now = start;
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      old = nodeHash(sibling, old);
      now = nodeHash(sibling, now);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      now = nodeHash(now, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && old.equals(firstRoot) && now.equals(secondRoot);
}

/**
 * The roots of the full subtrees of a growing tree, largest first: all that an append needs to know of what came before.
 * A tree of n leaves has as many as n has binary ones.
 */
export type Frontier = readonly { readonly leaves: number; readonly hash: Hash }[];

/** Root of the tree whose full subtrees are `frontier`. */
export const frontierRoot = (frontier: Frontier): Hash =>
  frontier.length === 0
    ? EMPTY_ROOT
    : frontier.slice(0, -1).reduceRight((right, { hash }) => nodeHash(hash, right), frontier.at(-1)!.hash);

/** How many leaves a frontier stands for. */
export const frontierSize = (frontier: Frontier): number => frontier.reduce((sum, { leaves }) => sum + leaves, 0);

/**
 * A tree that grows by one leaf at a time in O(1) amortised. `full` hears of each inner node once, when the last leaf below it has come:
 * what a log that keeps inner nodes stores.
 */
export function growingTree(
  from: Frontier = [],
  full: (level: number, index: number, hash: Hash) => void = () => undefined,
) {
  const trees = [...from];
  let size = frontierSize(trees);
  return {
    get size(): number {
      return size;
    },
    add(leaf: Hash): void {
      let added = { leaves: 1, hash: leaf };
      size += 1;
      for (let level = 1; trees.at(-1)?.leaves === added.leaves; level++) {
        added = { leaves: added.leaves * 2, hash: nodeHash(trees.pop()!.hash, added.hash) };
        full(level, size / added.leaves - 1, added.hash);
      }
      trees.push(added);
    },
    frontier: (): Frontier => [...trees],
    root: (): Hash => frontierRoot(trees),
  };
}
