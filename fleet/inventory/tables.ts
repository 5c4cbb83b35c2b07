/** Boxes, what each last said, and what is kept of what it said before. */
import type { Migration } from '../db/open.ts';
import type { BoxState } from './urgency.ts';

export type InventoryTables = {
  /**
   * `msp` and `customer` are those of the site, which the database holds true. What lists sort and filter by, and what overviews count, stands here:
   * `proven_at`, when a recording or a test call was last sealed, to the hour; `disk_days`, how long there is room, null where that is longer than the
   * box looks ahead; `measured`, whether it has told its health at all.
   */
  readonly boxes: {
    id: string;
    msp: string;
    customer: string;
    site: string;
    name: string;
    name_key: string;
    state: BoxState;
    /** Place in `urgencies`. */
    urgency: number;
    software: string | null;
    policy_state: PolicyState | null;
    policy_version: number | null;
    proven_at: number | null;
    disk_days: number | null;
    measured: number;
    created_at: number;
    activated_at: number | null;
    revoked_at: number | null;
  };
  /** The last word of `presence`; `since`, when it became so and `gone`, whether that is longer than the grace, by the fleet's clock. */
  readonly box_presence: {
    box: string;
    present: 'online' | 'offline' | 'sleep';
    boot: string;
    conn: number;
    reads: number;
    since: number;
    gone: number;
  };
  /** The last `reported`, whole. */
  readonly box_reported: { box: string; seq: number; said_at: number; heard_at: number; document: string };
  /** The last `health`, whole; older samples are in the history. */
  readonly box_health: { box: string; until_at: number; heard_at: number; document: string };
  /** Findings that are open. */
  readonly box_findings: { box: string; code: string; level: number; since: number };
  /** What happened, for the timeline: `document` is the event as the contract has it. */
  readonly box_events: { box: string; id: string; at: number; heard_at: number; document: string };
  readonly box_sequences: {
    box: string;
    last: number;
    said_at: number;
    gaps: string;
    forgotten: number;
    restarts: number;
  };
  /**
   * Each message that was kept, by its id, so that it counts once; gone after IDS_KEPT_MS. `digest`: of what it says. `number`: the box's own count; null
   * where it repeats the last.
   */
  readonly box_messages: { box: string; id: string; digest: string; number: number | null; heard_at: number };
  /** How far the box's clock was ahead of ours at its last message, ms. */
  readonly box_clocks: { box: string; skew_ms: number };
  /** What people call boxes besides their names: `msp` is that of the box, which the database holds true. */
  readonly box_tags: { box: string; msp: string; tag_key: string; tag: string };
  /** What was counted in an hour of a box's log, as it told it; a count null: fewer than FEWEST_TOLD. No row: not told. */
  readonly box_hours: {
    box: string;
    hour: number;
    released: number | null;
    exported: number | null;
    erased: number | null;
  };
  /** Samples of the hour that is running, one a row. */
  readonly health_raw: { box: string; at: number; gauges: string };
  /** Samples of before, many a row, at each step of HEALTH_STEPS. */
  readonly health_chunks: { box: string; step: number; start_at: number; points: string };
};

export type PolicyState = 'none' | 'applied' | 'pending' | 'rejected';

const ofBox = 'box text NOT NULL REFERENCES boxes (id) ON DELETE CASCADE';
const oneOfBox = 'box text PRIMARY KEY REFERENCES boxes (id) ON DELETE CASCADE';

/** After those of `tenants/`. */
export const inventoryMigrations: readonly Migration[] = [
  {
    name: 'inventory-1',
    statements: [
      `CREATE TABLE boxes (
         id text PRIMARY KEY,
         msp text NOT NULL,
         customer text NOT NULL,
         site text NOT NULL,
         name text NOT NULL,
         name_key text NOT NULL,
         state text NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
         urgency integer NOT NULL,
         software text,
         policy_state text,
         policy_version bigint,
         created_at bigint NOT NULL,
         activated_at bigint,
         revoked_at bigint,
         UNIQUE (site, name_key),
         FOREIGN KEY (site, customer, msp) REFERENCES sites (id, customer, msp) ON DELETE CASCADE
       )`,
      'CREATE INDEX boxes_by_urgency ON boxes (msp, urgency, name_key, id)',
      'CREATE INDEX boxes_by_name ON boxes (msp, name_key, id)',
      'CREATE INDEX boxes_of_customer ON boxes (msp, customer, urgency, name_key, id)',
      'CREATE INDEX boxes_of_site ON boxes (site, urgency, name_key, id)',
      'CREATE INDEX boxes_by_software ON boxes (msp, software, urgency, name_key, id)',
      'CREATE INDEX boxes_by_policy ON boxes (msp, policy_state, urgency, name_key, id)',
      `CREATE TABLE box_presence (
         ${oneOfBox},
         present text NOT NULL CHECK (present IN ('online', 'offline', 'sleep')),
         boot text NOT NULL,
         conn bigint NOT NULL,
         reads integer NOT NULL,
         since bigint NOT NULL,
         gone integer NOT NULL CHECK (gone IN (0, 1))
       )`,
      `CREATE INDEX box_presence_leaving ON box_presence (since) WHERE gone = 0 AND present <> 'online'`,
      `CREATE TABLE box_reported (
         ${oneOfBox},
         seq bigint NOT NULL,
         said_at bigint NOT NULL,
         heard_at bigint NOT NULL,
         document text NOT NULL
       )`,
      `CREATE TABLE box_health (
         ${oneOfBox},
         until_at bigint NOT NULL,
         heard_at bigint NOT NULL,
         document text NOT NULL
       )`,
      `CREATE TABLE box_findings (
         ${ofBox},
         code text NOT NULL,
         level integer NOT NULL,
         since bigint NOT NULL,
         PRIMARY KEY (box, code)
       )`,
      'CREATE INDEX box_findings_by_code ON box_findings (code, level, box)',
      `CREATE TABLE box_events (
         ${ofBox},
         id text NOT NULL,
         at bigint NOT NULL,
         heard_at bigint NOT NULL,
         document text NOT NULL,
         PRIMARY KEY (box, id)
       )`,
      'CREATE INDEX box_events_by_time ON box_events (box, at, id)',
      'CREATE INDEX box_events_by_age ON box_events (heard_at)',
      `CREATE TABLE box_sequences (
         ${oneOfBox},
         last bigint NOT NULL,
         said_at bigint NOT NULL,
         gaps text NOT NULL,
         forgotten bigint NOT NULL,
         restarts bigint NOT NULL
       )`,
      `CREATE TABLE box_messages (
         ${ofBox},
         id text NOT NULL,
         digest text NOT NULL,
         number bigint,
         heard_at bigint NOT NULL,
         PRIMARY KEY (box, id)
       )`,
      'CREATE INDEX box_messages_by_number ON box_messages (box, number)',
      'CREATE INDEX box_messages_by_age ON box_messages (heard_at)',
      `CREATE TABLE box_clocks (
         ${oneOfBox},
         skew_ms bigint NOT NULL
       )`,
      'CREATE INDEX boxes_revoked ON boxes (revoked_at)',
      `CREATE TABLE health_raw (
         ${ofBox},
         at bigint NOT NULL,
         gauges text NOT NULL,
         PRIMARY KEY (box, at)
       )`,
      'CREATE INDEX health_raw_by_time ON health_raw (at, box)',
      `CREATE TABLE health_chunks (
         ${ofBox},
         step bigint NOT NULL,
         start_at bigint NOT NULL,
         points text NOT NULL,
         PRIMARY KEY (box, step, start_at)
       )`,
      'CREATE INDEX health_chunks_by_age ON health_chunks (step, start_at)',
    ],
  },
  {
    name: 'inventory-2',
    statements: [
      'ALTER TABLE box_health ADD COLUMN proven_at bigint',
      'ALTER TABLE box_health ADD COLUMN disk_days integer',
      'CREATE INDEX box_health_by_proof ON box_health (proven_at, box)',
      'CREATE INDEX box_health_by_room ON box_health (disk_days, box) WHERE disk_days IS NOT NULL',
    ],
  },
  {
    name: 'inventory-3',
    statements: [
      `CREATE TABLE box_hours (
         ${ofBox},
         hour bigint NOT NULL,
         released integer,
         exported integer,
         erased integer,
         PRIMARY KEY (box, hour)
       )`,
      'CREATE INDEX box_hours_by_age ON box_hours (hour)',
    ],
  },
  {
    name: 'inventory-4',
    statements: [
      'CREATE UNIQUE INDEX boxes_of_msp ON boxes (id, msp)',
      `CREATE TABLE box_tags (
         box text NOT NULL,
         msp text NOT NULL,
         tag_key text NOT NULL,
         tag text NOT NULL,
         PRIMARY KEY (box, tag_key),
         FOREIGN KEY (box, msp) REFERENCES boxes (id, msp) ON DELETE CASCADE
       )`,
      'CREATE INDEX box_tags_by_key ON box_tags (msp, tag_key, tag, box)',
    ],
  },
  {
    name: 'inventory-5',
    statements: [
      'ALTER TABLE boxes ADD COLUMN proven_at bigint',
      'ALTER TABLE boxes ADD COLUMN disk_days integer',
      'ALTER TABLE boxes ADD COLUMN measured integer NOT NULL DEFAULT 0 CHECK (measured IN (0, 1))',
      `UPDATE boxes SET
         proven_at = (SELECT box_health.proven_at FROM box_health WHERE box_health.box = boxes.id),
         disk_days = (SELECT box_health.disk_days FROM box_health WHERE box_health.box = boxes.id)`,
      'UPDATE boxes SET measured = 1 WHERE id IN (SELECT box FROM box_health)',
      'DROP INDEX box_health_by_proof',
      'DROP INDEX box_health_by_room',
      'ALTER TABLE box_health DROP COLUMN proven_at',
      'ALTER TABLE box_health DROP COLUMN disk_days',
      // All that overviews count of many boxes: each count is one way along this index, and no way to the boxes.
      'CREATE INDEX boxes_counted ON boxes (msp, customer, state, urgency, policy_state, software, proven_at, disk_days, measured)',
      'CREATE INDEX boxes_by_room ON boxes (msp, disk_days, id) WHERE disk_days IS NOT NULL',
      'CREATE INDEX boxes_active ON boxes (msp, state, id)',
    ],
  },
];
