/** Fills a new log with leaves of events that nobody remembers, without waiting for the disk at each. For benchmarks. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import Database from 'better-sqlite3';
import { openAuditLog } from '../log.ts';
import { openTree } from '../tree.ts';

const BATCH = 100_000;
const HASH_LENGTH = 32;

/** Adds `leaves` random leaves to the log at `path`, which is made when it is not there. Its bodies are missing: it proves, and does not verify. */
export function fillLog(path: string, leaves: number): void {
  openAuditLog({ path, deviceId: 'bench', clock: systemClock, chance: systemChance }).close();
  const database = new Database(path);
  database.pragma('synchronous = OFF');
  const tree = openTree(database);
  for (let from = 0; from < leaves; from += BATCH) {
    const count = Math.min(BATCH, leaves - from);
    const bytes = systemChance.bytes(count * HASH_LENGTH);
    const hashes = Array.from({ length: count }, (_, at) => bytes.subarray(at * HASH_LENGTH, (at + 1) * HASH_LENGTH));
    database.transaction(() => tree.append(hashes)).immediate();
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}
