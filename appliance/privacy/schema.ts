/** What the box keeps of its documents: who acknowledged which notice, and what the register said when. */
import type { Migration } from '../db/migrations.ts';

export const migrations: readonly Migration[] = [
  `CREATE TABLE acknowledgements (
     extension TEXT NOT NULL,
     purpose TEXT NOT NULL,
     version TEXT NOT NULL CHECK (length(version) = 64),
     at INTEGER NOT NULL,
     how TEXT NOT NULL CHECK (how IN ('desk', 'phone', 'paper')),
     noted_by TEXT NOT NULL,
     seen_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > seen_at),
     PRIMARY KEY (extension, purpose)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX acknowledgements_by_expiry ON acknowledgements (expires_at);
   CREATE TABLE registers (
     version INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     cause TEXT NOT NULL,
     policy_hash TEXT,
     register_hash TEXT NOT NULL CHECK (length(register_hash) = 64),
     register TEXT NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > at)
   ) STRICT`,
];
