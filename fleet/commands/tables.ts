/** What boxes were asked to do, and what became of it. */
import type { Migration } from '../db/open.ts';

export const commandOps = ['sync', 'renew', 'test_call'] as const;

export type CommandOp = (typeof commandOps)[number];

/** `waiting`: not on its way yet. `sent`: the broker has it. The others are the box's own words, but `expired`: its time went by. */
export const commandStates = [
  'waiting',
  'sent',
  'accepted',
  'running',
  'done',
  'failed',
  'refused',
  'expired',
] as const;

export type CommandState = (typeof commandStates)[number];

export type CommandTables = {
  /** `id` is that of the message, by which the box does it once. */
  readonly box_commands: {
    id: string;
    box: string;
    op: CommandOp;
    state: CommandState;
    /** A code of the contract: why it failed or was refused. */
    why: string | null;
    percent: number | null;
    by_person: string;
    made_at: number;
    expires_at: number;
    sent_at: number | null;
    answered_at: number | null;
  };
};

const list = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** After those of `inventory/`. */
export const commandMigrations: readonly Migration[] = [
  {
    name: 'commands-1',
    statements: [
      `CREATE TABLE box_commands (
         id text PRIMARY KEY,
         box text NOT NULL REFERENCES boxes (id) ON DELETE CASCADE,
         op text NOT NULL CHECK (op IN (${list(commandOps)})),
         state text NOT NULL CHECK (state IN (${list(commandStates)})),
         why text,
         percent integer,
         by_person text NOT NULL,
         made_at bigint NOT NULL,
         expires_at bigint NOT NULL,
         sent_at bigint,
         answered_at bigint
       )`,
      // One of each kind at a time, whoever asks and in whichever process.
      `CREATE UNIQUE INDEX box_commands_open ON box_commands (box, op)
         WHERE state IN ('waiting', 'sent', 'accepted', 'running')`,
      'CREATE INDEX box_commands_of_box ON box_commands (box, made_at, id)',
      `CREATE INDEX box_commands_due ON box_commands (made_at) WHERE state IN ('waiting', 'sent')`,
      `CREATE INDEX box_commands_over ON box_commands (expires_at)
         WHERE state IN ('waiting', 'sent', 'accepted', 'running')`,
      'CREATE INDEX box_commands_by_age ON box_commands (made_at)',
    ],
  },
];
