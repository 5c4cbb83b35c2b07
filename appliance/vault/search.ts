/**
 * Finding recordings: newest first, by any part of a number, by date, duration, purpose, and by all of them together.
 *
 * No query reads the whole table. What is asked narrows the search to a *way* through one index: by date, by duration, or by party. A way with
 * few candidates is walked to its end, and the count is exact. When every way has many, matches are so dense that walking from the
 * newest on meets enough of them soon; then only a part is counted. Each way is named in the query (`INDEXED BY`), so that it depends on no statistics.
 */
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import type { Database } from '../db/open.ts';
import { finderOf, formsOf } from './party-forms.ts';
import { type Recording, type Row, recordingOf } from './rows.ts';

export interface Search {
  /** Any part of caller's or callee's number, however it is written, or of a name. */
  readonly party?: string;
  /** Without one, every purpose but that of test calls: the box's own, a day old at most, which would stand before everything else. */
  readonly purpose?: string;
  /** Started at or after, before: wall clock, ms. */
  readonly from?: number;
  readonly until?: number;
  /** At least, at most. What is in progress has lasted 0. */
  readonly durationFromMs?: number;
  readonly durationToMs?: number;
}

export interface Found {
  readonly recordings: Recording[];
  /** How many match: all of them, or when not `exact` that many at least. */
  readonly total: number;
  readonly exact: boolean;
}

/** Where counting stops: nobody reads on to the two-hundredth page, they ask more narrowly. */
const MAX_COUNTED = 10_000;

/** Most candidates of a way that is walked to its end: some 15 ms. */
const FEW = 12_000;

/** Most parties that are looked up one by one, some 3 µs each. A part that more of them contain is in many recordings too. */
const FEW_PARTIES = 4000;

/** How many rows a count looks at when matches are dense, some 10 ms. */
const COUNTED_ROWS = 10_000;

/** Orders after every letter and digit. */
const LAST = '\u{10FFFF}';

const MATCHED = `matched AS MATERIALIZED (
  SELECT DISTINCT party FROM json_each(@forms) AS form CROSS JOIN party_parts
  WHERE part >= form.value AND part < form.value || '${LAST}' LIMIT ${FEW_PARTIES + 1})`;

interface Values {
  readonly [name: string]: string | number;
}

export function openSearch(database: Database) {
  const nobody = () => false;
  let isFound: (party: string) => boolean = nobody;
  // Walking by date asks of each row whether it names the party.
  database.function('is_found', { deterministic: true }, (party: unknown) =>
    typeof party === 'string' && isFound(party) ? 1 : 0,
  );

  const prepared = new Map<string, ReturnType<Database['prepare']>>();
  const run = (sql: string): ReturnType<Database['prepare']> => {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement;
  };
  const numberOf = (sql: string, values: Values): number => run(sql).pluck().get(values) as number;

  /** Rows of an inner query of ids, with how many there are in all. */
  const page = (ids: string, values: Values): { recordings: Recording[]; total: number } => {
    const rows = run(
      `SELECT recordings.*, found.total AS found_total FROM (${ids}) AS found CROSS JOIN recordings ON recordings.id = found.id
       ORDER BY recordings.started_at DESC, recordings.id DESC`,
    ).all(values) as Row[];
    return { recordings: rows.map(recordingOf), total: (rows[0]?.found_total as number | undefined) ?? 0 };
  };

  const conditions = ({ party, purpose, durationFromMs, durationToMs }: Search) => {
    const range = `started_at >= @from AND started_at < @until`;
    const ofPurpose = ` AND purpose ${purpose ? '= @purpose' : `<> '${TEST_CALL_PURPOSE}'`}`;
    const timed = durationFromMs !== undefined || durationToMs !== undefined;
    const lasting = timed ? ' AND duration_ms >= @durationFromMs AND duration_ms <= @durationToMs' : '';
    const naming = party ? ' AND (is_found(caller) OR is_found(callee))' : '';
    return { range, ofPurpose, purpose, timed, lasting, naming };
  };

  /** SQL of each way: `candidates` bounds it, `matches` are the ids that match. */
  const waysOf = (search: Search) => {
    const { range, ofPurpose, purpose, timed, lasting, naming } = conditions(search);
    const all = (from: string, where: string, columns: string) => `SELECT ${columns} FROM ${from} WHERE ${where}`;
    const byDate = `recordings INDEXED BY ${purpose ? 'recordings_by_purpose' : 'recordings_by_start'}`;
    const byDuration = 'recordings INDEXED BY recordings_by_duration';
    const parties = (side: 'caller' | 'callee', where: string, columns: string) =>
      all(`matched CROSS JOIN recordings INDEXED BY recordings_by_${side} ON ${side} = party`, where, columns);
    const alive = 'erased_at IS NULL AND ';
    const counted = (ids: string) =>
      `SELECT id, count(*) OVER () AS total FROM (${ids}) ORDER BY started_at DESC, id DESC LIMIT @limit OFFSET @offset`;
    const full = `${range}${ofPurpose}${lasting}`;
    return {
      date: {
        candidates: `SELECT count(*) FROM (${all(byDate, `${alive}${range}${ofPurpose}`, '1')} LIMIT ${FEW + 1})`,
        matches: counted(all(byDate, `${alive}${full}${naming}`, 'id, started_at')),
      },
      duration: timed && {
        candidates: `SELECT count(*) FROM (${all(byDuration, alive + lasting.slice(5), '1')} LIMIT ${FEW + 1})`,
        matches: counted(all(byDuration, `${alive}${full}${naming}`, 'id, started_at')),
      },
      party: naming !== '' && {
        candidates: `WITH ${MATCHED} SELECT CASE WHEN (SELECT count(*) FROM matched) > ${FEW_PARTIES} THEN ${FEW + 1} ELSE (SELECT count(*) FROM (
          ${parties('caller', range, '1')} UNION ALL ${parties('callee', range, '1')} LIMIT ${FEW + 1})) END`,
        matches: `WITH ${MATCHED} ${counted(`${parties('caller', full, 'id, started_at')} UNION ${parties('callee', full, 'id, started_at')}`)}`,
      },
      /** From the newest on until the page is full. */
      dense: `SELECT id, 0 AS total FROM ${byDate} WHERE ${alive}${full}${naming} ORDER BY started_at DESC, id DESC LIMIT @limit OFFSET @offset`,
      denseTotal: `SELECT count(*) FROM (SELECT 1 FROM (SELECT purpose, duration_ms, caller, callee FROM ${byDate}
        WHERE ${alive}${range}${ofPurpose} ORDER BY started_at DESC LIMIT ${COUNTED_ROWS}) WHERE TRUE${lasting}${naming})`,
      dateTotal: `SELECT count(*) FROM (${all(byDate, `${alive}${range}${ofPurpose}`, '1')} LIMIT ${MAX_COUNTED + 1})`,
      onlyDate: !timed && naming === '',
    };
  };

  const capped = (total: number): { total: number; exact: boolean } => ({
    total: Math.min(total, MAX_COUNTED),
    exact: total <= MAX_COUNTED,
  });

  const find = (search: Search, limit: number, offset: number): Found => {
    const values = {
      from: search.from ?? 0,
      until: search.until ?? Number.MAX_SAFE_INTEGER,
      ...(search.purpose ? { purpose: search.purpose } : {}),
    };
    const ways = waysOf(search);
    const bounds = ways.duration
      ? { durationFromMs: search.durationFromMs ?? 0, durationToMs: search.durationToMs ?? Number.MAX_SAFE_INTEGER }
      : {};
    const window = { limit, offset };
    const forms = ways.party ? formsOf(search.party ?? '') : [];
    if (ways.party) {
      if (forms.length === 0) return { recordings: [], total: 0, exact: true };
      isFound = finderOf(forms);
    }
    const full = { ...values, ...bounds };
    const named = { forms: JSON.stringify(forms) };

    /** Walks a way to its end; null when it has too many candidates. */
    const few = (way: { candidates: string; matches: string }, own: Values, all: Values): Found | null => {
      if (numberOf(way.candidates, own) > FEW) return null;
      const { recordings, total } = page(way.matches, { ...all, ...window });
      // Past the last page there is no row to carry the count.
      const counted =
        recordings.length === 0 && offset > 0 ? page(way.matches, { ...all, limit: 1, offset: 0 }).total : total;
      const { total: most, exact } = capped(counted);
      return { recordings, total: recordings.length === 0 ? most : Math.max(most, offset + recordings.length), exact };
    };

    if (!ways.onlyDate) {
      const found =
        few(ways.date, values, full) ??
        (ways.duration ? few(ways.duration, bounds, full) : null) ??
        (ways.party
          ? few(ways.party, { from: values.from, until: values.until, ...named }, { ...full, ...named })
          : null);
      if (found) return found;
    }
    // One more than asked for: whether there is a next page must be certain even where the count is not.
    const { recordings } = page(ways.dense, { ...full, limit: limit + 1, offset });
    const seen = offset + recordings.length;
    const more = recordings.length > limit;
    const shown = recordings.slice(0, limit);
    if (ways.onlyDate) {
      const { total, exact } = capped(numberOf(ways.dateTotal, values));
      return { recordings: shown, total: exact ? total : Math.max(total, seen), exact };
    }
    if (!more && (recordings.length > 0 || offset === 0)) return { recordings: shown, total: seen, exact: true };
    const counted = numberOf(ways.denseTotal, full);
    return { recordings: shown, total: Math.max(Math.min(counted, MAX_COUNTED), more ? seen : 0), exact: false };
  };

  return (search: Search, limit: number, offset: number): Found => {
    try {
      return find(search, limit, offset);
    } finally {
      // It remembers numbers.
      isFound = nobody;
    }
  };
}
