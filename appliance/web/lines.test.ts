/** Trunks, the PBX and what may go out, told at the desk: seen before it is in force, in the log before it is done, without a password twice. */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { Role } from '../access/roles.ts';
import { alsoSignedIn, signedIn } from './testing/browser.ts';
import { formOf } from './testing/forms.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const box = (roles: readonly Role[] = ['admin']) => signedIn(roles, new ManualClock(NOW));

/** As a browser sends the form of a new trunk that nobody has changed. */
const untouched = {
  id: 'carrier',
  host: 'sip.example.net',
  register: 'on',
  called: 'e164',
  calling: 'e164',
  send: 'P-Asserted-Identity',
  believe: 'on',
  historyIn: 'on',
  maxCalls: '100',
  priority: '10',
  weight: '100',
  optionsSeconds: '60',
};

const SECRET = 'hunter-2-hunter';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const pin = 'a'.repeat(64);

const draftOf = (response: Response) => response.headers.get('Location')!;

test('a trunk is added: what changes is seen first, nothing is in force before, and its password is in no page', async (t) => {
  const { get, page, post, lines, events, person } = await box();
  const typed = { ...untouched, user: '31201234500', password: SECRET, inbound: '+31 20 123 45 67 = 10, 11 serial' };
  const sent = await post('/trunks', typed);
  t.is(sent.status, 303);
  const looked = await page(draftOf(sent));
  t.regex(looked, /Host<small>Trunk carrier<\/small>[\s\S]*sip\.example\.net/);
  t.regex(looked, /Who rings[\s\S]*\+31201234567=10,11 serial/);
  t.false(looked.includes(SECRET));
  t.notRegex(looked, /lowers a guard/, 'nothing is asked that need not be');
  t.deepEqual(lines.kept().trunks, []);
  const applied = await post(draftOf(sent), {});
  t.is(applied.headers.get('Location'), '/trunks/carrier');
  t.like(lines.kept().trunks, [
    { id: 'carrier', account: { password: SECRET }, inbound: [{ to: ['10', '11'], serial: true }] },
  ]);
  t.like(events.at(-1), {
    kind: 'lines_changed',
    actor: person.id,
    facts: { trunks: ['carrier'], pbx: false, siprec: 0, weakens: [], reason: null },
  });
  t.false(JSON.stringify(events).includes(SECRET));
  for (const path of ['/trunks', '/trunks/carrier']) t.false((await page(path)).includes(SECRET), path);
  t.is((await get(draftOf(sent))).status, 404, 'what was applied is forgotten');
});

test('whoever changes one thing changes nothing else, the password and an exception that ends by the minute least of all', async (t) => {
  const { page, post, lines } = await box();
  const trunk = {
    id: 'carrier',
    host: 'sip.example.net',
    port: 5080,
    transport: 'udp' as const,
    domain: 'carrier.example',
    ca: PEM,
    certificate: pin,
    clientCertificate: pin,
    sources: ['192.0.2.0/24', '2001:db8::1'],
    account: { user: 'box', authUser: 'auth', password: SECRET, register: false },
    plainUntil: '2027-01-31T09:30:00Z',
    numbers: { called: 'national' as const, calling: 'as dialled' as const },
    identity: { send: 'none' as const, believe: false, history: { in: false, out: true } },
    pass: { in: ['X-In'], out: ['User-to-User'] },
    callerId: '+31201234500',
    inbound: [{ did: '+3120*', to: ['10'] }],
    codecs: ['PCMA' as const, 'opus' as const],
    priority: 1,
    weight: 2,
    maxCalls: 3,
    optionsSeconds: 0,
  };
  lines.tell({ trunks: [trunk] });
  const before = lines.kept();
  const form = formOf(await page('/trunks/carrier'));
  t.is(form.password, '');
  t.regex(await page(draftOf(await post('/trunks/carrier', form))), /Nothing would change/);
  const changed = await post('/trunks/carrier', { ...form, maxCalls: '30' });
  t.regex(await page(draftOf(changed)), /One setting changes/);
  await post(draftOf(changed), {});
  t.deepEqual(lines.kept(), { ...before, trunks: [{ ...before.trunks[0]!, maxCalls: 30 }] });
  // Another password is a change, and is told as that alone.
  const renewed = await post('/trunks/carrier', { ...form, maxCalls: '30', password: 'another-secret' });
  const looked = await page(draftOf(renewed));
  t.regex(looked, /One setting changes[\s\S]*Password/);
  t.false(looked.includes('another-secret') || looked.includes(SECRET));
});

test('a fault is told at its field, what was typed stays, and a password does not', async (t) => {
  const { page, post, lines } = await box();
  lines.tell({ trunks: [{ id: 'other', host: '192.0.2.1' }] });
  for (const [wrong, name, words] of [
    [{ host: 'a b' }, 'host', /no host name/],
    [{ host: 'pbx' }, 'host', /no host name/],
    [{ id: 'Carrier' }, 'id', /lower-case letters/],
    [{ id: 'other' }, 'id', /no other trunk has/],
    [{ id: 'new' }, 'id', /cannot be one/],
    [{ port: '70000' }, 'port', /from 1 to 65535/],
    [{ port: 'x' }, 'port', /from 1 to 65535/],
    [{ transport: 'udp' }, 'transport', /not encrypted/],
    [{ user: 'box', password: '' }, 'password', /none of it yet/],
    [{ plainUntil: '2026-11-25' }, 'plainUntil', /within a year/],
    [{ plainUntil: '2028-01-01' }, 'plainUntil', /within a year/],
    [{ certificate: 'abc' }, 'certificate', /64 hex digits/],
    [{ sources: '192.0.2.0/99' }, 'sources', /network such as/],
    [{ inbound: '+31201234567' }, 'inbound', /phones that ring/],
    [{ callerId: '0201234567' }, 'callerId', /international number/],
    [{ codecs: 'G729' }, 'codecs', /PCMU can be named/],
    [{ passOut: 'Authorization' }, 'passOut', /begins with X-/],
    [{ maxCalls: '5000' }, 'maxCalls', /within the limits/],
    [{ optionsSeconds: '-1' }, 'optionsSeconds', /within the limits/],
  ] as const) {
    const refused = await post('/trunks', { ...untouched, password: SECRET, ...wrong });
    t.is(refused.status, 422, JSON.stringify(wrong));
    const text = await refused.text();
    t.regex(text, new RegExp(`href="#${name}">`), JSON.stringify(wrong));
    t.regex(text, new RegExp(`id="${name}"[^>]*aria-invalid="true"`), JSON.stringify(wrong));
    t.regex(text, words);
    t.false(text.includes(SECRET));
    t.is(formOf(text).maxCalls, 'maxCalls' in wrong ? wrong.maxCalls : '100');
  }
  // What is folded away opens where the fault is.
  t.regex(await (await post('/trunks', { ...untouched, codecs: 'x' })).text(), /<details open>/);
  t.is(lines.kept().trunks.length, 1);
  await page('/trunks/new?language=nl');
  t.regex(await (await post('/trunks', { ...untouched, host: 'a b' })).text(), /Dit is geen hostnaam/);
});

test('what lowers a guard says so in plain words and asks why; the log has the reason before it is in force', async (t) => {
  const { page, post, lines, events, world } = await box();
  const sent = await post('/trunks', { ...untouched, transport: 'udp', plainUntil: '2026-12-31' });
  t.regex(await page(draftOf(sent)), /This lowers a guard[\s\S]*can be listened to on the way/);
  const silent = await post(draftOf(sent), { reason: ' ' });
  t.is(silent.status, 422);
  t.regex(await silent.text(), /href="#reason">Say why/);
  t.deepEqual(lines.kept().trunks, []);
  world.auditWorks = false;
  t.is((await post(draftOf(sent), { reason: 'their gateway is old' })).status, 503);
  t.deepEqual(lines.kept().trunks, [], 'what the log does not take does not happen');
  world.auditWorks = true;
  t.is((await post(draftOf(sent), { reason: 'their gateway is old' })).status, 303);
  t.like(events.at(-1), { kind: 'lines_changed', facts: { weakens: ['plain'], reason: 'their gateway is old' } });
  const [trunk] = lines.kept().trunks;
  // To the end of that day in the box's own zone.
  t.is(trunk?.plainUntil, '2026-12-31T22:59:59.999Z');
});

test('a draft is its author’s, counts once, and not when somebody else was faster', async (t) => {
  const one = await box();
  const other = await alsoSignedIn(one, 'Sanne', ['admin']);
  const sent = await one.post('/trunks', untouched);
  t.is((await other.get(draftOf(sent))).status, 404);
  t.is((await other.post(draftOf(sent), {})).status, 404);
  one.lines.tell({ trunks: [{ id: 'faster', host: '192.0.2.1' }] });
  const late = await one.post(draftOf(sent), {});
  t.is(late.status, 409);
  t.regex(await late.text(), /Somebody else changed this in the meantime/);
  t.deepEqual(
    one.lines.kept().trunks.map(({ id }) => id),
    ['faster'],
  );
  const again = await one.post('/trunks', untouched);
  one.clock.advance(16 * 60_000);
  await one.login();
  t.is((await one.get(draftOf(again))).status, 404, 'a password that was typed does not stay in memory');
});

test('a trunk is taken out only after it was seen what that means, and tested from its page', async (t) => {
  const { page, post, lines, tools } = await box();
  lines.tell({ trunks: [{ id: 'carrier', host: 'sip.example.net' }] });
  t.regex(await (await post('/trunks/carrier/test', {})).text(), /The certificate is for other\.example/);
  t.deepEqual(tools.world.asked, ['trunk carrier']);
  const sent = await post('/trunks/carrier/remove', {});
  t.regex(await page(draftOf(sent)), /Trunk carrier[\s\S]*is there[\s\S]*nothing/);
  t.is((await post(draftOf(sent), {})).headers.get('Location'), '/trunks');
  t.deepEqual(lines.kept().trunks, []);
  t.is((await post('/trunks/carrier/remove', {})).status, 404);
});

test('what may go out is read and changed on one page; a half night is refused', async (t) => {
  const { page, post, lines } = await box();
  t.regex(await page('/outbound'), /Only emergency calls go out/);
  const form = formOf(await page('/outbound'));
  t.regex(await page(draftOf(await post('/outbound', form))), /Nothing would change/);
  const typed = {
    ...form,
    allow: '+31\n+32',
    deny: '+31900',
    userPerDay: '50',
    nightFrom: '19:00',
    nightUntil: '07:00',
    nightAllow: '+31',
  };
  const sent = await post('/outbound', typed);
  t.regex(await page(draftOf(sent)), /May be called[\s\S]*may cost more[\s\S]*\+31<br>\+32/);
  t.is((await post(draftOf(sent), { reason: 'we call customers' })).headers.get('Location'), '/outbound');
  t.like(lines.kept().outbound, {
    allow: ['+31', '+32'],
    deny: ['+31900'],
    night: { from: '19:00', until: '07:00', weekend: false, allow: ['+31'] },
    perUser: { atOnce: 2, perDay: 50, minutesPerDay: 600 },
  });
  t.regex(await page('/outbound'), /Calls to \+31, \+32 go out[\s\S]*from 19:00 to 07:00: only \+31/);
  for (const [wrong, name] of [
    [{ nightUntil: '' }, 'nightUntil'],
    [{ nightFrom: '' }, 'nightFrom'],
    [{ nightFrom: '', nightUntil: '' }, 'nightFrom'],
    [{ nightFrom: '25:00' }, 'nightFrom'],
    [{ allow: '0031' }, 'allow'],
    [{ emergency: '1' }, 'emergency'],
    [{ userMinutes: '' }, 'userMinutes'],
    [{ trunkPerDay: '0' }, 'trunkPerDay'],
    [{ country: '031' }, 'country'],
  ] as const) {
    const refused = await post('/outbound', { ...typed, ...wrong });
    t.is(refused.status, 422, JSON.stringify(wrong));
    t.regex(await refused.text(), new RegExp(`href="#${name}">`), JSON.stringify(wrong));
  }
  const without = await post('/outbound', { ...typed, emergency: '' });
  t.regex(await page(draftOf(without)), /no longer let out in every case/);
});

test('a PBX is set, shown with who is registered through it, tested, and taken out', async (t) => {
  const { page, post, lines, world, tools } = await box();
  t.regex(await page('/pbx'), /in front of no PBX/);
  t.is((await post('/pbx/remove', {})).status, 404);
  const typed = {
    ...formOf(await page('/pbx')),
    pbxDomain: 'PBX.example.net',
    host: '192.0.2.10',
    transport: 'tls',
    ca: PEM,
  };
  for (const [wrong, name] of [
    [{ pbxDomain: 'a b' }, 'pbxDomain'],
    [{ plainPhones: '202' }, 'plainPhones'],
    [{ plainPhones: '202 = never' }, 'plainPhones'],
    [{ optionsSeconds: '1' }, 'optionsSeconds'],
  ] as const) {
    const refused = await post('/pbx', { ...typed, ...wrong });
    t.is(refused.status, 422, JSON.stringify(wrong));
    t.regex(await refused.text(), new RegExp(`href="#${name}">`), JSON.stringify(wrong));
  }
  const sent = await post('/pbx', { ...typed, plainPhones: '202 = 2027-01-31' });
  const looked = await page(draftOf(sent));
  t.regex(looked, /lowers encryption/);
  t.false(looked.includes('MIIB'), 'a certificate is told by its fingerprint');
  await post(draftOf(sent), { reason: 'old firmware' });
  t.like(lines.kept().pbx, {
    domain: 'pbx.example.net',
    ca: PEM,
    plainPhones: [{ user: '202', until: '2027-01-31T22:59:59.999Z' }],
    localCallsWithoutIt: true,
  });
  t.regex(await page('/pbx'), /not known how the PBX is/);
  const remote = { address: '192.0.2.20', port: 5061 };
  world.pbx = { up: true, phones: [{ user: '201', transport: 'TLS', remote, expiresInS: 300 }] };
  t.regex(
    await page('/pbx'),
    /The PBX pbx\.example\.net answers[\s\S]*One user[\s\S]*201[\s\S]*TLS 192\.0\.2\.20:5061/,
  );
  world.pbx = { up: false, phones: [] };
  t.regex(await page('/pbx'), /does not answer[\s\S]*Nobody yet/);
  t.regex(await page(draftOf(await post('/pbx', formOf(await page('/pbx'))))), /Nothing would change/);
  await post('/pbx/test', {});
  t.deepEqual(tools.world.asked, ['pbx']);
  const gone = await post('/pbx/remove', {});
  await post(draftOf(gone), {});
  t.is(lines.kept().pbx, null);
});

test('a DPO reads all of it and finds nothing to press', async (t) => {
  const { page, lines } = await box(['dpo']);
  lines.tell({
    trunks: [{ id: 'carrier', host: 'sip.example.net', plainUntil: '2027-01-31T00:00:00Z' }],
    pbx: { host: '192.0.2.10', domain: 'pbx.example.net' },
  });
  for (const path of ['/trunks', '/trunks/carrier', '/pbx', '/outbound']) {
    const text = await page(path);
    t.notRegex(text.slice(text.indexOf('<main')), /<form|class="button"/, path);
  }
  t.regex(await page('/trunks/carrier'), /without TLS until/);
});

test('a file of lines that cannot be read is never taken for an empty one', async (t) => {
  const { get, post, lines } = await box();
  const { writeFileSync, mkdirSync } = await import('node:fs');
  mkdirSync(lines.path.replace(/\/[^/]*$/, ''), { recursive: true });
  writeFileSync(lines.path, '{"trunks": hunter2');
  for (const response of [await get('/trunks'), await post('/trunks', untouched)]) {
    t.is(response.status, 503);
    const text = await response.text();
    t.regex(text, /cannot be read/);
    t.false(text.includes('hunter2'));
  }
});

test('why a phone does not register is told in words: its own tries, and what may have been it', async (t) => {
  const { page, post, tools } = await box();
  await post('/phones', { user: '214', until: '' });
  t.regex(await page('/phones/214'), /No try of this phone is remembered/);
  const at = NOW - 60_000;
  const tried = { firstAt: at, at, count: 3, transport: 'TLS' as const, address: '192.0.2.10', agent: '<b>Phone/1' };
  tools.world.attempts = {
    attempts: [{ ...tried, outcome: 'wrong_secret' }],
    strangers: [{ ...tried, user: '<i>999', outcome: 'unknown_number' }],
    handshakes: [{ at, count: 2, address: '192.0.2.11', fault: 'untrusted' }],
    bans: [{ source: '192.0.2.12', why: 'guesses', until: NOW + 600_000 }],
  };
  const shown = await page('/phones/214');
  t.regex(shown, /3 times[\s\S]*&lt;b&gt;Phone\/1[\s\S]*Its secret is wrong/);
  t.regex(
    shown,
    /192\.0\.2\.11[\s\S]*does not trust the certificate[\s\S]*192\.0\.2\.12[\s\S]*wrong secrets again and again/,
  );
  t.notRegex(shown, /999/, 'other numbers are on a page of their own');
  tools.world.registrations = [
    { user: '214', transport: 'TLS', remote: { address: '192.0.2.10', port: 5061 }, expiresInS: 300 },
  ];
  t.notRegex(await page('/phones/214'), /192\.0\.2\.11/, 'it is there: nothing needs looking for');
  t.regex(await page('/registrations'), /&lt;i&gt;999[\s\S]*no such phone here/);
  tools.world.attempts = { attempts: [], strangers: [], handshakes: [], bans: [] };
  t.regex(await page('/registrations'), /Nothing failed/);
  await post('/phones/214/test', {});
  t.regex(await (await post('/connection/known', { known: 'phone 214' })).text(), /This does not work/);
  t.deepEqual(tools.world.asked, ['phone 214', 'phone 214']);
  t.is((await post('/connection/known', { known: 'x' })).status, 422);
});
