/** Agreements, changes, incidents and orders, on both databases, as two MSPs and whoever runs the server see them. */
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { sql } from 'kysely';
import { counted } from '../db/testing/counted.ts';
import { both } from '../db/testing/databases.ts';
import { boxId } from '../inventory/testing/boxes.ts';
import { tenantMigrations } from '../tenants/tables.ts';
import { digestOf } from './agreements.ts';
import { DAY_MS } from './limits.ts';
import type { Message } from './parts.ts';
import { face, migrations } from './testing/face.ts';
import { countryName, dayIn, words } from './words/words.ts';

const HOUR_MS = 3_600_000;
const scan = 'c'.repeat(64);
const wolk = { name: 'Wolk GmbH', purpose: 'servers', country: 'DE', parentCountry: 'DE', transfer: null, since: null };

for (const database of both) {
  test(`${database.name}: sent, signed, run out, ended: what may be done follows`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const statements = counted(kysely);
    const { a, b, clock, compliance, said, told, tell, works } = await face(statements.database);
    const { agreements } = compliance;
    const [customer, other] = a.customers;
    const now = clock.now();
    const by = { by: 'J. Jansen', at: now, until: now + 365 * DAY_MS, scan: null };
    const site = a.sites[0];
    t.is(await agreements.agreementOf(site), 'missing');
    t.is(await agreements.agreementOf('nowhere'), 'missing');
    t.is(await codeIn(agreements.sign(a.scope, customer, by, 'anna')), 'agreement_not_sent');
    t.is(await codeIn(agreements.send(b.scope, customer, 'nl', 'bea')), 'customer_unknown', 'another MSP');
    t.is(await codeIn(agreements.send(a.scope, customer, 'es', 'anna')), 'language_unknown');

    const sent = await agreements.send(a.scope, customer, 'nl', 'anna');
    t.is(sent.digest, digestOf(sent.text));
    t.is(await agreements.agreementOf(site), 'missing', 'nobody has signed');
    t.is(await agreements.text(a.scope, sent.agreement), sent.text, 'byte for byte');
    t.is(await codeIn(agreements.text(b.scope, sent.agreement)), 'agreement_unknown');
    for (const [wrong, code] of [
      [{ at: now + 1 }, 'agreement_signed_late'],
      [{ until: now - 1 }, 'agreement_ends_early'],
    ] as const)
      t.is(await codeIn(agreements.sign(a.scope, customer, { ...by, ...wrong }, 'anna')), code);
    t.is(await codeIn(agreements.sign(a.scope, customer, { ...by, scan: 'x' }, 'anna')), 'digest_invalid');

    works.log = false;
    await t.throwsAsync(agreements.sign(a.scope, customer, by, 'anna'));
    works.log = true;
    t.is(await agreements.agreementOf(site), 'missing', 'what cannot be written down does not happen');
    t.like(await agreements.sign(a.scope, customer, by, 'anna'), { state: 'signed', digest: sent.digest });
    t.is(await agreements.agreementOf(site), 'valid');
    t.is(await agreements.agreementOf(a.sites[2]), 'missing', 'another customer of the same MSP');
    t.is(await agreements.agreementOf(b.sites[0]), 'missing');
    // A scan of a text of their own.
    t.like(await agreements.sign(a.scope, other, { ...by, scan, until: null }, 'anna'), {
      digest: scan,
      termsVersion: null,
    });
    t.like((await agreements.list(a.scope)).rows, [
      { name: 'Garage De Vries', standing: { is: 'valid', until: null } },
      { name: 'Notaris Jansen', standing: { is: 'valid', until: by.until } },
    ]);
    t.deepEqual(
      (await agreements.list({ msp: a.scope.msp, within: { customers: [other], sites: [] } })).rows.length,
      1,
    );
    t.true((await agreements.list(b.scope)).rows.every(({ standing }) => standing.is === 'missing'));
    const seen = await agreements.standings(a.scope, [customer, other, b.customers[0], 'nobody']);
    t.deepEqual(Object.fromEntries(seen), {
      [customer]: { is: 'valid', until: by.until },
      [other]: { is: 'valid', until: null },
    });
    const part = { msp: a.scope.msp, within: { customers: [other], sites: [site] } };
    t.deepEqual([...(await agreements.standings(part, [customer, other])).keys()], [other], 'in scope whole');
    t.is(await statements.of(() => agreements.standings(a.scope, [customer, other])), 2, 'however many they are');

    // Reminders: nobody is reached, so it is tried again; then once.
    t.is(await agreements.remind(tell), 0);
    clock.advance(310 * DAY_MS);
    works.tell = false;
    t.is(await agreements.remind(tell), 0);
    works.tell = true;
    t.is(await agreements.remind(tell), 1);
    t.is(await agreements.remind(tell), 0);
    const [day, stops] = [by.until, by.until + 60 * DAY_MS].map((at) => dayIn(at, 'en', 'Europe/Amsterdam'));
    t.like(told[0], { is: 'agreement_ends', customer, msp: a.scope.msp, text: { en: words.en.notice.ends(day!) } });
    clock.advance(56 * DAY_MS);
    t.is(await agreements.agreementOf(site), 'expired');
    t.deepEqual(await agreements.pushTo(customer), { may: true, stopsAt: by.until + 60 * DAY_MS });
    t.is(await agreements.remind(tell), 1);
    t.like(told[1], { is: 'agreement_ended', text: { en: words.en.notice.ended(day!, stops!) } });
    clock.advance(60 * DAY_MS);
    t.false((await agreements.pushTo(customer)).may);

    await agreements.send(a.scope, customer, 'fr', 'anna');
    const again = await agreements.sign(a.scope, customer, { ...by, at: clock.now(), until: null }, 'anna');
    t.is(await agreements.agreementOf(site), 'valid');
    const { agreements: all } = await agreements.with(a.scope, customer);
    t.deepEqual(
      all.map(({ state }) => state),
      ['ended', 'signed'],
      'the one before ends',
    );
    await agreements.end(a.scope, customer, 'anna');
    t.is(await agreements.agreementOf(site), 'missing');
    t.is(await codeIn(agreements.end(a.scope, customer, 'anna')), 'agreement_unknown');
    t.like(said.at(-1), {
      kind: 'agreement_ended',
      actor: 'anna',
      facts: { msp: a.scope.msp, of: customer, agreement: again.id },
    });
    t.false(JSON.stringify(said).includes('Jansen'), 'the log names nobody');
    t.true((await agreements.register(null)).every((one) => !('signedBy' in one)));
    t.is((await agreements.register(b.scope.msp)).length, 0);
  });

  test(`${database.name}: whoever cannot be told, is archived or fails holds up nobody, however many there are`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, tenants, told, tell, faults } = await face(kysely, {}, 3);
    const asked: string[] = [];
    const { agreements, subprocessors } = compliance;
    const by = { by: 'J', at: clock.now(), until: clock.now() + 20 * DAY_MS, scan };
    const made = await Promise.all(
      ['1', '2', '3', '4', '5', '6', '7'].map((name) => tenants.createCustomer(a.scope, name, 'anna')),
    );
    const crowd = [...a.customers, ...made.map(({ id }) => id)];
    for (const customer of crowd) await agreements.sign(a.scope, customer, by, 'anna');
    for (const customer of b.customers) await agreements.sign(b.scope, customer, by, 'bea');
    const change = await subprocessors.add(wolk, 'operator');
    const gone = await subprocessors.add({ ...wolk, name: 'Weg' }, 'operator');
    await subprocessors.end(gone.id, 'operator');
    const archived = crowd.slice(5);
    for (const customer of archived) await tenants.archiveCustomer(a.scope, customer, 'anna');
    const ofB = async (message: Message) => {
      if (message.msp === b.scope.msp) return tell(message);
      if (message.customer === crowd[0]) throw Object.assign(new Error('names of people'), { code: 'down' });
      asked.push(message.customer);
      return null;
    };
    t.is(await agreements.remind(ofB), 2);
    t.is(await subprocessors.tellChanges(ofB), 2);
    t.deepEqual(told.map(({ customer }) => customer).sort(), [...b.customers, ...b.customers].sort());
    t.true(told.slice(2).every(({ text, edition }) => text.en.includes('Wolk GmbH') && edition === change.id));
    t.deepEqual(faults, ['down', 'down'], 'by their code alone');
    t.is(asked.length, 8);
    for (const customer of archived) t.false(asked.includes(customer));
    // Whom a reminder of long ago reached nobody: it is said with its day, and not when nothing more follows from it.
    clock.advance(79 * DAY_MS);
    t.is(await agreements.remind(tell), 7);
    t.true(told.at(-1)!.text.en.includes(dayIn(by.until, 'en', 'Europe/Amsterdam')));
    clock.advance(2 * DAY_MS);
    const late = clock.now() - 100 * DAY_MS;
    await agreements.sign(b.scope, b.customers[0], { ...by, at: late, until: late + DAY_MS }, 'bea');
    t.is(await agreements.remind(tell), 0);
  });

  test(`${database.name}: a reminder says the day as it was meant, by the clock of the MSP`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, tenants, told, tell } = await face(kysely);
    // The last moment of 31 December at each place.
    const ends = { a: Date.parse('2027-12-31T22:59:59.999Z'), b: Date.parse('2028-01-01T04:59:59.999Z') };
    for (const site of b.sites)
      await tenants.changeSite(b.scope, site, { name: site, country: 'NL', timeZone: 'America/Bogota' }, 'bea');
    const by = { by: 'J', at: clock.now(), scan };
    await compliance.agreements.sign(a.scope, a.customers[0], { ...by, until: ends.a }, 'anna');
    await compliance.agreements.sign(b.scope, b.customers[0], { ...by, until: ends.b }, 'bea');
    clock.advance(ends.a - 1.6 * DAY_MS - clock.now());
    t.is(await compliance.agreements.remind(tell), 2);
    clock.advance(2 * DAY_MS);
    t.is(await compliance.agreements.remind(tell), 2);
    for (const { text } of told) {
      t.regex(text.en, /on 31 December 2027/);
      t.regex(text.nl, /op 31 december 2027/);
      t.regex(text.de, /am 31\. Dezember 2027/);
      t.regex(text.fr, /le 31 décembre 2027/);
    }
    t.regex(told.at(-1)!.text.en, /until 29 February 2028/);
  });

  test(`${database.name}: other annexes make a version; who signed the old one is known`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, open, said } = await face(kysely);
    const customer = a.customers[0];
    await compliance.agreements.send(a.scope, customer, 'de', 'anna');
    const by = { by: 'J', at: clock.now(), until: null, scan: null };
    await compliance.agreements.sign(a.scope, customer, by, 'anna');
    t.is((await compliance.terms.newest()).version, 1);
    t.is((await open().terms.newest()).version, 1, 'the same configuration is the same version');
    t.deepEqual(await compliance.agreements.onOlderTerms(a.scope), []);
    clock.advance(DAY_MS);
    const backup = { host: null, port: null, country: 'FI', subprocessor: null, transfer: null };
    const moved = open({ declared: [{ purpose: 'backup', ...backup }] });
    const versions = await Promise.all([moved.terms.newest(), moved.terms.newest()]);
    t.deepEqual(
      versions.map(({ version }) => version),
      [2, 2],
    );
    t.like((await moved.terms.history())[1]!.changes, [
      { annex: 'measures', is: 'added', of: 'backups' },
      { annex: 'locations', is: 'added', of: 'backup FI' },
    ]);
    t.like(await moved.agreements.onOlderTerms(a.scope), [{ customer, name: 'Notaris Jansen', version: 1 }]);
    t.deepEqual(await moved.agreements.onOlderTerms(b.scope), []);
    // What a transaction said that was tried again stands here twice; in the log it does not.
    const changed = said.flatMap((event) => (event.kind === 'terms_changed' ? [event.facts.version] : []));
    t.deepEqual([...new Set(changed)], [1, 2]);

    const trust = await moved.trust();
    t.deepEqual(trust.location.countries, ['FI', 'NL']);
    t.is(trust.updatedAt, new Date(clock.now()).toISOString());
    t.false(/null|undefined/.test(JSON.stringify(trust)));
    t.is(trust.certifications, 'none');
    for (const name of ['Jansen', 'anna', 'localhost']) t.false(JSON.stringify(trust).includes(name), name);
    clock.advance(89 * DAY_MS);
    t.true((await moved.terms.newest()).reviewDueAt > clock.now());
    clock.advance(2 * DAY_MS);
    t.true((await moved.terms.newest()).reviewDueAt < clock.now());
    await moved.terms.review('operator');
    t.is((await moved.trust()).updatedAt, new Date(clock.now()).toISOString());
  });

  test(`${database.name}: annex 3 names where the webhooks and providers of an MSP lead: the countries of its list of places`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, locations } = await face(kysely);
    const { agreements } = compliance;
    const [customer] = a.customers;
    const annex = async (of: typeof a, language: 'en' | 'nl' = 'en') => {
      const { document, text } = await agreements.preview(of.scope, of.customers[0], language);
      const { blocks } = document.sections.find(({ heading }) => heading === words[language].annexLocations)!;
      const said = blocks.flatMap((block) => (block.is === 'facts' ? block.facts.map(([, where]) => where) : []));
      const listed = compliance.locations(of.scope.msp).map(({ country }) => countryName(country, language));
      t.deepEqual([...new Set(said)].sort(), [...new Set(listed)].sort());
      return { said, text };
    };
    const sign = async () => {
      await agreements.send(a.scope, customer, 'en', 'anna');
      await agreements.sign(a.scope, customer, { by: 'J', at: clock.now(), until: null, scan: null }, 'anna');
    };
    t.true((await annex(a)).text.includes(words.en.transfersLocked('Netherlands')));
    await sign();
    const hook = { msp: a.scope.msp, purpose: 'webhook', host: 'hooks.example', port: 443, country: 'BE' } as const;
    const remove = locations.declare(hook);
    locations.declare({ ...hook, host: 'others.example' });
    locations.declare({ ...hook, purpose: 'sign_in', host: 'login.example', country: 'IE' });
    const { said, text } = await annex(a);
    t.deepEqual(said.slice(-2), ['Ireland', 'Belgium']);
    t.true(text.includes(words.en.transfersInside));
    t.notRegex((await annex(b, 'nl')).text, /België|Ierland/, 'they are that MSP’s own');
    t.like(await agreements.onOlderTerms(a.scope), [{ customer, version: 1 }]);
    t.deepEqual(await agreements.onOlderTerms(b.scope), []);
    t.deepEqual(await agreements.changesSince(a.scope, customer), [
      { annex: 'locations', is: 'added', of: 'sign_in IE' },
      { annex: 'locations', is: 'added', of: 'webhook BE' },
    ]);
    t.is(await codeIn(agreements.changesSince(b.scope, customer)), 'customer_unknown');
    await sign();
    t.deepEqual(await agreements.onOlderTerms(a.scope), []);
    t.deepEqual(await agreements.changesSince(a.scope, customer), []);
    remove();
    t.deepEqual(await agreements.changesSince(a.scope, customer), [], 'another webhook still leads there');
    t.is((await compliance.terms.newest()).version, 1, 'nobody else signs anew');
  });

  test(`${database.name}: a new sub-processor waits thirty days, is told, and may be objected to`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, told, tell, works } = await face(kysely);
    const { subprocessors } = compliance;
    const customer = a.customers[0];
    const first = await subprocessors.add({ ...wolk, name: 'Eerste', since: clock.now() }, 'operator');
    t.is(first.state, 'live', 'before anybody has an agreement');
    await compliance.agreements.send(a.scope, customer, 'nl', 'anna');

    const add = (more: object) => codeIn(subprocessors.add({ ...wolk, ...more }, 'operator'));
    t.is(await add({ since: clock.now() + 29 * DAY_MS }), 'notice_short');
    t.is(await add({ country: 'US' }), 'region_locked');
    t.is(await add({ parentCountry: 'Texas' }), 'country_invalid');
    t.is(await add({ name: ' ' }), 'name_invalid');
    const one = await subprocessors.add({ ...wolk, parentCountry: 'US' }, 'operator');
    t.like(one, { state: 'announced', since: clock.now() + 30 * DAY_MS, parentCountry: 'US' });
    const place = { purpose: 'database', host: 'db', port: 1, country: 'DE', dialled: true } as const;
    const uses = (name: string) => subprocessors.checkLive([{ ...place, subprocessor: name }]);
    t.is(await codeIn(uses('Wolk GmbH')), 'subprocessor_not_live');
    t.is(await codeIn(uses('Niemand')), 'subprocessor_not_live');
    t.is(await codeIn(uses('Eerste')), 'none');

    works.tell = false;
    await subprocessors.tellChanges(tell);
    t.like((await subprocessors.noticesOf(one.id))[0], { state: 'untold' });
    works.tell = true;
    t.is(await subprocessors.tellChanges(tell), 1);
    t.is(await subprocessors.tellChanges(tell), 0);
    t.like(told.at(-1), { is: 'subprocessor_change', customer, drill: false });
    t.regex(told.at(-1)!.text.nl, /Wolk GmbH.*bezwaar/);
    t.deepEqual(await subprocessors.notices(b.scope), []);
    t.is(await codeIn(subprocessors.read(b.scope, customer, one.id, 'bea')), 'customer_unknown');
    t.is(await codeIn(subprocessors.read(a.scope, a.customers[1], one.id, 'anna')), 'notice_unknown');
    await subprocessors.read(a.scope, customer, one.id, 'anna');
    t.like((await subprocessors.notices(a.scope))[0], { state: 'read' });
    await subprocessors.object(a.scope, customer, one.id, 'Parent in the United States.', 'anna');
    t.like((await subprocessors.notices(a.scope))[0], { state: 'objected', objection: 'Parent in the United States.' });
    clock.advance(30 * DAY_MS);
    t.is(await codeIn(uses('Wolk GmbH')), 'none');
    t.is(await codeIn(subprocessors.object(a.scope, customer, one.id, 'Too late.', 'anna')), 'notice_over');
    await subprocessors.end(one.id, 'operator');
    t.is(await codeIn(uses('Wolk GmbH')), 'subprocessor_not_live');
    t.is(await codeIn(subprocessors.end(one.id, 'operator')), 'subprocessor_unknown');
  });

  test(`${database.name}: thirty days to object count from when a customer knew, and nothing goes live before the last has had them`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, open, tenants, said, told, tell } = await face(kysely);
    const { subprocessors, agreements } = compliance;
    for (const customer of a.customers) await agreements.send(a.scope, customer, 'nl', 'anna');
    for (const customer of b.customers) await agreements.send(b.scope, customer, 'nl', 'bea');
    const { id, liveAt, since } = await subprocessors.add(wolk, 'operator');
    t.is(liveAt, null, 'nobody knows of it yet');
    const announced = clock.now();
    const day = (n: number) => clock.advance(announced + n * DAY_MS - clock.now());
    const uses = () =>
      codeIn(
        open().subprocessors.checkLive([
          { purpose: 'database', host: 'db', port: 1, country: 'DE', dialled: true, subprocessor: wolk.name },
        ]),
      );
    const objects = (scope: typeof a.scope, customer: string) =>
      codeIn(subprocessors.object(scope, customer, id, 'No.', 'anna'));
    day(10);
    await subprocessors.tellChanges(async (message) => (message.msp === a.scope.msp ? tell(message) : null));
    t.regex(told[0]!.text.en, /within 30 days of this notice/);
    day(39);
    t.true(since < clock.now());
    t.is(await objects(a.scope, a.customers[0]), 'none', 'told ten days late, so it may object ten days longer');
    const notice = (await subprocessors.notices(a.scope)).find(({ customer }) => customer === a.customers[1]);
    t.is(notice!.objectUntil, announced + 40 * DAY_MS);
    day(40);
    t.is(await objects(a.scope, a.customers[1]), 'notice_over');
    t.is(await uses(), 'subprocessor_not_live', 'customers of B do not know of it');
    t.like((await subprocessors.list())[0], { state: 'announced', liveAt: null });
    t.like((await subprocessors.notices(b.scope))[0], { state: 'untold', objectUntil: null });
    // One of them reads it in the console, the other was told by letter.
    await subprocessors.read(b.scope, b.customers[0], id, 'bea');
    t.is(await codeIn(subprocessors.told(b.customers[1], id, announced - 1, 'operator')), 'told_wrong');
    t.is(await codeIn(subprocessors.told(b.customers[1], id, clock.now() + 1, 'operator')), 'told_wrong');
    t.is(await codeIn(subprocessors.told('nobody', id, clock.now(), 'operator')), 'notice_unknown');
    await subprocessors.told(b.customers[1], id, clock.now() - DAY_MS, 'operator');
    t.like(said.at(-1), { kind: 'change_told', actor: 'operator', facts: { of: b.customers[1], subprocessor: id } });
    await tenants.archiveCustomer(b.scope, b.customers[0], 'bea');
    t.is((await subprocessors.list())[0]!.liveAt, announced + 69 * DAY_MS, 'who is archived holds up nothing');
    await tenants.restoreCustomer(b.scope, b.customers[0], 'bea');
    t.is((await subprocessors.list())[0]!.liveAt, announced + 70 * DAY_MS);
    day(70 - 1 / 1440);
    t.is(await uses(), 'subprocessor_not_live');
    t.is(await objects(b.scope, b.customers[0]), 'none');
    day(70);
    t.is(await uses(), 'none');

    // Whoever comes out of the archive later and never knew does not end what has begun.
    const two = await subprocessors.add({ ...wolk, name: 'Zwei' }, 'operator');
    await tenants.archiveCustomer(b.scope, b.customers[0], 'bea');
    await subprocessors.tellChanges(tell);
    clock.advance(31 * DAY_MS);
    await subprocessors.tellChanges(tell);
    await tenants.restoreCustomer(b.scope, b.customers[0], 'bea');
    const state = async () => (await subprocessors.list()).find((one) => one.id === two.id)!.state;
    t.is(await state(), 'live');
    await subprocessors.end(two.id, 'operator');
    t.is(await state(), 'ended');
  });

  test(`${database.name}: a drill reaches every tenant, says that it is one, and measures who was reached`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, told, tell, works, addBox } = await face(kysely);
    const { incidents } = compliance;
    const box = await addBox('one', a.sites[1]);
    const drill = { drill: true, severity: 'low', what: 'Exercise', about: '-', foundAt: clock.now() } as const;
    const one = await incidents.open({ ...drill, concerns: 'all' }, 'operator');
    t.like(await incidents.reach(one.id), { concerned: 4, reached: 0, late: 0, slowestMs: null });
    clock.advance(10 * 60_000);
    t.is(await incidents.tellConcerned(async (message) => (message.msp === a.scope.msp ? tell(message) : null)), 2);
    t.is(told.length, 2);
    for (const text of Object.values(told[0]!.text)) t.regex(text, /DRILL|OEFENING|ÜBUNG|EXERCICE/);
    t.true(told.every(({ drill: is }) => is));
    t.like(await incidents.reach(one.id), { concerned: 4, reached: 2, late: 0, slowestMs: 10 * 60_000 });
    // One of the others reads it in the console, before the channel works again.
    clock.advance(20 * 60_000);
    await incidents.read(b.scope, b.customers[0], one.id, 'bea');
    clock.advance(31 * 60_000);
    t.like(await incidents.reach(one.id), { reached: 3, read: 1, late: 1 });
    t.is(await incidents.tellConcerned(tell), 2, 'who has read it is told all the same');
    t.like(await incidents.reach(one.id), { reached: 4, late: 1, slowestMs: 61 * 60_000 });
    t.is(await incidents.tellConcerned(tell), 0);
    t.true(HOUR_MS < 61 * 60_000);

    // A real one, of one box and one customer: nobody else hears of it.
    const real = { ...drill, drill: false, severity: 'critical', what: 'Somebody read names', about: 'Names' } as const;
    const nobody = { customers: ['nobody'], boxes: [] };
    t.is(await codeIn(incidents.open({ ...real, concerns: nobody }, 'operator')), 'incident_nobody');
    const concerns = { customers: [b.customers[1]], boxes: [box, boxId('unknown')] };
    const two = await incidents.open({ ...real, concerns }, 'operator');
    works.tell = true;
    told.length = 0;
    await incidents.tellConcerned(tell);
    t.deepEqual(told.map(({ customer }) => customer).sort(), [a.customers[0], b.customers[1]].sort());
    t.notRegex(JSON.stringify(told), /DRILL|OEFENING/);
    const ofA = await incidents.forTenants(a.scope);
    t.like(ofA[0], { incident: two.id, customer: a.customers[0], boxes: [box], readAt: null });
    t.is(ofA.filter(({ incident }) => incident === two.id).length, 1);
    t.is(await codeIn(incidents.read(a.scope, a.customers[1], two.id, 'anna')), 'incident_unknown');
    t.is(await codeIn(incidents.read(a.scope, b.customers[1], two.id, 'anna')), 'customer_unknown');
    await incidents.addStep(two.id, 'Keys were changed.', 'operator');
    await incidents.close(two.id, 'operator');
    t.is(await codeIn(incidents.addStep(two.id, 'More', 'operator')), 'incident_closed');
    t.like((await incidents.list())[0], { id: two.id, drill: false, steps: [{ text: 'Keys were changed.' }] });
    t.is(await codeIn(incidents.reach('none')), 'incident_unknown');
  });

  test(`${database.name}: steps reach whoever was told before, and a closed incident whoever was not; each once, and written down once`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { a, b, clock, compliance, open, said, told, tell, works } = await face(kysely, {}, 1);
    const { incidents } = compliance;
    const one = { drill: false, severity: 'critical', what: 'Names were read', about: 'Names' } as const;
    const { id } = await incidents.open({ ...one, foundAt: clock.now(), concerns: 'all' }, 'operator');
    const ofA = async (message: Message) => (message.msp === a.scope.msp ? tell(message) : null);
    t.is(await incidents.tellConcerned(ofA), 2);
    await incidents.addStep(id, 'Keys were changed.', 'operator');
    t.is(await incidents.tellConcerned(ofA), 2);
    t.regex(told.at(-1)!.text.en, /Keys were changed/);
    t.not(told.at(-1)!.edition, told[0]!.edition, 'another message');
    t.is(await incidents.tellConcerned(ofA), 0);
    await incidents.addStep(id, 'The disk was found.', 'operator');
    await incidents.close(id, 'operator');
    works.tell = false;
    clock.advance(61 * 60_000);
    t.is(await incidents.tellConcerned(tell), 0);
    t.like(await incidents.reach(id), { concerned: 4, reached: 2, behind: 2, late: 4 }, 'a step is late, too');
    works.tell = true;
    // The log takes nothing: then it is not noted as told, and told again.
    works.log = false;
    t.is(await incidents.tellConcerned(tell), 0);
    works.log = true;
    told.length = 0;
    const rounds = await Promise.all([incidents.tellConcerned(tell), open().incidents.tellConcerned(tell)]);
    t.is(rounds[0]! + rounds[1]!, 4, 'by one of the processes each');
    for (const { text } of told) t.regex(text.en, /Keys were changed\. The disk was found\./);
    t.like(await incidents.reach(id), { concerned: 4, reached: 4, behind: 0, late: 2 });
    const events = said.flatMap((event) => (event.kind === 'incident_told' ? [event.facts] : []));
    // What a transaction said that was tried again stands here twice; in the log it does not.
    const each = [...new Set(events.map(({ msp, step }) => `${msp === a.scope.msp ? 'a' : 'b'} ${step}`))].sort();
    t.deepEqual(each, ['a 0', 'a 1', 'a 2', 'b 2']);
    if (database.name === 'SQLite') t.is(events.length, 8);

    // In the console: read is what was read, not what came later.
    const { id: next } = await incidents.open({ ...one, foundAt: clock.now(), concerns: 'all' }, 'operator');
    for (const customer of b.customers) await incidents.read(b.scope, customer, next, 'bea');
    const unread = async () => (await incidents.unread(b.scope)).map((is) => is.id);
    t.deepEqual(await unread(), [id]);
    const readAt = clock.now();
    clock.advance(1000);
    await incidents.addStep(next, 'More.', 'operator');
    t.deepEqual(await unread(), [next, id]);
    for (const customer of b.customers) await incidents.read(b.scope, customer, next, 'bert');
    t.deepEqual(await unread(), [id]);
    t.true(
      (await incidents.forTenants(b.scope)).filter((is) => is.incident === next).every((is) => is.readAt === readAt),
    );
  });

  test(`${database.name}: orders are kept with their answers; agreements of before are carried over`, async (t) => {
    const place = await database.place(t);
    const before = await place.open(tenantMigrations);
    await sql`INSERT INTO msps (id, name, name_key, created_at) VALUES ('m', 'M', 'm', 1)`.execute(before.kysely);
    await sql`INSERT INTO customers (id, msp, name, name_key, created_at) VALUES ('c', 'm', 'C', 'c', 1)`.execute(
      before.kysely,
    );
    await sql`INSERT INTO sites (id, msp, customer, name, name_key, country, time_zone, created_at)
      VALUES ('s', 'm', 'c', 'S', 's', 'NL', 'Europe/Amsterdam', 1)`.execute(before.kysely);
    await sql`INSERT INTO agreements (customer, msp, stated_at, until_at) VALUES ('c', 'm', 5, NULL)`.execute(
      before.kysely,
    );
    const { kysely } = await place.open(migrations);
    const { compliance, clock } = await face(kysely);
    t.is(await compliance.agreements.agreementOf('s'), 'valid');
    t.like(await compliance.agreements.register('m'), [{ customer: 'c', state: 'signed', signedAt: 5, digest: null }]);

    const { orders } = compliance;
    const asked = { authority: 'Court of X', reference: '12/26', basis: 'Art. 126nd', asked: 'All data', about: 'm' };
    const id = await orders.record({ ...asked, receivedAt: clock.now() }, 'operator');
    t.like((await orders.list())[0], { ...asked, answeredAt: null });
    t.is(await codeIn(orders.answer('none', 'Refused', null, 'operator')), 'order_unknown');
    await orders.answer(id, 'Health of boxes was given; there is nothing else.', scan, 'operator');
    t.like((await orders.list())[0], { id, digest: scan, answeredAt: clock.now() });
  });
}
