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
  // Each class of data with its own clock, a lock where law demands a minimum, holds and restrictions, numbers that can be searched by any
  // part. The indexes carry what a search filters by, so that it reads rows of its own page only; `erased_at`, always NULL there, is
  // named because SQLite would fetch each row to look at it.
  `CREATE TABLE recordings_2 (
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
     evidence_expires_at INTEGER NOT NULL CHECK (evidence_expires_at >= expires_at),
     locked_until INTEGER NOT NULL DEFAULT 0 CHECK (locked_until <= expires_at),
     lock_ground TEXT CHECK ((lock_ground IS NULL) = (locked_until = 0)),
     opened INTEGER NOT NULL DEFAULT 0,
     last_opened_at INTEGER CHECK ((last_opened_at IS NULL) = (opened = 0)),
     erased_at INTEGER,
     erase_reason TEXT,
     erased_epoch INTEGER,
     CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
     CHECK ((erased_at IS NULL) = (erase_reason IS NULL)),
     CHECK (erased_at IS NULL OR (caller IS NULL AND callee IS NULL))
   ) STRICT, WITHOUT ROWID;
   INSERT INTO recordings_2
     SELECT id, call, purpose, purpose_name, level, may_open, rule, policy_version, policy_hash, announcement_hash, announced_at,
       recipients, caller, callee, direction, started_at, ended_at, end_reason, codecs, duration_ms, bytes, segments, gaps, lost,
       content_root, expires_at, traffic_expires_at, max(expires_at, traffic_expires_at), 0, NULL, 0, NULL, erased_at, erase_reason, NULL
     FROM recordings;
   DROP TABLE recordings;
   ALTER TABLE recordings_2 RENAME TO recordings;
   CREATE INDEX recordings_by_start ON recordings (started_at, purpose, duration_ms, caller, callee, erased_at) WHERE erased_at IS NULL;
   CREATE INDEX recordings_by_purpose ON recordings (purpose, started_at, duration_ms, caller, callee, erased_at) WHERE erased_at IS NULL;
   CREATE INDEX recordings_by_duration ON recordings (duration_ms, started_at, purpose, caller, callee, erased_at) WHERE erased_at IS NULL;
   CREATE INDEX recordings_by_caller ON recordings (caller, started_at, purpose, duration_ms) WHERE caller IS NOT NULL;
   CREATE INDEX recordings_by_callee ON recordings (callee, started_at, purpose, duration_ms) WHERE callee IS NOT NULL;
   CREATE INDEX recordings_opened ON recordings (purpose, last_opened_at - started_at) WHERE opened > 0 AND erased_at IS NULL;
   CREATE INDEX recordings_by_expiry ON recordings (expires_at) WHERE erased_at IS NULL;
   CREATE INDEX recordings_by_traffic_expiry ON recordings (traffic_expires_at) WHERE caller IS NOT NULL OR callee IS NOT NULL;
   CREATE INDEX recordings_by_evidence_expiry ON recordings (evidence_expires_at) WHERE erased_at IS NOT NULL;
   CREATE INDEX recordings_in_progress ON recordings (started_at) WHERE ended_at IS NULL AND erased_at IS NULL;
   CREATE INDEX recordings_uncertified ON recordings (erased_at) WHERE erased_epoch IS NOT NULL;
   CREATE INDEX calls_by_recording ON calls (recording) WHERE recording IS NOT NULL;
   CREATE INDEX calls_unrecorded ON calls (started_at) WHERE recording IS NULL AND answered_at IS NOT NULL;
   CREATE TABLE party_parts (
     part TEXT NOT NULL,
     party TEXT NOT NULL,
     PRIMARY KEY (part, party)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE holds (
     id TEXT PRIMARY KEY,
     case_ref TEXT NOT NULL,
     reason TEXT NOT NULL,
     owner TEXT NOT NULL,
     placed_at INTEGER NOT NULL,
     placed_by TEXT NOT NULL,
     review_at INTEGER NOT NULL CHECK (review_at > placed_at),
     lift_asked_by TEXT,
     lift_asked_at INTEGER,
     lift_reason TEXT,
     lifted_at INTEGER,
     lifted_by TEXT CHECK (lifted_by IS NULL OR lifted_by <> lift_asked_by),
     expires_at INTEGER NOT NULL CHECK (expires_at > placed_at),
     CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
     CHECK (lifted_at IS NULL OR lift_asked_by IS NOT NULL)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE held (
     recording TEXT NOT NULL,
     hold TEXT NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
     PRIMARY KEY (recording, hold)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX held_by_hold ON held (hold);
   CREATE TABLE restrictions (
     recording TEXT PRIMARY KEY,
     ground TEXT NOT NULL CHECK (ground IN ('accuracy', 'unlawful', 'claims', 'objection')),
     reason TEXT NOT NULL,
     placed_at INTEGER NOT NULL,
     placed_by TEXT NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > placed_at)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE certificates (
     recording TEXT PRIMARY KEY,
     certificate TEXT NOT NULL,
     issued_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > issued_at)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX certificates_by_issue ON certificates (issued_at);
   CREATE INDEX certificates_by_expiry ON certificates (expires_at);
   CREATE TABLE requests (
     id TEXT PRIMARY KEY,
     kind TEXT NOT NULL CHECK (kind IN ('erasure', 'restriction', 'objection')),
     recording TEXT NOT NULL,
     case_ref TEXT,
     received_at INTEGER NOT NULL,
     actor TEXT NOT NULL,
     outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
     ground TEXT,
     expires_at INTEGER NOT NULL CHECK (expires_at > received_at),
     CHECK ((outcome = 'refused') = (ground IS NOT NULL))
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX requests_by_recording ON requests (recording);
   CREATE INDEX requests_by_receipt ON requests (received_at);
   CREATE INDEX requests_by_expiry ON requests (expires_at);
   CREATE TABLE purpose_usage (
     purpose TEXT PRIMARY KEY,
     erased INTEGER NOT NULL DEFAULT 0,
     ever_opened INTEGER NOT NULL DEFAULT 0,
     latest_opening_ms INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE vault_state (
     name TEXT PRIMARY KEY,
     value TEXT NOT NULL
   ) STRICT, WITHOUT ROWID`,
  // Calls of other people's logs that have no recording: they leave when a record of the call would have left.
  `CREATE TABLE exceptions (
     id TEXT PRIMARY KEY CHECK (length(id) = 32),
     source TEXT NOT NULL,
     caller TEXT NOT NULL,
     callee TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     talk_ms INTEGER NOT NULL,
     cause TEXT NOT NULL,
     call TEXT,
     purpose TEXT,
     found_at INTEGER NOT NULL,
     explained_at INTEGER,
     explained_by TEXT,
     explanation TEXT,
     expires_at INTEGER NOT NULL CHECK (expires_at > started_at),
     CHECK ((explained_at IS NULL) = (explained_by IS NULL) AND (explained_at IS NULL) = (explanation IS NULL))
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX exceptions_by_expiry ON exceptions (expires_at);
   CREATE INDEX exceptions_open ON exceptions (started_at) WHERE explained_at IS NULL`,
  // Who came into a call and left it, where the record of the call names only two. They leave with it.
  `CREATE TABLE movements (
     call TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
     number INTEGER NOT NULL,
     at INTEGER NOT NULL,
     party TEXT NOT NULL,
     did TEXT NOT NULL CHECK (did IN ('joined', 'left')),
     PRIMARY KEY (call, number)
   ) STRICT, WITHOUT ROWID`,
  // Which calls a call came out of. A link leaves with the record of the call, and with that of the one that it leads to.
  `CREATE TABLE origins (
     call TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
     number INTEGER NOT NULL,
     origin TEXT NOT NULL,
     how TEXT NOT NULL CHECK (how IN ('transferred', 'attended', 'replaced', 'forwarded', 'returned')),
     side TEXT NOT NULL CHECK (side IN ('caller', 'callee')),
     PRIMARY KEY (call, number)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX origins_by_origin ON origins (origin);
   CREATE TRIGGER origins_leave AFTER DELETE ON calls BEGIN DELETE FROM origins WHERE origin = OLD.id; END`,
  // Which way a call went and what was decided about it; how long was talked in place of when it was answered and ended, so that how long
  // it rang stands nowhere. With a rowid, which keeps the order of calls that began in the same minute. What leaves with a call would
  // leave with the table, and is put back. Numbers that callers withheld, out of the logs of PBXs, go.
  `CREATE TABLE kept_movements AS SELECT * FROM movements;
   CREATE TABLE kept_origins AS SELECT * FROM origins;
   CREATE TABLE calls_2 (
     id TEXT PRIMARY KEY NOT NULL,
     caller TEXT NOT NULL,
     callee TEXT NOT NULL,
     direction TEXT NOT NULL,
     via TEXT CHECK (via IN ('phone', 'trunk', 'pbx', 'siprec')),
     trunk TEXT,
     queue TEXT,
     started_at INTEGER NOT NULL CHECK (started_at % 60000 = 0),
     talk_ms INTEGER CHECK (talk_ms >= 0),
     status INTEGER NOT NULL,
     recording TEXT,
     not_recorded TEXT,
     policy_hash TEXT,
     purpose TEXT,
     rule TEXT,
     expires_at INTEGER NOT NULL CHECK (expires_at > started_at),
     CHECK ((purpose IS NULL) = (rule IS NULL))
   ) STRICT;
   INSERT INTO calls_2
     SELECT id, caller, callee, direction, NULL, NULL, NULL, started_at / 60000 * 60000, max(0, ended_at - answered_at), status, recording,
       not_recorded, (SELECT policy_hash FROM recordings WHERE recordings.id = calls.recording),
       (SELECT purpose FROM recordings WHERE recordings.id = calls.recording),
       (SELECT rule FROM recordings WHERE recordings.id = calls.recording), expires_at
     FROM calls ORDER BY started_at;
   DROP TABLE calls;
   ALTER TABLE calls_2 RENAME TO calls;
   INSERT OR IGNORE INTO movements SELECT * FROM kept_movements;
   INSERT OR IGNORE INTO origins SELECT * FROM kept_origins;
   DROP TABLE kept_movements;
   DROP TABLE kept_origins;
   CREATE INDEX calls_by_start ON calls (started_at);
   CREATE INDEX calls_by_expiry ON calls (expires_at);
   CREATE INDEX calls_by_recording ON calls (recording) WHERE recording IS NOT NULL;
   CREATE INDEX calls_unrecorded ON calls (started_at) WHERE recording IS NULL AND talk_ms IS NOT NULL;
   CREATE TRIGGER origins_leave AFTER DELETE ON calls BEGIN DELETE FROM origins WHERE origin = OLD.id; END;
   CREATE TABLE waits (
     hour INTEGER NOT NULL CHECK (hour % 3600000 = 0),
     queue TEXT NOT NULL,
     calls INTEGER NOT NULL CHECK (calls > 0),
     answered INTEGER NOT NULL CHECK (answered BETWEEN 0 AND calls),
     total_ms INTEGER NOT NULL,
     longest_ms INTEGER NOT NULL CHECK (longest_ms <= total_ms),
     expires_at INTEGER NOT NULL CHECK (expires_at > hour),
     PRIMARY KEY (hour, queue)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX waits_by_expiry ON waits (expires_at);
   UPDATE exceptions SET caller = 'anonymous' WHERE call IN (SELECT id FROM calls WHERE caller = 'anonymous')`,
  // What a recording may be used for, bound to it like its purpose; who was told and asked in the call, as long as its row; and numbers whose
  // owner does not want to be recorded. Recordings of before carry what the desk let one name then.
  `ALTER TABLE recordings ADD COLUMN uses TEXT NOT NULL DEFAULT '["complaint","quality","evidence","supervision","data-subject"]'
     CHECK (json_type(uses) = 'array');
   CREATE TRIGGER recordings_bound
     BEFORE UPDATE OF purpose, purpose_name, level, rule, policy_version, policy_hash, announcement_hash, uses ON recordings
     BEGIN SELECT RAISE(ABORT, 'purpose_bound'); END;
   CREATE TABLE consents (
     recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
     number INTEGER NOT NULL,
     at INTEGER NOT NULL,
     act TEXT NOT NULL CHECK (act IN ('told', 'agreed', 'refused', 'withdrawn')),
     mode TEXT NOT NULL CHECK (mode IN ('inform', 'opt-out', 'opt-in')),
     side TEXT NOT NULL CHECK (side IN ('caller', 'callee')),
     how TEXT CHECK (how IN ('event', 'tone', 'info', 'acknowledgement', 'api')),
     key TEXT CHECK (length(key) = 1 AND key GLOB '[0-9*#A-D]'),
     prompt_hash TEXT NOT NULL,
     PRIMARY KEY (recording, number)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE objections (
     id TEXT PRIMARY KEY CHECK (length(id) = 32),
     number TEXT NOT NULL,
     purpose TEXT,
     since INTEGER NOT NULL,
     how TEXT NOT NULL CHECK (how IN ('key', 'desk', 'cli')),
     case_ref TEXT,
     expires_at INTEGER NOT NULL CHECK (expires_at > since)
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX objections_by_number ON objections (number, coalesce(purpose, ''));
   CREATE INDEX objections_by_expiry ON objections (expires_at);
   CREATE TRIGGER objections_added AFTER INSERT ON objections BEGIN
     INSERT OR REPLACE INTO vault_state
       SELECT 'objections', 1 + coalesce((SELECT CAST(value AS INTEGER) FROM vault_state WHERE name = 'objections'), 0);
   END;
   CREATE TRIGGER objections_removed AFTER DELETE ON objections BEGIN
     INSERT OR REPLACE INTO vault_state
       SELECT 'objections', 1 + coalesce((SELECT CAST(value AS INTEGER) FROM vault_state WHERE name = 'objections'), 0);
   END`,
];
