/** Tables of what waits for the fleet, and of what the fleet asked. Nothing in them says anything of a call (docs/decisions/0130). */
export const migrations = [
  // `seq` is given when a message is first sent: what is rolled up or given up before then leaves no hole. `form`: version of the contract that `content` has, which
  // may be that of an older program. `kept`: tells of a gap, and is no gap itself.
  `CREATE TABLE outbox (
     place INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL CHECK (kind IN ('health', 'event', 'response', 'csr')),
     message TEXT NOT NULL UNIQUE,
     command TEXT CHECK ((command IS NOT NULL) = (kind = 'response')),
     seq INTEGER UNIQUE,
     made_at INTEGER NOT NULL,
     form INTEGER NOT NULL,
     content TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     kept INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX outbox_unsent ON outbox (kind, made_at) WHERE seq IS NULL;
   CREATE TABLE gaps (
     kind TEXT NOT NULL,
     why TEXT NOT NULL CHECK (why IN ('age', 'room', 'form')),
     lost INTEGER NOT NULL,
     first_at INTEGER NOT NULL,
     last_at INTEGER NOT NULL,
     PRIMARY KEY (kind, why)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE inbox (
     place INTEGER PRIMARY KEY AUTOINCREMENT,
     command TEXT NOT NULL UNIQUE,
     heard_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     answer TEXT NOT NULL,
     over INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE state (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     seq INTEGER NOT NULL,
     conn INTEGER NOT NULL,
     reads INTEGER NOT NULL,
     wrong TEXT NOT NULL,
     desired TEXT
   ) STRICT;
   INSERT INTO state (one, seq, conn, reads, wrong) VALUES (1, 0, 0, 1, '{}')`,
];
