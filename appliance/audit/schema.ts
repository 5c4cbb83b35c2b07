/**
 * Tables of the audit log. Leaves, inner nodes, checkpoints and cosignatures can be added, never changed or removed; a body can be erased
 * when its time is over, and that time can be brought forward, nothing else.
 */

/** The last millisecond that ISO 8601 writes with four digits of year: the time of a body that stays as long as the log. */
export const AS_LONG_AS_THE_LOG = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

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
  // Step 2: bodies with an expiry, found by their recording; inner nodes; numbered checkpoints; cosignatures.
  // Bodies of step 1 get 90 days from when they were written, or stay if they told of nobody, as the kinds of then stood.
  `DROP TRIGGER bodies_keep;
   ALTER TABLE bodies RENAME TO bodies_before;
   CREATE TABLE bodies (
     position INTEGER PRIMARY KEY REFERENCES leaves (position),
     salt BLOB NOT NULL CHECK (length(salt) = 32),
     body TEXT NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > 0),
     kind TEXT GENERATED ALWAYS AS (body ->> '$.kind') VIRTUAL,
     recording TEXT GENERATED ALWAYS AS (body ->> '$.facts.recording') VIRTUAL
   ) STRICT;
   INSERT INTO bodies (position, salt, body, expires_at)
     SELECT position, salt, body,
       CASE WHEN body ->> '$.kind' IN ('log_opened', 'policy_applied', 'policy_refused', 'recording_gap', 'recording_ended',
                                       'recording_recovered', 'purge', 'purge_traffic')
         THEN ${AS_LONG_AS_THE_LOG} ELSE (body ->> '$.at') + 90 * 86400000 END
     FROM bodies_before;
   DROP TABLE bodies_before;
   CREATE INDEX bodies_expiry ON bodies (expires_at);
   CREATE INDEX bodies_recording ON bodies (recording) WHERE recording IS NOT NULL;
   CREATE INDEX bodies_generation ON bodies (position) WHERE kind = 'log_opened';

   CREATE TABLE nodes (
     level INTEGER NOT NULL CHECK (level > 0),
     position INTEGER NOT NULL CHECK (position >= 0),
     hash BLOB NOT NULL CHECK (length(hash) = 32),
     PRIMARY KEY (level, position)
   ) STRICT, WITHOUT ROWID;

   DROP TRIGGER checkpoints_stay;
   DROP TRIGGER checkpoints_keep;
   ALTER TABLE checkpoints RENAME TO checkpoints_before;
   CREATE TABLE checkpoints (
     number INTEGER PRIMARY KEY,
     size INTEGER NOT NULL UNIQUE,
     note TEXT NOT NULL
   ) STRICT;
   INSERT INTO checkpoints SELECT row_number() OVER (ORDER BY size), size, note FROM checkpoints_before;
   DROP TABLE checkpoints_before;
   CREATE TABLE cosignatures (
     number INTEGER PRIMARY KEY,
     witness TEXT NOT NULL,
     size INTEGER NOT NULL REFERENCES checkpoints (size),
     line TEXT NOT NULL,
     UNIQUE (witness, size)
   ) STRICT;
   -- How many there are, so that the last one cannot be missing unseen; and the key that signed, for whoever has only its fingerprint.
   CREATE TABLE state (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     checkpoints INTEGER NOT NULL,
     cosignatures INTEGER NOT NULL,
     signer TEXT
   ) STRICT;
   INSERT INTO state VALUES (1, (SELECT count(*) FROM checkpoints), 0, NULL);

   CREATE TRIGGER bodies_keep BEFORE UPDATE ON bodies
     WHEN NEW.position IS NOT OLD.position OR NEW.salt IS NOT OLD.salt OR NEW.body IS NOT OLD.body
       OR NEW.expires_at > OLD.expires_at OR OLD.expires_at = ${AS_LONG_AS_THE_LOG}
     BEGIN SELECT raise(ABORT, 'an event is never changed'); END;
   CREATE TRIGGER bodies_stay BEFORE DELETE ON bodies WHEN OLD.expires_at = ${AS_LONG_AS_THE_LOG}
     BEGIN SELECT raise(ABORT, 'this event stays as long as the log'); END;
   CREATE TRIGGER nodes_stay BEFORE DELETE ON nodes BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
   CREATE TRIGGER nodes_keep BEFORE UPDATE ON nodes BEGIN SELECT raise(ABORT, 'the audit log only grows'); END;
   CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints BEGIN SELECT raise(ABORT, 'a checkpoint stays'); END;
   CREATE TRIGGER checkpoints_keep BEFORE UPDATE ON checkpoints BEGIN SELECT raise(ABORT, 'a checkpoint stays'); END;
   CREATE TRIGGER cosignatures_stay BEFORE DELETE ON cosignatures BEGIN SELECT raise(ABORT, 'a cosignature stays'); END;
   CREATE TRIGGER cosignatures_keep BEFORE UPDATE ON cosignatures BEGIN SELECT raise(ABORT, 'a cosignature stays'); END`,
];
