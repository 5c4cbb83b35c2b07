/**
 * The audit log: append-only, in its own database, safe with several processes. A leaf stays for ever; the body behind it, with its
 * salt, can be erased (shared/audit/leaf).
 */

import type { KeyObject } from 'node:crypto';
import { type Checkpoint, openCheckpoint, originOf, signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { type AuditEntry, type AuditEvent, checkEvent } from '@belkluis/shared/audit/event';
import { leafBody, leafHash, SALT_LENGTH } from '@belkluis/shared/audit/leaf';
import {
  appendLeaf,
  consistencyProof,
  type Frontier,
  frontierRoot,
  type Hash,
  inclusionProof,
  verifyConsistency,
} from '@belkluis/shared/audit/merkle';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { openDatabase } from '../db/open.ts';
import { migrations } from './schema.ts';

export interface AuditLogOptions {
  readonly path: string;
  readonly deviceId: string;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** What an append returns: the fact's place in the log. */
export interface Appended {
  readonly index: number;
  readonly leaf: Hash;
}

/** One line of the log as it is shown; `event` is null when its body has been erased. */
export interface LoggedEvent {
  readonly index: number;
  readonly event: AuditEvent | null;
}

/** The first thing that is wrong with a log, or that nothing is. */
export type LogVerdict =
  | { readonly ok: true; readonly size: number; readonly root: Hash; readonly checkpoints: number }
  | {
      readonly ok: false;
      readonly index: number;
      readonly what: 'leaf_changed' | 'leaf_missing' | 'frontier' | 'checkpoint';
    };

/** A restore opens a new generation; until then there is the first. */
const GENERATION = 1;

export function openAuditLog({ path, deviceId, clock, chance }: AuditLogOptions) {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const insertLeaf = database.prepare('INSERT INTO leaves (position, hash) VALUES (?, ?)');
  const insertBody = database.prepare('INSERT INTO bodies (position, salt, body) VALUES (?, ?, ?)');
  const leafAt = database.prepare('SELECT hash FROM leaves WHERE position = ?').pluck();
  const sizeOf = database.prepare('SELECT count(*) FROM leaves').pluck();
  const bodyAt = database.prepare('SELECT salt, body FROM bodies WHERE position = ?');
  const subtrees = database.prepare('SELECT leaves, hash FROM frontier ORDER BY leaves DESC');
  const clearFrontier = database.prepare('DELETE FROM frontier');
  const insertSubtree = database.prepare('INSERT INTO frontier (leaves, hash) VALUES (?, ?)');
  const insertNote = database.prepare('INSERT OR IGNORE INTO checkpoints (size, note) VALUES (?, ?)');
  const notes = database.prepare('SELECT size, note FROM checkpoints ORDER BY size');
  const lastNote = database.prepare('SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1').pluck();
  const recent = database.prepare(
    `SELECT leaves.position, bodies.body FROM leaves LEFT JOIN bodies USING (position)
     ORDER BY leaves.position DESC LIMIT ? OFFSET ?`,
  );
  const eraseBody = database.prepare('DELETE FROM bodies WHERE position = ?');
  const leaves = (index: number): Hash => leafAt.get(index) as Buffer;
  const frontier = (): Frontier => subtrees.all() as { leaves: number; hash: Buffer }[];
  const sizeIn = (trees: Frontier) => trees.reduce((sum, tree) => sum + tree.leaves, 0);

  const appendOne = database.transaction((entry: AuditEntry): Appended => {
    const event = checkEvent({ ...entry, at: clock.now() });
    const salt = chance.bytes(SALT_LENGTH);
    const body = leafBody(event);
    const leaf = leafHash(salt, body);
    const before = frontier();
    const index = sizeIn(before);
    insertLeaf.run(index, leaf);
    insertBody.run(index, salt, body);
    clearFrontier.run();
    for (const tree of appendLeaf(before, leaf)) insertSubtree.run(tree.leaves, tree.hash);
    return { index, leaf };
  });

  const head = (): Checkpoint => {
    const trees = frontier();
    return { origin: originOf(deviceId, GENERATION), size: sizeIn(trees), root: frontierRoot(trees) };
  };

  return {
    /**
     * Appends one event, committed with `synchronous=FULL`. Whoever wants to act on it acts after this returns.
     * @throws when the event is malformed, or the disk refuses: then nothing may be done.
     */
    append: (entry: AuditEntry): Appended => appendOne.immediate(entry),
    head,
    /** Signs the head and stores it. */
    checkpoint(privateKey: KeyObject): string {
      const current = head();
      insertNote.run(current.size, signCheckpoint(current, privateKey));
      return (lastNote.get() as string | undefined) ?? '';
    },
    inclusion: (index: number, size: number): Hash[] => inclusionProof(leaves, index, size),
    consistency: (first: number, second: number): Hash[] => consistencyProof(leaves, first, second),
    /** Newest first. */
    recent: (limit: number, offset = 0): LoggedEvent[] =>
      (recent.all(limit, offset) as { position: number; body: string | null }[]).map(({ position, body }) => ({
        index: position,
        event: body === null ? null : (JSON.parse(body) as AuditEvent),
      })),
    /** Forgets what event `index` said; that it was there stays. */
    eraseBody: (index: number): void => {
      eraseBody.run(index);
    },
    /** Looks at everything: each body against its leaf, all leaves against the frontier and every signed checkpoint. */
    verify(publicKey: KeyObject): LogVerdict {
      const size = sizeOf.get() as number;
      let built: Frontier = [];
      const roots = new Map<number, Hash>();
      const stored = (notes.all() as { size: number; note: string }[]).map(({ size: at, note }) => ({ at, note }));
      const wanted = new Set(stored.map(({ at }) => at));
      if (wanted.has(0)) roots.set(0, frontierRoot([]));
      for (let index = 0; index < size; index++) {
        const leaf = leafAt.get(index) as Buffer | undefined;
        if (!leaf) return { ok: false, index, what: 'leaf_missing' };
        const kept = bodyAt.get(index) as { salt: Buffer; body: string } | undefined;
        if (kept && !leafHash(kept.salt, kept.body).equals(leaf)) return { ok: false, index, what: 'leaf_changed' };
        built = appendLeaf(built, leaf);
        if (wanted.has(index + 1)) roots.set(index + 1, frontierRoot(built));
      }
      const trees = frontier();
      if (sizeIn(trees) !== size || !frontierRoot(trees).equals(frontierRoot(built))) {
        return { ok: false, index: size, what: 'frontier' };
      }
      for (const { at, note } of stored) {
        const checkpoint = openCheckpoint(note, publicKey);
        const root = roots.get(at);
        const holds =
          checkpoint !== null && root !== undefined && checkpoint.size === at && checkpoint.root.equals(root);
        if (!holds) return { ok: false, index: at, what: 'checkpoint' };
      }
      return { ok: true, size, root: frontierRoot(built), checkpoints: stored.length };
    },
    close: (): void => {
      database.close();
    },
  };
}

/** Whether a log's proof from one checkpoint to a later one holds: what a witness asks. */
export const grewHonestly = (from: Checkpoint, to: Checkpoint, proof: readonly Hash[]): boolean =>
  from.origin === to.origin && verifyConsistency(from.size, from.root, to.size, to.root, proof);
