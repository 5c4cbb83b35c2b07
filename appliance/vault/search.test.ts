import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import test from 'ava';
import Database from 'better-sqlite3';
import { openCatalogue, type Search } from './catalogue.ts';
import { migrations } from './catalogue-schema.ts';
import { DAY, days, testCatalogue } from './testing/catalogue.ts';
import { generateCatalogue, generatedPurposes, MAIN_NUMBER, seededRandom } from './testing/generate.ts';

const NOW = Date.UTC(2026, 10, 25);

interface Plain {
  readonly id: string;
  readonly purpose: string;
  readonly caller: string;
  readonly callee: string;
  readonly started_at: number;
  readonly duration_ms: number;
}

/** Every way in which people write one number: an oracle that knows nothing of the index. */
function writings(party: string): string[] {
  const bare = party.replace(/[^a-z0-9+]/gi, '').toLowerCase();
  const e164 = bare.startsWith('+') ? bare.slice(1) : bare.startsWith('00') ? bare.slice(2) : null;
  if (e164 === null) return [bare];
  const code = ['31', '49', '44', '1'].find((known) => e164.startsWith(known))!;
  const national = e164.slice(code.length);
  // Two zeros begin another country, so nobody writes a number like this within its own.
  return [`+${e164}`, `00${e164}`, e164, ...(national.startsWith('0') ? [] : [`0${national}`])];
}

const matches = (row: Plain, search: Search, query: (party: string) => boolean): boolean =>
  (search.party === undefined || query(row.caller) || query(row.callee)) &&
  (search.purpose === undefined ? row.purpose !== TEST_CALL_PURPOSE : row.purpose === search.purpose) &&
  row.started_at >= (search.from ?? 0) &&
  row.started_at < (search.until ?? Number.POSITIVE_INFINITY) &&
  row.duration_ms >= (search.durationFromMs ?? 0) &&
  row.duration_ms <= (search.durationToMs ?? Number.POSITIVE_INFINITY);

test('every recording is found by each attribute and by all together, newest first, and nothing else is', (t) => {
  const seed = Math.floor(Math.random() * 1e6);
  t.log(`seed ${seed}`);
  const path = join(mkdtempSync(join(tmpdir(), 'search-')), 'catalogue.db');
  // So many that each way is taken: few candidates, and dense ones.
  generateCatalogue(path, { recordings: 30_000, seed, now: NOW });
  const raw = new Database(path);
  // What a recording is bound to is not changed in a vault; here it is only a faster way to begin so many.
  raw.exec('DROP TRIGGER recordings_bound');
  // More test calls than there ever are, spread over all the others.
  raw.prepare("UPDATE recordings SET purpose = ? WHERE id < '08'").run(TEST_CALL_PURPOSE);
  const rows = raw.prepare('SELECT * FROM recordings ORDER BY started_at DESC, id DESC').all() as Plain[];
  raw.close();
  const catalogue = openCatalogue(path);
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const purposes = [...generatedPurposes.map(({ id }) => id), TEST_CALL_PURPOSE];
  const asked = { exact: 0, dense: 0 };
  for (let round = 0; round < 150; round++) {
    const known = pick(rows);
    const party = pick([known.caller, known.callee, MAIN_NUMBER]);
    const digits = party.replace(/\D/g, '');
    const part = digits.slice(Math.floor(random() * 5)).slice(0, 1 + Math.floor(random() * 6));
    const whole = (written: string) => written.replace(/(\d{2})/g, '$1-');
    // A part with a zero or the country first can be meant as a beginning: it is asked for by the parts that cannot.
    const asksPart = random() < 0.5 && part !== '' && !part.startsWith('0');
    const spoken = asksPart ? part : whole(pick(writings(party)));
    const bare = spoken.replaceAll('-', '');
    const same = new Set(writings(party));
    const query = (other: string): boolean =>
      asksPart
        ? writings(other).some((written) => written.includes(bare))
        : writings(other).some((written) => same.has(written) || written.includes(bare));
    const search: Search = {
      ...(random() < 0.6 ? { party: spoken } : {}),
      ...(random() < 0.3 ? { purpose: pick(purposes) } : {}),
      ...(random() < 0.3
        ? { from: known.started_at - random() * 100 * DAY, until: known.started_at + random() * 100 * DAY }
        : {}),
      ...(random() < 0.3
        ? { durationFromMs: Math.floor(known.duration_ms * random()), durationToMs: known.duration_ms }
        : {}),
    };
    const limit = 20;
    const offset = pick([0, 0, 20, 500]);
    const expected = rows.filter((row) => matches(row, search, query)).map(({ id }) => id);
    const found = catalogue.search(search, limit, offset);
    const said = JSON.stringify({ search, offset });
    t.deepEqual(
      found.recordings.map(({ id }) => id),
      expected.slice(offset, offset + limit),
      said,
    );
    if (found.exact) t.is(found.total, expected.length, said);
    else
      t.true(
        found.total <= expected.length && (expected.length <= offset + limit || found.total > offset + limit),
        said,
      );
    asked[found.exact ? 'exact' : 'dense']++;
  }
  t.true(asked.exact > 20 && asked.dense > 5, JSON.stringify(asked));
  catalogue.close();
});

test("the box's own test calls are found by who asks for them, and leave on their day like all else", (t) => {
  const { catalogue, add, clock } = testCatalogue();
  const own = add({ purpose: TEST_CALL_PURPOSE, caller: 'test-call-1', callee: 'test-call-2', keep: days(1) });
  const call = add({ caller: '201', callee: '202' });
  const found = (search: Search) => catalogue.search(search, 10, 0).recordings.map(({ id }) => id);
  t.deepEqual(found({}), [call]);
  for (const search of [{ party: 'test-call' }, { party: 'test-call', durationFromMs: 1 }])
    t.deepEqual(found(search), []);
  t.deepEqual(found({ purpose: TEST_CALL_PURPOSE }), [own]);
  clock.advance(DAY);
  t.deepEqual(
    catalogue.expired(clock.now(), 10).map(({ id }) => id),
    [own],
  );
});

test('no search reads a table from end to end, nor fetches rows that it only filters', (t) => {
  const { catalogue, path, add } = testCatalogue();
  add();
  const asked = new Set<string>();
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function (this: Database.Database, sql: string) {
    asked.add(sql);
    return prepare.call(this, sql);
  } as typeof prepare;
  try {
    for (const party of [{}, { party: '123' }])
      for (const purpose of [{}, { purpose: 'complaints' }])
        for (const range of [{}, { from: 1, until: 2 }])
          for (const lasting of [{}, { durationFromMs: 5 }])
            catalogue.search({ ...party, ...purpose, ...range, ...lasting }, 10, 0);
  } finally {
    Database.prototype.prepare = prepare;
  }
  const other = new Database(path);
  other.function('is_found', (_party: unknown) => 1);
  const steps = [...asked].flatMap(
    (sql) =>
      other.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({
        from: 0,
        until: 9,
        purpose: 'x',
        limit: 1,
        offset: 0,
        durationFromMs: 0,
        durationToMs: 9,
        forms: '[]',
      }) as { detail: string }[],
  );
  const details = steps.map(({ detail }) => detail);
  t.true(
    details.some((detail) => detail.includes('recordings_by_start')),
    'the test sees plans',
  );
  for (const detail of details) {
    t.notRegex(detail, /^SCAN (recordings|party_parts|calls)/);
    if (/^SEARCH recordings/.test(detail)) t.regex(detail, /COVERING INDEX|PRIMARY KEY/);
  }
});

test('a catalogue of the version before is searched by number at once', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'search-')), 'catalogue.db');
  const old = new Database(path);
  old.exec(migrations[0]!);
  old.pragma('user_version = 1');
  const id = 'ab'.repeat(16);
  old.exec(`INSERT INTO recordings (id, call, purpose, purpose_name, level, may_open, rule, policy_version, policy_hash, announcement_hash,
    announced_at, recipients, caller, callee, direction, started_at, expires_at, traffic_expires_at)
    VALUES ('${id}', 'c', 'p', 'P', 'standard', '[]', 'r', 1, 'h', 'a', 1, '["f"]', '+31201234567', 'ben', 'inbound', 1, 9, 20)`);
  old.close();
  const catalogue = openCatalogue(path);
  t.is(catalogue.search({ party: '020 123' }, 10, 0).recordings[0]?.id, id);
  t.like(catalogue.get(id), { evidenceExpiresAt: 20, lockedUntil: 0, lockGround: null });
});

test('a search for no letter and no digit finds nobody', (t) => {
  const { catalogue, add } = testCatalogue();
  add();
  t.deepEqual(catalogue.search({ party: '+-' }, 10, 0), { recordings: [], total: 0, exact: true });
});

test('who was erased is in no file, and can be found no longer; who is named elsewhere still is', (t) => {
  const { catalogue, add, filesHold, clock } = testCatalogue();
  const [first, second] = [
    add({ caller: '+31612340001', callee: 'ben' }),
    add({ caller: '+31612340002', callee: 'ben' }),
  ];
  clock.advance(31 * DAY);
  t.true(filesHold('31612340001'));
  catalogue.markErased([{ id: first, reason: 'expired' }], clock.now(), 1);
  t.is(catalogue.eraseTraffic(clock.now() - 3 * DAY), 0);
  t.is(catalogue.search({ party: '0612340001' }, 10, 0).total, 0);
  t.is(catalogue.search({ party: 'ben' }, 10, 0).recordings[0]?.id, second);
  t.is(catalogue.eraseTraffic(clock.now()), 3);
  t.true(catalogue.scour());
  for (const trace of ['31612340001', '612340001', '340001', '31612340002', '340002', 'ben'])
    t.false(filesHold(trace), `${trace} is gone from the database and its write-ahead log`);
  t.is(catalogue.search({ party: 'ben' }, 10, 0).total, 0);
});
