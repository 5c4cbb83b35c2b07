/**
 * Networks that the telephones know: those that are shut out, and those where phones have proved themselves. Addresses are personal data
 * (GDPR recital 30): each is gone when its time is over.
 */
import { openDatabase, truncateLog } from '../db/open.ts';

const migrations = [
  `CREATE TABLE bans (
     source TEXT PRIMARY KEY CHECK (length(source) BETWEEN 1 AND 64),
     why TEXT NOT NULL CHECK (why IN ('scanner', 'names', 'guesses', 'flood')),
     reach TEXT NOT NULL CHECK (reach IN ('datagrams', 'all')),
     times INTEGER NOT NULL CHECK (times > 0),
     began_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > began_at)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE homes (
     network TEXT PRIMARY KEY CHECK (length(network) BETWEEN 1 AND 64),
     written_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > written_at)
   ) STRICT, WITHOUT ROWID`,
];

/** Instants are wall clock, ms. */
interface BanRow {
  /** A network, or one UDP port of it. */
  readonly source: string;
  readonly why: 'scanner' | 'names' | 'guesses' | 'flood';
  readonly reach: 'datagrams' | 'all';
  readonly times: number;
  readonly since: number;
  readonly until: number;
}

interface HomeRow {
  readonly source: string;
  readonly until: number;
}

interface Rows {
  /** The newest first. */
  readonly bans: readonly BanRow[];
  readonly homes: readonly HomeRow[];
}

export function openNetworks(path: string, clock: { now(): number }) {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const bans = database.prepare(
    `SELECT source, why, reach, times, began_at AS since, expires_at AS until FROM bans
     ORDER BY began_at DESC`,
  );
  const homes = database.prepare('SELECT network AS source, expires_at AS until FROM homes ORDER BY expires_at');
  const forget = ['bans', 'homes'].map((table) => database.prepare(`DELETE FROM ${table} WHERE expires_at <= ?`));
  const addBan = database.prepare('INSERT INTO bans VALUES (@source, @why, @reach, @times, @since, @until)');
  const addHome = database.prepare('INSERT INTO homes VALUES (@source, @now, @until)');
  const replace = database.transaction((rows: Rows, now: number) => {
    for (const each of forget) each.run(Number.MAX_SAFE_INTEGER);
    for (const ban of rows.bans) addBan.run(ban);
    for (const home of rows.homes) if (home.until > now) addHome.run({ ...home, now });
  });
  return {
    /** What is not over yet; what is, is erased. */
    load(): Rows {
      const now = clock.now();
      for (const each of forget) each.run(now);
      truncateLog(database);
      return { bans: bans.all() as BanRow[], homes: homes.all() as HomeRow[] };
    },
    /** In place of all that was kept. On the disk when it returns; what is not among it is in no file any more. */
    keep(rows: Rows): void {
      replace(rows, clock.now());
      truncateLog(database);
    },
    close: (): void => void database.close(),
  };
}
