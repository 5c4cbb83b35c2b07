/** Levels and their versions, documents and signed policies, rollouts, and how each box stands. */
import type { Migration } from '../db/open.ts';

export const levelKinds = ['msp', 'customer', 'site', 'box'] as const;

export type LevelKind = (typeof levelKinds)[number];

/**
 * `held`: its ring is not open. `due`: it is to be sent. `sending`: a process sends it. `sent`: the broker has it, the box has not answered. `withdraw`: it was
 * cancelled, and is to be taken back from the broker. `superseded`: a newer one was signed. `renewed`: it was signed anew.
 */
export const signedStates = [
  'held',
  'due',
  'sending',
  'sent',
  'applied',
  'pending',
  'rejected',
  'failed',
  'withdraw',
  'cancelled',
  'superseded',
  'renewed',
] as const;

export type SignedState = (typeof signedStates)[number];

/** How a box stands. `altered`: it refused what nobody has signed here: somebody changed it in the database or on its way. `waiting`: it has not answered yet. `drift`: it had what was wanted and has something else now. `none`: nothing is wanted of it. */
export const standings = ['altered', 'rejected', 'failed', 'drift', 'pending', 'waiting', 'applied', 'none'] as const;

export type Standing = (typeof standings)[number];

export type PolicyTables = {
  /** Each version that a level had; the highest is the one that counts. One of `customer`, `site`, `box` says whose it is; all null: the MSP's. */
  readonly policy_levels: {
    kind: LevelKind;
    of: string;
    version: number;
    msp: string;
    customer: string | null;
    site: string | null;
    box: string | null;
    content: string;
    written_by: string;
    written_at: number;
  };
  /** Policies that were not made here: customers' own. `body`: digest of what it says, without what each document has of its own. */
  readonly policy_documents: {
    msp: string;
    hash: string;
    body: string;
    document: string;
    brought_by: string;
    brought_at: number;
  };
  /** Public halves; private ones are files. `key`: SHA-256 of the SPKI. The highest generation is told to new boxes; all that are not retired sign. */
  readonly policy_keys: {
    key: string;
    msp: string;
    generation: number;
    public_key: string;
    /** Name of the file with its private half. */
    file: string;
    made_by: string;
    made_at: number;
    retired_at: number | null;
  };
  readonly policy_rollouts: {
    id: string;
    msp: string;
    title: string;
    rings: string;
    state: 'running' | 'halted' | 'done' | 'cancelled';
    /** The last ring that was opened; -1: none yet. */
    ring: number;
    opened_at: number;
    halted: 'failures' | 'person' | null;
    /** Failures of each ring that a person has gone on after. */
    forgiven: string;
    /** Counts up with each change: of two that change it at once, one gives way. */
    revision: number;
    created_by: string;
    created_at: number;
    ended_at: number | null;
  };
  readonly policy_signed: {
    box: string;
    version: number;
    msp: string;
    /** SHA-256 of what was signed. */
    hash: string;
    body: string;
    previous: string;
    /** Hash of the customer's own policy that it was made on. */
    foundation: string;
    rollout: string | null;
    ring: number;
    envelope: string;
    state: SignedState;
    why: string | null;
    signed_by: string;
    signed_at: number;
    expires_at: number;
    claimed_at: number | null;
    sent_at: number | null;
    answered_at: number | null;
  };
  /** `report_at`: `heard_at` of the report that was looked at last. */
  readonly policy_standing: {
    box: string;
    state: Standing;
    version: number;
    hash: string;
    why: string | null;
    since: number;
    report_at: number | null;
  };
};

const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');

/** After those of `tenants/` and `inventory/`. */
export const policyMigrations: readonly Migration[] = [
  {
    name: 'policy-1',
    statements: [
      `CREATE TABLE policy_levels (
         kind text NOT NULL CHECK (kind IN (${list(levelKinds)})),
         of text NOT NULL,
         version bigint NOT NULL,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         customer text REFERENCES customers (id) ON DELETE CASCADE,
         site text REFERENCES sites (id) ON DELETE CASCADE,
         box text REFERENCES boxes (id) ON DELETE CASCADE,
         content text NOT NULL,
         written_by text NOT NULL,
         written_at bigint NOT NULL,
         PRIMARY KEY (kind, of, version)
       )`,
      'CREATE INDEX policy_levels_of_msp ON policy_levels (msp, kind, of)',
      `CREATE TABLE policy_documents (
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         hash text NOT NULL,
         body text NOT NULL,
         document text NOT NULL,
         brought_by text NOT NULL,
         brought_at bigint NOT NULL,
         PRIMARY KEY (msp, hash)
       )`,
      `CREATE TABLE policy_keys (
         key text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         generation integer NOT NULL,
         public_key text NOT NULL,
         file text NOT NULL,
         made_by text NOT NULL,
         made_at bigint NOT NULL,
         retired_at bigint,
         UNIQUE (msp, generation)
       )`,
      `CREATE TABLE policy_rollouts (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         title text NOT NULL,
         rings text NOT NULL,
         state text NOT NULL CHECK (state IN ('running', 'halted', 'done', 'cancelled')),
         ring integer NOT NULL,
         opened_at bigint NOT NULL,
         halted text,
         forgiven text NOT NULL,
         revision bigint NOT NULL,
         created_by text NOT NULL,
         created_at bigint NOT NULL,
         ended_at bigint
       )`,
      'CREATE INDEX policy_rollouts_of_msp ON policy_rollouts (msp, created_at, id)',
      'CREATE INDEX policy_rollouts_by_state ON policy_rollouts (state)',
      `CREATE TABLE policy_signed (
         box text NOT NULL REFERENCES boxes (id) ON DELETE CASCADE,
         version bigint NOT NULL,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         hash text NOT NULL,
         body text NOT NULL,
         previous text NOT NULL,
         foundation text NOT NULL,
         rollout text REFERENCES policy_rollouts (id) ON DELETE CASCADE,
         ring integer NOT NULL,
         envelope text NOT NULL,
         state text NOT NULL CHECK (state IN (${list(signedStates)})),
         why text,
         signed_by text NOT NULL,
         signed_at bigint NOT NULL,
         expires_at bigint NOT NULL,
         claimed_at bigint,
         sent_at bigint,
         answered_at bigint,
         PRIMARY KEY (box, version)
       )`,
      'CREATE INDEX policy_signed_of_rollout ON policy_signed (rollout, ring, state)',
      'CREATE INDEX policy_signed_by_state ON policy_signed (state, expires_at)',
      'CREATE INDEX policy_signed_by_body ON policy_signed (msp, body)',
      `CREATE TABLE policy_standing (
         box text PRIMARY KEY REFERENCES boxes (id) ON DELETE CASCADE,
         state text NOT NULL CHECK (state IN (${list(standings)})),
         version bigint NOT NULL,
         hash text NOT NULL,
         why text,
         since bigint NOT NULL,
         report_at bigint
       )`,
      'CREATE INDEX policy_standing_by_state ON policy_standing (state, since, box)',
    ],
  },
  {
    name: 'policy-2',
    statements: [
      // How many boxes stand how, without a way to each row.
      'CREATE INDEX policy_standing_counted ON policy_standing (box, state, since)',
      // All of an MSP, some at a time (`compliance/tenant-data.ts`).
      'CREATE INDEX policy_signed_of_msp ON policy_signed (msp, box, version)',
    ],
  },
];
