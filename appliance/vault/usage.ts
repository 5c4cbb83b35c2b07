/** Whether a term is proportional (GDPR 5(1)(e)): how many recordings of a purpose were ever opened, and how late. */
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import type { Database } from '../db/open.ts';

const DAY_MS = 24 * 3600_000;

/** Recordings that must have lived their whole term before it is judged: fewer say nothing. */
const ENOUGH = 100;

/** A term is called long when it is so many times the latest opening: the rest was kept for nothing. */
const MUCH_LONGER = 2;

/** Shortest term that is ever advised, days: opening comes after a weekend, and after an illness. */
const LEAST_ADVISED_DAYS = 14;

export interface PurposeUsage {
  readonly purpose: string;
  readonly alive: number;
  readonly erased: number;
  /** Of all of them, those that were opened at least once; 0 to 1. */
  readonly everOpenedShare: number;
  /** Longest time from the start of a recording to its last opening, ms; 0: none was ever opened. */
  readonly latestOpeningMs: number;
  /** Term of the newest recording, and its minimum by law, days. Null when none is alive. */
  readonly termDays: number | null;
  /** Whether enough of them have lived their whole term to say anything. */
  readonly judged: boolean;
  /** A term that would have served every opening; null when there is nothing to advise. */
  readonly advisedDays: number | null;
}

interface Counted {
  readonly purpose: string;
  readonly alive: number;
  readonly erased: number;
  readonly openedAlive: number;
  readonly openedErased: number;
  readonly latestAlive: number;
  readonly latestErased: number;
  readonly termMs: number | null;
  readonly lockMs: number | null;
}

type Usage = ReturnType<typeof openUsage>;

export function openUsage(database: Database) {
  const opened = database.prepare(
    `UPDATE recordings SET opened = opened + 1, last_opened_at = max(coalesce(last_opened_at, 0), @at) WHERE id = @id`,
  );
  // Purposes are few: each is found by a step through the index, not by reading it. Test calls are nobody's to open.
  const counted = database.prepare(
    `WITH RECURSIVE alive_purpose (purpose) AS (
       SELECT min(purpose) FROM recordings INDEXED BY recordings_by_purpose WHERE erased_at IS NULL
       UNION ALL
       SELECT (SELECT min(purpose) FROM recordings INDEXED BY recordings_by_purpose WHERE erased_at IS NULL AND purpose > alive_purpose.purpose)
       FROM alive_purpose WHERE purpose IS NOT NULL),
     known (purpose) AS (SELECT purpose FROM alive_purpose WHERE purpose IS NOT NULL UNION SELECT purpose FROM purpose_usage),
     newest AS MATERIALIZED (SELECT purpose, (SELECT id FROM recordings INDEXED BY recordings_by_purpose
       WHERE erased_at IS NULL AND purpose = known.purpose ORDER BY started_at DESC LIMIT 1) AS id FROM known)
     SELECT known.purpose AS purpose,
       (SELECT count(*) FROM recordings INDEXED BY recordings_by_purpose WHERE erased_at IS NULL AND purpose = known.purpose) AS alive,
       coalesce(purpose_usage.erased, 0) AS erased,
       (SELECT count(*) FROM recordings INDEXED BY recordings_opened
         WHERE opened > 0 AND erased_at IS NULL AND purpose = known.purpose) AS openedAlive,
       coalesce(purpose_usage.ever_opened, 0) AS openedErased,
       coalesce((SELECT max(last_opened_at - started_at) FROM recordings INDEXED BY recordings_opened
         WHERE opened > 0 AND erased_at IS NULL AND purpose = known.purpose), 0) AS latestAlive,
       coalesce(purpose_usage.latest_opening_ms, 0) AS latestErased,
       newest_row.expires_at - newest_row.started_at AS termMs,
       CASE WHEN newest_row.locked_until > 0 THEN newest_row.locked_until - newest_row.started_at ELSE 0 END AS lockMs
     FROM known JOIN newest ON newest.purpose = known.purpose
       LEFT JOIN purpose_usage ON purpose_usage.purpose = known.purpose
       LEFT JOIN recordings AS newest_row ON newest_row.id = newest.id
     WHERE known.purpose <> '${TEST_CALL_PURPOSE}'
     ORDER BY known.purpose`,
  );
  return {
    /** A release or an export. */
    opened: (id: string, at: number): void => {
      opened.run({ id, at });
    },
    usage: (): Counted[] => counted.all() as Counted[],
  };
}

function advise(termDays: number | null, latestOpeningMs: number, lockMs: number): number | null {
  if (termDays === null) return null;
  const served = Math.ceil(latestOpeningMs / DAY_MS);
  const advised = Math.max(served * MUCH_LONGER, Math.ceil(lockMs / DAY_MS), LEAST_ADVISED_DAYS);
  return termDays > advised ? advised : null;
}

/** How each purpose was used, and which term would have been enough. */
export const usageReport = (catalogue: Pick<Usage, 'usage'>): readonly PurposeUsage[] =>
  catalogue
    .usage()
    .map(({ purpose, alive, erased, openedAlive, openedErased, latestAlive, latestErased, termMs, lockMs }) => {
      const latestOpeningMs = Math.max(latestAlive, latestErased);
      const termDays = termMs === null ? null : Math.round(termMs / DAY_MS);
      return {
        purpose,
        alive,
        erased,
        everOpenedShare: alive + erased === 0 ? 0 : (openedAlive + openedErased) / (alive + erased),
        latestOpeningMs,
        termDays,
        judged: erased >= ENOUGH,
        advisedDays: erased >= ENOUGH ? advise(termDays, latestOpeningMs, lockMs ?? 0) : null,
      };
    });
