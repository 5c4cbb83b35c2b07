/** Tables of the catalogue. Every row that holds personal data has an expiry from its first moment: NULL is impossible. */
export const migrations = [
  `CREATE TABLE recordings (
     id TEXT PRIMARY KEY CHECK (length(id) = 32),
     call TEXT NOT NULL,
     purpose TEXT NOT NULL,
     purpose_name TEXT NOT NULL,
     level TEXT NOT NULL,
     may_open TEXT NOT NULL,
     rule TEXT NOT NULL,
     policy_version INTEGER NOT NULL,
     policy_hash TEXT NOT NULL,
     announcement_hash TEXT NOT NULL,
     announced_at INTEGER NOT NULL,
     recipients TEXT NOT NULL CHECK (json_array_length(recipients) > 0),
     caller TEXT,
     callee TEXT,
     direction TEXT NOT NULL,
     started_at INTEGER NOT NULL CHECK (started_at >= announced_at),
     ended_at INTEGER,
     end_reason TEXT,
     codecs TEXT NOT NULL DEFAULT '[]',
     duration_ms INTEGER NOT NULL DEFAULT 0,
     bytes INTEGER NOT NULL DEFAULT 0,
     segments INTEGER NOT NULL DEFAULT 0,
     gaps INTEGER NOT NULL DEFAULT 0,
     lost INTEGER NOT NULL DEFAULT 0,
     content_root TEXT,
     expires_at INTEGER NOT NULL CHECK (expires_at > started_at),
     traffic_expires_at INTEGER NOT NULL CHECK (traffic_expires_at > started_at),
     erased_at INTEGER,
     erase_reason TEXT,
     CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
     CHECK (erased_at IS NULL OR (caller IS NULL AND callee IS NULL))
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX recordings_by_start ON recordings (started_at);
   CREATE INDEX recordings_by_expiry ON recordings (expires_at) WHERE erased_at IS NULL;
   CREATE INDEX recordings_by_traffic_expiry ON recordings (traffic_expires_at) WHERE caller IS NOT NULL;
   CREATE TABLE calls (
     id TEXT PRIMARY KEY,
     caller TEXT NOT NULL,
     callee TEXT NOT NULL,
     direction TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     answered_at INTEGER,
     ended_at INTEGER NOT NULL,
     status INTEGER NOT NULL,
     recording TEXT,
     not_recorded TEXT,
     expires_at INTEGER NOT NULL CHECK (expires_at > started_at)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX calls_by_start ON calls (started_at);
   CREATE INDEX calls_by_expiry ON calls (expires_at)`,
];
