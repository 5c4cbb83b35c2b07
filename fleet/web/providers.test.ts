/** In by an identity provider, as somebody at a browser meets it: with a real provider. */
import test from 'ava';
import { browse, outbound, realProvider } from '../access/oidc/testing/identity-provider.ts';
import { DOOR_QUOTA } from './limits.ts';
import { readRules, writeRules } from './pages/provider-rules.ts';
import { ORIGIN, of, testConsole } from './testing/console.ts';

const eve = { sub: 'eve-17', email: 'eve@noordkop.example', email_verified: true, name: 'Eve' };
const SECRET = 'a-client-secret-that-nobody-reads';

test('an owner adds a provider; a colleague comes in by it, and is known the next time', async (t) => {
  const { join, visitor, invite } = await testConsole(t, outbound);
  const { issuer, world, client } = await realProvider(t);
  const owner = await join('maaike@noordkop.example', [of('owner')]);
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
  const added = (await owner.post('/providers/new', typed)).headers.get('Location')!;
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
  const { join } = await testConsole(t, outbound);
  const { issuer, world, client } = await realProvider(t);
  const owner = await join('maaike@noordkop.example', [of('owner')]);
  const other = await join('piet@noordkop.example', [of('operator')]);
  for (const path of ['/providers', '/providers/new']) t.is((await other.get(path)).status, 403);
  const typed = {
    name: 'Directory',
    issuer,
    clientId: 'fleet',
    clientSecret: SECRET,
    country: 'NL',
    domains: 'noordkop.example',
  };
  const id = (await owner.post('/providers/new', typed)).headers.get('Location')!.split('/').at(-1)!;
  client('fleet', SECRET, `https://fleet.example/sign-in/with/${id}/back`);
  world.who = { ...eve, email: 'piet@noordkop.example' };
  t.regex(await other.page('/account/providers'), /Connect Directory/);
  const leave = await other.post(`/account/providers/${id}/connect`, {});
  const query = await browse(/^0;url=(.+)$/.exec(leave.headers.get('Refresh')!)![1]!);
  t.is((await other.get(`/sign-in/with/${id}/finish?${query}`)).headers.get('Location'), '/');
  t.regex(await other.page('/account/providers'), /Directory: connected/);
  t.is((await other.post(`/account/providers/${id}/disconnect`, {})).status, 303);
  t.regex(await other.page('/account/providers'), /Connect Directory/);
  t.is((await owner.post(`/providers/${id}/remove`, {})).status, 303);
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

test('rules are lines that come out as they went in', (t) => {
  const text = 'groups = ops: operator, auditor\nhd = a:b: read_only@customer:01J, operator@site:02K';
  t.is(writeRules(readRules(text) as never), text);
  t.like(readRules('nonsense')[0], { claim: '' });
});
