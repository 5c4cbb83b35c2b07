/**
 * What boxes are asked to do, once each. A command is a row first and a message then: the broker may lose it, and it is sent again with the same id, by
 * which a box does it once. For people with a scope: `send`, `order`, `of`, `one`. For the process: `due`, `sent`, `responded`, `expire`, `forget`.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Response } from '@belkluis/shared/contract/response';
import { type Kysely, type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import type { AnyTables } from '../db/open.ts';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { transact } from '../db/transact.ts';
import type { InventoryTables } from '../inventory/tables.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import type { Append } from './events.ts';
import {
  AGAIN_MS,
  BOXES_AT_ONCE,
  COMMAND_MS,
  DUE_AT_ONCE,
  FORGOTTEN_ROWS,
  GIVE_UP_MS,
  KEPT_MS,
  LISTENS_MS,
  MAX_BOXES,
} from './limits.ts';
import { problem } from './problems.ts';
import { standingAfter } from './state.ts';
import type { CommandOp, CommandState, CommandTables } from './tables.ts';

export interface CommandRow {
  readonly id: string;
  readonly box: string;
  readonly op: CommandOp;
  readonly state: CommandState;
  readonly why: string | null;
  readonly percent: number | null;
  /** Who asked. */
  readonly by: string;
  /** Wall clock, ms. */
  readonly madeAt: number;
  readonly expiresAt: number;
  /** When the broker last had it. */
  readonly sentAt: number | null;
  readonly answeredAt: number | null;
}

const toRow = (row: CommandTables['box_commands']): CommandRow => ({
  ...{ id: row.id, box: row.box, op: row.op, state: row.state, why: row.why, percent: row.percent, by: row.by_person },
  ...{ madeAt: row.made_at, expiresAt: row.expires_at, sentAt: row.sent_at, answeredAt: row.answered_at },
});

export interface DueCommand {
  readonly id: string;
  readonly box: string;
  readonly op: CommandOp;
  readonly expiresAt: number;
}

export interface Sent {
  /** Ids of commands, one a box. */
  readonly commands: readonly string[];
  /** Boxes that were asked for the same a moment ago and have not finished. */
  readonly busy: number;
}

export interface CommandsOptions {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  /** Fresh ids (`db/ids.ts`). */
  readonly newId: () => string;
  readonly append: Append;
}

const open: readonly CommandState[] = ['waiting', 'sent', 'accepted', 'running'];

// To the letter as in the indexes on these rows: SQLite takes them for nothing else, and reads all that is kept.
const onItsWay = sql<SqlBool>`box_commands.state IN ('waiting', 'sent')`;
const unfinished = sql<SqlBool>`state IN ('waiting', 'sent', 'accepted', 'running')`;
const timeKeys = z.tuple([z.number().int(), z.string()]);

export type Commands = ReturnType<typeof openCommands>;

export function openCommands({ database, clock, newId, append }: CommandsOptions) {
  const view = (whole: AnyTables): Kysely<CommandTables & InventoryTables> =>
    whole.$extendTables<CommandTables & InventoryTables>();
  const db = view(database);

  const ofScope = (scope: Scope) =>
    db
      .selectFrom('box_commands')
      .innerJoin('boxes', 'boxes.id', 'box_commands.box')
      .selectAll('box_commands')
      .where(inScope(scope, 'boxes'));

  /** Asks some boxes, in one transaction. */
  const ask = (scope: Scope, boxes: readonly string[], op: CommandOp, actor: string): Promise<Sent> =>
    transact(database, async (whole) => {
      const tx = view(whole);
      const known = await tx
        .selectFrom('boxes')
        .select('id')
        .where('id', 'in', boxes)
        .where('state', '=', 'active')
        .where(inScope(scope, 'boxes'))
        .execute();
      if (known.length !== boxes.length) throw problem('command_box_unknown');
      const asked = await tx
        .selectFrom('box_commands')
        .select('box')
        .where('box', 'in', boxes)
        .where('op', '=', op)
        .where('state', 'in', open)
        .execute();
      const busy = new Set(asked.map(({ box }) => box));
      const now = clock.now();
      const rows = known
        .filter(({ id }) => !busy.has(id))
        .map(({ id: box }) => ({
          ...{ id: newId(), box, op, state: 'waiting' as const, why: null, percent: null, by_person: actor },
          ...{ made_at: now, expires_at: now + COMMAND_MS, sent_at: null, answered_at: null },
        }));
      for (const { id, box } of rows)
        await append({ kind: 'command_sent', actor, facts: { msp: scope.msp, box, command: id, op } }, whole);
      if (rows.length > 0) await tx.insertInto('box_commands').values(rows).execute();
      return { commands: rows.map(({ id }) => id), busy: busy.size };
    });

  return {
    /**
     * Asks boxes, each once; one that has not finished the same is left alone. Written down before it is sent. `renew` and the others change nothing of
     * what a box records. @throws Problem `command_box_unknown`, `commands_too_many`.
     */
    async send(scope: Scope, boxes: readonly string[], op: CommandOp, actor: string): Promise<Sent> {
      const all = [...new Set(boxes)];
      if (all.length === 0) throw problem('command_box_unknown');
      if (all.length > MAX_BOXES) throw problem('commands_too_many');
      const commands: string[] = [];
      let busy = 0;
      for (let at = 0; at < all.length; at += BOXES_AT_ONCE) {
        const sent = await ask(scope, all.slice(at, at + BOXES_AT_ONCE), op, actor);
        commands.push(...sent.commands);
        busy += sent.busy;
      }
      return { commands, busy };
    },

    /** Asks one box. Where it has not finished the same, that is what there is, whoever asked. @throws Problem `command_box_unknown`. */
    async order(scope: Scope, box: string, op: CommandOp, actor: string): Promise<CommandRow> {
      const { commands } = await ask(scope, [box], op, actor);
      const those = ofScope(scope).where('box', '=', box).where('op', '=', op);
      const row = await (commands.length > 0 ? those.where('box_commands.id', 'in', commands) : those)
        .orderBy('made_at', 'desc')
        .orderBy('box_commands.id', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow();
      return toRow(row);
    },

    /** Of a box, newest first. */
    async of(scope: Scope, box: string, page: PageAsk = {}): Promise<Page<CommandRow>> {
      const after = keysAfter(page, timeKeys);
      let query = ofScope(scope)
        .where('box', '=', box)
        .orderBy('made_at', 'desc')
        .orderBy('box_commands.id', 'desc')
        .limit(rowsOf(page) + 1);
      if (after) query = query.where(sql<SqlBool>`(made_at, box_commands.id) < (${after[0]}, ${after[1]})`);
      const found = pageOf(await query.execute(), page, ({ made_at, id }) => [made_at, id]);
      return { ...found, rows: found.rows.map(toRow) };
    },

    /** Null: there is none, or it is not of a box in scope. */
    async one(scope: Scope, command: string): Promise<CommandRow | null> {
      const row = await ofScope(scope).where('box_commands.id', '=', command).executeTakeFirst();
      return row ? toRow(row) : null;
    },

    /** Those that are to be sent now, to boxes that are there: what never went out first, then what a box said nothing of, longest ago first. */
    async due(): Promise<readonly DueCommand[]> {
      const now = clock.now();
      return await db
        .selectFrom('box_commands')
        .innerJoin('box_presence', 'box_presence.box', 'box_commands.box')
        .innerJoin('boxes', 'boxes.id', 'box_commands.box')
        .select(['box_commands.id', 'box_commands.box', 'op', 'expires_at as expiresAt'])
        .where('box_presence.present', '=', 'online')
        .where('box_presence.since', '<=', now - LISTENS_MS)
        .where('boxes.state', '=', 'active')
        .where('expires_at', '>', now)
        .where(onItsWay)
        .where(({ eb, or }) => or([eb('sent_at', 'is', null), eb('sent_at', '<=', now - AGAIN_MS)]))
        .orderBy('sent_at', (order) => order.asc().nullsFirst())
        .orderBy('made_at')
        .orderBy('box_commands.id')
        .limit(DUE_AT_ONCE)
        .execute();
    },

    /** The broker has these, DUE_AT_ONCE at most. */
    async sent(commands: readonly string[]): Promise<void> {
      if (commands.length === 0) return;
      await db
        .updateTable('box_commands')
        .set({ state: 'sent', sent_at: clock.now() })
        .where('id', 'in', commands)
        .where('state', 'in', ['waiting', 'sent'])
        .execute();
    },

    /** What a box says of a command of its own; of another's nothing is taken. The same again changes nothing. Whether something changed. */
    responded: (box: string, command: string, said: Response): Promise<boolean> =>
      transact(database, async (whole) => {
        const tx = view(whole);
        const known = await tx
          .selectFrom('box_commands')
          .selectAll()
          .where('id', '=', command)
          .where('box', '=', box)
          .executeTakeFirst();
        const next = known ? standingAfter(known, said) : null;
        if (!known || !next) return false;
        const { numUpdatedRows } = await tx
          .updateTable('box_commands')
          .set({ ...next, answered_at: clock.now() })
          .where('id', '=', command)
          .where('state', '=', known.state)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      }),

    /** Gives up those whose time went by. How many. */
    async expire(): Promise<number> {
      const now = clock.now();
      const { numUpdatedRows } = await db
        .updateTable('box_commands')
        .set({ state: 'expired' })
        .where(unfinished)
        .where('expires_at', '<=', now)
        .where(({ eb, or }) => or([eb('state', 'in', ['waiting', 'sent']), eb('expires_at', '<=', now - GIVE_UP_MS)]))
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },

    /** Deletes some that are past the timeline. False: there are no more. */
    async forget(): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom('box_commands')
        .where(
          sql<SqlBool>`id IN (SELECT id FROM box_commands WHERE made_at < ${clock.now() - KEPT_MS} LIMIT ${FORGOTTEN_ROWS})`,
        )
        .executeTakeFirst();
      return numDeletedRows === BigInt(FORGOTTEN_ROWS);
    },
  };
}
