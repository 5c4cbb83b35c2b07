/** What phones and trunks have used of a day, kept until the day after: a restart must not give a thief a new day. */
import { openDatabase } from '../db/open.ts';

export interface Used {
  readonly kind: 'user' | 'trunk';
  /** A phone's account, or a trunk. */
  readonly name: string;
  readonly calls: number;
  readonly talkMs: number;
}

const migrations = [
  `CREATE TABLE used (
     day TEXT NOT NULL,
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     calls INTEGER NOT NULL,
     talk_ms INTEGER NOT NULL,
     begun_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > begun_at),
     PRIMARY KEY (day, kind, name)
   ) STRICT, WITHOUT ROWID`,
];

/** No day lasts longer, ms, clocks put back included. */
const LIFETIME_MS = 26 * 3_600_000;

export function openTollStore(path: string, clock: { now(): number }) {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const ofDay = database.prepare('SELECT kind, name, calls, talk_ms AS talkMs FROM used WHERE day = ?');
  const forget = database.prepare('DELETE FROM used WHERE day <> ? OR expires_at <= ?');
  const count = database.prepare(
    `INSERT INTO used (day, kind, name, calls, talk_ms, begun_at, expires_at)
     VALUES (@day, @kind, @name, @calls, @talkMs, @now, @now + ${LIFETIME_MS})
     ON CONFLICT (day, kind, name) DO UPDATE SET calls = calls + @calls, talk_ms = talk_ms + @talkMs`,
  );
  const addAll = database.transaction((day: string, used: readonly Used[], now: number) => {
    for (const one of used) count.run({ ...one, day, now });
  });
  return {
    /** What was used on `day`; every other day is erased. */
    load(day: string): Used[] {
      forget.run(day, clock.now());
      return ofDay.all(day) as Used[];
    },
    add: (day: string, used: readonly Used[]): void => void addAll(day, used, clock.now()),
    close: (): void => void database.close(),
  };
}
