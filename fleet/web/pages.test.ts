/** Pages of the console as people use them. */
import { randomBytes } from 'node:crypto';
import { originOf, signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import test from 'ava';
import { populate } from './testing/boxes.ts';
import { of, PASSWORD, testConsole } from './testing/console.ts';

test('the overview says the worst first, in numbers that are there, and escapes what people called things', async (t) => {
  const made = await testConsole(t);
  const { page } = await made.join('maaike@noordkop.example', [of('owner')]);
  t.regex(await page('/'), /There are no customers yet/);
  await populate(made);
  const text = await page('/');
  const order = [...text.matchAll(/<a href="\/customers\/\w+">([^<]+)<\/a>/g)].map(([, name]) => name);
  t.deepEqual(order.slice(0, 2), ['Taxicentrale Kennemerland', 'Huisartsenpost Westland']);
  t.true(text.includes('Amstel &amp; Vecht'));
  t.regex(text, /<strong>12<\/strong><span class="state ok">healthy/);
  t.regex(text, /16 of 18 boxes sealed/);
  t.regex(text, /9 days left/);
  t.regex(text, /31 hr ago/);
});

test('customers and sites are added, renamed, archived and brought back; a mistake is told beside its field', async (t) => {
  const { join, log } = await testConsole(t);
  const { post, page, get } = await join('joost@noordkop.example', [of('operator')]);
  t.regex(await (await post('/customers', { name: ' ' })).text(), /Give a name.*aria-invalid="true"/s);
  const at = (await post('/customers', { name: 'Bakkerij <Visser>' })).headers.get('Location')!;
  t.regex(await page(at), /<h1>Bakkerij &lt;Visser&gt;<\/h1>/);
  t.is((await post('/customers', { name: 'bakkerij <visser>' })).status, 409);
  await post(at, { name: 'Bakkerij Visser' });
  const wrong = await post(`${at}/sites`, { name: 'Utrecht', country: 'nl', timeZone: 'Nowhere' });
  t.regex(await wrong.text(), /Give the time zone.*id="country"[^>]*value="NL"/s);
  const site = (
    await post(`${at}/sites`, { name: 'Utrecht', country: 'nl', timeZone: 'Europe/Amsterdam' })
  ).headers.get('Location')!;
  t.regex(await page(site), /Bakkerij Visser, Netherlands/);
  await post(site, { name: 'Utrecht Oost', country: 'NL', timeZone: 'Europe/Amsterdam' });
  t.regex(await page(site), /<h1>Utrecht Oost/);
  await post(`${at}/archive`, {});
  t.notRegex(await page('/customers'), /Bakkerij/);
  t.regex(await page(at), /Archived since/);
  await post(`${at}/restore`, {});
  t.regex(await page('/customers?q=visser'), /Bakkerij Visser/);
  t.regex(await page('/customers?having=bad'), /No customer is like this/);
  t.is((await get('/customers?after=nonsense')).status, 404);
  t.true((await log.head()).size >= 7);
});

test('lists come in pages: each customer once, and a way back', async (t) => {
  const { join, services, scope } = await testConsole(t);
  const { page } = await join('joost@noordkop.example', [of('operator')]);
  for (let at = 0; at < 60; at++) await services.tenants.createCustomer(scope, `Klant ${at}`, 'operator');
  const seen: string[] = [];
  let path = '/customers';
  let pages = 0;
  for (; path; pages++) {
    const text = await page(path);
    seen.push(...[...text.matchAll(/>(Klant \d+)<\/a>/g)].map(([, name]) => name!));
    path = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  }
  t.is(pages, 3);
  t.is(new Set(seen).size, 60);
  t.is(seen.length, 60);
});

test('a code is typed at a site; without an agreement the page says why not', async (t) => {
  const made = await testConsole(t);
  const { works } = made;
  const { post, page } = await made.join('joost@noordkop.example', [of('operator')]);
  const ids = await populate(made, [{ customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Oven' }]);
  const site = `/sites/${ids.get('Bakkerij Visser, Utrecht')}`;
  t.regex(await (await post(`${site}/claims`, { code: 'ABC' })).text(), /This is not a claim code.*value="ABC"/s);
  works.agreement = 'expired';
  t.regex(await page(site), /processing agreement with this customer has expired/);
  t.is((await post(`${site}/claims/01ARZ3NDEKTSV4RRFFQ69G5FAV/withdraw`, {})).status, 404);
});

test('somebody is invited with a role in a place; the link is told once; roles are given and taken; the last owner stays', async (t) => {
  const made = await testConsole(t);
  const at = await made.join('maaike@noordkop.example', [of('owner')]);
  const { page, post, person } = at;
  const proven = (path: string, fields: Record<string, string | readonly string[]> = {}) => {
    made.clock.advance(30_000);
    return post(path, { ...fields, code: at.code() });
  };
  const ids = await populate(made, [{ customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Oven' }]);
  const place = `site:${ids.get('Bakkerij Visser, Utrecht')}`;
  const none = await post('/people/invite', { email: 'els@visser.example', place });
  t.regex(await none.text(), /Give at least one role/);
  t.is(
    (await post('/people/invite', { email: 'els@visser.example', role: 'read_only', place: 'customer:nobody' })).status,
    404,
  );
  const invited = await proven('/people/invite', { email: 'els@visser.example', role: ['operator', 'auditor'], place });
  const code = /\/invitation#([\w-]{43})</.exec(await invited.text())![1]!;
  t.regex(await page('/people'), /els@visser\.example.*operator: Utrecht.*auditor: Utrecht/s);
  t.false((await page('/people')).includes(code));

  const els = made.visitor();
  await els.post('/invitation', { code, name: 'Els', password: PASSWORD, again: PASSWORD });
  const { id } = (await made.services.access.people.list(made.scope)).find(({ name }) => name === 'Els')!;
  t.regex(await page('/people'), /Els<\/a>.*Not set up yet/s);
  await proven(`/people/${id}/grants`, { role: 'read_only', place: '' });
  t.regex(await page(`/people/${id}`), /reader: everything/);
  const first = `/people/${id}/grants/0/remove`;
  const text = await page(first);
  t.regex(text, /<h1>Take away: operator: Utrecht/);
  const was = /name="was" value="([^"]+)"/.exec(text)![1]!.replaceAll('&quot;', '"');
  t.is((await proven(first, { was })).status, 303);
  const stale = await proven(first, { was });
  t.is(stale.status, 409);
  t.regex(await stale.text(), /<h2 id="roles">.*<a href="#roles">Somebody else changed these roles meanwhile/s);
  const grants = async () => (await made.services.access.people.list(made.scope)).find((one) => one.id === id)!.grants;
  t.is((await grants()).length, 2, 'what was read before somebody else changed it takes nothing away');
  const last = await proven(`/people/${person.id}/remove`);
  t.is(last.status, 409);
  t.regex(await last.text(), /only owner who can sign in/);
  t.is((await proven(`/people/${id}/remove`)).status, 303);
  t.notRegex(await page('/people'), /Els/);
  for (const gone of [`/people/${id}/grants`, first, `/people/${id}/remove`]) {
    const answer = await proven(gone, { role: 'owner', place: '', was });
    t.is(answer.status, 404, gone);
    t.regex(await answer.text(), /There is no such person/, gone);
  }
});

test('a token is shown once, does what it may, and ends', async (t) => {
  const { join, services, clock } = await testConsole(t);
  const { page, post, code } = await join('joost@noordkop.example', [of('operator')]);
  clock.advance(30_000);
  t.regex(await page('/tokens/new'), /value="see boxes"/);
  t.notRegex(await page('/tokens/new'), /value="sign policies"|value="see people"/);
  t.regex(
    await (await post('/tokens', { name: 'PSA', acts: 'see people', days: '30' })).text(),
    /Choose at least one thing/,
  );
  t.regex(
    await (await post('/tokens', { name: 'PSA', acts: 'see boxes', days: '9000' })).text(),
    /Choose 1 to 365 days/,
  );
  const made = await (await post('/tokens', { name: 'PSA', acts: 'see boxes', days: '30', code: code() })).text();
  const token = /bkf_[\w-]{43}/.exec(made)![0];
  t.false((await page('/tokens')).includes(token));
  t.truthy(await services.access.allowToken(token, 'see boxes'));
  const id = /\/tokens\/(\w+)\/end/.exec(await page('/tokens'))![1]!;
  await post(`/tokens/${id}/end`, {});
  await t.throwsAsync(() => services.access.allowToken(token, 'see boxes'), { code: 'token_refused' });
});

test('one sees and ends one’s sessions, changes the password, keeps the last factor, chooses a time zone', async (t) => {
  const { join, clock, visitor } = await testConsole(t);
  const { page, post, code } = await join('maaike@noordkop.example', [of('owner')]);
  clock.advance(60_000);
  const elsewhere = visitor();
  await elsewhere.post('/sign-in', { email: 'maaike@noordkop.example', password: PASSWORD });
  await elsewhere.post('/sign-in/code', { code: code() });
  t.is((await elsewhere.get('/')).status, 200);
  t.regex(await page('/account'), /Sign out everywhere else/);
  await post('/account/sessions/end', {});
  t.is((await elsewhere.get('/')).status, 302 + 1);
  t.notRegex(await page('/account'), /Sign out everywhere else/);
  clock.advance(30_000);
  t.is((await post('/account/app/remove', { code: code() })).status, 409, 'the only factor');
  const next = 'another four words';
  t.is((await post('/account/password', { current: 'wrong one here', next, again: next })).status, 400);
  t.is((await post('/account/password', { current: PASSWORD, next, again: next })).status, 303);
  t.is((await elsewhere.post('/sign-in', { email: 'maaike@noordkop.example', password: PASSWORD })).status, 400);
  t.regex(await page('/account'), /It is 12:01 for you/);
  t.regex(await (await post('/account/zone', { zone: 'Mars/Base' })).text(), /Give the time zone/);
  await post('/account/zone', { zone: 'Asia/Tokyo' });
  t.regex(await page('/account'), /It is 19:01 for you/);
});

test('the log is about one’s own MSP alone, its proofs too', async (t) => {
  const { join, log, logKey, services, other } = await testConsole(t);
  const { page, get } = await join('anna@noordkop.example', [of('auditor')]);
  t.regex(await page('/audit'), /set up an authenticator app/);
  t.regex(await page('/audit'), /not signed yet/);
  t.is((await get('/audit/checkpoint')).status, 404);
  await services.tenants.createCustomer(other, 'Elders', 'operator');
  await log.checkpoint(logKey.privateKey);
  const { rows } = await log.about(other.msp);
  t.is((await get(`/audit/${rows[0]!.index}/proof.json`)).status, 404);
  const [, own] = /\/audit\/(\d+)\/proof\.json/.exec(await page('/audit'))!;
  const proof = (await (await get(`/audit/${own}/proof.json`)).json()) as { index: number };
  t.is(proof.index, Number(own));
  t.regex(await (await get('/audit/checkpoint')).text(), new RegExp(`^${services.audit.origin}\n`));
  t.notRegex(await page('/audit'), /Elders/);
});

test('a log that contradicts itself is told, with both notes; what was lost is accepted by an owner', async (t) => {
  const made = await testConsole(t);
  const { boxKey, witness, clock } = made;
  const ids = await populate(made, [{ customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Oven' }]);
  const box = ids.get('Oven')!;
  const note = (root: Buffer) => signCheckpoint({ origin: originOf(box, 1), size: 4, root }, boxKey.privateKey);
  const first = await witness.add(box, { old: 0, note: note(randomBytes(32)), proof: [] });
  t.is(first.outcome, 'cosigned', JSON.stringify(first));
  const { page, get, post } = await made.join('maaike@noordkop.example', [of('owner')]);
  t.regex(await page('/witness'), /Every log goes on from where it was/);
  clock.advance(60_000);
  await witness.add(box, { old: 4, note: note(randomBytes(32)), proof: [] });
  t.regex(await page('/witness'), /The log of 1 box needs somebody.*Contradicts itself/s);
  t.regex(await page('/'), /<strong>1<\/strong><span class="state bad">audit gaps or forks/);
  const text = await page(`/witness/${box}`);
  const evidence = /\/witness\/\w+\/evidence\/[0-9a-f]{64}/.exec(text)![0];
  t.is((await (await get(evidence)).text()).split(box).length, 5, 'both notes, each with its origin and its signer');
  t.is((await post(`/witness/${box}/accept-loss`, {})).status, 303);
});

test('what is searched for is found by name or number, within one’s own', async (t) => {
  const made = await testConsole(t);
  const { page } = await made.join('maaike@noordkop.example', [of('read_only')]);
  const ids = await populate(made);
  t.regex(await page('/search?q=venlo'), /2 things are called like this.*Venlo/s);
  t.regex(await page(`/search?q=${ids.get('Oss')!.slice(0, 8)}`), /1 thing.*Oss/s);
  t.regex(await page('/search?q=%25_'), /Nothing of yours/);
  t.regex(await page('/search?q=%3Cscript%3E'), /“&lt;script&gt;”/);
});
