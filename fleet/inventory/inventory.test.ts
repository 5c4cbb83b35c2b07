import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { both } from '../db/testing/databases.ts';
import type { Scope } from '../tenants/scope.ts';
import { type BoxAsk, type Boxes, openBoxes } from './boxes.ts';
import type { Overview } from './overview.ts';
import { settleGone } from './store.ts';
import { boxesOfTwo, boxId, counts, finding, health, migrations, presence, reported } from './testing/boxes.ts';

const tables = [
  'boxes',
  'box_presence',
  'box_reported',
  'box_health',
  'box_findings',
  'box_events',
  'box_sequences',
  'health_raw',
  'health_chunks',
  'box_hours',
];

/** All rows about these boxes, in every table of this room. */
async function rowsAbout(db: AnyTables, boxes: readonly string[]): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const name of tables) {
    const column = sql.ref(name === 'boxes' ? 'id' : 'box');
    const all =
      await sql`SELECT * FROM ${sql.table(name)} WHERE ${column} IN (${sql.join(boxes)}) ORDER BY 1, 2, 3`.execute(db);
    rows.push(...all.rows);
  }
  return rows;
}

for (const database of both) {
  /** Two MSPs with a box at each site, each of which has said one of everything. */
  const open = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await boxesOfTwo(kysely);
    const { a, b, clock, says, store } = world;
    for (const [letter, msp] of Object.entries({ a, b }))
      for (const [at, site] of msp.sites.entries()) {
        const name = `${letter}${at}`;
        await world.addBox(name, site, msp.scope);
        await store(
          says(name, presence()),
          says(name, reported({}, letter === 'b' ? 'v9.9.9' : 'v0.5.0')),
          says(name, health(clock.now(), { disk_low: 'warn' })),
          says(name, finding('trunk_down', 'warn')),
          says(name, counts(clock.now())),
        );
      }
    return { ...world, kysely, ofA: ['a0', 'a1', 'a2'].map(boxId), ofB: ['b0', 'b1', 'b2'].map(boxId) };
  };

  test(`${database.name}: nothing that A may ask or do sees or touches B's boxes`, async (t) => {
    const { boxes, overview, kysely, a, b, ofB, clock } = await open(t);
    const before = await rowsAbout(kysely, ofB);
    t.is(before.length, 3 * 10);
    const [box] = ofB as [string];
    const [site] = b.sites;
    const [customer] = b.customers;
    const range = { from: clock.now() - 1000, until: clock.now() };
    const tries: { readonly [Name in keyof Boxes | `of.${keyof Overview}`]: (scope: Scope) => Promise<unknown> } = {
      add: async (scope) => {
        const theirSite = boxes.add(scope, { id: '9'.repeat(32), site, name: 'x' }, 'eve');
        t.is(await codeIn(theirSite), 'site_unknown');
        await boxes.add(scope, { id: box, site: a.sites[0], name: 'x' }, 'eve');
      },
      count: async (scope) => {
        const theirs = [{ ids: [box] }, { site }, { customer }, { finding: 'disk_low' as const, customer }];
        for (const ask of theirs) t.is(await boxes.count(scope, ask), 0);
      },
      list: async (scope) => [
        await boxes.list(scope),
        await boxes.list(scope, { customer, order: 'name' }),
        await boxes.list(scope, { site }),
        await boxes.list(scope, { search: box.slice(0, 8) }),
        await boxes.list(scope, { search: 'b0', software: 'v0.5.0', policyState: 'applied', urgency: 'warn' }),
      ],
      get: (scope) => boxes.get(scope, box),
      versions: async (scope) => t.false((await boxes.versions(scope)).includes('v9.9.9')),
      counts: async (scope) => {
        const of = { urgency: 0, software: 0 };
        for (const part of [{ customer }, { site }, { customer, site }]) {
          const { urgency, software } = await boxes.counts(scope, part);
          of.urgency += Object.values(urgency).reduce((sum, n) => sum + n);
          of.software += software.length;
        }
        t.deepEqual(of, { urgency: 0, software: 0 });
      },
      rename: (scope) => boxes.rename(scope, box, 'mine', 'eve'),
      move: (scope) => boxes.move(scope, box, a.sites[0], 'eve'),
      revoke: (scope) => boxes.revoke(scope, box, 'eve'),
      remove: (scope) => boxes.remove(scope, box, 'eve'),
      'of.customers': (scope) => overview.customers(scope),
      'of.findingGroups': async (scope) => {
        const groups = await overview.findingGroups(scope);
        t.true(groups.every(({ boxes }) => boxes <= 3));
        return groups;
      },
      'of.findings': async (scope) => [await overview.findings(scope), await overview.findings(scope, { box })],
      'of.timeline': (scope) => overview.timeline(scope, box),
      'of.health': (scope) => overview.health(scope, box, range),
      'of.hours': (scope) => overview.hours(scope, box, { from: 0, until: clock.now() }),
      'of.columns': (scope) => overview.columns(scope, box, { ...range, columns: 4 }, ['cpu_percent']),
    };
    const names = [...Object.keys(boxes), ...Object.keys(overview).map((name) => `of.${name}`)];
    t.deepEqual(Object.keys(tries).sort(), names.sort());
    const lists = ['list', 'count', 'versions', 'counts', 'of.customers', 'of.findingGroups', 'of.findings'];
    const theirs = [b.scope.msp, ...b.customers, ...b.sites, ...ofB];
    for (const scope of [
      a.scope,
      // Whoever gets another's ids into the own scope has nothing of it either.
      { msp: a.scope.msp, within: { customers: [...b.customers, ...a.customers], sites: [...b.sites] } },
      { msp: a.scope.msp, within: { customers: [], sites: [] } },
    ] satisfies Scope[]) {
      for (const [name, act] of Object.entries(tries)) {
        let refused = false;
        const said = await act(scope).catch(({ code, message }) => {
          refused = true;
          t.regex(code ?? message, /_unknown$|^box_taken$/, name);
        });
        t.is(refused, !lists.includes(name), `${name}: what names a box of another's is refused`);
        for (const id of theirs) t.false(JSON.stringify(said ?? null).includes(id), name);
      }
    }
    // A box of one's own does not go to another's site.
    t.is(await codeIn(boxes.move(a.scope, boxId('a0'), site, 'eve')), 'site_unknown');
    t.deepEqual(await rowsAbout(kysely, ofB), before);
  });

  test(`${database.name}: within an MSP a scope is its customers whole and its single sites`, async (t) => {
    const { boxes, overview, a } = await open(t);
    const seen = async (customers: readonly string[], sites: readonly string[]) => {
      const scope: Scope = { msp: a.scope.msp, within: { customers, sites } };
      const names = (await boxes.list(scope)).rows.map(({ name }) => name);
      const findings = (await overview.findings(scope, { code: 'disk_low' })).rows.map(({ name }) => name).sort();
      const counted = Object.values((await boxes.counts(scope)).urgency).reduce((sum, n) => sum + n);
      const customersBoxes = (await overview.customers(scope)).rows.reduce((sum, row) => sum + row.boxes, 0);
      t.deepEqual(findings, names);
      t.is(counted, names.length);
      t.is(customersBoxes, names.length);
      return names;
    };
    t.deepEqual(await seen([], []), []);
    t.deepEqual(await seen([a.customers[0]], []), ['a0', 'a1']);
    t.deepEqual(await seen([], [a.sites[1]]), ['a1']);
    t.deepEqual(await seen([a.customers[1]], [a.sites[0]]), ['a0', 'a2']);
  });

  test(`${database.name}: what is deleted above a box takes all along that is known of it, and nothing else`, async (t) => {
    const { boxes, tenants, msps, kysely, a, b, ofA, ofB, events } = await open(t);
    const before = await rowsAbout(kysely, ofB);
    await boxes.remove(a.scope, boxId('a0'), 'anna');
    t.deepEqual(await rowsAbout(kysely, [boxId('a0')]), []);
    await tenants.deleteSite(a.scope, a.sites[1], 'anna');
    t.deepEqual(await rowsAbout(kysely, [boxId('a1')]), []);
    t.is((await rowsAbout(kysely, ofA)).length, 10);
    await tenants.deleteCustomer(a.scope, a.customers[1], 'anna');
    t.deepEqual(await rowsAbout(kysely, ofA), []);
    await msps.delete(a.scope.msp, 'operator');
    t.deepEqual(await rowsAbout(kysely, ofB), before);
    await msps.delete(b.scope.msp, 'operator');
    for (const name of tables)
      t.deepEqual((await sql`SELECT * FROM ${sql.table(name)}`.execute(kysely)).rows, [], name);
    t.deepEqual(events.at(-1), { kind: 'box_removed', actor: 'anna', msp: a.scope.msp, of: boxId('a0') });
  });

  test(`${database.name}: a box is added, named, moved with its history, released and claimed by another`, async (t) => {
    const { boxes, overview, identities, tenants, kysely, a, b, clock } = await open(t);
    const box = boxId('a0');
    const mine = { id: box, site: a.sites[0], name: 'again' };
    t.is(await codeIn(boxes.add(b.scope, { ...mine, site: b.sites[0] }, 'bert')), 'box_taken');
    t.is(await codeIn(boxes.rename(a.scope, box, 'A1', 'anna')), 'none');
    t.is(await codeIn(boxes.move(a.scope, box, a.sites[1], 'anna')), 'name_taken');
    await boxes.rename(a.scope, box, 'Reception', 'anna');
    await boxes.move(a.scope, box, a.sites[2], 'anna');
    t.like(await boxes.get(a.scope, box), {
      name: 'Reception',
      customer: a.customers[1],
      site: a.sites[2],
      missing: 0,
    });
    t.is((await overview.timeline(a.scope, box)).rows.length, 1);
    await tenants.archiveSite(a.scope, a.sites[1], 'anna');
    t.is(await codeIn(boxes.move(a.scope, box, a.sites[1], 'anna')), 'archived');
    t.is(await codeIn(identities.activate(box)), 'box_unknown', 'it is active');
    await boxes.revoke(a.scope, box, 'anna');
    t.is((await overview.findings(a.scope, { box })).rows.length, 0);
    await boxes.add(b.scope, { ...mine, site: b.sites[0] }, 'bert');
    t.is(await codeIn(boxes.get(a.scope, box)), 'box_unknown');
    t.like(await boxes.get(b.scope, box), { state: 'pending', urgency: 'pending', reported: null, health: null });
    t.deepEqual((await overview.timeline(b.scope, box)).rows, [], 'it begins anew');
    const silent = openBoxes({
      database: kysely,
      clock,
      append: async () => {
        throw new Error('the log is full');
      },
    });
    const before = await rowsAbout(kysely, [boxId('a1')]);
    for (const act of [
      silent.add(a.scope, { id: '9'.repeat(32), site: a.sites[0], name: 'x' }, 'anna'),
      silent.rename(a.scope, boxId('a1'), 'x', 'anna'),
      silent.move(a.scope, boxId('a1'), a.sites[2], 'anna'),
      silent.revoke(a.scope, boxId('a1'), 'anna'),
      silent.remove(a.scope, boxId('a1'), 'anna'),
    ])
      await t.throwsAsync(act, { message: 'the log is full' });
    t.deepEqual(await rowsAbout(kysely, [boxId('a1')]), before);
    t.is(await identities.place('9'.repeat(32)), null);
  });

  test(`${database.name}: lists go by urgency, then by name; pages follow each other; a search finds names and ids`, async (t) => {
    const { boxes, overview, a, addBox, says, store, clock, kysely } = await open(t);
    const [site] = a.sites;
    for (const name of ['m', 'k', 'z', 'y']) {
      await addBox(name, site);
      await store(
        says(name, presence()),
        says(name, health(clock.now(), name === 'z' ? { purge_overdue: 'bad' } : {})),
      );
    }
    await store(says('y', presence({ is: 'offline' })));
    await settleGone(kysely, clock.now());
    await addBox('new', site);
    await boxes.add(a.scope, { id: boxId('p'), site, name: 'p' }, 'anna');
    const all = async (ask: BoxAsk) => {
      const names: string[] = [];
      let after: string | null = null;
      do {
        const page = await boxes.list(a.scope, { ...ask, limit: 2, after });
        names.push(...page.rows.map(({ name }) => name));
        after = page.next;
      } while (after !== null);
      return names;
    };
    t.deepEqual(await all({}), ['z', 'y', 'a0', 'a1', 'a2', 'new', 'p', 'k', 'm']);
    t.deepEqual(await all({ order: 'name' }), ['a0', 'a1', 'a2', 'k', 'm', 'new', 'p', 'y', 'z']);
    t.deepEqual(await all({ customer: a.customers[1] }), ['a2']);
    t.deepEqual(await all({ urgency: 'warn' }), ['a0', 'a1', 'a2']);
    t.deepEqual(await all({ search: 'NE' }), ['new']);
    t.deepEqual(await all({ search: boxId('k').slice(0, 10) }), ['k']);
    t.is(await codeIn(boxes.list(a.scope, { order: 'name', after: 'WzEsImEiLCJiIl0' })), 'cursor_invalid');
    const { urgency, software, policy } = await boxes.counts(a.scope);
    t.deepEqual(urgency, { bad: 1, gone: 1, warn: 3, pending: 2, ok: 2, revoked: 0 });
    t.deepEqual(software, [{ version: 'v0.5.0', boxes: 7 }]);
    t.like(policy, { applied: 3, pending: 0 });
    const { rows } = await overview.customers(a.scope);
    t.deepEqual(
      rows.map(({ id, urgency, boxes }) => [id, urgency, boxes]),
      [
        [a.customers[0], 'bad', 8],
        [a.customers[1], 'warn', 1],
      ],
    );
    const [first] = (await overview.customers(a.scope, { limit: 1 })).rows;
    const { next } = await overview.customers(a.scope, { limit: 1 });
    t.not((await overview.customers(a.scope, { limit: 1, after: next })).rows[0]?.id, first?.id);
    t.deepEqual(
      (await overview.findingGroups(a.scope)).map(({ code, level, boxes }) => [code, level, boxes]),
      [
        ['purge_overdue', 'bad', 1],
        ['disk_low', 'warn', 3],
        ['trunk_down', 'warn', 3],
      ],
    );
    const found: string[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page: Awaited<ReturnType<Overview['findings']>> = await overview.findings(a.scope, { limit: 2, after });
      found.push(...page.rows.map(({ box, code }) => `${box} ${code}`));
      after = page.next;
    }
    t.is(new Set(found).size, 7);
    t.is(found.length, 7);
    t.is(found[0], `${boxId('z')} purge_overdue`);
  });
}
