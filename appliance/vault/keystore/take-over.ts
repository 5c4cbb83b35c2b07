/** The keystore of version 0.1: one database of wraps as they are, without epochs. Its rows are sealed into the present epoch. */
import { existsSync } from 'node:fs';
import type { Chance } from '@belkluis/shared/base/chance';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { openDatabase, truncateLog } from '../../db/open.ts';
import { destroyDurably } from '../durable.ts';
import { problem } from '../problems.ts';
import { KINDS, NONCE_LENGTH, packWraps, sealRow } from './row.ts';
import type { Keyed } from './store.ts';

/** Its schema, as it was. */
const migrations = [
  `CREATE TABLE wraps (
     recording TEXT PRIMARY KEY CHECK (length(recording) = 32),
     pkesk BLOB NOT NULL CHECK (length(pkesk) > 0),
     recipients TEXT NOT NULL CHECK (json_array_length(recipients) > 0),
     created_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
];

interface PlainRow {
  readonly recording: string;
  readonly pkesk: Buffer;
  readonly recipients: string;
  readonly created_at: number;
}

/** Moves what is in `path` into the present epoch, and destroys the file. A crash on the way is made good by the next opening. */
export function takeOverPlain(path: string, { store, key }: Keyed, chance: Chance): void {
  if (!existsSync(path)) return;
  const database = openDatabase(path, { migrations, secureDelete: true });
  try {
    const rows = database.prepare('SELECT recording, pkesk, recipients, created_at FROM wraps').iterate();
    store.transaction(() => {
      for (const row of rows as IterableIterator<PlainRow>) {
        const { recording, pkesk, recipients, created_at } = row;
        const plain = packWraps({ pkesk, recipients: JSON.parse(recipients) as string[] }, created_at);
        const sealed = sealRow(key, store.epoch, KINDS.wraps, recording, chance.bytes(NONCE_LENGTH), plain);
        store.write([{ kind: KINDS.wraps, name: recording, sealed, expires_at: null }]);
      }
    });
    // Commit point. Before this line the old file is the keystore's content, after it only a remnant.
    commitPoint('keystore.plain_taken_over');
    database.exec('DELETE FROM wraps');
    if (!truncateLog(database)) throw problem('erase_not_certain');
  } finally {
    database.close();
  }
  for (const suffix of ['', '-wal', '-shm']) destroyDurably(path + suffix);
  commitPoint('keystore.plain_destroyed');
}
