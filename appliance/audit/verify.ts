/** The log looked at by its own box: each body against its leaf, leaves and nodes against the tree, the tree against every signature. */

import type { KeyObject } from 'node:crypto';
import { openCheckpoint, parseOrigin } from '@belkluis/shared/audit/checkpoint';
import { cosignedAt } from '@belkluis/shared/audit/cosignature';
import { type AuditEvent, impersonalKinds } from '@belkluis/shared/audit/event';
import { FaultAt } from '@belkluis/shared/audit/fault';
import { leafHash } from '@belkluis/shared/audit/leaf';
import { frontierRoot, frontierSize, growingTree, type Hash } from '@belkluis/shared/audit/merkle';
import { parseNote, parseVerifierKey } from '@belkluis/shared/audit/note';
import type { Database } from 'better-sqlite3';
import { Bits } from './bits.ts';
import { AS_LONG_AS_THE_LOG } from './schema.ts';
import { LEVEL_STEP, type StoredTree } from './tree.ts';

/** What can be wrong, in words in scripts/cli/audit.ts. */
export type LogFault =
  | 'leaf_changed'
  | 'leaf_missing'
  | 'body_removed'
  | 'body_back'
  | 'expiry'
  | 'generation'
  | 'node'
  | 'frontier'
  | 'checkpoint'
  | 'cosignature';

/** The first thing that is wrong with a log, or that nothing is in its first `checked` events. */
export type LogVerdict =
  | {
      readonly ok: true;
      readonly size: number;
      readonly checked: number;
      readonly root: Hash;
      readonly checkpoints: number;
    }
  | { readonly ok: false; readonly index: number; readonly what: LogFault };

interface Row {
  readonly position: number;
  readonly hash: Hash;
  readonly salt: Buffer | null;
  readonly body: string | null;
  readonly expires_at: number | null;
}

/** Rows in memory at a time. */
const BATCH = 4096;

class Fault extends FaultAt<LogFault> {}

/** The kind of a canonical body: its last member. */
const kindOf = (body: string): string => body.slice(body.lastIndexOf('"kind":"') + 8, -2);

/**
 * A walk through the log from its first event, which can rest and go on where it was. Memory: two bits an event.
 * What it has passed it does not look at again.
 */
export function openVerification(database: Database, stored: StoredTree, deviceId: string, publicKey: KeyObject) {
  const rows = database.prepare(
    `SELECT leaves.position, hash, salt, body, expires_at FROM leaves LEFT JOIN bodies USING (position)
     WHERE leaves.position >= ? AND leaves.position < ? ORDER BY leaves.position`,
  );
  const nodeAt = database.prepare('SELECT hash FROM nodes WHERE level = ? AND position = ?').pluck();
  const nodeCount = database.prepare('SELECT count(*) FROM nodes').pluck();
  const outside = (table: string) =>
    database.prepare(`SELECT min(position) FROM ${table} WHERE position >= ? OR position < 0`).pluck();
  const strays = [outside('leaves'), outside('bodies')];
  const nextNote = database.prepare(
    'SELECT number, size, note FROM checkpoints WHERE number > ? ORDER BY number LIMIT 1',
  );
  const cosignatures = database.prepare(
    `SELECT cosignatures.number, witness, size, line, note FROM cosignatures LEFT JOIN checkpoints USING (size)
     WHERE cosignatures.number > ? ORDER BY cosignatures.number LIMIT ${BATCH}`,
  );
  const counts = database.prepare('SELECT checkpoints, cosignatures FROM state');

  const missing = new Bits();
  const forgotten = new Bits();
  let nodes = 0;
  let generation = 0;
  let notes = 0;
  let cosigned = 0;
  let pending: { number: number; size: number; note: string } | undefined;
  const tree = growingTree([], (level, index, hash) => {
    if (level % LEVEL_STEP !== 0) return;
    nodes += 1;
    const kept = nodeAt.get(level, index) as Hash | undefined;
    if (!kept?.equals(hash)) throw new Fault(index * 2 ** level, 'node');
  });

  function opened(index: number, { facts }: Extract<AuditEvent, { kind: 'log_opened' }>): void {
    const continues = facts.previousSize === index && facts.previousRoot === tree.root().toString('hex');
    const first = generation === 0 && facts.generation === 1;
    const next = facts.generation === Math.max(1, generation) + 1 && continues;
    if (facts.deviceId !== deviceId || !(first || next)) throw new Fault(index, 'generation');
    generation = facts.generation;
  }

  function check({ position: index, hash, salt, body, expires_at: expiresAt }: Row): void {
    if (body === null || salt === null) {
      missing.set(index);
      return;
    }
    if (!leafHash(salt, body).equals(hash)) throw new Fault(index, 'leaf_changed');
    const kind = kindOf(body);
    if (impersonalKinds.has(kind as AuditEvent['kind']) !== (expiresAt === AS_LONG_AS_THE_LOG)) {
      throw new Fault(index, 'expiry');
    }
    if (kind === 'log_opened') opened(index, JSON.parse(body));
    if (kind === 'events_forgotten') {
      const { facts } = JSON.parse(body) as Extract<AuditEvent, { kind: 'events_forgotten' }>;
      for (const [from, to] of facts.runs) {
        if (from > to || to >= index) throw new Fault(index, 'body_removed');
        for (let at = from; at <= to; at++) forgotten.set(at);
      }
    }
  }

  /** Every note of the size that the tree has reached. */
  function checkNotes(): void {
    pending ??= nextNote.get(notes) as typeof pending;
    while (pending && pending.size <= tree.size) {
      const checkpoint = openCheckpoint(pending.note, publicKey);
      const origin = checkpoint && parseOrigin(checkpoint.origin);
      const holds =
        pending.number === notes + 1 &&
        pending.size === tree.size &&
        checkpoint?.size === pending.size &&
        checkpoint.root.equals(tree.root()) &&
        origin?.deviceId === deviceId &&
        origin.generation === Math.max(1, generation);
      if (!holds) throw new Fault(pending.size, 'checkpoint');
      notes += 1;
      pending = nextNote.get(notes) as typeof pending;
    }
  }

  function checkCosignatures(): void {
    type Cosigned = { number: number; witness: string; size: number; line: string; note: string | null };
    for (let batch = cosignatures.all(cosigned) as Cosigned[]; batch.length > 0; ) {
      for (const { number, witness, size, line, note } of batch) {
        const key = parseVerifierKey(witness);
        const text = parseNote(note ?? '')?.text;
        const holds = number === cosigned + 1 && key && text !== undefined && cosignedAt(text, line, key) !== null;
        if (!holds) throw new Fault(size, 'cosignature');
        cosigned += 1;
      }
      batch = cosignatures.all(cosigned) as Cosigned[];
    }
  }

  /** What can be said only when the walk has reached the end. */
  function checkEnd(whole: boolean): void {
    const { size } = tree;
    const stray = strays.map((statement) => statement.get(size) as number | null).find((at) => at !== null);
    if (stray !== undefined && stray !== null) throw new Fault(stray, 'frontier');
    if (!frontierRoot(stored.frontier()).equals(tree.root())) throw new Fault(size, 'frontier');
    if (nodeCount.get() !== nodes) throw new Fault(size, 'node');
    const removed = missing.firstNotIn(forgotten);
    if (removed !== null) throw new Fault(removed, 'body_removed');
    // A walk that rested has passed events that were forgotten since.
    const back = whole ? forgotten.firstNotIn(missing) : null;
    if (back !== null) throw new Fault(back, 'body_back');
    if (pending) throw new Fault(pending.size, 'checkpoint');
    checkCosignatures();
    const counted = counts.get() as { checkpoints: number; cosignatures: number } | undefined;
    if (counted?.checkpoints !== notes) throw new Fault(size, 'checkpoint');
    if (counted.cosignatures !== cosigned) throw new Fault(size, 'cosignature');
  }

  const walk = (most: number, whole: boolean): LogVerdict => {
    pending = undefined;
    const size = frontierSize(stored.frontier());
    if (size < tree.size) throw new Fault(size, 'leaf_missing');
    const end = Math.min(size, tree.size + most);
    checkNotes();
    while (tree.size < end) {
      const batch = rows.all(tree.size, Math.min(end, tree.size + BATCH)) as Row[];
      if (batch.length === 0) throw new Fault(tree.size, 'leaf_missing');
      for (const row of batch) {
        if (row.position !== tree.size) throw new Fault(tree.size, 'leaf_missing');
        check(row);
        tree.add(row.hash);
        checkNotes();
      }
    }
    if (tree.size === size) checkEnd(whole);
    return { ok: true, size, checked: tree.size, root: tree.root(), checkpoints: notes };
  };
  // One reading transaction: what other processes add meanwhile is not half seen.
  const step = database.transaction(walk);
  let fault: Fault | null = null;

  return {
    /** Looks at `most` events more. `whole`: in one go, from the first to the last. */
    step(most: number, whole: boolean): LogVerdict {
      try {
        // What was once wrong does not become right.
        if (fault) throw fault;
        return step.deferred(most, whole);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        fault = error;
        return { ok: false, index: fault.index, what: fault.what };
      }
    },
  };
}
