/**
 * The Merkle tree as it is stored: all leaves, the root of every full subtree whose level is a multiple of four, and the frontier. A proof
 * in ten million leaves then reads some hundred rows, and the nodes take a fifteenth of the leaves.
 */
import {
  type Frontier,
  frontierSize,
  growingTree,
  type Hash,
  nodeHash,
  type Subtrees,
} from '@belkluis/shared/audit/merkle';
import type { Database } from 'better-sqlite3';

/** Every fourth level is stored: at most 15 hashes are folded to get one of the levels between. */
export const LEVEL_STEP = 4;

/** Leaves read at a time while the nodes of a log of an earlier version are made. */
const FILL_BATCH = 4096;

export function openTree(database: Database) {
  const insertLeaf = database.prepare('INSERT INTO leaves (position, hash) VALUES (?, ?)');
  const insertNode = database.prepare('INSERT INTO nodes (level, position, hash) VALUES (?, ?, ?)');
  const leafRange = database
    .prepare('SELECT hash FROM leaves WHERE position >= ? AND position < ? ORDER BY position')
    .pluck();
  const nodeRange = database
    .prepare('SELECT hash FROM nodes WHERE level = ? AND position >= ? AND position < ? ORDER BY position')
    .pluck();
  const frontierRows = database.prepare('SELECT leaves, hash FROM frontier ORDER BY leaves DESC');
  const clearFrontier = database.prepare('DELETE FROM frontier');
  const insertSubtree = database.prepare('INSERT INTO frontier (leaves, hash) VALUES (?, ?)');
  const hasNodes = database.prepare('SELECT 1 FROM nodes LIMIT 1');

  const leaves = (from: number, to: number): Hash[] => leafRange.all(from, to) as Hash[];

  const subtrees: Subtrees = (level, index) => {
    const stored = level - (level % LEVEL_STEP);
    const many = 2 ** (level - stored);
    const from = index * many;
    let row = stored === 0 ? leaves(from, from + many) : (nodeRange.all(stored, from, from + many) as Hash[]);
    if (row.length !== many) throw new RangeError(`the subtree ${index} of level ${level} is not in the log`);
    while (row.length > 1) {
      row = row.flatMap((left, at) => (at % 2 === 0 ? [nodeHash(left, row[at + 1]!)] : []));
    }
    return row[0]!;
  };

  const frontier = (): Frontier => frontierRows.all() as { leaves: number; hash: Buffer }[];

  const keepNode = (level: number, index: number, hash: Hash) => {
    if (level % LEVEL_STEP === 0) insertNode.run(level, index, hash);
  };

  /** A log of an earlier version has no nodes yet. Who deletes them all finds them here again: they say nothing that the leaves do not. */
  const lacksNodes = () => frontierSize(frontier()) >= 2 ** LEVEL_STEP && !hasNodes.get();
  const fill = database.transaction(() => {
    if (!lacksNodes()) return;
    const size = frontierSize(frontier());
    const tree = growingTree([], keepNode);
    for (let from = 0; from < size; from += FILL_BATCH) {
      for (const leaf of leaves(from, Math.min(size, from + FILL_BATCH))) tree.add(leaf);
    }
  });
  if (lacksNodes()) fill.immediate();

  return {
    frontier,
    subtrees,
    leaves,
    /** Adds leaves behind the last, within the caller's transaction. Returns the index of the first. */
    append(added: readonly Hash[]): number {
      const tree = growingTree(frontier(), keepNode);
      const first = tree.size;
      for (const leaf of added) {
        insertLeaf.run(tree.size, leaf);
        tree.add(leaf);
      }
      clearFrontier.run();
      for (const { leaves: many, hash } of tree.frontier()) insertSubtree.run(many, hash);
      return first;
    },
  };
}

export type StoredTree = ReturnType<typeof openTree>;
