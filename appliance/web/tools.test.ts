/** Calls, phones and connections at the desk: who sees which numbers, what is written down, and what is shown once. */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { names, secrets } from '../trace/testing/messages.ts';
import { ORIGIN, signedIn } from './testing/browser.ts';
import { CALL } from './testing/tools.ts';

const hasNone = (text: string, needles: readonly string[]) =>
  needles.filter((needle) => text.toLowerCase().includes(needle.toLowerCase()));

test('an administrator sees how a call went and never who called whom; a DPO sees both, and that is written down', async (t) => {
  const admin = await signedIn(['admin']);
  admin.tools.traceCall();
  admin.tools.world.live = [
    { id: CALL, from: '2147', to: '0687654321', startedAt: admin.clock.now(), recording: null, paused: false },
  ];
  const pages = [await admin.page('/calls'), await admin.page(`/calls/${CALL}`)];
  for (const text of pages) t.deepEqual(hasNone(text, [...names, ...secrets]), []);
  t.regex(pages[0]!, /1 call goes on/);
  t.regex(pages[1]!, /401 Unauthorized/);
  t.regex(pages[1]!, /SRTP \(AES_CM_128_HMAC_SHA1_80\), PCMA G722/);
  const capture = await (await admin.get(`/calls/${CALL}/signalling.pcap`)).text();
  t.deepEqual(hasNone(capture, [...names, ...secrets]), []);
  const seen = admin.events.filter(({ kind }) => kind === 'trace_viewed' || kind === 'calls_viewed');
  t.deepEqual(
    seen.map(({ facts }) => facts),
    [
      { call: CALL, numbers: false },
      { call: CALL, numbers: false },
    ],
  );

  const dpo = await signedIn(['dpo']);
  dpo.tools.traceCall();
  const open = await dpo.page(`/calls/${CALL}`);
  t.regex(open, /2147/);
  t.regex(await dpo.page('/calls'), /0687654321/);
  t.deepEqual(hasNone(open, secrets), []);
  t.deepEqual(
    dpo.events.slice(-2).map(({ kind, facts }) => [kind, facts]),
    [
      ['trace_viewed', { call: CALL, numbers: true }],
      ['calls_viewed', { calls: 1 }],
    ],
  );
});

test('a call shows what became of transfers and where they led; an administrator reads no number of it', async (t) => {
  for (const role of ['admin', 'dpo'] as const) {
    const { tools, page, clock } = await signedIn([role]);
    tools.traceCall();
    const turn = { call: CALL, by: 'callee', at: clock.now(), next: null, other: null } as const;
    tools.traces.turned(CALL, { ...turn, how: 'transferred', to: '0687654321', status: 403, reason: 'Not Allowed' });
    const next = 'aa'.repeat(16);
    tools.traces.turned(CALL, { ...turn, how: 'attended', to: '2147', status: 200, reason: 'OK', next });
    const [list, one] = [await page('/calls'), await page(`/calls/${CALL}`)];
    for (const text of [list, one]) {
      t.regex(
        text,
        /Whoever was called transferred it, to [^<]*\. <span[^>]*>Did not come about<\/span>: 403 Not Allowed/,
      );
      t.regex(text, /transferred it after asking first, to [^<]*\. <span[^>]*>Came about/);
      if (role === 'admin') t.deepEqual(hasNone(text, names), []);
      else t.regex(text, /transferred it, to 0687654321/);
    }
    t.is((await page(`/calls/${next}`)).replaceAll(next, CALL), one, 'by the id of the two who talk now');
    tools.traces.cameFrom(CALL, [{ call: 'bb'.repeat(16), how: 'returned', by: 'caller' }]);
    t.regex(
      await page(`/calls/${CALL}`),
      new RegExp(`Came out of another call[\\s\\S]*the same words[\\s\\S]*href="/calls/${'bb'.repeat(16)}"`),
    );
  }
});

test('what cannot be written down is not shown, and a call that has left says so', async (t) => {
  const { tools, world, get } = await signedIn(['dpo']);
  tools.traceCall();
  world.auditWorks = false;
  t.is((await get('/calls')).status, 503);
  t.is((await get(`/calls/${CALL}`)).status, 503);
  world.auditWorks = true;
  const gone = await get(`/calls/${'0'.repeat(32)}`);
  t.is(gone.status, 404);
  t.regex(await gone.text(), /not remembered any more/);
  tools.world.running = false;
  t.regex(await (await get('/calls')).text(), /call process does not run/);
});

test('who may pauses, ends and erases the recording of a live call; each wish is written down first, and a refusal says why', async (t) => {
  const { tools, page, post, events, world } = await signedIn(['custodian']);
  tools.world.live = [{ id: CALL, from: '2147', to: '2148', startedAt: 0, recording: 'r', paused: false }];
  t.regex(await page('/calls'), /action="\/api\/calls\/[0-9a-f]{32}\/pause"/);
  const paused = await post(`/api/calls/${CALL}/pause`, {}, { Accept: '*/*' });
  t.deepEqual(await paused.json(), { call: CALL, became: 'paused' });
  t.like(events.at(-1), { kind: 'steering_asked', facts: { call: CALL, wish: 'pause' } });
  t.is((await post(`/api/calls/${CALL}/pause`, {})).status, 303);
  tools.world.steered = 'legal_retention';
  const refused = await post(`/api/calls/${CALL}/object`, {}, { Accept: '*/*' });
  t.is(refused.status, 409);
  t.regex(await refused.text(), /The law requires this recording/);
  t.is((await post(`/api/calls/${CALL}/listen`, {})).status, 404);
  const before = events.length;
  world.auditWorks = false;
  t.is((await post(`/api/calls/${CALL}/object`, {})).status, 503);
  t.is(events.length, before);
});

test('what a caller writes into its messages is text on the page, never markup', async (t) => {
  const { tools, page } = await signedIn(['dpo']);
  tools.traceCall();
  tools.world.live = [
    { id: CALL, from: '<script>alert(1)</script>', to: '"><img src=x>', startedAt: 0, recording: null, paused: false },
  ];
  const text = await page('/calls');
  t.false(text.includes('<script>alert') || text.includes('<img'));
});

test('a phone is added with a secret that is shown once, and taken out', async (t) => {
  const { tools, page, post, get, events } = await signedIn(['admin']);
  t.regex(await page('/phones'), /No phones yet/);
  const refused = await post('/phones', { user: 'a b', until: '' });
  t.is(refused.status, 422);
  t.regex(await refused.text(), /letters, digits, dots/);
  const added = await (await post('/phones', { user: '214', until: '' })).text();
  const secret = /<code>([\w-]{24})<\/code>/.exec(added)?.[1];
  t.truthy(secret);
  t.false((await page('/phones/214')).includes(secret!));
  t.is((await post('/phones', { user: '214', until: '' })).status, 422);
  tools.world.registrations = [
    { user: '214', transport: 'TLS', remote: { address: '192.0.2.10', port: 5061 }, expiresInS: 300 },
  ];
  const list = await page('/phones');
  t.regex(list, /1 of 1 can be reached now/);
  t.regex(list, /TLS 192\.0\.2\.10:5061/);
  t.is((await post('/phones/214/remove', {})).status, 303);
  t.is((await get('/phones/214')).status, 404);
  t.like(events.slice(-2), [{ kind: 'phone_added' }, { kind: 'phone_removed' }]);
});

test('an exception ends within a year', async (t) => {
  const { post, tools, clock, services } = await signedIn(['admin'], new ManualClock(Date.UTC(2026, 10, 25, 12)));
  for (const until of ['2026-11-25', '2027-11-28', 'never'])
    t.is((await post('/phones', { user: '1', until })).status, 422, until);
  t.is((await post('/phones', { user: '1', until: '2026-11-30' })).status, 200);
  const { plainUntil } = tools.phones.find('1')!;
  t.is(new Date(plainUntil + 1).toLocaleString('en', { timeZone: services.timeZone }), '12/1/2026, 12:00:00 AM');
  t.true(plainUntil > clock.now());
});

test('a phone fetches its settings by its link once, without signing in; every other answer is the same', async (t) => {
  const { desk, post, page, events, clock } = await signedIn(['admin']);
  await post('/phones', { user: '214', until: '' });
  t.is((await post('/phones/214/provision', { vendor: 'yealink', mac: 'no' })).status, 422);
  const offered = await (await post('/phones/214/provision', { vendor: 'yealink', mac: '00:15:65:aa:bb:cc' })).text();
  const token = /https:\/\/192\.0\.2\.1:8443\/provision\/([\w-]{43})\//.exec(offered)![1]!;
  t.false((await page('/phones/214')).includes(token));
  t.false(JSON.stringify(events).includes(token));
  const fetch = (path: string, method = 'GET') => desk.request(`${ORIGIN}${path}`, { method });
  const wrong = async (path: string, method?: string) => {
    const response = await fetch(path, method);
    return [response.status, await response.text(), [...response.headers].map(([name, value]) => `${name}: ${value}`)];
  };
  const nothing = await wrong(`/provision/${'A'.repeat(43)}/001565aabbcc.cfg`);
  t.is(nothing[0], 404);
  for (const path of [
    `/provision/${token}/`,
    `/provision/${token}/001565aabbcd.cfg`,
    '/provision/',
    `/provision/${token}/x/001565aabbcc.cfg`,
  ]) {
    t.deepEqual(await wrong(path), nothing, path);
  }
  for (const method of ['POST', 'PUT', 'DELETE'])
    t.is((await wrong(`/provision/${token}/001565aabbcc.cfg`, method))[0], 404, method);
  t.is((await fetch(`/provision/${token}/001565aabbcc.cfg`, 'HEAD')).status, 404);
  const fetched = await fetch(`/provision/${token}/001565aabbcc.cfg`);
  t.is(fetched.status, 200);
  t.is(fetched.headers.get('Cache-Control'), 'no-store');
  t.is(fetched.headers.get('Set-Cookie'), null);
  t.regex(await fetched.text(), /account\.1\.password = [\w-]{24}\n/);
  t.deepEqual(await wrong(`/provision/${token}/001565aabbcc.cfg`), nothing);
  t.like(events.at(-1), { kind: 'provision_fetched', actor: 'box', facts: { phone: '214', vendor: 'yealink' } });
  t.is((await fetch('/provision/box.pem')).status, 200);
  // Whoever guesses waits.
  const statuses = [];
  for (let n = 0; n < 8; n++) statuses.push((await fetch(`/provision/${'B'.repeat(42)}${n}/x.cfg`)).status);
  t.is(statuses.at(-1), 429);
  clock.advance(120_000);
  t.is((await fetch(`/provision/${'C'.repeat(43)}/x.cfg`)).status, 404);
});

test('a link is in no log, also when the audit log refuses', async (t) => {
  const { desk, post, world, services } = await signedIn(['admin']);
  await post('/phones', { user: '214', until: '' });
  const offered = await (await post('/phones/214/provision', { vendor: 'generic', mac: '' })).text();
  const token = /provision\/([\w-]{43})\//.exec(offered)![1]!;
  const lines: string[] = [];
  Object.assign(services, { log: (event: string, facts: object) => lines.push(JSON.stringify([event, facts])) });
  world.auditWorks = false;
  const response = await desk.request(`${ORIGIN}/provision/${token}/phone.json`);
  t.is(response.status, 503);
  world.auditWorks = true;
  t.is((await desk.request(`${ORIGIN}/provision/${token}/phone.json`)).status, 200);
  t.deepEqual(lines, ['["provision_failed",{"code":"audit_failed"}]']);
});

test('a connection test says what is wrong and what to do, in both languages', async (t) => {
  const { tools, page, post } = await signedIn(['admin']);
  t.regex(await page('/connection'), /Another machine/);
  const refused = await post('/connection', { target: 'a b', user: '', secret: '' });
  t.is(refused.status, 422);
  const tested = await (await post('/connection', { target: 'pbx.example', user: 'u', secret: 'the secret' })).text();
  t.regex(tested, /This does not work/);
  t.regex(tested, /The certificate is for other\.example, not for pbx\.example\. Give the name/);
  t.false(tested.includes('the secret'));
  t.deepEqual(tools.world.asked, ['pbx.example u']);
  await page('/connection?language=nl');
  t.regex(await (await post('/connection/box', {})).text(), /Geen tijddienst houdt de klok/);
});
