/** The policy at the desk: read by everybody, written by a DPO in a draft of their own, seen before it counts, decided with reason and code. */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { orders } from '@belkluis/shared/policy/changes/table';
import { announcementsOf } from '@belkluis/shared/policy/words';
import test from 'ava';
import type { Role } from '../access/roles.ts';
import { fieldWords } from './pages/policy-labels.ts';
import { alsoSignedIn, signedIn } from './testing/browser.ts';
import { formOf } from './testing/forms.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const box = (roles: readonly Role[] = ['dpo']) => signedIn(roles, new ManualClock(NOW));

type Box = Awaited<ReturnType<typeof box>>;

const EDIT = '/policy/edit';
const WHY = 'Nobody has asked for one after two weeks.';

/** Sends the form of a page with something changed in it. */
async function change(
  { page, post }: Pick<Box, 'page' | 'post'>,
  path: string,
  fields: Record<string, string | string[]>,
) {
  const form = { ...formOf(await page(path)), ...fields };
  return post(path, form);
}

const toldAt = (page: string, field: string) => new RegExp(`id="${field}-error">([^<]*)<`).exec(page)?.[1];

test('everybody of the desk reads what is recorded, why, for how long and what callers hear', async (t) => {
  for (const role of ['custodian', 'dpo', 'admin'] as const) {
    const { page } = await box([role]);
    const policy = await page('/policy');
    t.regex(policy, /Policy 1 is in force/);
    t.regex(policy, /Calls between own phones are recorded for Complaints\./);
    t.is(/href="\/policy\/edit"/.test(policy), role === 'dpo');
    const purpose = await page('/policy/purposes/complaints');
    t.regex(purpose, /Example Office records this call to settle complaints\. We keep the recording for 30 days\./);
    t.regex(purpose, /Nearly all complaints come within a month of the call\./);
    t.regex(purpose, /Art\. 6|GDPR 6\(1\)\(f\)/);
  }
});

test('without a policy the pages say so, and nothing can be written', async (t) => {
  const { page, get, world } = await box();
  world.withPolicy = false;
  t.regex(await page('/policy'), /No policy is in force[\s\S]*whoever holds the keyring key/);
  t.is((await get(EDIT)).status, 409);
  t.is((await get('/policy/purposes/complaints')).status, 404);
});

test('a draft is its author’s alone, changes one part at a time, and is seen whole before it counts', async (t) => {
  const dpo = await box();
  const other = await alsoSignedIn(dpo, 'Ingrid Bakker', ['dpo']);
  const sent = await change(dpo, `${EDIT}/purposes/complaints/terms`, { 'content-days': '14', 'content-why': WHY });
  t.is(sent.headers.get('Location'), EDIT);
  t.is((await change(dpo, `${EDIT}/document/holidays`, { holidays: '2026-12-25 Christmas Day' })).status, 303);
  t.regex(await dpo.page(EDIT), /You have changed something/);
  t.regex(await other.page(EDIT), /You have changed nothing/);
  t.regex(await dpo.page('/policy'), /30 days/, 'what is in force has not changed');
  const review = await dpo.page('/policy/review');
  t.regex(review, /3 things change/);
  t.regex(
    review,
    /What was said: kept, days<small>Purpose Complaints<\/small>[\s\S]*30 days[\s\S]*14 days[\s\S]*Erases earlier/,
  );
  t.regex(review, /it waits 7 days, until/);
  t.is((await other.get('/policy/review')).status, 404);
});

test('what last week’s calls and what is there would see of it is told before it counts', async (t) => {
  const dpo = await box();
  const none = { purpose: 'complaints', was: 12, would: 30, more: 20, fewer: 2, wasRefused: 0, wouldBeRefused: 1 };
  dpo.policies.world.effect = { calls: 140, differ: 22, purposes: [none] };
  dpo.policies.world.unspoken = [
    { purpose: 'complaints', text: 'This call is recorded.', why: 'wav_outdated' },
    { purpose: 'complaints', text: 'Dit gesprek wordt opgenomen.', why: 'wav_missing' },
  ];
  dpo.policies.world.earlier = [{ purpose: 'complaints', recordings: { count: 7 }, calls: { count: 9 } }];
  await change(dpo, `${EDIT}/purposes/complaints/terms`, { 'content-days': '14', 'content-why': WHY });
  const review = await dpo.page('/policy/review');
  t.regex(review, /Of 140 answered calls 22 would have gone otherwise/);
  t.regex(review, /Complaints[\s\S]*1 call would have been refused[\s\S]*>12<[\s\S]*>30<[\s\S]*>20<[\s\S]*>2</);
  t.regex(review, /7 recordings leave earlier, and the numbers of 9 calls/);
  t.regex(review, /says something else[\s\S]*?<q>This call is recorded\.<\/q>/);
  t.regex(review, /is not on the box[\s\S]*?<q>Dit gesprek wordt opgenomen\.<\/q>/);
});

test('what changes nothing changes nothing', async (t) => {
  const dpo = await box();
  for (const part of ['general', 'keys', 'kept', 'dpia', 'council', 'bounds', 'holidays'])
    t.is((await change(dpo, `${EDIT}/document/${part}`, {})).status, 303, part);
  for (const part of ['ground', 'terms', 'told', 'access'])
    t.is((await change(dpo, `${EDIT}/purposes/complaints/${part}`, {})).status, 303, part);
  t.is((await change(dpo, `${EDIT}/entries/rules/all-internal`, {})).status, 303);
  t.regex(await dpo.page(EDIT), /Your draft says what is in force/);
  t.regex(await dpo.page('/policy/review'), /Nothing would change/);
});

test('what the policy does not take is told at its field, in plain words, and what was typed stays', async (t) => {
  const dpo = await box();
  const refused = async (path: string, fields: Record<string, string>, field: string) => {
    const response = await change(dpo, path, fields);
    const page = await response.text();
    t.is(response.status, 422, path);
    t.regex(page, /role="alert"/);
    for (const value of Object.values(fields)) if (value) t.true(page.includes(value.replaceAll('"', '&quot;')), value);
    return toldAt(page, field);
  };
  const purpose = `${EDIT}/purposes/complaints`;
  t.is(
    await refused(`${purpose}/terms`, { 'content-why': 'because' }, 'content-why'),
    'Write a sentence: 20 characters at least.',
  );
  t.regex((await refused(`${purpose}/terms`, { 'content-days': 'a month' }, 'content-days')) ?? '', /1 to 3653/);
  t.regex((await refused(`${purpose}/terms`, { 'evidence-days': '3' }, 'evidence-days')) ?? '', /Proof outlives/);
  t.regex((await refused(`${purpose}/ground`, { lawfulBasis: 'a' }, 'consentMode')) ?? '', /callers agree first/);
  t.regex(
    (await refused(`${purpose}/ground`, { assessmentReference: '' }, 'assessmentReference')) ?? '',
    /weighed before/,
  );
  t.regex((await refused(`${purpose}/told`, { languages: 'nl, en' }, 'nl-purpose')) ?? '', /3 to 200/);
  t.regex((await refused(`${purpose}/told`, { 'en-text': 'We record.' }, 'en-text')) ?? '', /\{who\}/);
  t.regex((await refused(`${EDIT}/document/keys`, { keyPause: '8' }, 'keyPause')) ?? '', /\* or #/);
  t.regex((await refused(`${EDIT}/document/general`, { dpoName: '' }, 'dpoName')) ?? '', /or neither/);
  t.regex((await refused(`${EDIT}/entries/rules/new`, { id: 'all-internal', from: '31' }, 'id')) ?? '', /nothing else/);
  t.regex(
    (await refused(`${EDIT}/entries/neverRecord/new`, { id: 'doctor' }, 'neverNumbers')) ?? '',
    /Name numbers or phones/,
  );
  t.regex(
    (await refused(`${EDIT}/entries/rules/all-internal`, { scheduleFrom: '8:00' }, 'scheduleDays')) ?? '',
    /Choose days/,
  );
});

test('what belongs to another part is told by its place', async (t) => {
  const dpo = await box();
  const page = await (await change(dpo, `${EDIT}/document/dpia`, { dpiaReference: '', dpiaCompletedOn: '' })).text();
  t.regex(page, /<a href="#form">This records all calls, which needs a DPIA first/);
  await change(dpo, `${EDIT}/entries/rules/all-internal`, { ruleContentDays: '20' });
  const shorter = await (await change(dpo, `${EDIT}/purposes/complaints/terms`, { 'content-days': '10' })).text();
  t.regex(shorter, /does not fit this: rule all-internal\. Change that first/);
  const removed = await dpo.post(`${EDIT}/purposes/complaints/remove`, {});
  t.is(removed.status, 409);
  t.regex(await removed.text(), /Rules name it: all-internal/);
});

test('rules are added, put in order and taken out; groups and what is never recorded as well', async (t) => {
  const dpo = await box();
  await change(dpo, `${EDIT}/entries/groups/new`, { id: 'sales', groupExtensions: '201, 202' });
  const rule = {
    id: 'sales-out',
    direction: 'outbound',
    groups: 'sales',
    scheduleDays: ['1', '2'],
    scheduleFrom: '09:00',
    scheduleUntil: '17:00',
  };
  t.is((await change(dpo, `${EDIT}/entries/rules/new`, rule)).status, 303);
  const order = async () =>
    [...(await dpo.page(EDIT)).matchAll(/entries\/rules\/([\w-]+)">/g)].map(([, id]) => id).slice(0, 2);
  t.deepEqual(await order(), ['all-internal', 'sales-out']);
  await dpo.post(`${EDIT}/entries/rules/sales-out/up`, {});
  t.deepEqual(await order(), ['sales-out', 'all-internal']);
  t.regex(await dpo.page(EDIT), /with a phone of group sales on Monday and Tuesday from 09:00 to 17:00 are recorded/);
  t.is((await dpo.post(`${EDIT}/entries/groups/sales/remove`, {})).status, 409, 'a rule names it');
  await dpo.post(`${EDIT}/entries/rules/sales-out/remove`, {});
  t.is((await dpo.post(`${EDIT}/entries/groups/sales/remove`, {})).status, 303);
  await change(dpo, `${EDIT}/entries/neverRecord/new`, {
    id: 'doctor',
    neverWhy: 'doctor',
    neverNumbers: '020 555 01 00',
  });
  t.regex(
    await dpo.page('/policy/review'),
    /Never recorded, doctor[\s\S]*Calls from or to 020 555 01 00[\s\S]*Raises privacy/,
  );
});

test('a purpose is added like another one, and is a purpose like any other', async (t) => {
  const dpo = await box();
  const add = (id: string) => change(dpo, `${EDIT}/purposes/new`, { id, name: 'Orders', like: 'like:complaints' });
  t.is(
    toldAt(await (await add('Orders')).text(), 'id') ?? '',
    'Give lower-case letters, digits and dashes that nothing else of this kind is called by.',
  );
  t.is((await add('complaints')).status, 422);
  t.is((await add('orders')).status, 303);
  t.is((await change(dpo, `${EDIT}/purposes/orders/ground`, { name: 'Orders by phone' })).status, 303);
  t.regex(
    await dpo.page('/policy/review'),
    /Purpose Orders by phone<\/th>[\s\S]*Orders by phone, Legitimate interest, is told, 30 days/,
  );
});

test('it is signed with a reason and a code: without either nothing happens', async (t) => {
  const dpo = await box();
  const { policies, person } = dpo;
  await change(dpo, `${EDIT}/document/holidays`, { holidays: '2026-12-25 Christmas Day' });
  const signed = async (fields: Record<string, string>) => dpo.post('/policy/review', fields);
  t.regex(await dpo.page('/policy/review'), /in force at once/);
  t.is(toldAt(await (await signed({ reason: '', code: person.code() })).text(), 'reason'), 'Say why.');
  t.regex(toldAt(await (await signed({ reason: 'short', code: person.code() })).text(), 'reason') ?? '', /20 to 500/);
  t.regex(toldAt(await (await signed({ reason: WHY, code: '000000' })).text(), 'code') ?? '', /not right/);
  t.deepEqual(policies.world.signed, []);
  dpo.clock.advance(90_000);
  t.is((await signed({ reason: WHY, code: person.code() })).headers.get('Location'), '/policy');
  t.like(policies.world.signed, [{ by: person.id, reason: WHY, policy: { version: 2 } }]);
  t.regex(await dpo.page('/policy'), /Policy 2 is in force[\s\S]*Christmas Day/);
  t.is((await dpo.get('/policy/review')).status, 404, 'the draft is done');
});

test('a desk that may not sign says who lets it', async (t) => {
  const dpo = await box();
  dpo.policies.world.maySign = false;
  await change(dpo, `${EDIT}/document/holidays`, { holidays: '2026-12-25 Christmas Day' });
  const review = await dpo.page('/policy/review');
  t.regex(review, /belkluis trust desk/);
  t.notRegex(review, /Sign and apply/);
});

test('what lowers privacy waits; a DPO approves or refuses it, an admin sees it and can do neither', async (t) => {
  const dpo = await box();
  const admin = await alsoSignedIn(dpo, 'Anna Visser', ['admin']);
  await change(dpo, `${EDIT}/purposes/complaints/terms`, { 'content-days': '60', 'traffic-days': '60' });
  const review = await dpo.page('/policy/review');
  t.regex(review, /Lowers privacy/);
  await dpo.post('/policy/review', { reason: WHY, code: dpo.person.code() });
  const waits = await admin.page('/policy/changes');
  t.regex(waits, /Policy 2 would lower privacy\. Policy 1 stays in force until you decide\./);
  t.regex(waits, /A DPO decides about it/);
  t.notRegex(waits, /name="verdict"/);
  t.regex(await admin.page('/policy'), /Policy 2 waits for a decision/);
  const hash = formOf(await dpo.page('/policy/changes')).hash!;
  const verdict = { verdict: 'approve', reason: WHY, hash };
  t.is((await admin.post('/policy/changes', { ...verdict, code: admin.person.code() })).status, 403);
  dpo.clock.advance(60_000);
  const stale = { ...verdict, hash: 'f'.repeat(64), code: dpo.person.code() };
  t.is((await dpo.post('/policy/changes', stale)).status, 409, 'nobody approves what they have not seen');
  dpo.clock.advance(60_000);
  t.is((await dpo.post('/policy/changes', { ...verdict, code: dpo.person.code() })).status, 303);
  const after = await dpo.page('/policy/changes');
  t.regex(after, /Nothing waits/);
  t.regex(after, /Robert Visser<small>Nobody has asked/);
  t.regex(after, /What changed between two[\s\S]*30 days[\s\S]*60 days/);
});

test('what law forbids is told with its article and cannot be put forward; what is unusual is told and can', async (t) => {
  const dpo = await box();
  await change(dpo, `${EDIT}/purposes/complaints/access`, { mayOpen: ['custodian', 'dpo'] });
  const considered = await dpo.page('/policy/review');
  t.regex(considered, /To consider[\s\S]*supervises themselves/);
  t.regex(considered, /name="code"/);
  await change(dpo, `${EDIT}/document/general`, { lawPacks: ['NL', 'DE'] });
  const forbidden = await dpo.page('/policy/review');
  t.regex(
    forbidden,
    /What the law forbids of it[\s\S]*Purpose Complaints[\s\S]*consent\.mode must be opt-in[\s\S]*StGB 201/,
  );
  t.notRegex(forbidden, /name="code"/);
  t.regex(
    await dpo.page('/policy/review?language=nl').then(() => dpo.page('/policy/review')),
    /Wat de wet ervan verbiedt[\s\S]*Iedereen in het gesprek|gevangenisstraf/,
  );
});

test('a sentence that nobody has read out any more is told before it stops recording', async (t) => {
  const dpo = await box();
  const inForce = dpo.policies.services.inForce()!;
  const [purpose] = inForce.policy.purposes;
  const { textSha256 } = announcementsOf(inForce.policy, purpose!)[0]!;
  const wavs = [{ sha256: 'a'.repeat(64), textSha256 }];
  const said = purpose!.announcement.said.map((one) => ({ ...one, wavs }));
  const read = { ...purpose!, announcement: { ...purpose!.announcement, said } };
  const policy = { ...inForce.policy, version: 2, purposes: [read] };
  dpo.policies.world.versions.unshift({ ...inForce, policy, since: NOW, approval: null });
  await change(dpo, `${EDIT}/document/holidays`, { holidays: '2026-12-25 Christmas Day' });
  t.notRegex(await dpo.page('/policy/review'), /record this sentence anew/);
  await change(dpo, `${EDIT}/purposes/complaints/terms`, { 'content-days': '20' });
  t.regex(await dpo.page('/policy/review'), /Purpose Complaints[\s\S]*record this sentence anew/);
});

test('every field of the policy has a name in every language', (t) => {
  const own = new Set(
    Object.entries(orders)
      .filter(([, order]) => order === 'key')
      .map(([field]) => field),
  );
  t.deepEqual(
    Object.keys(orders).filter((field) => !own.has(field) && fieldWords[field] === undefined),
    [],
  );
});

test('somebody else’s policy in between makes a draft old: it undoes nothing', async (t) => {
  const dpo = await box();
  const other = await alsoSignedIn(dpo, 'Ingrid Bakker', ['dpo']);
  await change(dpo, `${EDIT}/document/holidays`, { holidays: '2026-12-25 Christmas Day' });
  await change(other, `${EDIT}/document/keys`, { keyPause: '*9' });
  await other.post(`${EDIT}/entries/neverRecord/new`, { id: 'w', neverWhy: 'withheld' });
  dpo.policies.world.versions.unshift({
    ...dpo.policies.services.inForce()!,
    policy: { ...dpo.policies.services.inForce()!.policy, version: 2 },
    since: NOW,
    approval: null,
  });
  t.regex(await dpo.page(EDIT), /Another policy came into force/);
  t.is((await dpo.get('/policy/review')).status, 409);
  t.is((await dpo.post('/policy/review', { reason: WHY, code: dpo.person.code() })).status, 409);
  await dpo.post(`${EDIT}/drop`, {});
  t.regex(await dpo.page(EDIT), /You have changed nothing/);
});
