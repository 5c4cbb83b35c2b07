/** Fills a new keystore with wraps without waiting for the disk at each: a million take a minute instead of an hour. For benchmarks. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { fileKeys } from '../file-key.ts';
import { openKeystore } from '../keystore.ts';
import { databaseOf } from '../places.ts';
import { KINDS, NONCE_LENGTH, packWraps, sealRow } from '../row.ts';
import { openStore } from '../store.ts';

const BATCH = 10_000;

/** Wraps of some 200 bytes, as two recipients have, for each recording; all of them under the first epoch. */
export function fillKeystore(folder: string, recordings: readonly string[]): void {
  openKeystore({ folder, chance: systemChance, clock: systemClock, tpm: null }).close();
  const key = fileKeys(folder, systemChance).open(1);
  const store = openStore(databaseOf(folder, 1), 1);
  store.database.pragma('synchronous = OFF');
  const recipients = ['a'.repeat(40), 'b'.repeat(40)];
  for (let from = 0; from < recordings.length; from += BATCH) {
    store.transaction(() => {
      const entries = recordings.slice(from, from + BATCH).map((name) => {
        const plain = packWraps({ pkesk: systemChance.bytes(188), recipients }, 1);
        const sealed = sealRow(key, 1, KINDS.wraps, name, systemChance.bytes(NONCE_LENGTH), plain);
        return { kind: KINDS.wraps, name, sealed, expires_at: null };
      });
      store.write(entries);
    });
  }
  store.truncate();
  store.close();
}
