/** Tables of the audit log. Leaves and checkpoints can be added, never changed or removed; bodies can be erased, never changed. */
export const migrations = [
  `CREATE TABLE leaves (
     position INTEGER PRIMARY KEY CHECK (position >= 0),
     hash BLOB NOT NULL CHECK (length(hash) = 32)
   ) STRICT;
   CREATE TABLE bodies (
     position INTEGER PRIMARY KEY REFERENCES leaves (position),
     salt BLOB NOT NULL CHECK (length(salt) = 32),
     body TEXT NOT NULL
   ) STRICT;
   CREATE TABLE frontier (
     leaves INTEGER PRIMARY KEY,
     hash BLOB NOT NULL CHECK (length(hash) = 32)
   ) STRICT;
   CREATE TABLE checkpoints (
     size INTEGER PRIMARY KEY,
     note TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER leaves_stay BEFORE DELETE ON leaves BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
   CREATE TRIGGER leaves_keep BEFORE UPDATE ON leaves BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
   CREATE TRIGGER bodies_keep BEFORE UPDATE ON bodies BEGIN SELECT raise(ABORT, 'an event is never changed'); END;
   CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints BEGIN SELECT raise(ABORT, 'a checkpoint stays'); END;
   CREATE TRIGGER checkpoints_keep BEFORE UPDATE ON checkpoints BEGIN SELECT raise(ABORT, 'a checkpoint stays'); END`,
];
