/** In by an identity provider, as somebody at a browser meets it: with a real provider. */
import test from 'ava';
import { browse, outbound, realProvider } from '../access/oidc/testing/identity-provider.ts';
import { DOOR_QUOTA } from './limits.ts';
import { readRules, writeRules } from './pages/provider-rules.ts';
import { ORIGIN, of, testConsole } from './testing/console.ts';

const eve = { sub: 'eve-17', email: 'eve@noordkop.example', email_verified: true, name: 'Eve' };
const SECRET = 'a-client-secret-that-nobody-reads';

test('an owner adds a provider; a colleague comes in by it, and is known the next time', async (t) => {
  const { join, visitor, invite, clock } = await testConsole(t, outbound);
  const { issuer, world, client } = await realProvider(t);
  const owner = await join('maaike@noordkop.example', [of('owner')]);
  clock.advance(30_000);
  const typed = {
    name: 'Directory',
    issuer,
    clientId: 'fleet',
    clientSecret: SECRET,
    country: 'nl',
    domains: 'noordkop.example',
  };
  const wrong = await owner.post('/providers/new', { ...typed, rules: 'groups = ops: owner' });
  t.is(wrong.status, 400);
  t.regex(await wrong.text(), /id="rules-error"/);
  const unproven = await owner.post('/providers/new', { ...typed, code: '000000' });
  t.is(unproven.status, 400);
  t.regex(
    await unproven.text(),
    /value="Directory".*value="fleet".*value="NL".*>noordkop\.example<.*id="code-error"/is,
  );
  t.regex(await owner.page('/providers'), /None yet: everybody/);
  const added = (await owner.post('/providers/new', { ...typed, code: owner.code() })).headers.get('Location')!;
  for (const path of [added, `${added}/remove`]) {
    const refused = await owner.post(path, { ...typed, name: 'Elsewhere', version: '1', clientSecret: '' });
    t.is(refused.status, 400, path);
  }
  const page = await owner.page(added);
  t.false(page.includes(SECRET));
  const redirect = /<code>(https:[^<]+\/back)<\/code>/.exec(page)![1]!;
  client('fleet', SECRET, redirect);
  world.who = eve;
  const id = added.split('/').at(-1)!;
  t.is(redirect, `https://fleet.example/sign-in/with/${id}/back`);

  const browser = visitor();
  const asked = await browser.post('/invitation/with', {
    code: await invite('eve@noordkop.example', [of('operator')]),
  });
  const there = /^0;url=(.+)$/.exec(asked.headers.get('Refresh')!)![1]!;
  t.regex(
    asked.headers.get('Set-Cookie')!,
    /^__Host-attempt=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const back = await browser.get(`/sign-in/with/${id}/back?${await browse(there)}`);
  t.is(back.status, 200);
  const finish = /^0;url=(.+)$/.exec(back.headers.get('Refresh')!)![1]!;
  t.true(finish.startsWith(`/sign-in/with/${id}/finish?`));
  t.is((await visitor().get(finish)).status, 400, 'in another browser');
  t.is((await browser.get(finish)).headers.get('Location'), '/enrol');
  t.is((await browser.get(finish)).status, 400, 'once');
  t.is((await browser.get('/')).status, 403, 'no second factor yet');
  t.regex(await browser.page('/sign-in'), new RegExp(`href="/sign-in/with/${id}"[^>]*>Sign in with Directory`));
  t.notRegex(await visitor().page('/sign-in'), /Directory/, 'strangers see nobody’s provider');
  const again = await browser.get(`/sign-in/with/${id}`);
  t.is(again.status, 303);
  t.true(again.headers.get('Location')!.startsWith(issuer));
});

test('providers are for owners; one’s own account is connected from one’s own page', async (t) => {
  const { join, clock } = await testConsole(t, outbound);
  const { issuer, world, client } = await realProvider(t);
  const owner = await join('maaike@noordkop.example', [of('owner')]);
  const other = await join('piet@noordkop.example', [of('operator')]);
  clock.advance(30_000);
  for (const path of ['/providers', '/providers/new']) t.is((await other.get(path)).status, 403);
  const typed = {
    name: 'Directory',
    issuer,
    clientId: 'fleet',
    clientSecret: SECRET,
    country: 'NL',
    domains: 'noordkop.example',
  };
  const made = await owner.post('/providers/new', { ...typed, code: owner.code() });
  const id = made.headers.get('Location')!.split('/').at(-1)!;
  client('fleet', SECRET, `https://fleet.example/sign-in/with/${id}/back`);
  world.who = { ...eve, email: 'piet@noordkop.example' };
  t.regex(await other.page('/account/providers'), /Connect Directory/);
  const alone = await other.post(`/account/providers/${id}/connect`, {});
  t.is(alone.status, 400, 'an open session alone connects nobody’s account');
  t.is(alone.headers.get('Refresh'), null);
  const leave = await other.post(`/account/providers/${id}/connect`, { code: other.code() });
  const query = await browse(/^0;url=(.+)$/.exec(leave.headers.get('Refresh')!)![1]!);
  t.is((await other.get(`/sign-in/with/${id}/finish?${query}`)).headers.get('Location'), '/');
  t.regex(await other.page('/account/providers'), /Directory: connected/);
  t.is((await other.post(`/account/providers/${id}/disconnect`, {})).status, 400);
  clock.advance(30_000);
  t.is((await other.post(`/account/providers/${id}/disconnect`, { code: other.code() })).status, 303);
  t.regex(await other.page('/account/providers'), /Connect Directory/);
  t.is((await owner.post(`/providers/${id}/remove`, { code: owner.code() })).status, 303);
  t.is((await owner.get(`/providers/${id}`)).status, 404);
});

test('who goes to providers and comes back again and again has to wait, and nobody else has', async (t) => {
  const { app, clock } = await testConsole(t, outbound);
  const codeOf = async (path: string, remoteAddress: string): Promise<string> =>
    (await (await app.request(`${ORIGIN}${path}`, {}, { incoming: { socket: { remoteAddress } } })).json()).code;
  const [there, back] = ['/sign-in/with/01J', '/sign-in/with/01J/finish?code=c&state=s'];
  t.is(await codeOf(back, '2001:db8::7'), 'provider_expired');
  for (let asked = 1; asked < DOOR_QUOTA.burst; asked++) t.is(await codeOf(there, '2001:db8::7'), 'provider_unknown');
  for (const path of [there, back]) t.is(await codeOf(path, '2001:db8::8'), 'too_many', `${path} of the same line`);
  t.is(await codeOf('/nowhere', '2001:db8::7'), 'session_over', 'other pages');
  t.is(await codeOf(there, '192.0.2.1'), 'provider_unknown');
  clock.advance(1000);
  t.is(await codeOf(there, '2001:db8::8'), 'provider_unknown');
});

test('who has nothing here to prove with sets a factor up right after the sign-in, and does the rest with it', async (t) => {
  const { join, visitor, invite, clock } = await testConsole(t, outbound);
  const { issuer, world, client } = await realProvider(t);
  const owner = await join('maaike@noordkop.example', [of('owner')]);
  clock.advance(30_000);
  const typed = { name: 'Directory', issuer, clientId: 'fleet', clientSecret: SECRET, country: 'NL', amr: 'mfa' };
  const made = await owner.post('/providers/new', { ...typed, domains: 'noordkop.example', code: owner.code() });
  const id = made.headers.get('Location')!.split('/').at(-1)!;
  client('fleet', SECRET, `https://fleet.example/sign-in/with/${id}/back`);
  world.who = { ...eve, amr: ['mfa'] };
  const browser = visitor();
  const asked = await browser.post('/invitation/with', { code: await invite(eve.email, [of('owner')]) });
  const query = await browse(/^0;url=(.+)$/.exec(asked.headers.get('Refresh')!)![1]!);
  t.is((await browser.get(`/sign-in/with/${id}/finish?${query}`)).headers.get('Location'), '/');
  t.regex(
    await browser.page('/people/invite'),
    /You came in by an identity provider. Set up a passkey or an app here first. <a href="\/enrol"/,
  );
  const invited = await browser.post('/people/invite', { email: 'x@noordkop.example', role: 'owner', place: '' });
  t.is(invited.status, 400);
  t.regex(await (await browser.post('/enrol/add/app', {})).text(), /class="fingerprint"/);
  for (let minutes = 0; minutes < 30; minutes += 15) {
    await browser.get('/');
    clock.advance(15 * 60_000);
  }
  const late = await browser.post('/enrol/add/app', {});
  t.is(late.status, 400);
  t.regex(await late.text(), /Sign out, sign in by your provider/);
});

test('rules are lines that come out as they went in', (t) => {
  const text = 'groups = ops: operator, auditor\nhd = a:b: read_only@customer:01J, operator@site:02K';
  t.is(writeRules(readRules(text) as never), text);
  t.like(readRules('nonsense')[0], { claim: '' });
});
