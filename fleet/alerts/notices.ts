/**
 * What other rooms have to say to an MSP: to each of its channels that is on, whatever alerts that is for, once. What was put down is in the
 * database, and is sent as alerts are (`tell.ts`); when a channel took it, whoever asks again learns since when it has.
 */
import { createHash } from 'node:crypto';
import { transact } from '../db/transact.ts';
import {
  ASK_NOTED_MS,
  ASKED_MS,
  DELIVERIES_KEPT_MS,
  GATHER_MS,
  MENDED_WAIT_MS,
  REACHED_MS,
  UNREACHED_KEPT_MS,
} from './limits.ts';
import type { Named } from './message.ts';
import type { NoticeKind, NoticeMessage } from './notice-message.ts';
import { type Db, type Parts, view } from './parts.ts';
import { problem } from './problems.ts';
import type { AlertTables } from './tables.ts';
import type { AlertLanguage } from './words/of.ts';

export interface Notice {
  readonly is: NoticeKind;
  readonly msp: string;
  readonly customer: string;
  readonly drill: boolean;
  /** The same words of another edition are another message, such as the next reminder of the same day. */
  readonly edition: string;
  readonly text: Readonly<Record<AlertLanguage, string>>;
}

const digestOf = ({ is, drill, edition, text }: Notice): string =>
  createHash('sha256')
    .update(JSON.stringify([is, drill, edition, text.en, text.nl, text.de, text.fr]))
    .digest('hex');

/**
 * Whether it is no longer to be told: nobody who was not reached is asked for any more (a reminder that another follows, a sub-processor that does
 * not come), or it reached somebody days ago. An incident is for every channel as long as it is kept.
 */
export const isPast = (
  { kind, reached_at, asked_at }: Pick<AlertTables['alert_notices'], 'kind' | 'reached_at' | 'asked_at'>,
  now: number,
): boolean =>
  reached_at === null ? asked_at <= now - ASKED_MS : kind !== 'incident' && reached_at <= now - REACHED_MS;

/**
 * A channel works again. What waits for its next try is tried now, if that is later than `afterMs`, and notices that were given up and are not past
 * are tried anew; what is sent at this moment is left alone.
 */
export async function mended(tx: Db, channel: string, now: number, afterMs = MENDED_WAIT_MS): Promise<void> {
  const anew = { state: 'waiting' as const, tries: 0, due_at: now, ended_at: null };
  const dead = await tx
    .selectFrom('alert_deliveries')
    .innerJoin('alert_notices', 'alert_notices.id', 'alert_deliveries.notice')
    .select(['alert_deliveries.id', 'kind', 'reached_at', 'asked_at'])
    .where('channel', '=', channel)
    .where('state', '=', 'dead')
    .execute();
  const ids = dead.filter((row) => !isPast(row, now)).map(({ id }) => id);
  if (ids.length > 0) await tx.updateTable('alert_deliveries').set(anew).where('id', 'in', ids).execute();
  await tx
    .updateTable('alert_deliveries')
    .set(anew)
    .where('channel', '=', channel)
    .where('state', '=', 'waiting')
    .where('due_at', '>', now + afterMs)
    .where('lease_until', '<=', now)
    .execute();
}

/** The message of a delivery that brings a notice. @throws Problem `notice_past`. */
export async function noticeOf(
  db: Db,
  delivery: AlertTables['alert_deliveries'],
  msp: Named,
  language: AlertLanguage,
  now: number,
): Promise<NoticeMessage> {
  const row = await db
    .selectFrom('alert_notices')
    .selectAll()
    .where('id', '=', delivery.notice)
    .executeTakeFirstOrThrow();
  if (isPast(row, now)) throw problem('notice_past');
  const customers = await db
    .selectFrom('alert_notice_customers')
    .innerJoin('customers', 'customers.id', 'alert_notice_customers.customer')
    .select(['customers.id', 'customers.name'])
    .where('notice', '=', row.id)
    .orderBy('customers.name')
    .execute();
  const text = JSON.parse(row.text) as NoticeMessage['text'];
  const about = { notice: row.id, kind: row.kind, drill: row.drill === 1, text, customers };
  return { id: delivery.id, madeAt: row.made_at, msp, language, ...about };
}

export function openNotices({ database, clock, newId }: Omit<Parts, 'append'>) {
  const db = view(database);

  /** A message to each channel that has none of this notice yet. None is on: it waits for one. */
  const packOne = (notice: string): Promise<void> =>
    transact(database, async (whole) => {
      const tx = view(whole);
      const now = clock.now();
      const row = await tx.selectFrom('alert_notices').selectAll().where('id', '=', notice).executeTakeFirst();
      if (!row || row.reached_at !== null || isPast(row, now)) return;
      const channels = await tx
        .selectFrom('alert_channels')
        .select('id')
        .where('msp', '=', row.msp)
        .where('state', '=', 'on')
        .execute();
      const made = await tx.selectFrom('alert_deliveries').select('channel').where('notice', '=', notice).execute();
      const has = new Set(made.map(({ channel }) => channel));
      const fresh = channels.filter(({ id }) => !has.has(id));
      if (fresh.length === 0) return;
      await tx
        .insertInto('alert_deliveries')
        .values(
          fresh.map(({ id: channel }) => ({
            ...{ id: newId(), msp: row.msp, channel, state: 'waiting' as const, alerts: 0, made_at: now, due_at: now },
            ...{ lease_until: 0, tries: 0, ended_at: null, problem: null, notice },
          })),
        )
        .execute();
      if (row.packed_at === null)
        await tx.updateTable('alert_notices').set({ packed_at: now }).where('id', '=', notice).execute();
    });

  /** Somebody still wants it told. What was put away because nobody seemed to is tried anew. */
  async function asked(tx: Db, { id, asked_at }: { readonly id: string; readonly asked_at: number }): Promise<void> {
    const now = clock.now();
    if (asked_at > now - ASK_NOTED_MS) return;
    await tx.updateTable('alert_notices').set({ asked_at: now }).where('id', '=', id).execute();
    await tx
      .updateTable('alert_deliveries')
      .set({ state: 'waiting', tries: 0, due_at: now, ended_at: null, problem: null })
      .where('notice', '=', id)
      .where('state', '=', 'dead')
      .where('problem', '=', 'notice_past')
      .execute();
  }

  return {
    /**
     * Puts it down, once however often it is said; the same for several customers of an MSP is one message. When the first channel took it, wall
     * clock, ms; null: none has yet. Ask again: what nobody asks for any more is not brought.
     */
    tell: (notice: Notice): Promise<number | null> =>
      transact(database, async (whole) => {
        const tx = view(whole);
        const { msp, customer, is: kind, drill, text } = notice;
        const digest = digestOf(notice);
        const now = clock.now();
        const known = await tx
          .selectFrom('alert_notices')
          .innerJoin('alert_notice_customers', 'alert_notice_customers.notice', 'alert_notices.id')
          .select(['id', 'reached_at', 'asked_at'])
          .where('msp', '=', msp)
          .where('digest', '=', digest)
          .where('customer', '=', customer)
          .executeTakeFirst();
        if (known) {
          if (known.reached_at === null) await asked(tx, known);
          return known.reached_at;
        }
        const open = await tx
          .selectFrom('alert_notices')
          .select(['id', 'asked_at'])
          .where('msp', '=', msp)
          .where('digest', '=', digest)
          .where('packed_at', 'is', null)
          .executeTakeFirst();
        const id = open?.id ?? newId();
        if (open) await asked(tx, open);
        else
          await tx
            .insertInto('alert_notices')
            .values({
              ...{ id, msp, digest, kind, drill: drill ? 1 : 0, text: JSON.stringify(text), made_at: now },
              ...{ packed_at: null, reached_at: null, asked_at: now },
            })
            .execute();
        await tx.insertInto('alert_notice_customers').values({ notice: id, customer }).execute();
        return null;
      }),

    /** Makes messages of what was put down a moment ago and reached nobody. */
    async pack(): Promise<void> {
      const waiting = await db
        .selectFrom('alert_notices')
        .innerJoin('alert_channels', 'alert_channels.msp', 'alert_notices.msp')
        .leftJoin('alert_deliveries', (join) =>
          join
            .onRef('alert_deliveries.notice', '=', 'alert_notices.id')
            .onRef('alert_deliveries.channel', '=', 'alert_channels.id'),
        )
        .select('alert_notices.id')
        .distinct()
        .where('reached_at', 'is', null)
        .where('asked_at', '>', clock.now() - ASKED_MS)
        .where('alert_notices.made_at', '<=', clock.now() - GATHER_MS)
        .where('alert_channels.state', '=', 'on')
        .where('alert_deliveries.id', 'is', null)
        .execute();
      for (const { id } of waiting) await packOne(id);
    },

    /** Erases those that were told long ago, and those that nobody asks for any more. */
    async forget(): Promise<void> {
      const now = clock.now();
      await db
        .deleteFrom('alert_notices')
        .where(({ eb, or }) =>
          or([eb('reached_at', '<', now - DELIVERIES_KEPT_MS), eb('made_at', '<', now - UNREACHED_KEPT_MS)]),
        )
        .execute();
    },
  };
}
