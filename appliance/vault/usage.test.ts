import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import test from 'ava';
import Database from 'better-sqlite3';
import { DAY, days, testCatalogue } from './testing/catalogue.ts';
import { usageReport } from './usage.ts';

test('the report says how many were ever opened and how late, and advises a term that would have been enough', (t) => {
  const { catalogue, add, clock } = testCatalogue();
  // 100 lived their 90 days; 12 of them were opened, the last on its 20th day.
  const old = Array.from({ length: 100 }, (_, index) =>
    add({ purpose: 'qa', keep: days(90), ...(index < 12 ? { opened: (index === 5 ? 20 : 3) * DAY } : {}) }),
  );
  clock.advance(91 * DAY);
  catalogue.markErased(
    old.map((id) => ({ id, reason: 'expired' })),
    clock.now(),
    1,
  );
  // 10 live; one was opened, twice.
  const [alive] = Array.from({ length: 10 }, () => add({ purpose: 'qa', keep: days(90) }));
  catalogue.opened(alive!, clock.now() + 2 * DAY);
  catalogue.opened(alive!, clock.now() + DAY);
  add({ purpose: 'finance', keep: days(2557, { minimum: 1826 }) });
  add({ purpose: TEST_CALL_PURPOSE, keep: days(1) });
  t.deepEqual(usageReport(catalogue), [
    {
      purpose: 'finance',
      alive: 1,
      erased: 0,
      everOpenedShare: 0,
      latestOpeningMs: 0,
      termDays: 2557,
      judged: false,
      advisedDays: null,
    },
    {
      purpose: 'qa',
      alive: 10,
      erased: 100,
      everOpenedShare: 13 / 110,
      latestOpeningMs: 20 * DAY,
      termDays: 90,
      judged: true,
      advisedDays: 40,
    },
  ]);
});

test('nothing is advised below what the law locks, nor on little evidence, nor to a term that is used', (t) => {
  const { catalogue, add, path } = testCatalogue();
  const raw = new Database(path);
  const lived = (purpose: string, erased: number, keep: ReturnType<typeof days>, latestOpening: number) => {
    raw
      .prepare('INSERT INTO purpose_usage VALUES (?, ?, ?, ?)')
      .run(purpose, erased, latestOpening > 0 ? 1 : 0, latestOpening);
    add({ purpose, keep });
  };
  lived('few', 99, days(90), 0);
  lived('locked', 150, days(90, { minimum: 60 }), 0);
  lived('never', 150, days(90), 0);
  lived('used', 150, days(90), 80 * DAY);
  raw.close();
  const advised = Object.fromEntries(usageReport(catalogue).map(({ purpose, advisedDays }) => [purpose, advisedDays]));
  t.deepEqual(advised, { few: null, locked: 60, never: 14, used: null });
});
