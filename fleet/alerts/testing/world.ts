/** Two MSPs with boxes, and the room of alerts over them; what is sent is kept here. */
import { systemChance } from '@belkluis/shared/base/chance';
import { silentLog } from '@belkluis/shared/base/log';
import { accessMigrations } from '../../access/tables.ts';
import type { AnyTables } from '../../db/open.ts';
import { boxesOfTwo, migrations as inventory } from '../../inventory/testing/boxes.ts';
import type { ChannelFields, Senders } from '../channels.ts';
import type { AlertEvent } from '../events.ts';
import type { Mail } from '../message.ts';
import { view } from '../parts.ts';
import { problem } from '../problems.ts';
import { openAlertRoom } from '../room.ts';
import { alertMigrations } from '../tables.ts';

export const migrations = [...inventory, ...accessMigrations, ...alertMigrations];

export const byWebhook = (more: Partial<ChannelFields> = {}): ChannelFields =>
  ({
    ...{
      kind: 'webhook',
      url: 'https://receiver.example/alerts',
      country: 'NL',
      name: 'Tickets',
      language: 'en',
      level: 'warn',
    },
    ...{ within: 'all', codes: null, on: true },
    ...more,
  }) as ChannelFields;

export const byMail = (more: Partial<ChannelFields> = {}): ChannelFields =>
  ({
    ...{ kind: 'email', addresses: ['noc@msp.example'], name: 'On call', language: 'en', level: 'warn' },
    ...{ within: 'all', codes: null, on: true },
    ...more,
  }) as ChannelFields;

export interface Webhooked {
  readonly id: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly data: {
    readonly alerts: readonly { readonly change: string; readonly code: string; readonly level: string }[];
  };
}

export async function alertsOfTwo(database: AnyTables) {
  const boxes = await boxesOfTwo(database);
  const { clock, newId } = boxes;
  const logged: AlertEvent[] = [];
  const webhooks: Webhooked[] = [];
  const mails: (Mail & { readonly id: string; readonly addresses: readonly string[] })[] = [];
  let failing: Parameters<typeof problem>[0] | null = null;
  const senders: Senders = {
    async webhook(id, body, { url, secrets }) {
      if (failing) throw problem(failing);
      webhooks.push({ id, url, secrets, ...(JSON.parse(body) as Pick<Webhooked, 'data'>) });
    },
    async mail(id, mail, addresses) {
      if (failing) throw problem(failing);
      mails.push({ id, ...mail, addresses });
    },
  };
  const mayStand = ({ country }: { readonly country: string }) => {
    if (country === 'US') throw new Error('region_locked');
  };
  const options = {
    ...{ database, clock, newId, chance: systemChance, log: silentLog, senders, mayStand },
    append: async (event: AlertEvent) => {
      logged.push(event);
    },
  };
  const room = openAlertRoom(options);
  /** A person of an MSP who has a second factor. */
  async function person(id: string, msp: string): Promise<string> {
    await view(database)
      .insertInto('people')
      .values({
        ...{ id, msp, email: `${id}@example`, email_key: `${id}@example`, name: id, grants: '[]', owner: 0 },
        ...{ password: '', totp_secret: null, totp_step: 0, created_at: 1, enrolled_at: 1, expires_at: 9e12 },
      })
      .execute();
    return id;
  }
  const tellNow = async () => {
    await room.tell.gather();
    await room.tell.pack();
    await room.notices.pack();
    await room.tell.send();
  };
  return {
    ...boxes,
    room,
    /** A second process on the same database. */
    another: () => openAlertRoom(options),
    logged,
    webhooks,
    mails,
    person,
    /** Everything that is sent from now on fails so; null: is taken. */
    fail(code: Parameters<typeof problem>[0] | null) {
      failing = code;
    },
    tellNow,
    /** Time goes on, and what is due is told on the way. */
    async wait(ms: number, stepMs = 15_000) {
      for (let gone = 0; gone < ms; gone += stepMs) {
        clock.advance(Math.min(stepMs, ms - gone));
        await tellNow();
      }
    },
  };
}
