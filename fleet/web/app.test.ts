/** The frame of the console: what every answer carries, who gets in, and what a stranger meets. */
import { totpCode } from '@belkluis/shared/access/totp';
import test from 'ava';
import { MAX_BODY, PAGE_QUOTA } from './limits.ts';
import { of, PASSWORD, testConsole } from './testing/console.ts';

test('every answer forbids what it does not need, pages, files and refusals alike', async (t) => {
  const { visitor } = await testConsole(t);
  const { get } = visitor();
  const page = await (await get('/sign-in')).text();
  const style = /href="(\/assets\/[^"]+style\.css)"/.exec(page)![1]!;
  for (const path of ['/sign-in', '/', '/nothing', style]) {
    const { headers } = await get(path);
    const policy = headers.get('Content-Security-Policy')!;
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
      t.true(policy.includes(rule), `${path}: ${rule}`);
    t.notRegex(policy, /unsafe|http:/);
    t.is(headers.get('Strict-Transport-Security'), 'max-age=31536000', path);
    t.is(headers.get('Cross-Origin-Opener-Policy'), 'same-origin', path);
    t.is(headers.get('Cache-Control'), path === style ? 'public, max-age=31536000, immutable' : 'no-store', path);
  }
  t.notRegex(page, / style=| on[a-z]+=|javascript:/);
});

test('an invitation, a password, an app: in; the cookie is this host’s alone', async (t) => {
  const { visitor, invite, clock } = await testConsole(t);
  const { get, post, page, cookies } = visitor();
  const code = await invite('maaike@noordkop.example', [of('owner')]);
  const fields = { code, name: 'Maaike de Groot', password: PASSWORD };
  const differs = await post('/invitation', { ...fields, again: 'something else' });
  t.is(differs.status, 400);
  t.regex(await differs.text(), /The two passwords differ.*id="code"[^>]*value="[\w-]{43}"/s);
  const accepted = await post('/invitation', { ...fields, again: PASSWORD });
  t.is(accepted.headers.get('Location'), '/enrol');
  t.regex(
    accepted.headers.get('Set-Cookie')!,
    /^__Host-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  t.is((await post('/invitation', { ...fields, again: PASSWORD })).status, 400, 'good once');

  const app = await (await post('/enrol/app', {})).text();
  const uri = /name="uri" value="([^"]+)"/.exec(app)![1]!.replaceAll('&amp;', '&');
  const wrong = await post('/enrol/app/code', { code: '000000', uri });
  t.true((await wrong.text()).includes(uri.replaceAll('&', '&amp;')), 'the same secret again');
  const secret = new URL(uri).searchParams.get('secret')!;
  const half = cookies.get('__Host-session');
  const done = await post('/enrol/app/code', { code: totpCode(secret, clock.now()), uri });
  t.is(done.headers.get('Location'), '/');
  t.not(cookies.get('__Host-session'), half);
  t.regex(
    await page('/'),
    /Overview of Noordkop ICT.*Maaike de Groot, owner|Maaike de Groot, owner.*Overview of Noordkop ICT/s,
  );

  t.is((await post('/sign-out', {})).headers.get('Location'), '/sign-in?notice=signedOut');
  t.false(cookies.has('__Host-session'));
  t.is((await get('/')).headers.get('Location'), '/sign-in');
  clock.advance(30_000);
  t.is(
    (await post('/sign-in', { email: 'maaike@noordkop.example', password: PASSWORD })).headers.get('Location'),
    '/sign-in/code',
  );
  t.is((await post('/sign-in/code', { code: totpCode(secret, clock.now()) })).headers.get('Location'), '/');
  t.is((await get('/')).status, 200);
});

test('a password alone reaches nothing but the second factor', async (t) => {
  const { visitor, invite, app, clock } = await testConsole(t);
  const { get, post } = visitor();
  const code = await invite('maaike@noordkop.example', [of('owner')]);
  await post('/invitation', { code, name: 'Maaike', password: PASSWORD, again: PASSWORD });
  for (const { method, path } of app.routes.filter(({ method }) => method !== 'ALL')) {
    if (/^\/(assets|sign-|invitation|enrol|trust|location|boxes-send)/.test(path)) continue;
    // One address asks no faster than its quota.
    clock.advance(1000);
    const answer = await (method === 'GET' ? get(path) : post(path, {}));
    t.is(answer.status, 403, `${method} ${path}`);
    t.regex(await answer.text(), /Set up or give your second factor first.*href="\/enrol"/s);
  }
  t.is((await get('/enrol')).status, 200);
});

test('what comes from another page does nothing', async (t) => {
  const { join } = await testConsole(t);
  const { post, get } = await join('maaike@noordkop.example', [of('owner')]);
  for (const headers of [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
  ])
    t.is((await post('/sign-out', {}, headers)).status, 403, JSON.stringify(headers));
  const json = await post(
    '/sign-in/passkey/options',
    {},
    { Origin: 'https://evil.example', 'Content-Type': 'application/json' },
  );
  t.is(json.status, 403);
  t.is((await get('/')).status, 200, 'still signed in');
  t.is((await post('/sign-out', {}, { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' })).status, 303);
});

test('a stranger learns no address, waits after five tries, and cannot flood', async (t) => {
  const { visitor, join, clock } = await testConsole(t);
  await join('maaike@noordkop.example', [of('owner')]);
  const { post, get } = visitor();
  const tried = async (email: string) => {
    const answer = await post('/sign-in', { email, password: 'not it at all' });
    return [answer.status, (await answer.text()).replaceAll(email, '')];
  };
  t.deepEqual(await tried('maaike@noordkop.example'), await tried('nobody@noordkop.example'));
  for (let at = 0; at < 3; at++) await tried('nobody@noordkop.example');
  t.is((await tried('maaike@noordkop.example'))[0], 429);
  clock.advance(3_600_001);
  t.is((await tried('maaike@noordkop.example'))[0], 400);
  t.is((await post('/sign-in', { email: 'x'.repeat(MAX_BODY) })).status, 413);
  let last = 0;
  for (let at = 0; at <= PAGE_QUOTA.burst; at++) last = (await get('/sign-in')).status;
  t.is(last, 429);
});

test('a session that is over leads to the sign-in, and says so; a script is told in its own form', async (t) => {
  const { join, clock, visitor } = await testConsole(t);
  const { get, send } = await join('maaike@noordkop.example', [of('read_only')]);
  t.is((await get('/')).status, 200);
  clock.advance(31 * 60_000);
  t.is((await get('/')).headers.get('Location'), '/sign-in?notice=ended');
  t.regex(await visitor().page('/sign-in?notice=ended'), /Your session is over/);
  t.notRegex(await visitor().page('/sign-in?notice=constructor'), /role="status"/);
  const script = await send('/', { headers: { Accept: 'application/json' } });
  t.is(script.status, 401);
  t.like(await script.json(), { code: 'session_over' });
});

test('a page speaks the language that was chosen, else what the browser asks for', async (t) => {
  const { visitor } = await testConsole(t);
  const { get, page, cookies } = visitor();
  for (const [asked, title] of [
    ['nl-BE,nl;q=0.9', 'Aanmelden'],
    ['de', 'Anmelden'],
    ['fr-CA;q=0.5, sv', 'Se connecter'],
    ['sv', 'Sign in'],
  ]) {
    const answer = await visitor().send('/sign-in', { headers: { 'Accept-Language': asked! } });
    t.regex(await answer.text(), new RegExp(`<h1>${title}</h1>`));
  }
  t.is((await get('/sign-in?language=de&notice=ended')).headers.get('Location'), '/sign-in?notice=ended');
  t.is(cookies.get('__Host-language'), 'de');
  t.regex(await page('/sign-in'), /<html lang="de">.*<h1>Anmelden/s);
  t.is((await get('/sign-in?language=xx')).status, 200);
  for (const path of ['//evil.example/x', '///evil.example/x', '/\\evil.example/x'])
    t.is((await get(`${path}?language=nl`)).headers.get('Location'), '/evil.example/x', 'to nobody else’s page');
});

test('a page that is not there is told as one', async (t) => {
  const { join } = await testConsole(t);
  const { get } = await join('maaike@noordkop.example', [of('owner')]);
  const answer = await get('/no-such-page');
  t.is(answer.status, 404);
  t.regex(await answer.text(), /There is no such page/);
});
