/**
 * The wraps: the session key of each recording, encrypted to its recipients. A database of its own, for erasing a few hundred
 * bytes here erases a recording everywhere.
 */
import { openDatabase, truncateLog } from '../db/open.ts';
import { problem } from './problems.ts';

const migrations = [
  `CREATE TABLE wraps (
     recording TEXT PRIMARY KEY CHECK (length(recording) = 32),
     pkesk BLOB NOT NULL CHECK (length(pkesk) > 0),
     recipients TEXT NOT NULL CHECK (json_array_length(recipients) > 0),
     created_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
];

export interface Wraps {
  /** PKESK packets, one after the other (RFC 9580 5.1). */
  readonly pkesk: Buffer;
  /** Fingerprints of the keys that they are for, hex. */
  readonly recipients: readonly string[];
}

export interface Keystore {
  /** Commits with `synchronous=FULL`: on return a power cut cannot take the wraps away. */
  put(recording: string, wraps: Wraps, now: number): void;
  get(recording: string): Wraps | null;
  all(): readonly string[];
  /** Destroys the wraps. Not yet certain: see `scour`. */
  erase(recordings: readonly string[]): void;
  /**
   * Clears what erased rows left in the write-ahead log. @throws Problem `erase_not_certain` while a reader holds it: the rows are
   * gone for everybody who asks SQLite, but their bytes may still be in a file.
   */
  scour(): void;
  close(): void;
}

/** Opens the keystore with `secure_delete=ON`. */
export function openKeystore(path: string): Keystore {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const insert = database.prepare('INSERT INTO wraps (recording, pkesk, recipients, created_at) VALUES (?, ?, ?, ?)');
  const select = database.prepare('SELECT pkesk, recipients FROM wraps WHERE recording = ?');
  const list = database.prepare('SELECT recording FROM wraps').pluck();
  const remove = database.prepare('DELETE FROM wraps WHERE recording = ?');
  const removeAll = database.transaction((recordings: readonly string[]) => {
    for (const recording of recordings) remove.run(recording);
  });
  return {
    put: (recording, { pkesk, recipients }, now) => {
      insert.run(recording, pkesk, JSON.stringify(recipients), now);
    },
    get(recording) {
      const row = select.get(recording) as { pkesk: Buffer; recipients: string } | undefined;
      return row ? { pkesk: row.pkesk, recipients: JSON.parse(row.recipients) as string[] } : null;
    },
    all: () => list.all() as string[],
    erase: (recordings) => removeAll.immediate(recordings),
    scour() {
      if (!truncateLog(database)) throw problem('erase_not_certain');
    },
    close: () => database.close(),
  };
}
