/** The fleet's log looked at by the fleet itself. What it cannot see by itself, whoever holds an older checkpoint does. */

import type { KeyObject } from 'node:crypto';
import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { FaultAt } from '@belkluis/shared/audit/fault';
import { leafHash } from '@belkluis/shared/audit/leaf';
import { frontierRoot, growingTree, type Hash } from '@belkluis/shared/audit/merkle';
import type { Kysely } from 'kysely';
import type { FleetEvent } from './events.ts';
import { LOG_BATCH } from './limits.ts';
import type { AuditTables } from './tables.ts';
import { readFrontier } from './tree.ts';

export type LogFault =
  | 'leaf_changed'
  | 'leaf_missing'
  | 'body_removed'
  | 'body_back'
  | 'node'
  | 'frontier'
  | 'checkpoint';

/** The first thing that is wrong with the log, or that nothing is. */
export type LogVerdict =
  | { readonly ok: true; readonly size: number; readonly root: Hash; readonly checkpoints: number }
  | { readonly ok: false; readonly index: number; readonly what: LogFault };

class Fault extends FaultAt<LogFault> {}

async function walk(db: Kysely<AuditTables>, origin: string, publicKey: KeyObject): Promise<LogVerdict> {
  const checkpoints = await db.selectFrom('log_checkpoints').selectAll().orderBy('size').execute();
  const missing = new Set<number>();
  const forgotten = new Set<number>();
  const inner = new Map<string, string>();
  const tree = growingTree([], (level, position, hash) => inner.set(`${level} ${position}`, hash.toString('base64')));
  let signed = 0;
  const until = (await db.selectFrom('log_head').select('size').executeTakeFirst())?.size ?? 0;
  for (let from = 0; ; from += LOG_BATCH) {
    const rows = await db
      .selectFrom('log_nodes')
      .leftJoin('log_bodies', 'log_bodies.position', 'log_nodes.position')
      .select(['log_nodes.position', 'hash', 'salt', 'body'])
      .where('level', '=', 0)
      .where('log_nodes.position', '>=', from)
      .where('log_nodes.position', '<', Math.min(until, from + LOG_BATCH))
      .orderBy('log_nodes.position')
      .execute();
    for (const { position: index, hash, salt, body } of rows) {
      if (index !== tree.size) throw new Fault(tree.size, 'leaf_missing');
      const leaf = Buffer.from(hash, 'base64');
      if (salt === null || body === null) missing.add(index);
      else {
        if (!leafHash(Buffer.from(salt, 'base64'), body).equals(leaf)) throw new Fault(index, 'leaf_changed');
        const event = JSON.parse(body) as FleetEvent;
        if (event.kind === 'events_forgotten')
          for (const [first, last] of event.facts.runs) for (let at = first; at <= last; at++) forgotten.add(at);
      }
      tree.add(leaf);
      const checkpoint = checkpoints[signed];
      if (checkpoint?.size !== tree.size) continue;
      const opened = openCheckpoint(checkpoint.note, publicKey);
      const holds = opened?.origin === origin && opened.size === tree.size && opened.root.equals(tree.root());
      if (!holds) throw new Fault(index, 'checkpoint');
      signed += 1;
    }
    if (from + LOG_BATCH >= until) break;
  }
  if (tree.size !== until) throw new Fault(tree.size, 'leaf_missing');
  for (const index of missing) if (!forgotten.has(index)) throw new Fault(index, 'body_removed');
  for (const index of forgotten) if (!missing.has(index)) throw new Fault(index, 'body_back');
  if (!frontierRoot(await readFrontier(db)).equals(tree.root())) throw new Fault(tree.size, 'frontier');
  if (checkpoints.length !== signed) throw new Fault(tree.size, 'checkpoint');
  const nodes = await db.selectFrom('log_nodes').selectAll().where('level', '>', 0).execute();
  for (const { level, position, hash } of nodes)
    if (inner.get(`${level} ${position}`) !== hash) throw new Fault(position * 2 ** level, 'node');
  if (nodes.length !== inner.size) throw new Fault(tree.size, 'node');
  return { ok: true, size: tree.size, root: tree.root(), checkpoints: signed };
}

/** Reads one state of the log, whatever others append meanwhile. */
export async function verifyLog(db: Kysely<AuditTables>, origin: string, publicKey: KeyObject): Promise<LogVerdict> {
  try {
    if (db.isTransaction) return await walk(db, origin, publicKey);
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((transaction) => walk(transaction, origin, publicKey));
  } catch (error) {
    if (error instanceof Fault) return { ok: false, index: error.index, what: error.what };
    throw error;
  }
}
