/** Acts on boxes: what is wrong in a form comes back at its field, with what was typed and the same boxes; a site is found among many. */
import test, { type ExecutionContext } from 'ava';
import { populate } from './testing/boxes.ts';
import { of, testConsole } from './testing/console.ts';

async function day(t: ExecutionContext) {
  const made = await testConsole(t);
  const ids = await populate(made);
  const at = await made.join('maaike@noordkop.example', [of('owner')]);
  const both = [ids.get('Kennemerland 1')!, ids.get('Naaldwijk')!];
  const page = await at.page(`/boxes/act?what=sync&box=${both[0]}&box=${both[1]}`);
  const expects = /name="expects" value="([^"]+)"/.exec(page)![1]!;
  return { ...made, ids, ...at, chosen: { box: both, expects } };
}

const wrongAt = (text: string): string | undefined => /id="(\w+)-error"/.exec(text)?.[1];
const chosenIn = (text: string): number => [...text.matchAll(/<input type="hidden" name="box"/g)].length;

test('a window that cannot be comes back at the field that is wrong, with what was typed and the same boxes', async (t) => {
  const { post, chosen, services, scope } = await day(t);
  const typed = {
    from: '2026-10-10',
    fromTime: '22:00',
    until: '2026-10-11',
    untilTime: '02:00',
    reason: 'new <disk>',
  };
  const wrong: readonly (readonly [Record<string, string>, string])[] = [
    [{ from: '10/10/2026' }, 'from'],
    [{ fromTime: '25:00' }, 'fromTime'],
    [{ until: '2026-02-30' }, 'until'],
    [{ untilTime: 'late' }, 'untilTime'],
    [{ until: '2026-10-09' }, 'until'],
    [{ reason: ' ' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
  ];
  for (const [one, field] of wrong) {
    const answer = await post('/boxes/act/maintenance', { ...chosen, ...typed, ...one });
    const text = await answer.text();
    t.is(answer.status, 400, field);
    t.is(wrongAt(text), field);
    t.is(chosenIn(text), 2);
    t.true(text.includes(`name="expects" value="${chosen.expects}"`));
    for (const value of Object.values({ ...typed, ...one }))
      t.true(text.includes(value.replace('<disk>', '&lt;disk&gt;')), `${field} keeps ${value}`);
  }
  t.deepEqual(await services.alerts.windows.list(scope), []);
  const page = await post('/maintenance', {
    ...{ place: '', kind: 'once', zone: 'Europe/Amsterdam', reason: 'x', fromDate: '2026-10-10', fromTime: '22:00' },
    ...{ untilDate: '2026-10-10', untilTime: '9 o’clock' },
  });
  t.is(wrongAt(await page.text()), 'untilTime', 'also at the page of windows');
});

test('what is wrong with a form is no refusal of each box: a note, a time to mute, a site', async (t) => {
  const { post, chosen, ids, services, scope, log } = await day(t);
  const mute = { ...chosen, code: 'recording_late', days: '7', note: 'Moves' };
  const before = (await log.head()).size;
  const wrong: readonly (readonly [string, Record<string, string | readonly string[]>, string])[] = [
    ['mute', { ...mute, note: 'y'.repeat(501) }, 'note'],
    ['mute', { ...mute, days: '9000000' }, 'days'],
    ['mute', { ...mute, days: 'long' }, 'days'],
    ['mute', { ...mute, code: 'nothing' }, 'code'],
    ['move', { ...chosen, site: '' }, 'site'],
    ['move', { ...chosen, site: ids.get('Kennemerland 1')! }, 'site'],
  ];
  for (const [act, fields, field] of wrong) {
    const answer = await post(`/boxes/act/${act}`, fields);
    const text = await answer.text();
    t.true(answer.status >= 400, `${act} ${field}`);
    t.is(wrongAt(text), field);
    t.is(chosenIn(text), 2);
    if (act === 'mute' && field !== 'note') t.true(text.includes('Moves'));
  }
  t.is((await log.head()).size, before, 'nothing was done');
  // A name that is taken at the other site is a matter of that box alone.
  const site = ids.get('Huisartsenpost Westland, Monster')!;
  await services.boxes.rename(scope, ids.get('Monster')!, 'Naaldwijk', 'anna');
  const text = await (await post('/boxes/act/move', { ...chosen, site })).text();
  t.regex(text, /<h1>1 box moved.*1 box was left as it is:.*Naaldwijk<small>A box of this site has this name/s);
});

test('a box is moved to a site beyond the first 200: by its name, by its customer, in pages', async (t) => {
  const { post, page, get, chosen, ids, services, scope } = await day(t);
  const customer = await services.tenants.createCustomer(scope, 'Zuivelbond', 'operator');
  const where = { country: 'NL', timeZone: 'Europe/Amsterdam' };
  for (let at = 0; at < 210; at++)
    await services.tenants.createSite(scope, customer.id, { ...where, name: `Melk ${1000 + at}` }, 'operator');
  const { id: last } = await services.tenants.createSite(scope, customer.id, { ...where, name: 'Zwolle' }, 'operator');
  const box = ids.get('Kennemerland 1')!;
  const offers = (text: string, id: string) => text.includes(`<option value="${id}"`);
  const next = (text: string) => /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  for (const path of [`/boxes/${box}/edit`, `/boxes/act?what=move&box=${chosen.box[0]}&box=${chosen.box[1]}`]) {
    const first = await page(path);
    t.false(offers(first, last));
    t.true(offers(await page(next(first)), last), `${path} in pages`);
    const sep = path.includes('?') ? '&' : '?';
    t.true(offers(await page(`${path}${sep}where=zwol`), last));
    const ofCustomer = await page(`${path}${sep}where=zuivel`);
    t.true(offers(await page(next(ofCustomer)), last), 'those of a customer come in pages, too');
    t.regex(await page(`${path}${sep}where=nowhere`), /No site is called like this/);
    t.is((await get(`${path}${sep}after=nonsense`)).status, 404);
  }
  const found = await page(`/boxes/act?what=move&box=${chosen.box[0]}&box=${chosen.box[1]}&where=zwol`);
  t.is(/<form method="get" action="\/boxes\/act".*?<\/form>/s.exec(found)![0].match(/name="box"/g)?.length, 2);
  await post('/boxes/act/move', { ...chosen, site: last });
  t.is((await services.boxes.get(scope, box)).site, last);
  await services.tenants.archiveSite(scope, ids.get('Huisartsenpost Westland, Monster')!, 'operator');
  const taken = await post(`/boxes/${box}/site`, { site: ids.get('Huisartsenpost Westland, Monster')! });
  t.is(wrongAt(await taken.text()), 'site');
  await services.boxes.add(
    scope,
    { id: 'a'.repeat(32), site: ids.get('Gemeente Zuiderwoude, Werf')!, name: 'Naaldwijk' },
    'x',
  );
  const same = await (await post(`/boxes/${'a'.repeat(32)}/site`, { site: last })).text();
  t.true(same.includes(`<option value="${last}" selected`), 'a choice from beyond is kept where it is refused');
});

test('sites of others are not found by the name of their customer', async (t) => {
  const { services, scope, other } = await day(t);
  const { id } = await services.tenants.createCustomer(other, 'Vreemd', 'operator');
  const site = { name: 'Elders', country: 'NL', timeZone: 'Europe/Amsterdam' };
  await services.tenants.createSite(other, id, site, 'operator');
  const { rows: customers } = await services.tenants.customers(scope, { search: 'westland' });
  const within = { customers: [customers[0]!.id], sites: [] };
  const names = async (place: string) =>
    (await services.tenants.sites({ msp: scope.msp, within }, { place })).rows.map(({ name }) => name);
  t.deepEqual(await names('westland'), ['Monster', 'Naaldwijk']);
  t.deepEqual(await names('kennemerland'), []);
  t.deepEqual((await services.tenants.sites(scope, { place: 'vreemd' })).rows, []);
});
