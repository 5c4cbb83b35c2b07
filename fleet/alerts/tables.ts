/** Alerts that stand and stood, what is not told of them, when, and to whom the rest is told. */
import type { Migration } from '../db/open.ts';
import type { NoticeKind } from './notice-message.ts';

/** Of which box, site, customer or MSP: the narrowest that is not null, with all above it. A box that moves takes its rows along; the database sees to it. */
export interface PlaceColumns {
  msp: string;
  customer: string | null;
  site: string | null;
  box: string | null;
}

export type AlertTables = {
  /** One row for a subject and code while it stands (`cleared_at` null), and one for each time that it stood. */
  readonly alerts: PlaceColumns & {
    id: string;
    /** Id of the box, customer or MSP. */
    subject: string;
    code: string;
    /** 1 warn, 2 bad. */
    level: number;
    since: number;
    /** When it came to its level, and when it was raised last. */
    level_at: number;
    last_at: number;
    /** When it goes, unless it is raised again; null: not by itself. */
    quiet_at: number | null;
    cleared_at: number | null;
    /** Level that channels were told of; 0: nobody was told that it stands. */
    told: number;
    acknowledged_by: string | null;
    acknowledged_at: number | null;
    acknowledged_note: string | null;
    /** The level that was acknowledged; a worse one was not. */
    acknowledged_level: number;
    assigned_to: string | null;
  };
  /** One code at one place is not told up to `level`, until then; `until_at` null: until it gets worse. */
  readonly alert_mutes: PlaceColumns & {
    id: string;
    code: string;
    level: number;
    until_at: number | null;
    by_person: string;
    made_at: number;
    note: string;
  };
  /** When nothing is told. Dates and times are of the wall clock in `zone`. */
  readonly maintenance_windows: {
    id: string;
    msp: string;
    customer: string | null;
    site: string | null;
    /** 1: of the boxes in `maintenance_boxes` alone. */
    of_boxes: number;
    /** IANA. */
    zone: string;
    /** Weekdays, Monday the lowest bit; null: once. */
    days: number | null;
    from_date: string;
    from_time: string;
    /** Weekly: last day on which it may begin, null without end. */
    until_date: string | null;
    until_time: string;
    reason: string;
    by_person: string;
    made_at: number;
  };
  readonly maintenance_boxes: { window_id: string; box: string };
  readonly alert_channels: {
    id: string;
    msp: string;
    name: string;
    kind: 'email' | 'webhook';
    /** JSON: addresses of mail, or one URL. */
    targets: string;
    /** Where a webhook's receiver stands, ISO 3166-1 alpha-2; of mail null. */
    country: string | null;
    language: string;
    level: number;
    /** JSON of `Scope.within`, and of codes; null: all. */
    within: string;
    codes: string | null;
    /** JSON of what webhooks are signed with, newest first. */
    secrets: string;
    /** `gone`: its receiver said so. */
    state: 'on' | 'off' | 'gone';
    created_at: number;
    /** When a message to it was last made. */
    digest_at: number;
    succeeded_at: number | null;
    failing_since: number | null;
  };
  /** What a channel is still to be told; `delivery` null: in no message yet. */
  readonly alert_news: {
    id: string;
    channel: string;
    alert: string;
    kind: 'opened' | 'worse' | 'cleared';
    level: number;
    at: number;
    delivery: string | null;
  };
  /** Messages, and what became of them. One that is `waiting` is sent by whoever holds its lease. */
  readonly alert_deliveries: {
    id: string;
    msp: string;
    channel: string;
    state: 'waiting' | 'done' | 'dead';
    alerts: number;
    made_at: number;
    due_at: number;
    lease_until: number;
    tries: number;
    ended_at: number | null;
    /** Code of the last problem. */
    problem: string | null;
    /** What it brings instead of alerts; null: alerts. */
    notice: string | null;
  };
  /** What other rooms have to say to an MSP: once, to every channel. `text`: JSON by language. */
  readonly alert_notices: {
    id: string;
    msp: string;
    /** Of what it says: the same for several customers is one message. */
    digest: string;
    kind: NoticeKind;
    drill: number;
    text: string;
    made_at: number;
    /** When messages of it were first made; customers are added until then. */
    packed_at: number | null;
    /** When the first channel took it. */
    reached_at: number | null;
    /** When somebody last wanted it told. */
    asked_at: number;
  };
  readonly alert_notice_customers: { notice: string; customer: string };
};

const place = `
  msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
  customer text,
  site text,
  box text,
  FOREIGN KEY (customer, msp) REFERENCES customers (id, msp) ON DELETE CASCADE,
  FOREIGN KEY (site, customer, msp) REFERENCES sites (id, customer, msp) ON DELETE CASCADE,
  FOREIGN KEY (box, site, customer, msp) REFERENCES boxes (id, site, customer, msp) ON DELETE CASCADE ON UPDATE CASCADE`;

/** After those of `inventory/` and `access/`. */
export const alertMigrations: readonly Migration[] = [
  {
    name: 'alerts-1',
    statements: [
      'CREATE UNIQUE INDEX boxes_by_place ON boxes (id, site, customer, msp)',
      'CREATE INDEX box_presence_gone ON box_presence (box) WHERE gone = 1',
      `CREATE TABLE alerts (
         id text PRIMARY KEY,
         subject text NOT NULL,
         code text NOT NULL,
         level integer NOT NULL CHECK (level IN (1, 2)),
         since bigint NOT NULL,
         level_at bigint NOT NULL,
         last_at bigint NOT NULL,
         quiet_at bigint,
         cleared_at bigint,
         told integer NOT NULL,
         acknowledged_by text,
         acknowledged_at bigint,
         acknowledged_note text,
         acknowledged_level integer NOT NULL,
         assigned_to text REFERENCES people (id) ON DELETE SET NULL,
         ${place}
       )`,
      'CREATE UNIQUE INDEX alerts_standing ON alerts (subject, code) WHERE cleared_at IS NULL',
      'CREATE INDEX alerts_worst ON alerts (msp, level DESC, since DESC, id) WHERE cleared_at IS NULL',
      'CREATE INDEX alerts_of_code ON alerts (msp, code, level DESC, since DESC, id) WHERE cleared_at IS NULL',
      'CREATE INDEX alerts_assigned ON alerts (assigned_to) WHERE assigned_to IS NOT NULL',
      'CREATE INDEX alerts_of_box ON alerts (box)',
      'CREATE INDEX alerts_untold ON alerts (id) WHERE cleared_at IS NULL AND level > told',
      'CREATE INDEX alerts_gone_untold ON alerts (id) WHERE cleared_at IS NOT NULL AND told > 0',
      'CREATE INDEX alerts_quiet ON alerts (quiet_at) WHERE cleared_at IS NULL AND quiet_at IS NOT NULL',
      'CREATE INDEX alerts_past ON alerts (subject, code, cleared_at) WHERE cleared_at IS NOT NULL',
      'CREATE INDEX alerts_by_age ON alerts (cleared_at) WHERE cleared_at IS NOT NULL',
      `CREATE TABLE alert_mutes (
         id text PRIMARY KEY,
         code text NOT NULL,
         level integer NOT NULL,
         until_at bigint,
         by_person text NOT NULL,
         made_at bigint NOT NULL,
         note text NOT NULL,
         ${place}
       )`,
      'CREATE INDEX alert_mutes_of_msp ON alert_mutes (msp, code, id)',
      'CREATE INDEX alert_mutes_of_box ON alert_mutes (box)',
      `CREATE TABLE maintenance_windows (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         customer text,
         site text,
         of_boxes integer NOT NULL CHECK (of_boxes IN (0, 1)),
         zone text NOT NULL,
         days integer,
         from_date text NOT NULL,
         from_time text NOT NULL,
         until_date text,
         until_time text NOT NULL,
         reason text NOT NULL,
         by_person text NOT NULL,
         made_at bigint NOT NULL,
         FOREIGN KEY (customer, msp) REFERENCES customers (id, msp) ON DELETE CASCADE,
         FOREIGN KEY (site, customer, msp) REFERENCES sites (id, customer, msp) ON DELETE CASCADE
       )`,
      'CREATE INDEX maintenance_of_msp ON maintenance_windows (msp, id)',
      `CREATE TABLE maintenance_boxes (
         window_id text NOT NULL REFERENCES maintenance_windows (id) ON DELETE CASCADE,
         box text NOT NULL REFERENCES boxes (id) ON DELETE CASCADE,
         PRIMARY KEY (window_id, box)
       )`,
      'CREATE INDEX maintenance_of_box ON maintenance_boxes (box)',
      `CREATE TABLE alert_channels (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         name text NOT NULL,
         kind text NOT NULL CHECK (kind IN ('email', 'webhook')),
         targets text NOT NULL,
         country text,
         language text NOT NULL,
         level integer NOT NULL,
         within text NOT NULL,
         codes text,
         secrets text NOT NULL,
         state text NOT NULL CHECK (state IN ('on', 'off', 'gone')),
         created_at bigint NOT NULL,
         digest_at bigint NOT NULL,
         succeeded_at bigint,
         failing_since bigint
       )`,
      'CREATE INDEX alert_channels_of_msp ON alert_channels (msp, id)',
      `CREATE TABLE alert_deliveries (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         channel text NOT NULL REFERENCES alert_channels (id) ON DELETE CASCADE,
         state text NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
         alerts integer NOT NULL,
         made_at bigint NOT NULL,
         due_at bigint NOT NULL,
         lease_until bigint NOT NULL,
         tries integer NOT NULL,
         ended_at bigint,
         problem text
       )`,
      `CREATE INDEX alert_deliveries_due ON alert_deliveries (due_at) WHERE state = 'waiting'`,
      'CREATE INDEX alert_deliveries_of_channel ON alert_deliveries (channel, state)',
      'CREATE INDEX alert_deliveries_of_msp ON alert_deliveries (msp, made_at)',
      'CREATE INDEX alert_deliveries_by_age ON alert_deliveries (ended_at)',
      `CREATE TABLE alert_news (
         id text PRIMARY KEY,
         channel text NOT NULL REFERENCES alert_channels (id) ON DELETE CASCADE,
         alert text NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
         kind text NOT NULL CHECK (kind IN ('opened', 'worse', 'cleared')),
         level integer NOT NULL,
         at bigint NOT NULL,
         delivery text REFERENCES alert_deliveries (id) ON DELETE CASCADE
       )`,
      'CREATE INDEX alert_news_of_channel ON alert_news (channel, delivery, id)',
      'CREATE INDEX alert_news_of_alert ON alert_news (alert)',
      'CREATE INDEX alert_news_of_delivery ON alert_news (delivery)',
    ],
  },
  {
    name: 'alerts-2',
    statements: [
      `CREATE TABLE alert_notices (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         digest text NOT NULL,
         kind text NOT NULL,
         drill integer NOT NULL CHECK (drill IN (0, 1)),
         text text NOT NULL,
         made_at bigint NOT NULL,
         packed_at bigint,
         reached_at bigint
       )`,
      'CREATE INDEX alert_notices_of_msp ON alert_notices (msp, digest)',
      'CREATE INDEX alert_notices_waiting ON alert_notices (made_at) WHERE reached_at IS NULL',
      'CREATE INDEX alert_notices_by_age ON alert_notices (made_at)',
      `CREATE TABLE alert_notice_customers (
         notice text NOT NULL REFERENCES alert_notices (id) ON DELETE CASCADE,
         customer text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
         PRIMARY KEY (notice, customer)
       )`,
      'CREATE INDEX alert_notice_customers_of_customer ON alert_notice_customers (customer)',
      'ALTER TABLE alert_deliveries ADD COLUMN notice text REFERENCES alert_notices (id) ON DELETE CASCADE',
      'CREATE INDEX alert_deliveries_of_notice ON alert_deliveries (notice) WHERE notice IS NOT NULL',
    ],
  },
  { name: 'alerts-3', statements: ['ALTER TABLE alert_notices ADD COLUMN asked_at bigint NOT NULL DEFAULT 0'] },
];
