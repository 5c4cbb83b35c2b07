/** To whom alerts of an MSP are told, and what became of it: for pages and API. Who may: `manage channels` (`access/rights.ts`), of all of the MSP. */

import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { Seldom } from '@belkluis/shared/base/seldom';
import { z } from 'zod';
import { transact } from '../db/transact.ts';
import type { Scope } from '../tenants/scope.ts';
import { type AlertCode, type AlertLevel, isAlertCode, levelOfRank, rankOfLevel } from './codes.ts';
import type { AlertEvent } from './events.ts';
import {
  FORMER_SECRET_MS,
  MAX_ADDRESSES,
  MAX_CHANNELS,
  MAX_URL_LENGTH,
  SECRET_BYTES,
  TEST_EVERY_MS,
} from './limits.ts';
import { bodyOf, type Message, mailOf } from './message.ts';
import { type NoticeMessage, noticeBody, noticeMail } from './notice-message.ts';
import { mended } from './notices.ts';
import { type Db, type Parts, view } from './parts.ts';
import { problem } from './problems.ts';
import type { SendMail } from './send/mail.ts';
import { secretText } from './send/signature.ts';
import type { SendWebhook } from './send/webhook.ts';
import type { AlertTables } from './tables.ts';
import { type AlertLanguage, alertLanguages } from './words/of.ts';

const name = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^\P{C}*$/u);
const address = z.email().max(254);
const url = z
  .url()
  .max(MAX_URL_LENGTH)
  .refine((text) => {
    const { protocol, username, password, hash } = new URL(text);
    return protocol === 'https:' && username === '' && password === '' && hash === '';
  }, 'must begin with https:// and hold no user, password or fragment');
const ids = z.array(z.string().regex(/^[0-9A-Za-z-]{1,40}$/)).max(500);

const filterShape = {
  name,
  language: z.enum(alertLanguages),
  /** This level and worse. */
  level: z.enum(['warn', 'bad']),
  within: z.union([z.literal('all'), z.strictObject({ customers: ids, sites: ids })]),
  codes: z.array(z.string().refine(isAlertCode, 'no such code')).min(1).max(200).nullable(),
  on: z.boolean(),
};

const fieldsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), addresses: z.array(address).min(1).max(MAX_ADDRESSES), ...filterShape }),
  z.strictObject({ kind: z.literal('webhook'), url, country: z.string().regex(/^[A-Z]{2}$/), ...filterShape }),
]);

/** What a person says of a channel. `within`: customers whole and single sites, as in a scope; `codes` null: all. */
export type ChannelFields = z.input<typeof fieldsSchema>;

interface Shared {
  readonly id: string;
  readonly name: string;
  readonly language: AlertLanguage;
  readonly level: AlertLevel;
  readonly within: Scope['within'];
  readonly codes: readonly AlertCode[] | null;
  /** `gone`: its receiver said so (410); switching it on again tries again. */
  readonly state: 'on' | 'off' | 'gone';
  /** When something was last taken, and since when nothing is. */
  readonly succeededAt: number | null;
  readonly failingSince: number | null;
  /** Messages that wait, and those that were given up. */
  readonly waiting: number;
  readonly dead: number;
}

export type Channel = Shared &
  (
    | { readonly kind: 'email'; readonly addresses: readonly string[] }
    | { readonly kind: 'webhook'; readonly url: string; readonly country: string }
  );

export interface Delivery {
  readonly id: string;
  readonly channel: string;
  readonly state: 'waiting' | 'done' | 'dead';
  readonly alerts: number;
  /** It brings what another room says, such as an incident, and no alerts. */
  readonly notice: boolean;
  readonly madeAt: number;
  readonly tries: number;
  /** When it is tried again; null: it is not. */
  readonly dueAt: number | null;
  /** Code of the last problem (`problems.ts`); null: none. */
  readonly problem: string | null;
}

/** How things are sent. `mail` null: none is configured. */
export interface Senders {
  readonly mail: SendMail | null;
  readonly webhook: SendWebhook;
}

interface Secret {
  readonly secret: string;
  /** When it is no longer good; null: it is the present one. */
  readonly until: number | null;
}

type Row = AlertTables['alert_channels'];

const secretsOf = (row: Row, now: number): string[] =>
  (JSON.parse(row.secrets) as Secret[])
    .filter(({ until }) => until === null || until > now)
    .map(({ secret }) => secret);

const targetsOf = (row: Row): string[] => JSON.parse(row.targets) as string[];

/** Sends one message by a channel. @throws Problem of the sender. */
export async function sendBy(senders: Senders, row: Row, message: Message | NoticeMessage, now: number): Promise<void> {
  const targets = targetsOf(row);
  const { id } = message;
  if (row.kind === 'webhook') {
    const body = 'notice' in message ? noticeBody(message) : bodyOf(message);
    return senders.webhook(id, body, { url: targets[0]!, secrets: secretsOf(row, now) });
  }
  if (!senders.mail) throw problem('mail_not_configured');
  return senders.mail(id, 'notice' in message ? noticeMail(message) : mailOf(message), targets);
}

/** Where a webhook goes, for the list of places that the fleet connects to. */
export interface Place {
  readonly msp: string;
  readonly purpose: 'webhook';
  readonly host: string;
  readonly port: number;
  readonly country: string;
}

/** As a connection names it. */
function placeOf(msp: string, url: string, country: string): Place {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return { msp, purpose: 'webhook', host, port: port === '' ? 443 : Number(port), country };
}

/** Where the webhooks of all MSPs go. */
export async function placesOf(db: Db): Promise<readonly Place[]> {
  const rows = await db
    .selectFrom('alert_channels')
    .select(['msp', 'targets', 'country'])
    .where('kind', '=', 'webhook')
    .execute();
  return rows.map(({ msp, targets, country }) => placeOf(msp, (JSON.parse(targets) as string[])[0]!, country!));
}

interface ChannelsOptions extends Parts {
  /** Throws where the fleet may not connect to such a place, with the sentence of whoever decides that. */
  readonly mayStand: (place: Place) => void;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly senders: Senders;
}

export function openChannels({ database, clock, chance, newId, append, senders, mayStand }: ChannelsOptions) {
  const db = view(database);
  const tests = new Seldom(clock, TEST_EVERY_MS);

  const whole = (scope: Scope): void => {
    if (scope.within !== 'all') throw problem('scope_too_small');
  };

  const rowIn = async (within: Db, scope: Scope, channel: string): Promise<Row> => {
    const row = await within
      .selectFrom('alert_channels')
      .selectAll()
      .where('id', '=', channel)
      .where('msp', '=', scope.msp)
      .executeTakeFirst();
    if (!row) throw problem('channel_unknown');
    return row;
  };

  /** As it is stored; what it names must be of the MSP. */
  async function valuesOf(tx: Db, scope: Scope, fields: ChannelFields) {
    const parsed = fieldsSchema.safeParse(fields);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw problem('channel_invalid', `${issue?.path.join('.')}: ${issue?.message}`);
    }
    const { data } = parsed;
    if (data.kind === 'email' && !senders.mail) throw problem('mail_not_configured');
    if (data.kind === 'webhook') mayStand(placeOf(scope.msp, data.url, data.country));
    if (data.within !== 'all')
      for (const [table, wanted] of [
        ['customers', data.within.customers],
        ['sites', data.within.sites],
      ] as const) {
        if (wanted.length === 0) continue;
        const found = await tx
          .selectFrom(table)
          .select('id')
          .where('id', 'in', wanted)
          .where('msp', '=', scope.msp)
          .execute();
        if (found.length !== new Set(wanted).size) throw problem('target_unknown');
      }
    return {
      ...{ name: data.name, kind: data.kind, language: data.language, level: rankOfLevel(data.level) },
      targets: JSON.stringify(data.kind === 'email' ? data.addresses : [new URL(data.url).href]),
      country: data.kind === 'email' ? null : data.country,
      within: JSON.stringify(data.within),
      codes: data.codes && JSON.stringify(data.codes),
      state: data.on ? ('on' as const) : ('off' as const),
    };
  }

  const newSecret = (): string => secretText(chance.bytes(SECRET_BYTES));

  /** One act on a channel of the MSP, written down first. */
  const act = <Result>(
    scope: Scope,
    channel: string,
    event: { readonly kind: Extract<AlertEvent['kind'], `channel_${string}`>; readonly actor: string },
    work: (tx: Db, row: Row) => Promise<Result>,
  ): Promise<Result> => {
    whole(scope);
    return transact(database, async (all) => {
      const tx = view(all);
      const row = await rowIn(tx, scope, channel);
      await append({ ...event, facts: { msp: scope.msp, channel } }, all);
      return await work(tx, row);
    });
  };

  return {
    /** A webhook's secret is told here, and never again. @throws Problem `scope_too_small`, `channel_invalid`, `mail_not_configured`, `target_unknown`, `channels_full`. */
    async add(
      scope: Scope,
      fields: ChannelFields,
      actor: string,
    ): Promise<{ readonly id: string; readonly secret: string | null }> {
      whole(scope);
      const secret = fields.kind === 'webhook' ? newSecret() : null;
      return await transact(database, async (all) => {
        const tx = view(all);
        const values = await valuesOf(tx, scope, fields);
        const { count } = await tx
          .selectFrom('alert_channels')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('msp', '=', scope.msp)
          .executeTakeFirstOrThrow();
        if (count >= MAX_CHANNELS) throw problem('channels_full');
        const id = newId();
        await append({ kind: 'channel_added', actor, facts: { msp: scope.msp, channel: id } }, all);
        const secrets: readonly Secret[] = secret === null ? [] : [{ secret, until: null }];
        await tx
          .insertInto('alert_channels')
          .values({
            ...{ id, msp: scope.msp, ...values, secrets: JSON.stringify(secrets), created_at: clock.now() },
            ...{ digest_at: 0, succeeded_at: null, failing_since: null },
          })
          .execute();
        return { id, secret };
      });
    },

    /** Its kind stays. What waits is tried at once. @throws as `add`, `channel_unknown`. */
    change: (scope: Scope, channel: string, fields: ChannelFields, actor: string): Promise<void> =>
      act(scope, channel, { kind: 'channel_changed', actor }, async (tx, row) => {
        if (row.kind !== fields.kind) throw problem('channel_invalid', 'kind: stays as it is');
        const values = await valuesOf(tx, scope, fields);
        await tx.updateTable('alert_channels').set(values).where('id', '=', channel).execute();
        await mended(tx, channel, clock.now(), 0);
      }),

    /** With what it was not told yet. @throws Problem `channel_unknown`, `scope_too_small`. */
    remove: (scope: Scope, channel: string, actor: string): Promise<void> =>
      act(scope, channel, { kind: 'channel_removed', actor }, async (tx) => {
        await tx.deleteFrom('alert_channels').where('id', '=', channel).execute();
      }),

    /** A new secret, told here alone. For a day messages are signed with both. @throws Problem `channel_unknown`, `channel_no_webhook`, `scope_too_small`. */
    newSecret: (scope: Scope, channel: string, actor: string): Promise<string> =>
      act(scope, channel, { kind: 'channel_secret_made', actor }, async (tx, row) => {
        if (row.kind !== 'webhook') throw problem('channel_no_webhook');
        const former = (JSON.parse(row.secrets) as Secret[]).find(({ until }) => until === null);
        const secret = newSecret();
        const secrets: readonly Secret[] = [
          { secret, until: null },
          ...(former ? [{ secret: former.secret, until: clock.now() + FORMER_SECRET_MS }] : []),
        ];
        await tx
          .updateTable('alert_channels')
          .set({ secrets: JSON.stringify(secrets) })
          .where('id', '=', channel)
          .execute();
        return secret;
      }),

    /** Sends a test now. Resolves when it was taken; then what waits is tried, too. @throws Problem of the sender, `channel_unknown`, `scope_too_small`, `test_wait`. */
    async test(scope: Scope, channel: string, actor: string): Promise<void> {
      whole(scope);
      const known = await rowIn(db, scope, channel);
      if (!tests.due(known.id)) throw problem('test_wait');
      await act(scope, channel, { kind: 'channel_tested', actor }, async () => {});
      const msp = await db
        .selectFrom('msps')
        .select(['id', 'name'])
        .where('id', '=', scope.msp)
        .executeTakeFirstOrThrow();
      const now = clock.now();
      const language = known.language as AlertLanguage;
      await sendBy(senders, known, { id: newId(), madeAt: now, msp, language, test: true, alerts: [] }, now);
      await transact(database, (all) => mended(view(all), known.id, clock.now(), 0));
    },

    /** All of the MSP, as they were added. @throws Problem `scope_too_small`. */
    async list(scope: Scope): Promise<readonly Channel[]> {
      whole(scope);
      const rows = await db
        .selectFrom('alert_channels')
        .selectAll()
        .where('msp', '=', scope.msp)
        .orderBy('id')
        .execute();
      const counts = await db
        .selectFrom('alert_deliveries')
        .select(({ fn }) => ['channel', 'state', fn.countAll<number>().as('count')])
        .where('msp', '=', scope.msp)
        .where('state', '<>', 'done')
        .groupBy(['channel', 'state'])
        .execute();
      const count = (id: string, state: string) =>
        counts.find((row) => row.channel === id && row.state === state)?.count ?? 0;
      return rows.map((row): Channel => {
        const shared: Shared = {
          ...{ id: row.id, name: row.name, language: row.language as AlertLanguage, level: levelOfRank(row.level) },
          within: JSON.parse(row.within) as Scope['within'],
          codes: row.codes === null ? null : (JSON.parse(row.codes) as AlertCode[]),
          ...{ state: row.state, succeededAt: row.succeeded_at, failingSince: row.failing_since },
          ...{ waiting: count(row.id, 'waiting'), dead: count(row.id, 'dead') },
        };
        const targets = targetsOf(row);
        return row.kind === 'email'
          ? { ...shared, kind: 'email', addresses: targets }
          : { ...shared, kind: 'webhook', url: targets[0]!, country: row.country! };
      });
    },

    /** What became of messages to a channel, newest first, at most `limit`. @throws Problem `channel_unknown`, `scope_too_small`. */
    async deliveries(scope: Scope, channel: string, limit = 50): Promise<readonly Delivery[]> {
      whole(scope);
      await rowIn(db, scope, channel);
      const rows = await db
        .selectFrom('alert_deliveries')
        .selectAll()
        .where('channel', '=', channel)
        .orderBy('id', 'desc')
        .limit(Math.min(limit, 200))
        .execute();
      return rows.map((row) => ({
        ...{ id: row.id, channel, state: row.state, alerts: row.alerts, madeAt: row.made_at, tries: row.tries },
        ...{ dueAt: row.state === 'waiting' ? row.due_at : null, problem: row.problem, notice: row.notice !== null },
      }));
    },

    /** Tries one that was given up again, from the beginning. @throws Problem `channel_unknown`, `delivery_unknown`, `scope_too_small`. */
    retry: (scope: Scope, channel: string, delivery: string, actor: string): Promise<void> =>
      act(scope, channel, { kind: 'channel_retried', actor }, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('alert_deliveries')
          .set({ state: 'waiting', tries: 0, due_at: clock.now(), ended_at: null })
          .where('id', '=', delivery)
          .where('channel', '=', channel)
          .where('state', '=', 'dead')
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw problem('delivery_unknown');
      }),
  };
}
