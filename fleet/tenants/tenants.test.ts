import { codeIn, codeOf } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import type { AnyTables } from '../db/open.ts';
import { both } from '../db/testing/databases.ts';
import { checkCountry, checkName, checkTimeZone } from './fields.ts';
import type { Scope } from './scope.ts';
import { type TenantTables, tenantMigrations } from './tables.ts';
import { openTenants, type Tenants } from './tenants.ts';
import { inUtrecht, twoMsps } from './testing/two-msps.ts';

/** All rows of an MSP, and of nobody else. */
async function rowsOf(database: AnyTables, msp: string): Promise<unknown> {
  const db = database.$extendTables<TenantTables>();
  return [
    await db.selectFrom('msps').selectAll().where('id', '=', msp).execute(),
    await db.selectFrom('customers').selectAll().where('msp', '=', msp).orderBy('id').execute(),
    await db.selectFrom('sites').selectAll().where('msp', '=', msp).orderBy('id').execute(),
  ];
}

for (const database of both) {
  test(`${database.name}: nothing that A may ask or do sees or touches what is B's`, async (t) => {
    const { kysely } = await database.fresh(t, tenantMigrations);
    const { tenants, a, b } = await twoMsps(kysely);
    const before = await rowsOf(kysely, b.scope.msp);
    const theirs = [b.scope.msp, ...b.customers, ...b.sites];
    const [customer] = b.customers;
    const [site] = b.sites;
    const tries: { readonly [Name in keyof Tenants]: (scope: Scope) => Promise<unknown> } = {
      createCustomer: (scope) => tenants.createCustomer(scope, 'Notaris Jansen 2', 'eve'),
      customers: (scope) => tenants.customers(scope, { archived: true }),
      customer: (scope) => tenants.customer(scope, customer),
      renameCustomer: (scope) => tenants.renameCustomer(scope, customer, 'Taken', 'eve'),
      archiveCustomer: (scope) => tenants.archiveCustomer(scope, customer, 'eve'),
      restoreCustomer: (scope) => tenants.restoreCustomer(scope, customer, 'eve'),
      deleteCustomer: (scope) => tenants.deleteCustomer(scope, customer, 'eve'),
      createSite: (scope) => tenants.createSite(scope, customer, { ...inUtrecht, name: 'Mine' }, 'eve'),
      sites: (scope) => tenants.sites(scope, { customer, archived: true }),
      site: (scope) => tenants.site(scope, site),
      changeSite: (scope) => tenants.changeSite(scope, site, { ...inUtrecht, name: 'Mine' }, 'eve'),
      archiveSite: (scope) => tenants.archiveSite(scope, site, 'eve'),
      restoreSite: (scope) => tenants.restoreSite(scope, site, 'eve'),
      deleteSite: (scope) => tenants.deleteSite(scope, site, 'eve'),
    };
    t.deepEqual(Object.keys(tries).sort(), Object.keys(tenants).sort());
    const scopes: Scope[] = [
      a.scope,
      // Whoever gets another's ids into the own scope has nothing of it either.
      { msp: a.scope.msp, within: { customers: [...b.customers, ...a.customers], sites: [...b.sites] } },
      { msp: a.scope.msp, within: { customers: [], sites: [] } },
    ];
    for (const scope of scopes) {
      for (const [name, act] of Object.entries(tries)) {
        const said = await act(scope).catch(({ code }) => {
          t.regex(code, /_unknown$|^scope_too_small$|^name_taken$/, name);
        });
        for (const id of theirs) t.false(JSON.stringify(said ?? null).includes(id), name);
      }
    }
    t.deepEqual(await rowsOf(kysely, b.scope.msp), before);
  });

  test(`${database.name}: within an MSP a scope is its customers whole and its single sites`, async (t) => {
    const { tenants, a } = await twoMsps((await database.fresh(t, tenantMigrations)).kysely);
    const within = (customers: readonly string[], sites: readonly string[]): Scope => ({
      msp: a.scope.msp,
      within: { customers, sites },
    });
    const seen = async (scope: Scope) => ({
      customers: (await tenants.customers(scope)).rows.map(({ id }) => id).sort(),
      sites: (await tenants.sites(scope)).rows.map(({ id }) => id).sort(),
    });
    const [one, other] = a.customers;
    t.deepEqual(await seen(within([], [])), { customers: [], sites: [] });
    t.deepEqual(await seen(within([one], [])), { customers: [one], sites: [a.sites[0], a.sites[1]] });
    t.deepEqual(await seen(within([other], [a.sites[1]])), {
      customers: [one, other],
      sites: [a.sites[1], a.sites[2]],
    });
    // A customer that is only named above one's site is not one's own.
    const site = within([], [a.sites[0]]);
    t.is((await tenants.customer(site, one)).name, 'Notaris Jansen');
    t.is(await codeIn(tenants.renameCustomer(site, one, 'X', 'eve')), 'customer_unknown');
    t.is(await codeIn(tenants.deleteCustomer(site, one, 'eve')), 'customer_unknown');
    t.is(await codeIn(tenants.createSite(site, one, inUtrecht, 'eve')), 'customer_unknown');
    t.is(await codeIn(tenants.createCustomer(within([one], []), 'X', 'eve')), 'scope_too_small');
    t.is(await codeIn(tenants.changeSite(site, a.sites[1], inUtrecht, 'eve')), 'site_unknown');
  });

  test(`${database.name}: created, renamed, archived, brought back, deleted with all below; each first in the log, by ids`, async (t) => {
    const { kysely } = await database.fresh(t, tenantMigrations);
    const { tenants, msps, events, options, a, b } = await twoMsps(kysely);
    const [one, other] = a.customers;
    events.length = 0;
    await tenants.renameCustomer(a.scope, one, '  Notaris   Jansen & Co ', 'anna');
    t.is((await tenants.customer(a.scope, one)).name, 'Notaris Jansen & Co');
    t.is(await codeIn(tenants.renameCustomer(a.scope, one, 'GARAGE de vries', 'anna')), 'name_taken');
    t.is(await codeIn(tenants.createSite(a.scope, one, inUtrecht, 'anna')), 'name_taken');
    await tenants.archiveCustomer(a.scope, other, 'anna');
    t.deepEqual(
      (await tenants.customers(a.scope)).rows.map(({ id }) => id),
      [one],
    );
    t.is((await tenants.customers(a.scope, { archived: true })).rows.length, 2);
    t.is(await codeIn(tenants.createSite(a.scope, other, inUtrecht, 'anna')), 'archived');
    await tenants.restoreCustomer(a.scope, other, 'anna');
    await tenants.changeSite(a.scope, a.sites[0], { name: 'Köln', country: 'DE', timeZone: 'Europe/Berlin' }, 'anna');
    t.like(await tenants.site(a.scope, a.sites[0]), { name: 'Köln', country: 'DE', timeZone: 'Europe/Berlin' });
    await tenants.archiveSite(a.scope, a.sites[0], 'anna');
    await tenants.restoreSite(a.scope, a.sites[0], 'anna');
    await tenants.deleteSite(a.scope, a.sites[1], 'anna');
    await tenants.deleteCustomer(a.scope, one, 'anna');
    t.deepEqual(
      (await tenants.sites(a.scope)).rows.map(({ id }) => id),
      [a.sites[2]],
    );
    const kinds = events.map(({ kind }) => kind).filter((kind, at, all) => all.indexOf(kind) === at);
    t.deepEqual(kinds, [
      'customer_renamed',
      'site_created',
      'customer_archived',
      'customer_restored',
      'site_changed',
      'site_archived',
      'site_restored',
      'site_deleted',
      'customer_deleted',
    ]);
    t.true(events.every(({ actor, msp }) => actor === 'anna' && msp === a.scope.msp));
    t.notRegex(JSON.stringify(events), /Jansen|Garage|Köln/i);

    const before = await rowsOf(kysely, b.scope.msp);
    await msps.delete(a.scope.msp, 'operator');
    t.deepEqual(await rowsOf(kysely, a.scope.msp), [[], [], []]);
    t.deepEqual(await rowsOf(kysely, b.scope.msp), before);

    const silent = openTenants({
      ...options,
      append: async () => {
        throw new Error('the log is full');
      },
    });
    for (const act of [
      silent.createCustomer(b.scope, 'New', 'anna'),
      silent.renameCustomer(b.scope, b.customers[0], 'New', 'anna'),
      silent.createSite(b.scope, b.customers[0], { ...inUtrecht, name: 'New' }, 'anna'),
      silent.deleteCustomer(b.scope, b.customers[0], 'anna'),
    ])
      await t.throwsAsync(act, { message: 'the log is full' });
    t.deepEqual(await rowsOf(kysely, b.scope.msp), before);
  });

  test(`${database.name}: an MSP is renamed, archived, brought back and deleted by the operator, each first in the log`, async (t) => {
    const { msps, tenants, events, a } = await twoMsps((await database.fresh(t, tenantMigrations)).kysely);
    const { msp } = a.scope;
    events.length = 0;
    t.is(await codeIn(msps.create('ａ', 'operator')), 'name_taken');
    await msps.rename(msp, 'Kabel & Co', 'operator');
    t.is(await codeIn(msps.rename(msp, 'b', 'operator')), 'name_taken');
    await msps.archive(msp, 'operator');
    t.deepEqual(
      (await msps.list()).map(({ name, archivedAt }) => [name, archivedAt !== null]),
      [
        ['B', false],
        ['Kabel & Co', true],
      ],
    );
    t.is((await tenants.customers(a.scope)).rows.length, 2, 'what is its own stays');
    await msps.restore(msp, 'operator');
    t.is((await msps.list())[1]?.archivedAt, null);
    await msps.delete(msp, 'operator');
    for (const act of [
      msps.rename(msp, 'X', 'o'),
      msps.archive(msp, 'o'),
      msps.restore(msp, 'o'),
      msps.delete(msp, 'o'),
    ])
      t.is(await codeIn(act), 'msp_unknown');
    t.is(await codeIn(tenants.createCustomer(a.scope, 'X', 'anna')), 'msp_unknown');
    t.deepEqual(
      events.map(({ kind }) => kind).filter((kind, at, all) => all.indexOf(kind) === at),
      ['msp_created', 'msp_renamed', 'msp_archived', 'msp_restored', 'msp_deleted', 'customer_created'],
    );
  });

  test(`${database.name}: a list goes on where its page ended, whatever comes and goes before it; a search finds parts of names`, async (t) => {
    const { tenants, a } = await twoMsps((await database.fresh(t, tenantMigrations)).kysely);
    const names = Array.from({ length: 25 }, (_, at) => `Kunde ${String.fromCharCode(97 + at)}`);
    for (const name of names.toReversed()) await tenants.createCustomer(a.scope, name, 'anna');
    await tenants.createCustomer(a.scope, '100% Zeker_!', 'anna');
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await tenants.customers(a.scope, { search: 'KUNDE', limit: 10, after });
      seen.push(...page.rows.map(({ name }) => name));
      after = page.next;
      // What has been seen goes, and something comes before it.
      await tenants.deleteCustomer(a.scope, page.rows[0]!.id, 'anna');
      await tenants.createCustomer(a.scope, `Kunde ${seen.length}`, 'anna');
    } while (after !== null);
    t.deepEqual(seen, names);
    for (const search of ['%', '_', '!', '100% z', 'zeker_'])
      t.deepEqual(
        (await tenants.customers(a.scope, { search })).rows.map(({ name }) => name),
        ['100% Zeker_!'],
        search,
      );
    t.is((await tenants.customers(a.scope, { limit: 1e9 })).rows.length, 29 - 1);
    for (const bad of ['x', 'W10', 'WzEsMl0', 'x'.repeat(2000), Buffer.from('["a","b","c"]').toString('base64url')])
      t.is(await codeIn(tenants.customers(a.scope, { after: bad })), 'cursor_invalid', bad);
  });
}

test('names, countries and time zones are what they say', (t) => {
  t.deepEqual(checkName(' Ｎotaris  Jansen '), { name: 'Notaris Jansen', name_key: 'notaris jansen' });
  for (const bad of ['', '  ', 'x'.repeat(81), 'a\u0000b', 'a\u202eb'])
    t.is(
      codeOf(() => checkName(bad)),
      'name_invalid',
      bad,
    );
  t.is(checkCountry('BE'), 'BE');
  for (const bad of ['', 'be', 'XX', 'ZZ', 'NLD', 'QQ'])
    t.is(
      codeOf(() => checkCountry(bad)),
      'country_invalid',
      bad,
    );
  for (const zone of ['Europe/Amsterdam', 'America/Argentina/Buenos_Aires', 'UTC']) t.is(checkTimeZone(zone), zone);
  for (const bad of ['', 'Europe/Nowhere', '+02:00', 'x/../y', 'Europe/Amsterdam; DROP'])
    t.is(
      codeOf(() => checkTimeZone(bad)),
      'time_zone_invalid',
      bad,
    );
});
