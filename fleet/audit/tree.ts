/** The Merkle tree of the fleet's log as it is stored: every leaf, and the root of every full subtree. */
import { type Frontier, growingTree, type Hash, type Subtrees } from '@belkluis/shared/audit/merkle';
import type { Kysely } from 'kysely';
import { lockTable } from '../db/lock.ts';
import type { AuditTables } from './tables.ts';

type Db = Kysely<AuditTables>;

const toText = (hash: Hash): string => hash.toString('base64');
const toHash = (text: string): Hash => Buffer.from(text, 'base64');

/** The tree's full subtrees, largest first. */
export async function readFrontier(db: Db): Promise<Frontier> {
  const head = await db.selectFrom('log_head').select('frontier').executeTakeFirst();
  return (JSON.parse(head?.frontier ?? '[]') as [number, string][]).map(([leaves, hash]) => ({
    leaves,
    hash: toHash(hash),
  }));
}

/** Waits until nobody else appends, until the transaction ends. */
export const alone = (transaction: Db): Promise<void> => lockTable(transaction, 'log_head');

/** Adds leaves behind the last, in the caller's transaction, which is `alone`. Returns the index of the first. */
export async function appendLeaves(transaction: Db, leaves: readonly Hash[]): Promise<number> {
  const nodes: AuditTables['log_nodes'][] = [];
  const tree = growingTree(await readFrontier(transaction), (level, position, hash) =>
    nodes.push({ level, position, hash: toText(hash) }),
  );
  const first = tree.size;
  for (const leaf of leaves) {
    nodes.push({ level: 0, position: tree.size, hash: toText(leaf) });
    tree.add(leaf);
  }
  // First of what is written: a transaction that read before it waited for the lock has an old snapshot, and is told so here.
  const head = {
    size: tree.size,
    frontier: JSON.stringify(tree.frontier().map(({ leaves: many, hash }) => [many, toText(hash)])),
  };
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('log_head')
    .values({ one: 1, ...head })
    .onConflict((conflict) => conflict.column('one').doUpdateSet(head).where('log_head.size', '=', first))
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) throw new Error('somebody else appended under our lock');
  await transaction.insertInto('log_nodes').values(nodes).execute();
  return first;
}

/**
 * Computes `use` on the stored tree. It runs twice: which subtrees it asks for does not depend on what is in them, so the first run says
 * what to read.
 */
export async function withSubtrees<Result>(db: Db, use: (subtrees: Subtrees) => Result): Promise<Result> {
  const asked = new Map<string, { level: number; position: number }>();
  const nothing = Buffer.alloc(32);
  use((level, position) => {
    asked.set(`${level} ${position}`, { level, position });
    return nothing;
  });
  if (asked.size === 0) return use(() => nothing);
  const rows = await db
    .selectFrom('log_nodes')
    .selectAll()
    .where((is) => is.or([...asked.values()].map(({ level, position }) => is.and({ level, position }))))
    .execute();
  const found = new Map(rows.map(({ level, position, hash }) => [`${level} ${position}`, toHash(hash)]));
  return use((level, position) => {
    const hash = found.get(`${level} ${position}`);
    if (!hash) throw new RangeError(`the subtree ${position} of level ${level} is not in the log`);
    return hash;
  });
}
