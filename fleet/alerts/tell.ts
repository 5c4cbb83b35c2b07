/**
 * What is to be told, from the alerts themselves to somebody's mailbox, in three steps, each of which any process may take at any time: news of alerts
 * is put down for each channel; news of a channel becomes one message; a message is sent by whoever holds its lease, until it is taken or given up.
 * What was put down is in the database: a process that is killed loses none of it. What it sent and could not note down is sent again under the same id.
 */
import { setImmediate as breath } from 'node:timers/promises';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { Problem } from '@belkluis/shared/base/problem';
import { type SqlBool, sql } from 'kysely';
import { transact } from '../db/transact.ts';
import type { Scope } from '../tenants/scope.ts';
import { type Senders, sendBy } from './channels.ts';
import { type AlertCode, levelOfRank } from './codes.ts';
import {
  BACKOFF_MS,
  DIGEST_EVERY_MS,
  GATHER_MS,
  LEASE_MS,
  MAIL_ITEMS,
  NEWS_BATCH,
  SENDING_AT_ONCE,
  WEBHOOK_ITEMS,
} from './limits.ts';
import type { Message, Named } from './message.ts';
import type { NoticeMessage } from './notice-message.ts';
import { isPast, mended, noticeOf } from './notices.ts';
import { type Db, type Parts, view } from './parts.ts';
import { verdictOf } from './quiet.ts';
import type { AlertTables } from './tables.ts';
import { windowsOf } from './windows.ts';
import type { AlertLanguage } from './words/of.ts';

type Alert = AlertTables['alerts'];
type Channel = AlertTables['alert_channels'];
type News = AlertTables['alert_news'];
type Delivery = AlertTables['alert_deliveries'];

/** Whether news is still so: that something came is not told while it is away. */
const holds = sql<SqlBool>`(alert_news.kind = 'cleared' OR EXISTS
  (SELECT 1 FROM alerts WHERE alerts.id = alert_news.alert AND alerts.cleared_at IS NULL))`;

/** Rows of one statement: SQLite takes 32,766 values. */
const INSERTED_ROWS = 1000;

interface TellOptions extends Omit<Parts, 'append'> {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly senders: Senders;
}

/** Whether a channel is told of an alert at a level. */
function wants(channel: Channel, alert: Alert, level: number): boolean {
  if (level < channel.level) return false;
  if (channel.codes !== null && !(JSON.parse(channel.codes) as string[]).includes(alert.code)) return false;
  const within = JSON.parse(channel.within) as Scope['within'];
  if (within === 'all') return true;
  return within.customers.includes(alert.customer ?? '') || within.sites.includes(alert.site ?? '');
}

/** How long until the next try, ms, after so many; null: it is given up. Others fail at the same time: spread by chance. */
function backoff(tries: number, chance: Chance): number | null {
  const wait = BACKOFF_MS[tries - 1];
  return wait === undefined ? null : Math.round(wait * (0.75 + chance.bytes(1)[0]! / 512));
}

export function openTell({ database, clock, chance, newId, log, senders }: TellOptions) {
  const db = view(database);

  /** Puts down what is to be told of these alerts, of one MSP, and notes on them that it is. */
  async function tellOf(tx: Db, msp: string, alerts: readonly Alert[]): Promise<void> {
    const now = clock.now();
    const mutes = await tx.selectFrom('alert_mutes').selectAll().where('msp', '=', msp).execute();
    const windows = await windowsOf(msp, tx);
    const channels = await tx
      .selectFrom('alert_channels')
      .selectAll()
      .where('msp', '=', msp)
      .where('state', '=', 'on')
      .execute();
    const [settled, cleared]: [Alert[], Alert[]] = [[], []];
    const news: News[] = [];
    const about = (channel: Channel, alert: Alert, kind: News['kind'], level: number): News => ({
      ...{ id: newId(), channel: channel.id, alert: alert.id, kind, level, at: now, delivery: null },
    });
    for (const alert of alerts) {
      const verdict = verdictOf(alert, mutes, windows, now);
      if (verdict === 'wait') continue;
      settled.push(alert);
      if (verdict === 'settled') continue;
      if (verdict.tell === 'cleared') cleared.push(alert);
      else
        for (const channel of channels)
          if (wants(channel, alert, alert.level)) news.push(about(channel, alert, verdict.tell, alert.level));
    }
    // Whoever was not told yet that it stands is not told that it has gone.
    const untold = new Set<string>();
    if (cleared.length > 0) {
      const waiting = await tx
        .deleteFrom('alert_news')
        .where(
          'alert',
          'in',
          cleared.map(({ id }) => id),
        )
        .where('delivery', 'is', null)
        .returning(['alert', 'channel', 'kind'])
        .execute();
      for (const { alert, channel, kind } of waiting) if (kind === 'opened') untold.add(`${alert} ${channel}`);
    }
    for (const alert of cleared)
      for (const channel of channels)
        if (wants(channel, alert, alert.told) && !untold.has(`${alert.id} ${channel.id}`))
          news.push(about(channel, alert, 'cleared', alert.told));
    for (let at = 0; at < news.length; at += INSERTED_ROWS)
      await tx
        .insertInto('alert_news')
        .values(news.slice(at, at + INSERTED_ROWS))
        .execute();
    // Each is what it was: the transaction saw it so, or runs again.
    for (const [rows, told] of [
      [settled.filter(({ cleared_at }) => cleared_at !== null), 0],
      [settled.filter(({ cleared_at, level }) => cleared_at === null && level === 1), 1],
      [settled.filter(({ cleared_at, level }) => cleared_at === null && level === 2), 2],
    ] as const)
      if (rows.length > 0)
        await tx
          .updateTable('alerts')
          .set({ told })
          .where(
            'id',
            'in',
            rows.map(({ id }) => id),
          )
          .execute();
  }

  /** One step over those alerts after `after` of which something is to be told. Where the next begins; null: that was all. */
  const step = (after: string): Promise<string | null> =>
    transact(database, async (whole) => {
      const tx = view(whole);
      const rows = await tx
        .selectFrom('alerts')
        .selectAll()
        .where('id', '>', after)
        .where(({ eb, and, or, ref }) =>
          or([
            and([eb('cleared_at', 'is', null), eb('level', '>', ref('told'))]),
            and([eb('cleared_at', 'is not', null), eb('told', '>', 0)]),
          ]),
        )
        .orderBy('id')
        .limit(NEWS_BATCH)
        .execute();
      for (const [msp, own] of Map.groupBy(rows, (row) => row.msp)) await tellOf(tx, msp, own);
      return rows.length < NEWS_BATCH ? null : rows.at(-1)!.id;
    });

  /** Makes one message of what a channel is to be told, when it is time and none is on its way. */
  const digest = (id: string): Promise<boolean> =>
    transact(database, async (whole) => {
      const tx = view(whole);
      const now = clock.now();
      const channel = await tx.selectFrom('alert_channels').selectAll().where('id', '=', id).executeTakeFirst();
      if (channel?.state !== 'on' || now - channel.digest_at < DIGEST_EVERY_MS) return false;
      const busy = await tx
        .selectFrom('alert_deliveries')
        .select('id')
        .where('channel', '=', id)
        .where('state', '=', 'waiting')
        .where('notice', 'is', null)
        .executeTakeFirst();
      if (busy) return false;
      const items = await tx
        .selectFrom('alert_news')
        .select(['id', 'at'])
        .where('channel', '=', id)
        .where('delivery', 'is', null)
        .where(holds)
        .orderBy('id')
        .limit(channel.kind === 'email' ? MAIL_ITEMS : WEBHOOK_ITEMS)
        .execute();
      if (items.length === 0 || now - items[0]!.at < GATHER_MS) return false;
      const delivery: Delivery = {
        ...{ id: newId(), msp: channel.msp, channel: id, state: 'waiting', alerts: items.length, made_at: now },
        ...{ due_at: now, lease_until: 0, tries: 0, ended_at: null, problem: null, notice: null },
      };
      await tx.insertInto('alert_deliveries').values(delivery).execute();
      await tx
        .updateTable('alert_news')
        .set({ delivery: delivery.id })
        .where('channel', '=', id)
        .where('delivery', 'is', null)
        .where('id', '<=', items.at(-1)!.id)
        .where(holds)
        .execute();
      // What does not fit follows at once.
      const full = items.length === (channel.kind === 'email' ? MAIL_ITEMS : WEBHOOK_ITEMS);
      await tx
        .updateTable('alert_channels')
        .set({ digest_at: full ? 0 : now })
        .where('id', '=', id)
        .execute();
      return true;
    });

  /** Takes a message that is due; null: another process has it. */
  async function lease(due: Delivery): Promise<Delivery | null> {
    const lease_until = clock.now() + LEASE_MS;
    const { numUpdatedRows } = await db
      .updateTable('alert_deliveries')
      .set({ lease_until, tries: due.tries + 1 })
      .where('id', '=', due.id)
      .where('state', '=', 'waiting')
      .where('lease_until', '=', due.lease_until)
      .where('tries', '=', due.tries)
      .executeTakeFirst();
    return numUpdatedRows === 1n ? { ...due, lease_until, tries: due.tries + 1 } : null;
  }

  const named = (id: string | null, name: string | null): Named | null =>
    id === null || name === null ? null : { id, name };

  async function messageOf(delivery: Delivery, channel: Channel): Promise<Message | NoticeMessage> {
    const language = channel.language as AlertLanguage;
    const msp = await db
      .selectFrom('msps')
      .select(['id', 'name'])
      .where('id', '=', delivery.msp)
      .executeTakeFirstOrThrow();
    if (delivery.notice !== null) return await noticeOf(db, delivery, msp, language, clock.now());
    const rows = await db
      .selectFrom('alert_news')
      .innerJoin('alerts', 'alerts.id', 'alert_news.alert')
      .leftJoin('customers', 'customers.id', 'alerts.customer')
      .leftJoin('sites', 'sites.id', 'alerts.site')
      .leftJoin('boxes', 'boxes.id', 'alerts.box')
      .select(['alerts.id', 'alert_news.kind', 'alerts.code', 'alert_news.level', 'alerts.since', 'alert_news.at'])
      .select(['alerts.customer', 'alerts.site', 'alerts.box', 'sites.time_zone'])
      .select(['customers.name as customer_name', 'sites.name as site_name', 'boxes.name as box_name'])
      .where('alert_news.delivery', '=', delivery.id)
      .orderBy('alert_news.id')
      .execute();
    return {
      ...{ id: delivery.id, madeAt: delivery.made_at, msp, language, test: false },
      alerts: rows.map((row) => ({
        ...{ alert: row.id, kind: row.kind, code: row.code as AlertCode, level: levelOfRank(row.level) },
        ...{ since: row.since, at: row.at, timeZone: row.time_zone ?? 'UTC' },
        customer: named(row.customer, row.customer_name),
        site: named(row.site, row.site_name),
        box: named(row.box, row.box_name),
      })),
    };
  }

  /** How long until the next try, ms; null: there is none. Alerts are given up after the last wait; a notice only when it is past. */
  async function waitOf(tx: Db, { tries, notice }: Delivery, code: string, now: number): Promise<number | null> {
    if (code === 'webhook_gone' || code === 'notice_past') return null;
    const wait = backoff(tries, chance);
    if (wait !== null || notice === null) return wait;
    const is = await tx
      .selectFrom('alert_notices')
      .select(['kind', 'reached_at', 'asked_at'])
      .where('id', '=', notice)
      .executeTakeFirst();
    return is && !isPast(is, now) ? backoff(BACKOFF_MS.length, chance) : null;
  }

  /** Notes what became of a message that we hold; null: it was taken. */
  const note = (held: Delivery, failed: { readonly code: string } | null): Promise<void> =>
    transact(database, async (whole) => {
      const tx = view(whole);
      const now = clock.now();
      const wait = failed && (await waitOf(tx, held, failed.code, now));
      const ended = wait === null;
      const { numUpdatedRows } = await tx
        .updateTable('alert_deliveries')
        .set({
          state: ended ? (failed ? 'dead' : 'done') : 'waiting',
          due_at: ended ? now : now + wait,
          lease_until: 0,
          ended_at: ended ? now : null,
          problem: failed?.code ?? null,
        })
        .where('id', '=', held.id)
        .where('lease_until', '=', held.lease_until)
        .executeTakeFirst();
      // It took longer than the lease: another has it.
      if (numUpdatedRows === 0n) return;
      if (!failed) await tx.deleteFrom('alert_news').where('delivery', '=', held.id).execute();
      if (!failed && held.notice !== null)
        await tx
          .updateTable('alert_notices')
          .set({ reached_at: now })
          .where('id', '=', held.notice)
          .where('reached_at', 'is', null)
          .execute();
      // That it is past says nothing of the channel.
      if (failed?.code === 'notice_past') return;
      const gone = failed?.code === 'webhook_gone';
      let update = tx
        .updateTable('alert_channels')
        .where('id', '=', held.channel)
        .set(failed ? (gone ? { state: 'gone' as const } : {}) : { succeeded_at: now, failing_since: null });
      if (failed) update = update.set(({ fn, val }) => ({ failing_since: fn.coalesce('failing_since', val(now)) }));
      await update.execute();
      if (!failed) await mended(tx, held.channel, now);
    });

  async function sendOne(due: Delivery): Promise<void> {
    const held = await lease(due);
    if (!held) return;
    const channel = await db.selectFrom('alert_channels').selectAll().where('id', '=', held.channel).executeTakeFirst();
    if (!channel) return;
    let failed: { readonly code: string } | null = null;
    try {
      const message = await messageOf(held, channel);
      // Its boxes may be gone with all that is known of them.
      if ('notice' in message || message.alerts.length > 0) await sendBy(senders, channel, message, clock.now());
    } catch (error) {
      const refused = error instanceof Problem ? error : null;
      failed = { code: refused?.code ?? 'send_failed' };
      // What is no refusal is a fault of ours: its code is for the log alone, and what it says is for nobody.
      const { code, name } = error as { readonly code?: string; readonly name?: string };
      const facts = { channel: channel.id, delivery: held.id, code: code ?? name ?? null };
      log('alert_not_told', { ...facts, detail: refused?.detail ?? null });
    }
    await note(held, failed);
  }

  return {
    /** Puts down what is to be told of alerts, once, however many processes look. */
    async gather(): Promise<void> {
      for (let after: string | null = ''; after !== null; await breath()) after = await step(after);
    },

    /** Makes messages of what was put down. */
    async pack(): Promise<void> {
      const channels = await db
        .selectFrom('alert_news')
        .innerJoin('alert_channels', 'alert_channels.id', 'alert_news.channel')
        .select('alert_channels.id')
        .distinct()
        .where('delivery', 'is', null)
        .where('state', '=', 'on')
        .where('digest_at', '<=', clock.now() - DIGEST_EVERY_MS)
        .execute();
      for (const { id } of channels) await digest(id);
    },

    /** Sends what is due. Resolves when each was taken or failed. */
    async send(): Promise<void> {
      const now = clock.now();
      const due = await db
        .selectFrom('alert_deliveries')
        .innerJoin('alert_channels', 'alert_channels.id', 'alert_deliveries.channel')
        .selectAll('alert_deliveries')
        .where('alert_deliveries.state', '=', 'waiting')
        .where('due_at', '<=', now)
        .where('lease_until', '<=', now)
        .where('alert_channels.state', '=', 'on')
        .orderBy('due_at')
        .limit(SENDING_AT_ONCE)
        .execute();
      await Promise.all(due.map(sendOne));
    },
  };
}
