import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { openDatabase } from '../db/open.ts';
import { openCatalogue } from './catalogue.ts';
import { migrations } from './catalogue-schema.ts';
import { contentPath } from './content.ts';
import { purgeExpired } from './purge.ts';
import { DAY, testCatalogue } from './testing/catalogue.ts';
import { eraserScene } from './testing/eraser-scene.ts';
import { FEWEST_SHOWN } from './waits.ts';

const HOUR = 3600_000;
const MINUTE = 60_000;
/** Some day at three minutes to nine. */
const MORNING = Date.UTC(2026, 10, 26, 8, 57, 12, 345);
const call = {
  ...{ id: 'c', caller: '+31201111111', callee: '+31201112233', direction: 'inbound', status: 200 },
  ...{ startedAt: MORNING, talkMs: 61_000, recording: null, notRecorded: 'no_rule', expiresAt: MORNING + 7 * DAY },
};

test('of a call its minute and its talk are kept, with the way that it went and what was decided; not how long it rang', (t) => {
  const { catalogue, path } = testCatalogue();
  const way = { via: 'trunk', trunk: 'carrier', queue: '+31201112233' };
  const decided = { policyHash: 'f'.repeat(64), purpose: 'complaints', rule: 'all' };
  catalogue.addCall({ ...call, ...way, ...decided });
  t.deepEqual(catalogue.call('c'), { ...call, ...way, ...decided, startedAt: MORNING - 12_345 });
  const database = new Database(path, { readonly: true });
  const row = database.prepare('SELECT * FROM calls').get() as Record<string, unknown>;
  const instants = Object.values(row).filter((value) => typeof value === 'number' && value > 1e12);
  t.deepEqual(instants, [MORNING - 12_345, call.expiresAt], 'no instant but its minute and its end');
});

test('calls of one minute keep their order', (t) => {
  const { catalogue } = testCatalogue();
  const ids = Array.from({ length: 20 }, (_, n) => `call ${(n * 7) % 20}`);
  for (const [n, id] of ids.entries()) catalogue.addCall({ ...call, id, startedAt: MORNING + n });
  t.deepEqual(
    catalogue.unrecordedCalls(100).map(({ id }) => id),
    ids.toReversed(),
  );
  t.deepEqual(
    catalogue.callsBetween(MORNING - HOUR, MORNING + HOUR, 100).map(({ id }) => id),
    ids,
  );
});

test('a catalogue of before keeps its calls with who came, who left and what they came out of, and loses how long they rang', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'catalogue-')), 'catalogue.db');
  const before = openDatabase(path, { migrations: migrations.slice(0, 5) });
  const insert = before.prepare(`INSERT INTO calls VALUES (?, 'a', 'b', 'inbound', ?, ?, ?, 200, NULL, 'no_rule', ?)`);
  insert.run('first', MORNING, MORNING + 4321, MORNING + 64_321, MORNING + DAY);
  insert.run('second', MORNING + 1, null, MORNING + 9000, MORNING + DAY);
  before.exec(`INSERT INTO movements VALUES ('first', 0, ${MORNING}, 'carl', 'joined')`);
  before.exec(`INSERT INTO origins VALUES ('second', 0, 'first', 'transferred', 'caller')`);
  const told = `INSERT INTO exceptions VALUES (?, 'pbx', ?, '201', 1, 1, 'disk_reserve', ?, NULL, 1, NULL, NULL, NULL, ${MORNING})`;
  insert.run('hidden', MORNING, null, MORNING, MORNING + DAY);
  before.exec(`UPDATE calls SET caller = 'anonymous' WHERE id = 'hidden'`);
  before.prepare(told).run('1'.repeat(32), '+31688776655', 'hidden');
  before.prepare(told).run('2'.repeat(32), '+31201234567', 'first');
  before.close();
  const catalogue = openCatalogue(path);
  const exceptions = catalogue.exceptions.list(10, 0).map(({ caller, call: of }) => [of, caller]);
  t.deepEqual(exceptions.sort(), [
    ['first', '+31201234567'],
    ['hidden', 'anonymous'],
  ]);
  t.like(catalogue.call('first'), { via: null, startedAt: MORNING - 12_345, talkMs: 60_000, expiresAt: MORNING + DAY });
  t.is(catalogue.call('second')?.talkMs, null);
  t.is(catalogue.movementsOf('first')[0]?.party, 'carl');
  t.is(catalogue.linksOf('second')[0]?.call, 'first');
  // What hangs on a call still leaves with it.
  catalogue.eraseTraffic(MORNING + 2 * DAY);
  t.deepEqual([catalogue.movementsOf('first'), catalogue.linksOf('second')], [[], []]);
});

const wait = (n: number, more: object = {}) => ({
  ...{
    queue: '+31201112233',
    at: MORNING + n,
    ms: 1000 * (n + 1),
    answered: n % 2 === 0,
    expiresAt: MORNING + 7 * DAY,
  },
  ...more,
});

test('waiting times are totals of an hour: ten calls at least stand behind what is shown', (t) => {
  const { catalogue } = testCatalogue();
  const { waits } = catalogue;
  const hour = Math.floor(MORNING / HOUR) * HOUR;
  const shown = () => waits.between(hour, hour + 2 * HOUR);
  for (let n = 0; n < FEWEST_SHOWN - 1; n++) waits.add(wait(n));
  t.deepEqual(shown(), [{ hour, queue: '+31201112233', figures: null }], 'nine of them: not even how many');
  waits.add(wait(9));
  // Another queue, another hour: neither helps the other over the limit.
  waits.add(wait(0, { queue: '+31201112200' }));
  waits.add(wait(0, { at: hour + HOUR }));
  t.deepEqual(shown(), [
    { hour, queue: '+31201112200', figures: null },
    { hour, queue: '+31201112233', figures: { calls: 10, answered: 5, meanMs: 5500, longestMs: 10_000 } },
    { hour: hour + HOUR, queue: '+31201112233', figures: null },
  ]);
});

test('an hour of waiting times leaves with the last record of its calls, erased like these', (t) => {
  const { catalogue } = testCatalogue();
  const { waits } = catalogue;
  for (let n = 0; n < FEWEST_SHOWN; n++) waits.add(wait(n, { expiresAt: MORNING + (n + 1) * DAY }));
  const all = () => waits.between(0, MORNING + HOUR).length;
  t.is(catalogue.eraseTraffic(MORNING + 9 * DAY), 0);
  t.is(all(), 1);
  t.is(catalogue.expiredTraffic(MORNING + 10 * DAY), 1);
  t.is(catalogue.eraseTraffic(MORNING + 10 * DAY), 1);
  t.is(all(), 0);
  t.throws(() => waits.add(wait(0, { expiresAt: MORNING - 2 * MINUTE - HOUR })), { message: /CHECK/ });
});

const term = fc.integer({ min: 1, max: 12 });

test('content leaves on its day and traffic data on its own, whichever comes first: neither takes the other along', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ contentDays: term, trafficDays: term }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      async (terms, steps) => {
        const clock = new ManualClock(Math.floor(MORNING / MINUTE) * MINUTE);
        const { vault, record, parts, close } = eraserScene(mkdtempSync(join(tmpdir(), 'clocks-')), clock);
        const start = clock.now();
        const calls = terms.map(({ contentDays, trafficDays }, n) => {
          const { id } = record({ days: contentDays, trafficDays });
          const times = { startedAt: start, expiresAt: start + trafficDays * DAY };
          vault.catalogue.addCall({ ...call, ...times, id: `call ${n}`, recording: id, notRecorded: null });
          return { recording: id, call: `call ${n}`, contentDays, trafficDays };
        });
        let day = 0;
        for (const step of steps) {
          day += step;
          clock.advance(step * DAY);
          await purgeExpired(parts);
          for (const { recording, call: id, contentDays, trafficDays } of calls) {
            const { catalogue, keystore, contentFolder } = vault;
            const row = catalogue.get(recording);
            const has = { content: day < contentDays, traffic: day < trafficDays };
            const what = `content for ${contentDays} days, traffic for ${trafficDays}, on day ${day}`;
            t.is(keystore.get(recording) !== null, has.content, what);
            t.is(existsSync(contentPath(contentFolder, recording)), has.content, what);
            t.is(catalogue.call(id) !== null, has.traffic, what);
            // What is not there names nobody any more, and what names nobody may still be there.
            if (row) t.is(row.caller !== null, has.content && has.traffic, what);
          }
        }
        close();
      },
    ),
    { numRuns: 10 },
  );
});
