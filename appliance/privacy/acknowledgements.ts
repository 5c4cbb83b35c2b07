/**
 * Who has acknowledged the notice of which purpose, in which version: one row for an extension and a purpose, the newest. An extension need
 * not have an account here: behind a PBX it is known by its name. Rows leave with the account, or when nobody uses the extension.
 */
import type { Database } from '../db/open.ts';
import { truncateLog } from '../db/open.ts';
import { problem } from './problems.ts';

/** How somebody acknowledged: at the desk, by a key, or with a signature on paper that somebody else noted. */
export const ways = ['desk', 'phone', 'paper'] as const;

export type Way = (typeof ways)[number];

export interface Acknowledgement {
  readonly extension: string;
  readonly purpose: string;
  /** Of the notice, SHA-256 in hex. */
  readonly version: string;
  /** Wall clock, ms. */
  readonly at: number;
  readonly how: Way;
  /** Id of the person who noted it. */
  readonly notedBy: string;
}

const DAY_MS = 86_400_000;

/** How often it is written that an extension is in use, ms. */
const SEEN_EVERY_MS = DAY_MS;

/** @throws Problem `extension_name`. */
export function checkExtension(extension: string): void {
  if (!/^[A-Za-z0-9._+-]{1,64}$/.test(extension)) throw problem('extension_name', extension);
}

export type Acknowledgements = ReturnType<typeof openAcknowledgements>;

export function openAcknowledgements(
  database: Database,
  /** Days that they stay without the extension being used: the policy's `directoryDays`. */
  directoryDays: () => number,
) {
  const lifetimeMs = () => directoryDays() * DAY_MS;
  const columns = 'extension, purpose, version, at, how, noted_by AS notedBy';
  const all = database.prepare(
    `SELECT ${columns} FROM acknowledgements WHERE expires_at > ? ORDER BY extension, purpose`,
  );
  const put = database.prepare(
    `INSERT INTO acknowledgements (extension, purpose, version, at, how, noted_by, seen_at, expires_at)
     VALUES (@extension, @purpose, @version, @at, @how, @notedBy, @now, @now + @ms)
     ON CONFLICT DO UPDATE SET version = excluded.version, at = excluded.at, how = excluded.how, noted_by = excluded.noted_by,
       seen_at = excluded.seen_at, expires_at = excluded.expires_at`,
  );
  const drop = database.prepare('DELETE FROM acknowledgements WHERE extension = ? AND purpose = ?');
  const dropAll = database.prepare('DELETE FROM acknowledgements WHERE extension = ?');
  const use = database.prepare(
    'UPDATE acknowledgements SET seen_at = @at, expires_at = @at + @ms WHERE extension = @extension AND seen_at <= @at - @every',
  );
  const shorten = database.prepare(
    'UPDATE acknowledgements SET expires_at = max(seen_at + 1, seen_at + @ms) WHERE expires_at > max(seen_at + 1, seen_at + @ms)',
  );
  const forget = database.prepare('DELETE FROM acknowledgements WHERE expires_at <= ?');
  return {
    /** All that count at `now`, wall clock in ms. */
    list: (now: number) => all.all(now) as Acknowledgement[],
    /** Keeps them all, or none; each takes the place of the one before. */
    add: (acknowledgements: readonly Acknowledgement[], now: number): void =>
      database
        .transaction(() => {
          for (const one of acknowledgements) put.run({ ...one, now, ms: lifetimeMs() });
        })
        .immediate(),
    /** False: there was none. `purpose` null: of every purpose. */
    remove: (extension: string, purpose: string | null): boolean =>
      (purpose === null ? dropAll.run(extension) : drop.run(extension, purpose)).changes > 0,
    /** These extensions were in use, each at its instant: the time that an unused one stays begins anew. Written once a day at most. */
    seen: (uses: Iterable<readonly [extension: string, at: number]>): void =>
      database
        .transaction(() => {
          for (const [extension, at] of uses) use.run({ extension, at, ms: lifetimeMs(), every: SEEN_EVERY_MS });
        })
        .immediate(),
    /** Removes those of extensions that nobody uses any more; shorter terms count for what exists. Returns how many. */
    forgetExpired(now: number): number {
      shorten.run({ ms: lifetimeMs() });
      const { changes } = forget.run(now);
      truncateLog(database);
      return changes;
    },
    /** Another number whenever somebody else has written. */
    changes: () => database.pragma('data_version', { simple: true }) as number,
  };
}
