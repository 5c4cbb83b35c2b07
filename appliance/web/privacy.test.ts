/** What people are told and what they said, at the desk: read by everybody, noted by those who answer for it, in the log first. */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { Role } from '../access/roles.ts';
import { signedIn } from './testing/browser.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const box = (roles: readonly Role[] = ['dpo']) => signedIn(roles, new ManualClock(NOW));

test('the register says what is so, and that it is recorded; it is kept as a page and as data', async (t) => {
  const { page, get, privacy } = await box(['admin']);
  const register = await page('/privacy/register');
  t.regex(register, /Version 1 says what is so/);
  t.regex(register, /What was said is needed to settle a complaint fairly for both sides/);
  privacy.world.drift.push('purpose complaints');
  t.regex(await page('/privacy/register'), /not what is so: purpose complaints/);
  const kept = await get('/privacy/register.html?in=nl');
  t.is(kept.headers.get('Content-Disposition'), 'attachment; filename="register-nl.html"');
  t.regex(await kept.text(), /^<!doctype html>\s*<html lang="nl">/);
  const data = await get('/privacy/register.json');
  t.like(JSON.parse(await data.text()), { version: null, register: { schemaVersion: 1, policy: { version: 1 } } });
  t.is((await get('/privacy/register?version=7')).status, 404);
});

test('callers’ notice and impact assessment are read in the language that one asks for', async (t) => {
  const { page, privacy, get } = await box(['custodian']);
  t.regex(await page('/privacy/notice/callers?in=de'), /<div class="stack document" lang="de">/);
  t.regex(await page('/privacy/notice/callers'), /https:\/\/office\.example\/calls/);
  privacy.world.recordings = 20_000;
  t.regex(await page('/privacy/dpia'), /An impact assessment is needed[\s\S]*The policy names one/);
  t.like(JSON.parse(await (await get('/privacy/dpia.json')).text()), {
    required: true,
    answers: { 'large-scale': true },
  });
  t.regex(await (await get('/privacy/interests/complaints.html')).text(), /Complaints/);
  t.is((await get('/privacy/interests/none.html')).status, 404);
});

test('who has acknowledged is seen; a signature is noted with the name of who noted it, and taken back', async (t) => {
  const { page, post, events, person } = await box(['admin']);
  t.regex(await page('/privacy/notice/staff'), /2 phones have not\. Their calls are not recorded/);
  const refused = await post('/privacy/notice/staff', { extensions: '20 1;<', purpose: '*' });
  t.is(refused.status, 422);
  t.regex(await refused.text(), /id="extensions-error">A phone is named by/);
  t.is((await post('/privacy/notice/staff', { extensions: '201, 202', purpose: 'complaints' })).status, 303);
  t.like(events.at(-1), { kind: 'notice_acknowledged', actor: person.id, facts: { extension: '202', how: 'paper' } });
  const all = await page('/privacy/notice/staff');
  t.regex(all, /Everybody whom it concerns/);
  t.regex(all, /Acknowledged[\s\S]*on paper, noted by Robert Visser/);
  t.is((await post('/privacy/notice/staff/withdraw', { extension: '201' })).status, 303);
  t.regex(await page('/privacy/notice/staff'), /1 phone has not/);
});

test('a custodian reads the notices and can note nothing', async (t) => {
  const { page, post, events } = await box(['custodian']);
  const before = events.length;
  const notice = await page('/privacy/notice/staff');
  t.regex(notice, /Read the notice/);
  t.notRegex(
    notice,
    /name="extensions"|Who has acknowledged|<strong>201/,
    'who has read what is for those who note it',
  );
  t.is((await post('/privacy/notice/staff', { extensions: '201', purpose: '*' })).status, 403);
  t.notRegex(await page('/privacy/register'), /\/privacy\/objections/);
  t.is(events.length, before);
});

test('a number whose owner objects is kept out, with its case, and taken back', async (t) => {
  const { page, post, privacy, events } = await box();
  t.regex(await page('/privacy/objections'), /No number is exempt/);
  const refused = await post('/privacy/objections', { number: 'nobody', purpose: '', case: '' });
  t.is(refused.status, 422);
  t.regex(await refused.text(), /id="number-error"/);
  await post('/privacy/objections', { number: '020 555 01 00', purpose: 'complaints', case: 'B-2026-3' });
  t.regex(await page('/privacy/objections'), /020 555 01 00[\s\S]*Complaints[\s\S]*at this desk, B-2026-3/);
  const { id } = privacy.world.objections[0]!;
  t.is((await post(`/privacy/objections/${id}/remove`, {})).status, 303);
  t.is(events.at(-1)?.kind, 'objection_removed');
  t.is((await post(`/privacy/objections/${id}/remove`, {})).status, 404);
});

test('everything that is stored is listed with why, how it leaves and who sees it', async (t) => {
  const { page, get } = await box(['custodian']);
  t.regex(await page('/privacy/data'), /phones\.user[\s\S]*Says which phone it is\.[\s\S]*DPO, administrator/);
  t.like(JSON.parse(await (await get('/privacy/data.json')).text()), [{ place: 'phones.db' }]);
});
