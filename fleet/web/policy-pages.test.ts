/** Policy pages as people use them, and as somebody who should not. */
import test from 'ava';
import type { InventoryTables } from '../inventory/tables.ts';
import { MAX_BOXES, MAX_DOCUMENT_BYTES } from '../policy/limits.ts';
import { customersOwn } from '../policy/testing/world.ts';
import { of, type TestConsole, testConsole } from './testing/console.ts';
import { formOn } from './testing/forms.ts';
import { own, policyBoxes } from './testing/policies.ts';

const author = [of('policy_author')];
const signer = [of('policy_signer')];

const HOLIDAYS = { holidays: '2027-12-25 Christmas\n2027-12-26 Boxing Day' };

async function written(made: TestConsole) {
  await policyBoxes(made);
  const at = await made.join('ada@noordkop.example', author);
  const level = `/policies/level/msp/${made.scope.msp}`;
  const answer = await at.post(`${level}/edit/holidays`, { after: '0', ...HOLIDAYS });
  return { ...at, level, answer };
}

/** Up to the page with the signature. */
async function toSignature(at: Awaited<ReturnType<TestConsole['join']>>, more: Record<string, string> = {}) {
  const looked = await at.page('/policies/preview?who=all');
  const fields = { ...formOn(looked, '/policies/sign'), title: ['Holidays of 2027'], ...more };
  const page = await (await at.post('/policies/sign', fields)).text();
  return { looked, fields, page };
}

test('a level is written, with who wrote it; two versions are compared; what is inherited is shown below', async (t) => {
  const made = await testConsole(t);
  const { post, page, level, answer } = await written(made);
  t.is(answer.status, 303);
  await post(`${level}/edit/holidays`, { after: '1', holidays: '2027-12-25 Christmas' });
  const text = await page(level);
  t.regex(text, /version 2 by ada/);
  t.regex(text, /Changes from version 1 to 2.*2027-12-26/s);
  t.regex(await page(`${level}?from=0&amp;to=1`.replace('amp;', '')), /2027-12-25.*Christmas/s);
  t.regex(await page('/policies'), /Noordkop ICT<\/strong>.*Holidays/s);
});

test('variables: typed, missing ones named, a value of another type refused at its field', async (t) => {
  const made = await testConsole(t);
  const { post, page, level } = await written(made);
  const declared = 'shop text Name of the shop\nkept days';
  t.is((await post(`${level}/edit/variables`, { after: '1', declared })).status, 303);
  t.regex(await page(level), /shop<small>Name of the shop.*Missing/s);
  const wrong = await post(`${level}/edit/variables`, { after: '2', declared, 'value-kept': 'long' });
  t.is(wrong.status, 400);
  t.regex(await wrong.text(), /id="value-kept-error">values\.kept: .*value="long"/s);
  await post(`${level}/edit/variables`, { after: '2', declared, 'value-kept': '30', 'value-shop': 'Visser' });
  t.notRegex(await page(level), /Missing/);
});

test('terms, words and schedules of purposes and rules; the rest as JSON; a refusal stands at its field', async (t) => {
  const made = await testConsole(t);
  const { post, page, level } = await written(made);
  t.regex(await page(`${level}/edit/terms`), /In force at a box below: 30/);
  const terms = { 'terms-complaints-contentDays': '14', 'terms-complaints-trafficDays': '-3' };
  const refused = await (await post(`${level}/edit/terms`, { after: '1', ...terms })).text();
  t.regex(refused, /id="terms-complaints-trafficDays-error">purposes\.complaints\.retention\.trafficDays:/);
  await post(`${level}/edit/terms`, { after: '1', 'terms-complaints-contentDays': '14' });
  await post(`${level}/edit/said`, {
    ...{ after: '2', 'said-_new-id': 'complaints', 'said-_new-language': 'nl' },
    'said-_new-purpose': 'om klachten af te handelen',
  });
  await post(`${level}/edit/schedules`, {
    ...{ after: '3', 'rule-all-internal-days': '1 2 3', 'rule-all-internal-from': '08:00' },
    ...{ 'rule-all-internal-until': '17:00', 'rule-all-internal-holidays': 'never' },
  });
  const { content, version } = await made.policies.levels
    .chain(made.scope, { kind: 'msp', of: made.scope.msp })
    .then(([one]) => one!);
  t.is(version, 4);
  t.like(content.parts, {
    purposes: [{ id: 'complaints', retention: { contentDays: 14 }, announcement: { said: [{ language: 'nl' }] } }],
    rules: [{ id: 'all-internal', schedule: { days: [1, 2, 3], from: '08:00', until: '17:00', holidays: 'never' } }],
  });
  t.regex(await (await post(`${level}/edit/groups`, { after: '4', json: '[{' })).text(), /This is no JSON/);
  const json = '[{"id":"desk","extensions":"x"}]';
  t.regex(
    await (await post(`${level}/edit/groups`, { after: '4', json })).text(),
    /id="json-error">groups\.desk\.extensions: /,
  );
});

test('who looked at an older version is told who wrote what meanwhile, and loses nothing of what was typed', async (t) => {
  const made = await testConsole(t);
  const { post, level } = await written(made);
  const stale = await post(`${level}/edit/holidays`, { after: '0', holidays: '2028-01-01 New Year' });
  t.is(stale.status, 409);
  const text = await stale.text();
  t.regex(text, /ada wrote version 1 meanwhile.*2027-12-25.*name="after" value="1".*2028-01-01 New Year/s);
  for (const after of ['7', 'x', '']) t.is((await post(`${level}/edit/holidays`, { after, ...HOLIDAYS })).status, 409);
});

test('a lock from above names its path and who locked it', async (t) => {
  const made = await testConsole(t);
  const { post, level } = await written(made);
  await post(`${level}/edit/limits`, { after: '1', locks: 'holidays' });
  const { rows } = await made.services.tenants.customers(made.scope, { search: 'visser' });
  const below = `/policies/level/customer/${rows[0]!.id}`;
  const answer = await post(`${below}/edit/holidays`, { after: '0', holidays: '2027-05-05 Liberation Day' });
  t.is(answer.status, 409);
  t.regex(await answer.text(), /id="holidays-error">.*locked by Noordkop ICT \(ada\)/s);
});

test('a customer’s own policy is brought once; until then boxes are named that nobody has brought it for', async (t) => {
  const made = await testConsole(t);
  const ids = await policyBoxes(made, false);
  const at = await made.join('ada@noordkop.example', author);
  t.regex(await at.page('/policies/documents'), /3 boxes have a policy that nobody has brought.*Oven/s);
  const bring = async (text: string, by: Pick<typeof at, 'send'> = at) => {
    const body = new FormData();
    body.set('file', new File([text], 'current.json'));
    return by.send('/policies/documents', { method: 'POST', body, headers: { Origin: 'https://fleet.example' } });
  };
  t.regex(await (await bring('{}')).text(), /id="file-error">This is no policy of a box/);
  const large = await (await bring('x'.repeat(MAX_DOCUMENT_BYTES))).text();
  t.regex(large, /id="file-error">This is no policy of a box/, 'as large as one may be, it is read');
  const els = await made.join('els@vries.example', [of('policy_author', { customer: ids.get('Garage De Vries')! })]);
  const strange = await bring(customersOwn(undefined, Date.UTC(2025, 0, 1)).envelope, els);
  t.is(strange.status, 403);
  t.regex(await strange.text(), /id="file-error">Your role covers a part/);
  const brought = await bring(own.envelope);
  t.is(brought.headers.get('Location'), `/policies/documents?brought=${own.hash}`);
  t.regex(await at.page('/policies/documents'), /The policy of every box that has one is known/);
});

test('boxes whose policy nobody has brought come in pages, with their true number, of more boxes than one signature takes', async (t) => {
  const made = await testConsole(t);
  const ids = await policyBoxes(made, false);
  const db = made.kysely.$extendTables<InventoryTables>();
  const oven = await db.selectFrom('boxes').selectAll().where('id', '=', ids.get('Oven')!).executeTakeFirstOrThrow();
  const said = await db.selectFrom('box_reported').selectAll().where('box', '=', oven.id).executeTakeFirstOrThrow();
  const more = Array.from({ length: MAX_BOXES }, (_, at) => {
    const id = at.toString(16).padStart(32, '0');
    return { ...oven, id, name: `Box ${at}`, name_key: `box ${at}`, policy_version: at < 30 ? 1 : null };
  });
  for (let at = 0; at < more.length; at += 1000)
    await db
      .insertInto('boxes')
      .values(more.slice(at, at + 1000))
      .execute();
  await db
    .insertInto('box_reported')
    .values(more.slice(0, 30).map(({ id }) => ({ ...said, box: id })))
    .execute();
  const { get, page } = await made.join('ada@noordkop.example', author);
  const answer = await get('/policies/documents');
  t.is(answer.status, 200);
  const text = await answer.text();
  const boxes = (one: string) => [...one.matchAll(/<li><span><a href="\/boxes\//g)].length;
  t.regex(text, /33 boxes have a policy that nobody has brought.*25 of 33/s);
  t.is(boxes(text), 25);
  const next = /<a href="([^"]+)" rel="next"/.exec(text)![1]!.replaceAll('&amp;', '&');
  t.is(boxes(await page(next)), 8);
  t.is((await get('/policies/documents?after=nonsense')).status, 404);
});

test('preview, signature with a fresh code, rollout: exactly what was seen, and only once the code was given', async (t) => {
  const made = await testConsole(t);
  await written(made);
  const at = await made.join('sam@noordkop.example', signer);
  const { looked, page } = await toSignature(at);
  t.regex(looked, /3 of 3 boxes would get another policy.*Waits for the local person|3 of 3 boxes would get/s);
  t.regex(looked, /2027-12-25/);
  const fields = formOn(page, '/policies/sign/now');
  const now = (code: string, more: Record<string, string> = {}) =>
    at.post('/policies/sign/now', { ...fields, code, ...more });
  const none = await now('');
  t.is(none.status, 400);
  t.regex(await none.text(), /id="code-error"/);
  t.deepEqual((await made.policies.rollouts.list(made.scope)).rows, [], 'nothing is signed without the code');
  made.clock.advance(30_000);
  const signed = await now(at.code());
  t.is(signed.status, 303);
  const rollout = signed.headers.get('Location')!;
  const text = await at.page(rollout);
  t.regex(text, /<h1>Holidays of 2027.*Signed by sam/s);
  t.regex(await at.page(`${rollout}/boxes.csv`), /^box,name,.*\r\n\w{32},\w+,(Bakkerij Visser|Garage De Vries),/);
  t.regex(await at.page('/'), /Not answered yet.*<a href="\/policies\/boxes\?state=waiting">3 boxes/s);
  t.regex(await at.page('/policies/boxes?state=waiting'), /Oven.*Not answered yet/s);
  const again = await now(at.code());
  t.is(again.status, 409, 'what was signed is not what is looked at any more');
  t.is((await made.policies.rollouts.list(made.scope)).rows.length, 1);
});

test('a preview of before, of another MSP, or of other boxes signs nothing', async (t) => {
  const made = await testConsole(t);
  const { post: write, level } = await written(made);
  const at = await made.join('sam@noordkop.example', signer);
  const { page } = await toSignature(at);
  const fields = formOn(page, '/policies/sign/now');
  const other = await made.join('eve@zuidrand.example', signer, made.other);
  t.true([400, 404].includes((await other.post('/policies/sign/now', { ...fields, code: other.code() })).status));
  made.clock.advance(30_000);
  const { rows } = await made.services.boxes.list(made.scope, { search: 'oven' });
  const fewer = { ...fields, who: 'boxes', boxes: rows[0]!.id, code: at.code() };
  t.is((await at.post('/policies/sign/now', fewer)).status, 409);
  const cross = await at.post('/policies/sign/now', { ...fields, code: at.code() }, { Origin: 'https://evil.example' });
  t.is(cross.status, 403);
  await write(`${level}/edit/holidays`, { after: '1', holidays: '2028-01-01 New Year' });
  const old = await at.post('/policies/sign/now', { ...fields, code: at.code() });
  t.is(old.status, 409);
  t.regex(await old.text(), /2028-01-01.*is not what you looked at/s);
  for (const { msp } of [made.scope, made.other])
    t.deepEqual((await made.policies.rollouts.list({ msp, within: 'all' })).rows, []);
});

test('rings are typed, and what does not fit is told at its field', async (t) => {
  const made = await testConsole(t);
  await written(made);
  const at = await made.join('sam@noordkop.example', signer);
  const refusals: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ 'ring-1-who': 'boxes', 'ring-1-of': 'Nobody' }, /id="ring-1-of-error">Nothing here is called Nobody/],
    [{ 'ring-1-of': '0' }, /id="ring-1-of-error">Give 1 to 100/],
    [{ 'ring-1-wait': 'soon' }, /id="ring-1-wait-error"/],
    [{ 'ring-rest-fail': 'many' }, /id="ring-rest-fail-error"/],
    [{ title: ' ' }, /id="title-error"/],
  ];
  for (const [more, expected] of refusals) t.regex((await toSignature(at, more)).page, expected);
  const mine = { 'ring-1-who': 'boxes', 'ring-1-of': 'oven', 'ring-1-fail': '0' };
  const { page } = await toSignature(at, mine);
  made.clock.advance(30_000);
  const signed = await at.post('/policies/sign/now', { ...formOn(page, '/policies/sign/now'), code: at.code() });
  const [rollout] = (await made.policies.rollouts.list(made.scope)).rows;
  t.is(signed.status, 303);
  t.deepEqual(
    rollout!.rings.map(({ waitMs, counts }) => [waitMs, counts.held]),
    [
      [24 * 3_600_000, 1],
      [0, 2],
    ],
  );
  const steer = async (name: string) => (await at.post(`/rollouts/${rollout!.id}/${name}`, {})).status;
  t.is(await steer('resume'), 409);
  t.is(await steer('halt'), 303);
  t.regex(await at.page(`/rollouts/${rollout!.id}`), /Somebody halted it/);
  t.is(await steer('resume'), 303);
  t.is(await steer('cancel'), 303);
  t.is(await steer('halt'), 409);
  const eve = await made.join('eve@zuidrand.example', signer, made.other);
  for (const path of ['', '/boxes.csv']) t.is((await eve.get(`/rollouts/${rollout!.id}${path}`)).status, 404);
  t.is((await eve.post(`/rollouts/${rollout!.id}/halt`, {})).status, 404);
});

test('a box that fails is signed for again with a fresh code; the table program gets no formulas', async (t) => {
  const made = await testConsole(t);
  const ids = await policyBoxes(made);
  await written(made).catch(() => null);
  const { boxes } = made.services;
  await boxes.rename(made.scope, ids.get('Oven')!, '=cmd()', 'operator');
  const level = { kind: 'msp', of: made.scope.msp } as const;
  const at = await made.join('sam@noordkop.example', signer);
  const now = (await made.policies.levels.chain(made.scope, level))[0]!;
  if (now.version === 0)
    await made.policies.levels.write(
      made.scope,
      level,
      0,
      { parts: { holidays: [{ date: '2027-12-25', name: 'Christmas' }] } },
      'fleet',
    );
  const { token } = await made.policies.preview(made.scope, { all: true });
  const { rollout } = await made.policies.sign(made.scope, { choice: { all: true }, token, title: 'x' }, at.person.id);
  t.true((await at.page(`/rollouts/${rollout}/boxes.csv`)).includes(`,'=cmd(),`));
  t.is((await at.post(`/rollouts/${rollout}/retry`, {})).status, 400);
  made.clock.advance(30_000);
  t.is((await at.post(`/rollouts/${rollout}/retry`, { code: at.code() })).status, 303);
});

test('keys: a new one and the end of former ones take a code; the page says what boxes do', async (t) => {
  const made = await testConsole(t);
  const at = await made.join('sam@noordkop.example', signer);
  t.regex(await at.page('/policies/keys'), /There is none yet/);
  await made.policies.keys.pinned(made.scope.msp, 'fleet');
  const before = await made.policies.keys.list(made.scope);
  t.regex(await at.page('/policies/keys'), new RegExp(before[0]!.key.match(/.{4}/g)!.join(' ')));
  t.is((await at.post('/policies/keys/rotate?act=rotate', { code: '000000' })).status, 400);
  t.is((await made.policies.keys.list(made.scope)).length, 1);
  made.clock.advance(30_000);
  t.is((await at.post('/policies/keys/rotate', { code: at.code() })).status, 303);
  t.regex(await at.page('/policies/keys?act=retire'), /refuse every policy until they are enrolled again/);
  made.clock.advance(30_000);
  t.is((await at.post('/policies/keys/retire', { code: at.code() })).status, 303);
  t.is((await made.policies.keys.list(made.scope)).length, 1);
});

test('levels and boxes of others are not there; an author of one customer writes that one alone', async (t) => {
  const made = await testConsole(t);
  const ids = await policyBoxes(made);
  const mine = ids.get('Bakkerij Visser')!;
  const at = await made.join('els@visser.example', [of('policy_author', { customer: mine })]);
  const level = (kind: string, id: string) => `/policies/level/${kind}/${id}`;
  t.is((await at.post(`${level('customer', mine)}/edit/holidays`, { after: '0', ...HOLIDAYS })).status, 303);
  t.is((await at.get(level('customer', ids.get('Garage De Vries')!))).status, 404);
  t.is((await at.get(level('box', ids.get('Brug')!))).status, 404);
  t.is((await at.get(level('msp', made.other.msp))).status, 404);
  t.is((await at.get(level('planet', mine))).status, 404);
  t.is((await at.get(level('msp', made.scope.msp))).status, 200, 'what is inherited may be read');
  t.is((await at.post(`${level('msp', made.scope.msp)}/edit/holidays`, { after: '0', ...HOLIDAYS })).status, 403);
  for (const path of ['/policies', '/policies/boxes', '/policies/documents', '/policies/preview?who=all'])
    t.notRegex(await at.page(path), /Brug|De Vries/);
});
