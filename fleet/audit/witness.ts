/**
 * The fleet as witness of boxes' logs: remembers the newest checkpoint of each and cosigns what continues it (`shared/audit/witness.ts` is the
 * rule). What is remembered is compared and set in one transaction, so however many processes answer, no two histories are cosigned.
 */
import type { KeyObject } from 'node:crypto';
import { openCheckpoint, parseCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { parseNote } from '@belkluis/shared/audit/note';
import { type AddCheckpoint, type Answer, addCheckpoint, type Remembered } from '@belkluis/shared/audit/witness';
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Kysely } from 'kysely';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import type { FleetEntry } from './events.ts';
import { MAX_EVIDENCE, MAX_TROUBLED, SILENCE_MS, SILENT_BATCH } from './limits.ts';
import { digestOf } from './log.ts';
import { problem } from './problems.ts';
import type { AuditTables } from './tables.ts';

type Refused = 'fork' | 'rollback' | 'inconsistent';

export type WitnessAlarm =
  /** The log of a box is not the one that was cosigned; `digest` names the evidence. */
  | { readonly kind: Refused; readonly box: string; readonly digest: string }
  /** No checkpoint since `since`; and there is one again. */
  | { readonly kind: 'silent'; readonly box: string; readonly since: number }
  | { readonly kind: 'heard'; readonly box: string };

export interface Evidence {
  readonly digest: string;
  readonly why: Refused;
  /** Signed note that was cosigned, and the signed note that contradicts it. */
  readonly remembered: string;
  readonly offered: string;
  readonly foundAt: number;
}

export interface WitnessState {
  /** Events of the log when it was last cosigned; null: it never was. */
  readonly size: number | null;
  /** When that was, or when the fleet began to wait for it. */
  readonly heardAt: number;
  readonly silent: boolean;
  /** False: the box has left, and nobody waits for its log. */
  readonly watched: boolean;
  /** Pairs of signed notes that contradict each other. */
  readonly evidence: number;
}

export interface BoxWitnessOptions {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  /** `name`: `witnessName` of the contract. */
  readonly witness: { readonly name: string; readonly privateKey: KeyObject };
  /** Key that a box signs its log with, as it was pinned when it was paired; null: no such box. */
  readonly logKeyOf: (box: string) => Promise<KeyObject | null>;
  /** The fleet's own log. */
  readonly append: (entry: FleetEntry, transaction: AnyTables) => Promise<void>;
  /** Inside the transaction that finds it: what it stores is there with the evidence or not at all. */
  readonly raise: (alarm: WitnessAlarm, transaction: AnyTables) => Promise<void>;
}

/** Somebody else answered meanwhile: look again. */
class Overtaken extends Error {}

/** Looks at a row that others change all the time. Each time one gives way another has got on. */
const MAX_LOOKS = 10;

const isRefused = (outcome: Answer['outcome']): outcome is Refused =>
  outcome === 'fork' || outcome === 'rollback' || outcome === 'inconsistent';

function memoryOf(row: AuditTables['witness_logs'] | undefined): Remembered | null {
  if (row === undefined || row.note === null) return null;
  return { ...parseCheckpoint(parseNote(row.note)!.text)!, note: row.note };
}

export type BoxWitness = ReturnType<typeof openBoxWitness>;

export function openBoxWitness({ database, clock, witness, logKeyOf, append, raise }: BoxWitnessOptions) {
  const db = database.$extendTables<AuditTables>();
  const rowOf = (box: string, within: Kysely<AuditTables> = db) =>
    within.selectFrom('witness_logs').selectAll().where('box', '=', box).executeTakeFirst();

  /** Replaces what is remembered, where it is still `before`. */
  async function remember(
    box: string,
    before: AuditTables['witness_logs'] | undefined,
    memory: Remembered,
    tx: AnyTables,
  ) {
    const transaction = tx.$extendTables<AuditTables>();
    const { size, note } = memory;
    const heard = { size, note, heard_at: clock.now(), silent: 0, accept_loss: 0 };
    if (before === undefined) {
      await transaction
        .insertInto('witness_logs')
        .values({ box, ...heard, watched: 1 })
        .execute();
      return;
    }
    let update = transaction.updateTable('witness_logs').set(heard).where('box', '=', box);
    update = before.note === null ? update.where('note', 'is', null) : update.where('note', '=', before.note);
    const { numUpdatedRows } = await update.executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new Overtaken();
    if (before.silent) await raise({ kind: 'heard', box }, tx);
  }

  /** Keeps both notes and says so, once for each note. */
  async function keep(box: string, why: Refused, memory: Remembered, offered: string, tx: AnyTables): Promise<void> {
    const transaction = tx.$extendTables<AuditTables>();
    const digest = digestOf(offered);
    const kept = await transaction
      .selectFrom('witness_evidence')
      .select('digest')
      .where('box', '=', box)
      .limit(MAX_EVIDENCE)
      .execute();
    if (kept.length === MAX_EVIDENCE || kept.some((one) => one.digest === digest)) return;
    await append({ kind: 'box_log_refused', actor: 'fleet', facts: { box, why, size: memory.size, digest } }, tx);
    await transaction
      .insertInto('witness_evidence')
      .values({ digest, box, why, remembered: memory.note, offered, found_at: clock.now() })
      .execute();
    await raise({ kind: why, box, digest }, tx);
  }

  async function answer(box: string, logKey: KeyObject, request: AddCheckpoint, tx: AnyTables): Promise<Answer> {
    const before = await rowOf(box, tx.$extendTables<AuditTables>());
    const memory = memoryOf(before);
    const acceptLoss = before?.accept_loss === 1;
    const said = addCheckpoint(memory, request, { deviceId: box, logKey, witness, now: clock.now(), acceptLoss });
    if (said.outcome === 'cosigned') await remember(box, before, said.memory, tx);
    // What nobody signed is no evidence, and nothing was promised by who has no memory.
    else if (isRefused(said.outcome) && memory && openCheckpoint(request.note, logKey))
      await keep(box, said.outcome, memory, request.note, tx);
    return said;
  }

  const statesOf = () =>
    db
      .selectFrom('witness_logs')
      .select(['box', 'size', 'heard_at', 'silent', 'watched'])
      .select(({ selectFrom, fn }) =>
        selectFrom('witness_evidence')
          .select(fn.countAll<number>().as('pairs'))
          .whereRef('witness_evidence.box', '=', 'witness_logs.box')
          .as('pairs'),
      );
  const stateOf = (row: Awaited<ReturnType<ReturnType<typeof statesOf>['executeTakeFirstOrThrow']>>): WitnessState => ({
    size: row.size,
    heardAt: row.heard_at,
    silent: row.silent === 1,
    watched: row.watched === 1,
    evidence: row.pairs ?? 0,
  });

  return {
    /** Answers a box's checkpoint; what it cosigns is stored before it returns. */
    async add(box: string, request: AddCheckpoint): Promise<Answer> {
      const logKey = await logKeyOf(box);
      if (!logKey) return { outcome: 'unknown_log' };
      for (let look = 1; ; look++) {
        try {
          const said = await transact(database, (tx) => answer(box, logKey, request, tx));
          commitPoint('fleet.witness_answered');
          return said;
        } catch (error) {
          const again = error instanceof Overtaken || faultOf(error) === 'duplicate';
          if (!again || look === MAX_LOOKS) throw error;
        }
      }
    },

    /** From now on silence of this box is found. */
    async watch(box: string, transaction: AnyTables = database): Promise<void> {
      const heard = { heard_at: clock.now(), watched: 1, silent: 0 };
      await transaction
        .$extendTables<AuditTables>()
        .insertInto('witness_logs')
        .values({ box, size: null, note: null, accept_loss: 0, ...heard })
        .onConflict((conflict) => conflict.column('box').doUpdateSet(heard))
        .execute();
    },

    /** The box has left: nobody waits for it. What is remembered stays, so that it cannot come back with another past. */
    async dismiss(box: string, transaction: AnyTables = database): Promise<void> {
      await transaction
        .$extendTables<AuditTables>()
        .updateTable('witness_logs')
        .set({ watched: 0, silent: 0 })
        .where('box', '=', box)
        .execute();
    },

    /**
     * A person has said that the box was restored, and that what came after its backup is lost: its next checkpoint of a later generation is
     * cosigned although it does not continue what is remembered. For once. @throws Problem `box_not_watched`.
     */
    async acceptLoss(box: string, actor: string): Promise<void> {
      await transact(database, async (tx) => {
        const transaction = tx.$extendTables<AuditTables>();
        const row = await rowOf(box, transaction);
        if (!row || row.size === null) throw problem('box_not_watched');
        await append({ kind: 'box_loss_accepted', actor, facts: { box, size: row.size } }, tx);
        await transaction.updateTable('witness_logs').set({ accept_loss: 1 }).where('box', '=', box).execute();
      });
    },

    /** What is remembered of a box; null: nothing yet. */
    async memory(box: string): Promise<(Remembered & { readonly heardAt: number }) | null> {
      const row = await rowOf(box);
      const memory = memoryOf(row);
      return memory && { ...memory, heardAt: row!.heard_at };
    },

    /** Oldest first. */
    async evidence(box: string): Promise<readonly Evidence[]> {
      const rows = await db
        .selectFrom('witness_evidence')
        .selectAll()
        .where('box', '=', box)
        .orderBy('found_at')
        .orderBy('digest')
        .execute();
      return rows.map(({ digest, why, remembered, offered, found_at }) => ({
        digest,
        why: why as Refused,
        remembered,
        offered,
        foundAt: found_at,
      }));
    },

    /** How the logs of these boxes stand; those of which nothing is known are not there. */
    async states(boxes: readonly string[]): Promise<ReadonlyMap<string, WitnessState>> {
      if (boxes.length === 0) return new Map();
      const rows = await statesOf().where('witness_logs.box', 'in', boxes).execute();
      return new Map(rows.map((row) => [row.box, stateOf(row)]));
    },

    /** Boxes whose log is not heard of, or was contradicted; whose they are, others say. */
    async troubled(): Promise<readonly string[]> {
      const rows = await db
        .selectFrom('witness_logs')
        .select('box')
        .where(({ or, eb, exists, selectFrom }) =>
          or([
            eb('silent', '=', 1),
            exists(
              selectFrom('witness_evidence').select('digest').whereRef('witness_evidence.box', '=', 'witness_logs.box'),
            ),
          ]),
        )
        .orderBy('box')
        .limit(MAX_TROUBLED)
        .execute();
      return rows.map(({ box }) => box);
    },

    /** Raises the alarm for boxes of which no checkpoint came for `silenceMs`, once until one comes. Returns which. */
    async findSilent(silenceMs: number = SILENCE_MS): Promise<readonly string[]> {
      return await transact(database, async (tx) => {
        const transaction = tx.$extendTables<AuditTables>();
        const rows = await transaction
          .selectFrom('witness_logs')
          .select(['box', 'heard_at'])
          .where('watched', '=', 1)
          .where('silent', '=', 0)
          .where('heard_at', '<=', clock.now() - silenceMs)
          .orderBy('heard_at')
          .limit(SILENT_BATCH)
          .execute();
        for (const { box, heard_at: since } of rows) {
          await append({ kind: 'box_log_silent', actor: 'fleet', facts: { box, since } }, tx);
          await transaction.updateTable('witness_logs').set({ silent: 1 }).where('box', '=', box).execute();
          await raise({ kind: 'silent', box, since }, tx);
        }
        return rows.map(({ box }) => box);
      });
    },
  };
}
