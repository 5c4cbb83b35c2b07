import { mkdtempSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import test from 'ava';
import { openCertificate } from '../identity/certificate.ts';
import { openDevice } from '../identity/device.ts';
import { MAX_BODY } from './limits.ts';
import { serveDesk } from './serve.ts';
import { browser, ID, ORIGIN, sealed, signedIn } from './testing/browser.ts';
import { PASSWORD, recordingRow, testDesk } from './testing/desk.ts';

test('a box that knows nobody sends its first visitor to set-up, which makes one person who can sign in', async (t) => {
  const clock = new ManualClock();
  const { desk, access } = testDesk(clock);
  const { get, post, page, cookies } = browser(desk);
  t.is((await get('/')).headers.get('Location'), '/set-up');
  const code = access.newSetUpCode(['admin', 'custodian']);
  t.regex(await (await post('/set-up', { code, name: 'Anna', password: 'short', again: 'short' })).text(), /too short/);
  t.regex(await (await post('/set-up', { code, name: 'Anna', password: PASSWORD, again: 'x' })).text(), /differ/);
  const chosen = await post('/set-up', { code, name: 'Anna', password: PASSWORD, again: PASSWORD });
  t.is(chosen.headers.get('Location'), '/set-up/code');
  const second = await page('/set-up/code');
  t.regex(second, /otpauth:\/\/totp\/Belkluis:Anna/);
  const secret = /secret=([A-Z2-7]+)/.exec(second)![1]!;
  const { totpCode } = await import('@belkluis/shared/access/totp');
  t.is((await post('/set-up/code', { code: totpCode(secret, clock.now() + 600_000) })).status, 400);
  t.is(
    (await post('/set-up/code', { code: totpCode(secret, clock.now()) })).headers.get('Location'),
    '/login?notice=made',
  );
  t.false(cookies.has('__Host-setup'));
  clock.advance(60_000);
  t.is((await post('/login', { name: 'anna', password: PASSWORD })).headers.get('Location'), '/login/code');
  t.is((await post('/login/code', { code: totpCode(secret, clock.now()) })).headers.get('Location'), '/');
  t.regex(await page('/'), /Anna, administrator, custodian/);
  t.regex(
    await (await post('/set-up', { code, name: 'Eve', password: PASSWORD, again: PASSWORD })).text(),
    /not valid/,
  );
});

test('a password without the code opens no page', async (t) => {
  const { desk, addPerson, clock } = { clock: new ManualClock(), ...testDesk(new ManualClock()) };
  t.truthy(clock);
  const person = await addPerson('Robert Visser', ['custodian']);
  const { get, post } = browser(desk);
  await post('/login', { name: person.name, password: PASSWORD });
  for (const path of ['/', '/recordings', `/recordings/${ID}`, '/audit', '/health', '/account']) {
    t.is((await get(path)).headers.get('Location'), '/login?notice=ended', path);
  }
  t.is((await post(`/recordings/${ID}/release`, { why: 'complaint' })).status, 403);
});

test('the session cookie is bound to the host, hidden from scripts, and changes with the second factor', async (t) => {
  const clock = new ManualClock();
  const box = testDesk(clock);
  const person = await box.addPerson('Robert Visser', ['custodian']);
  clock.advance(90_000);
  const { post } = browser(box.desk);
  const first = (await post('/login', { name: person.name, password: PASSWORD })).headers.get('Set-Cookie')!;
  const second = (await post('/login/code', { code: person.code() })).headers.get('Set-Cookie')!;
  for (const cookie of [first, second])
    t.regex(cookie, /^__Host-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  t.not(first, second);
});

test('every page, and every refusal, carries the policy and is stored nowhere', async (t) => {
  const { get, recordings, assets } = await signedIn(['custodian', 'dpo', 'admin']);
  recordings.push(sealed());
  for (const path of [
    '/',
    '/login',
    '/set-up',
    '/recordings',
    `/recordings/${ID}`,
    '/audit',
    '/health',
    '/account',
    '/licences',
    '/nowhere',
  ]) {
    const { headers } = await get(path);
    const policy = headers.get('Content-Security-Policy') ?? '';
    t.regex(policy, /^default-src 'none'; script-src 'self' 'sha256-[\w+/=]+'; /, path);
    for (const part of [
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      t.true(policy.includes(part), `${path} ${part}`);
    t.false(policy.includes('unsafe'), path);
    t.is(headers.get('Cache-Control'), 'no-store', path);
    t.is(headers.get('X-Content-Type-Options'), 'nosniff', path);
    t.is(headers.get('Referrer-Policy'), 'no-referrer', path);
    t.is(headers.get('Cross-Origin-Opener-Policy'), 'same-origin', path);
    t.truthy(headers.get('Strict-Transport-Security'), path);
  }
  const style = await get(assets.url('web/style.css'));
  t.regex(style.headers.get('Cache-Control')!, /immutable/);
  t.is((await get('/assets/0000/web/style.css')).status, 404);
  t.is((await get('/assets/../package.json')).status, 404);
});

test('a request that another site makes the browser send is refused', async (t) => {
  const { post, recordings, events } = await signedIn(['custodian']);
  recordings.push(sealed());
  const before = events.length;
  const path = `/recordings/${ID}/release`;
  t.is((await post(path, { why: 'complaint' }, { Origin: 'https://evil.example' })).status, 403);
  t.is((await post(path, { why: 'complaint' }, { Origin: 'null' })).status, 403);
  t.is((await post(path, { why: 'complaint' }, { Origin: ORIGIN.replace('https', 'http') })).status, 403);
  t.is((await post(path, { why: 'complaint' }, { Origin: 'null', 'Sec-Fetch-Site': 'same-site' })).status, 403);
  const script = { Origin: 'https://evil.example', 'Content-Type': 'application/json' };
  t.is((await post(path, { why: 'complaint' }, script)).status, 403);
  const logout = await post('/logout', {}, script);
  t.is(logout.status, 403, 'also what is no form');
  t.is(events.length, before);
  const own = { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' };
  t.is((await post(path, { why: 'complaint' }, own)).status, 200, 'what a browser sends from our own page');
});

test('a release is in the audit log with its reason before the key leaves the box', async (t) => {
  const { post, recordings, events, person } = await signedIn(['custodian']);
  recordings.push(sealed());
  const response = await post(`/recordings/${ID}/release`, { why: 'complaint', case: ' K-2026-131\n' });
  t.is(response.status, 200);
  t.deepEqual(new Uint8Array(await response.arrayBuffer()), Uint8Array.of(1, 2, 3));
  t.like(events.at(-1), {
    kind: 'release',
    actor: person.id,
    facts: { recording: ID, reason: 'complaint K-2026-131', use: 'complaint' },
  });
});

test('without audit log there is no key: 503, with the cause, as a page and as data', async (t) => {
  const { post, recordings, world } = await signedIn(['custodian']);
  recordings.push(sealed());
  world.auditWorks = false;
  const page = await post(`/recordings/${ID}/release`, { why: 'complaint' });
  t.is(page.status, 503);
  t.regex(await page.text(), /audit log cannot be written, so nothing is opened/);
  const data = await post(`/recordings/${ID}/release`, { why: 'complaint' }, { Accept: '*/*' });
  t.is(data.status, 503);
  const body = await data.text();
  t.like(JSON.parse(body), { code: 'audit_failed' });
  t.false(body.includes('disk full'), 'what the system said stays in the log');
});

test('a reason is demanded, and the case number has an end', async (t) => {
  const { post, recordings, events } = await signedIn(['custodian']);
  recordings.push(sealed());
  const before = events.length;
  t.is((await post(`/recordings/${ID}/release`, {})).status, 400);
  t.is((await post(`/recordings/${ID}/release`, { why: 'curiosity' })).status, 400);
  t.is((await post(`/recordings/${ID}/release`, { why: 'evidence', case: 'x'.repeat(61) })).status, 400);
  t.is(events.length, before);
});

test('whoever runs the machine sees no recording, and the purpose decides who opens', async (t) => {
  const admin = await signedIn(['admin']);
  admin.recordings.push(sealed());
  for (const path of ['/recordings', `/recordings/${ID}`]) t.is((await admin.get(path)).status, 403, path);
  t.is((await admin.get(`/recordings/${ID}/content`)).status, 403);
  t.is((await admin.post(`/recordings/${ID}/release`, { why: 'evidence' })).status, 403);
  t.notRegex(await admin.page('/'), /0012 4471/);

  const dpo = await signedIn(['dpo']);
  dpo.recordings.push(sealed());
  t.regex(await dpo.page(`/recordings/${ID}`), /It is opened by: custodian/);
  t.is((await dpo.post(`/recordings/${ID}/release`, { why: 'evidence' })).status, 403);
  t.is((await dpo.get(`/recordings/${ID}/content`)).status, 403);
  t.false(dpo.events.some(({ kind }) => kind === 'release'));
});

test('what was erased, is unknown, or is no id at all is told apart from a failure', async (t) => {
  const { get, post, recordings } = await signedIn(['custodian']);
  recordings.push(sealed(recordingRow({ id: ID, startedAt: 1, erasedAt: 2, caller: null, callee: null })));
  t.is((await post(`/recordings/${ID}/release`, { why: 'evidence' })).status, 410);
  t.is((await get(`/recordings/${'f'.repeat(32)}`)).status, 404);
  t.is((await get('/recordings/..%2f..%2fetc')).status, 404);
});

test('numbers that a caller chose are text on every page, never markup', async (t) => {
  const { page, recordings, calls, movements } = await signedIn(['custodian', 'dpo']);
  const evil = '"><script>alert(1)</script>';
  recordings.push(sealed(recordingRow({ id: ID, startedAt: 1e12, caller: evil, purposeName: evil })));
  calls.push({ id: 'c', caller: evil, callee: evil, startedAt: 1, talkMs: 1, notRecorded: evil });
  movements.push({ at: 2, party: evil, did: 'joined' });
  for (const path of ['/', '/recordings', `/recordings?party=${encodeURIComponent(evil)}`, `/recordings/${ID}`]) {
    t.false((await page(path)).includes('<script>alert'), path);
  }
});

test('who came into a call and left it is told with its recording, as long as it is there', async (t) => {
  const { page, recordings, movements } = await signedIn(['custodian']);
  recordings.push(sealed());
  t.notRegex(await page(`/recordings/${ID}`), /Came and left/);
  movements.push({ at: 1e12, party: '+31201234567', did: 'left' }, { at: 1e12, party: 'carl', did: 'joined' });
  t.regex(await page(`/recordings/${ID}`), /\+31201234567 left the call[\s\S]*carl came into the call/);
});

test('a recording leads to those of the calls that its own came out of and went on as', async (t) => {
  const { page, recordings, links } = await signedIn(['custodian']);
  recordings.push(sealed());
  t.notRegex(await page(`/recordings/${ID}`), /another call/);
  const other = 'c'.repeat(32);
  links.push(
    { way: 'from', how: 'transferred', side: 'callee', startedAt: 1e12, recording: other },
    { way: 'to', how: 'forwarded', side: 'callee', startedAt: 1e12, recording: null },
  );
  const shown = await page(`/recordings/${ID}`);
  t.regex(shown, new RegExp(`Came out of another call[\\s\\S]*transferred it<[\\s\\S]*href="/recordings/${other}"`));
  t.regex(shown, /Went on as another call[\s\S]*sent it on<[\s\S]*, not recorded/);
});

test('the list says what was found, what was not recorded and why, and what nothing means', async (t) => {
  const { page, recordings, calls } = await signedIn(['custodian']);
  t.regex(await page('/recordings'), /Nothing has been recorded yet/);
  for (let n = 0; n < 30; n++)
    recordings.push(
      sealed(recordingRow({ id: n.toString(16).padStart(32, '0'), startedAt: Date.UTC(2025, 11, 1 + n, 12) })),
    );
  calls.push({
    id: 'c',
    caller: '201',
    callee: '202',
    startedAt: 1e12,
    talkMs: 65_000,
    notRecorded: 'no_rule',
  });
  const first = await page('/recordings');
  t.regex(first, /30 recordings/);
  t.regex(first, /1–25 of 30/);
  t.regex(first, /No purpose/);
  t.regex(first, /1:05/);
  t.regex(await page('/recordings?page=2'), /26–30 of 30/);
  t.regex(await page('/recordings?from=2025-12-30&to=2025-12-30'), /1 recording</);
  t.regex(await page('/recordings?party=0012%204471'), /No recording fits|recordings/);
  t.regex(await page('/recordings?party=999999'), /No recording fits this search/);
});

test("the box's own test calls stand in nobody's way, and are there for who asks", async (t) => {
  const { page, recordings } = await signedIn(['dpo', 'custodian']);
  const own = recordingRow({
    id: 'f'.repeat(32),
    startedAt: Date.UTC(2026, 0, 2),
    purpose: TEST_CALL_PURPOSE,
    purposeName: 'Test call',
    mayOpen: ['dpo'],
  });
  recordings.push(sealed(own));
  t.regex(await page('/recordings'), /Nothing has been recorded yet/);
  recordings.push(sealed());
  t.regex(await page('/recordings'), /1 recording</);
  t.notRegex(await page('/'), new RegExp(own.id));
  const chosen = await page(`/recordings?purpose=${TEST_CALL_PURPOSE}`);
  t.regex(chosen, /1 recording</);
  t.regex(chosen, new RegExp(`<option value="${TEST_CALL_PURPOSE}" selected>Test calls`));
  t.regex(chosen, new RegExp(`href="/recordings/${own.id}"[\\s\\S]*Test call<[\\s\\S]*nobody can open it`));
  const shown = await page(`/recordings/${own.id}`);
  t.regex(shown, /nobody can open it/);
  t.notRegex(shown, /Open with my key/);
  t.regex(await page(`/recordings/${ID}`), /Open with my key/);
});

test('a test call that was right is told with the way that it did not go', async (t) => {
  const { page, world } = await signedIn(['admin']);
  const right = { at: Date.UTC(2026, 0, 1), fault: null };
  world.facts = { testCall: { ...right, untried: [] } };
  t.regex(await page('/health'), /from one phone of the box itself to another was recorded[^<]*2026\.</);
  world.facts = { testCall: { ...right, untried: ['pbx', 'trunks', 'copies'] } };
  t.regex(
    await page('/health'),
    /It goes by no PBX, no trunk and no source of copied calls, and proves nothing of them\.</,
  );
  const dutch =
    /via geen telefooncentrale, geen trunk en geen bron van gekopieerde gesprekken, en bewijst daarover niets/;
  await page('/health?language=nl');
  t.regex(await page('/health'), dutch);
});

test('a language is taken from the browser, kept once chosen, and declared', async (t) => {
  const { desk } = testDesk(new ManualClock());
  const dutch = browser(desk, { 'Accept-Language': 'fr-FR,nl-BE;q=0.8,en;q=0.5' });
  t.regex(await dutch.page('/login'), /<html lang="nl">[\s\S]*Aanmelden/);
  const chosen = await dutch.get('/login?language=en');
  t.is(chosen.headers.get('Location'), '/login');
  t.regex(await dutch.page('/login'), /<html lang="en">[\s\S]*Sign in/);
  for (const path of ['//evil.example/x', '///evil.example/x', '/\\evil.example/x'])
    t.is((await dutch.get(`${path}?language=nl`)).headers.get('Location'), '/evil.example/x', 'to nobody else’s page');
});

test('signing out ends the session on the box', async (t) => {
  const { post, get, cookies, desk } = await signedIn(['custodian']);
  const stolen = cookies.get('__Host-session')!;
  await post('/logout', {});
  t.is((await get('/')).headers.get('Location'), '/login');
  const thief = browser(desk, { Cookie: `__Host-session=${stolen}` });
  t.is((await thief.get('/')).status, 303);
});

test('what does not fit is refused before it is read', async (t) => {
  const { post } = await signedIn(['custodian']);
  t.is((await post('/login', { name: 'x'.repeat(MAX_BODY), password: 'y' })).status, 413);
});

test('the desk speaks HTTPS, and the answer of a refusal does not hang', async (t) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'serve-')), 'identity');
  const { tlsKey } = openDevice(folder, systemChance);
  const options = {
    folder,
    tlsKey,
    names: ['localhost'],
    addresses: ['127.0.0.1'],
    now: Date.now(),
    chance: systemChance,
  };
  const { key, certificate } = await openCertificate(options);
  const { desk } = testDesk(new ManualClock());
  const serving = await serveDesk({ desk, key, certificate, address: '127.0.0.1', port: 0 });
  const status = await new Promise((resolve, reject) => {
    const headers = { Accept: 'text/html' };
    request({ host: '127.0.0.1', port: serving.port, path: '/login', ca: certificate, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
  t.is(status, 200);
  await serving.close();
});
