/** Tables of people, their sessions, set-up codes that were not used yet, and tokens of programs. */
export const migrations = [
  `CREATE TABLE people (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     name_key TEXT NOT NULL UNIQUE,
     roles TEXT NOT NULL CHECK (json_array_length(roles) > 0),
     password TEXT NOT NULL,
     totp_secret TEXT NOT NULL,
     totp_step INTEGER NOT NULL,
     created_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE sessions (
     token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
     person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
     stage TEXT NOT NULL CHECK (stage IN ('password', 'full')),
     started_at INTEGER NOT NULL,
     used_at INTEGER NOT NULL,
     failures INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sessions_by_person ON sessions (person);
   CREATE TABLE setup_codes (
     code_hash BLOB PRIMARY KEY CHECK (length(code_hash) = 32),
     roles TEXT NOT NULL CHECK (json_array_length(roles) > 0),
     created_at INTEGER NOT NULL,
     name TEXT,
     password TEXT,
     totp_secret TEXT
   ) STRICT, WITHOUT ROWID`,
  // Everybody and everything here has an end from the first moment. Sessions and unused codes are made anew: people sign in again once.
  `CREATE TABLE people_2 (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     name_key TEXT NOT NULL UNIQUE,
     roles TEXT NOT NULL CHECK (json_array_length(roles) > 0),
     password TEXT NOT NULL,
     totp_secret TEXT NOT NULL,
     totp_step INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     seen_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO people_2
     SELECT id, name, name_key, roles, password, totp_secret, totp_step, created_at, created_at, created_at + 31536000000 FROM people;
   DROP TABLE sessions;
   DROP TABLE people;
   ALTER TABLE people_2 RENAME TO people;
   CREATE INDEX people_by_expiry ON people (expires_at);
   CREATE TABLE sessions (
     token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
     person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
     stage TEXT NOT NULL CHECK (stage IN ('password', 'full')),
     started_at INTEGER NOT NULL,
     used_at INTEGER NOT NULL,
     failures INTEGER NOT NULL DEFAULT 0,
     expires_at INTEGER NOT NULL CHECK (expires_at > started_at)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sessions_by_person ON sessions (person);
   CREATE INDEX sessions_by_expiry ON sessions (expires_at);
   DROP TABLE setup_codes;
   CREATE TABLE setup_codes (
     code_hash BLOB PRIMARY KEY CHECK (length(code_hash) = 32),
     roles TEXT NOT NULL CHECK (json_array_length(roles) > 0),
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > created_at),
     name TEXT,
     password TEXT,
     totp_secret TEXT
   ) STRICT, WITHOUT ROWID`,
  // Tokens of programs. What nobody has to know, their secret, is here as a hash alone.
  `CREATE TABLE tokens (
     id TEXT PRIMARY KEY,
     secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
     name TEXT NOT NULL,
     name_key TEXT NOT NULL UNIQUE,
     extensions TEXT CHECK (extensions IS NULL OR json_array_length(extensions) > 0),
     wishes TEXT NOT NULL CHECK (json_array_length(wishes) > 0),
     made_by TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     used_at INTEGER,
     expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tokens_by_expiry ON tokens (expires_at)`,
];
