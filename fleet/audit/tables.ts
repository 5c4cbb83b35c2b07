/** The fleet's own log, and what it remembers of the logs of boxes. Hashes and salts are base64. */
import type { Migration } from '../db/open.ts';

export type AuditTables = {
  /** Level 0: leaves. Above: the root of each full subtree of 2^level leaves. */
  readonly log_nodes: { level: number; position: number; hash: string };
  readonly log_bodies: {
    position: number;
    kind: string;
    /** Whom it is about, for who may read it. */
    msp: string | null;
    /** The box that it is about, for its timeline; null: none, or written before there was this column. */
    box: string | null;
    salt: string;
    body: string;
    expires_at: number;
  };
  /** One row, or none while nothing is in it: where the log ends (JSON of its frontier). Whoever appends holds the lock of this table. */
  readonly log_head: { one: number; size: number; frontier: string };
  readonly log_checkpoints: { size: number; note: string; signed_at: number };
  /** What is remembered of each box's log. `size`, `root` and `note` are null before its first checkpoint. */
  readonly witness_logs: {
    box: string;
    size: number | null;
    note: string | null;
    /** When a checkpoint was last cosigned, or the box began to be watched. */
    heard_at: number;
    watched: number;
    silent: number;
    accept_loss: number;
  };
  /** Two signed notes that cannot both be true of one log. */
  readonly witness_evidence: {
    digest: string;
    box: string;
    why: string;
    remembered: string;
    offered: string;
    found_at: number;
  };
};

/** The last millisecond that ISO 8601 writes with four digits of year: the time of a body that stays as long as the log. */
export const AS_LONG_AS_THE_LOG = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export const auditMigrations: readonly Migration[] = [
  {
    name: 'audit-1',
    statements: [
      `CREATE TABLE log_nodes (
         level integer NOT NULL CHECK (level >= 0),
         position bigint NOT NULL CHECK (position >= 0),
         hash text NOT NULL CHECK (length(hash) = 44),
         PRIMARY KEY (level, position)
       )`,
      `CREATE TABLE log_bodies (
         position bigint PRIMARY KEY,
         kind text NOT NULL,
         msp text,
         salt text NOT NULL CHECK (length(salt) = 44),
         body text NOT NULL,
         expires_at bigint NOT NULL CHECK (expires_at > 0)
       )`,
      'CREATE INDEX log_bodies_by_msp ON log_bodies (msp, position)',
      'CREATE INDEX log_bodies_by_expiry ON log_bodies (expires_at)',
      `CREATE TABLE log_head (
         one integer PRIMARY KEY CHECK (one = 1),
         size bigint NOT NULL CHECK (size >= 0),
         frontier text NOT NULL
       )`,
      `CREATE TABLE log_checkpoints (
         size bigint PRIMARY KEY,
         note text NOT NULL,
         signed_at bigint NOT NULL
       )`,
      `CREATE TABLE witness_logs (
         box text PRIMARY KEY,
         size bigint,
         note text,
         heard_at bigint NOT NULL,
         watched integer NOT NULL CHECK (watched IN (0, 1)),
         silent integer NOT NULL CHECK (silent IN (0, 1)),
         accept_loss integer NOT NULL CHECK (accept_loss IN (0, 1)),
         CHECK ((size IS NULL) = (note IS NULL))
       )`,
      'CREATE INDEX witness_logs_by_silence ON witness_logs (watched, silent, heard_at)',
      `CREATE TABLE witness_evidence (
         digest text PRIMARY KEY CHECK (length(digest) = 64),
         box text NOT NULL REFERENCES witness_logs (box) ON DELETE CASCADE,
         why text NOT NULL,
         remembered text NOT NULL,
         offered text NOT NULL,
         found_at bigint NOT NULL
       )`,
      'CREATE INDEX witness_evidence_by_box ON witness_evidence (box, found_at)',
    ],
  },
  {
    name: 'audit-2',
    statements: [
      'ALTER TABLE log_bodies ADD COLUMN box text',
      'CREATE INDEX log_bodies_by_box ON log_bodies (box, position) WHERE box IS NOT NULL',
    ],
  },
];
