/** One call in an hour: from what a box says to what pages and programs are told, it is "fewer than 5" (threats row 32). */
import { readFileSync } from 'node:fs';
import { seededChance } from '@belkluis/shared/base/chance';
import { type Clock, systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { newUlid } from '@belkluis/shared/base/ulid';
import { hiddenCount } from '@belkluis/shared/contract/audit';
import { upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import { of as allOf, testApi } from './api/testing/api.ts';
import type { AnyTables } from './db/open.ts';
import { openIngest } from './ingest/ingest.ts';
import { openIdentities } from './inventory/identities.ts';
import { openWriter } from './inventory/writer.ts';
import { joinIngest, noPorts } from './join-ingest.ts';
import { populate } from './web/testing/boxes.ts';
import { of, testConsole } from './web/testing/console.ts';

const HOUR_MS = 3_600_000;
const chance = seededChance('counts');
const { body: checkpoint } = JSON.parse(
  readFileSync(new URL('../shared/contract/golden/1/audit.json', import.meta.url), 'utf8'),
);

// The product's timers do not keep a process alive; here nothing else does.
const alive = setInterval(() => {}, 1000);
test.after.always(() => clearInterval(alive));

/** The way of a message from the broker to the database. */
function hearing(database: AnyTables, clock: Clock) {
  const writer = openWriter({ database, clock: systemClock, log: silentLog, changed: () => {} });
  const store = joinIngest({
    ...{ writer, identities: openIdentities({ database, clock }), beside: false, clock, chance, log: silentLog },
    enrolment: { renewConnected: async () => [], settled: async () => {} },
    welcome: async () => false,
    broker: { publish: async () => {}, kick: async () => {} },
    ports: noPorts,
  });
  const counters = new Counters();
  const ingest = openIngest({ clock, counters, store, notice: () => {} });
  let seq = 0;
  /** As bytes: a box that is not ours may send anything. */
  async function says(box: string, hours: readonly object[]): Promise<void> {
    const ts = clock.now();
    const message = { v: 1, id: newUlid(ts, chance), ts, seq: ++seq, body: { ...checkpoint, hours } };
    const payload = Buffer.from(JSON.stringify(message));
    await ingest.take({ topic: upTopic('audit', box), payload, retained: false, again: false });
  }
  return { says, counters };
}

/** What a box of ours says of an hour. */
const hourOf = (hour: number, [released, exported, erased]: readonly [number, number, number]) => ({
  ...{ hour, released: hiddenCount(released), exported: hiddenCount(exported), erased: hiddenCount(erased) },
});

const cells = (text: string): string[] =>
  [...text.matchAll(/<td data-label="(?:Opened|Exported|Erased)">([^<]*)/g)].map(([, said]) => said!);

test('the page says fewer than 5 of an hour with one, as of one with none; an hour that was not told is no nought', async (t) => {
  const { kysely, clock, join, ...made } = await testConsole(t);
  const ids = await populate({ kysely, clock, ...made });
  const box = ids.get('Monster')!;
  const { page, get } = await join('maaike@noordkop.example', [of('owner')]);
  t.regex(await page(`/boxes/${box}?counts=day`), /The box told no counts in this time/);
  // 12:00 in Amsterdam; the fleet hears of 8 and 9 o'clock, and not of 10 and 11.
  const over = clock.now();
  await hearing(kysely, clock).says(box, [
    hourOf(over - 4 * HOUR_MS, [1, 0, 12]),
    hourOf(over - 3 * HOUR_MS, [0, 0, 1200]),
  ]);
  const text = await page(`/boxes/${box}?counts=day`);
  const few = 'fewer than 5';
  t.deepEqual(cells(text).slice(0, 9), [
    ...['not told', 'not told', 'not told'],
    ...[few, few, '1,200'],
    ...[few, few, '12'],
  ]);
  t.true(
    cells(text)
      .slice(9)
      .every((said) => said === 'not told'),
  );
  t.regex(text, /aria-label="Opened, 24 hours: fewer than 5 an hour"/);
  t.regex(text, /aria-label="Erased, 24 hours: highest 1,200, today 09:00"/);
  // A day is what was told of it, and no more: with it nobody finds out what was hidden.
  const week = cells(await page(`/boxes/${box}`));
  t.deepEqual(week.slice(0, 3), ['fewer than 5 an hour', 'fewer than 5 an hour', 'at least 1,212']);
  for (const [language, said] of [
    ['nl', 'minder dan 5'],
    ['de', 'weniger als 5'],
    ['fr', 'moins de 5'],
  ] as const) {
    await get(`/boxes?language=${language}`);
    t.true((await page(`/boxes/${box}?counts=day`)).includes(`>${said}<`), language);
  }
});

test('programs are told null of it, and of an hour that was not told nothing', async (t) => {
  const { kysely, clock, program, services, addBox, scope, tenants } = await testApi(t);
  const customer = (await tenants.createCustomer(scope, 'Bakkerij', 'operator')).id;
  const where = { name: 'Utrecht', country: 'NL', timeZone: 'Europe/Amsterdam' };
  const site = (await tenants.createSite(scope, customer, where, 'operator')).id;
  const box = await addBox('one', site);
  const over = Math.floor(clock.now() / HOUR_MS) * HOUR_MS;
  await hearing(kysely, services.clock).says(box, [
    hourOf(over - 3 * HOUR_MS, [1, 4, 5]),
    hourOf(over - HOUR_MS, [0, 0, 0]),
  ]);
  const { ask } = await program(['see boxes'], [allOf('read_only')]);
  const told = await ask('GET', `/boxes/${box}/counts?from=${over - 24 * HOUR_MS}&until=${over}`);
  t.deepEqual(told.json, {
    fewest: 5,
    hours: [
      { hour: over - 3 * HOUR_MS, released: null, exported: null, erased: 5 },
      { hour: over - HOUR_MS, released: null, exported: null, erased: null },
    ],
  });
});

test('a box that tells 3 is refused whole, and nothing of it is kept', async (t) => {
  const { kysely, clock, services, scope, ...made } = await testConsole(t);
  const ids = await populate({ kysely, clock, services, scope, ...made });
  const box = ids.get('Monster')!;
  const over = clock.now();
  const good = hourOf(over - 2 * HOUR_MS, [9, 9, 9]);
  for (const count of [3, 0, -1, 5.5, '5']) {
    const { says, counters } = hearing(kysely, clock);
    await says(box, [good, { ...good, hour: over - HOUR_MS, released: count }]);
    t.is(counters.get('ingest.malformed'), 1, String(count));
    t.is(counters.get('ingest.kept'), 0);
  }
  t.deepEqual(await services.overview.hours(scope, box, { from: 0, until: over }), []);
});
