/** What stops a program at the API: how often it asks, where it comes from, what somebody else did meanwhile. */

import { leafHash } from '@belkluis/shared/audit/leaf';
import { checkInclusion } from '@belkluis/shared/audit/proof';
import test from 'ava';
import { SOURCE_RATE, TOKEN_RATE } from './limits.ts';
import { testApi } from './testing/api.ts';

const _utrecht = { name: 'Utrecht', country: 'NL', timeZone: 'Europe/Amsterdam' };

test('a token that asks too often is told how long to wait, and slows no other', async (t) => {
  const { api, program, clock } = await testApi(t);
  const [one, other] = [await program(), await program()];
  const first = await one.ask('GET', '/token');
  t.regex(first.headers.get('RateLimit')!, /^"token";r=299;t=1$/);
  t.is(first.headers.get('RateLimit-Policy'), '"token";q=300;w=60');
  for (let asked = 1; asked < TOKEN_RATE.burst; asked++)
    await api.request('/api/v1/token', { headers: { Authorization: `Bearer ${one.token}` } });
  const told = await one.ask('GET', '/token');
  t.is(told.status, 429);
  t.is(told.headers.get('Retry-After'), '1');
  t.is((await other.ask('GET', '/token')).status, 200);
  clock.advance(1000);
  t.is((await one.ask('GET', '/token')).status, 200);
});

test('of one line each address counts as the same, before anybody knows whose token it is', async (t) => {
  const { api, program } = await testApi(t);
  const { token } = await program();
  const from = async (remoteAddress: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await api.request('/api/v1/token', { headers }, { incoming: { socket: { remoteAddress } } });
    return { status: answer.status, after: answer.headers.get('Retry-After') };
  };
  // Without a token none is counted but the address.
  for (let asked = 0; asked < SOURCE_RATE.burst; asked++)
    await api.request('/api/v1/token', {}, { incoming: { socket: { remoteAddress: `2001:db8::${asked}` } } });
  t.deepEqual(await from('2001:db8:0:0:ffff::1'), { status: 429, after: '1' });
  t.deepEqual(await from('2001:db8:0:1::1'), { status: 200, after: null });
});

test('a session opens nothing here, no page elsewhere may ask, and other methods are named', async (t) => {
  const { api, program, asker } = await testApi(t);
  const { token, ask } = await program();
  const get = (headers: Record<string, string>, method = 'GET', path = '/api/v1/boxes') =>
    api.request(path, { method, headers });
  t.is((await get({ Cookie: `__Host-session=${token}` })).status, 401);
  t.is((await get({ Authorization: `Basic ${token}` })).status, 401);
  t.is((await api.request(`/api/v1/boxes?access_token=${token}`)).status, 401);
  const elsewhere = await get({ Authorization: `Bearer ${token}`, Origin: 'https://evil.example' });
  t.deepEqual(
    [...elsewhere.headers.keys()].filter((name) => name.startsWith('access-control')),
    [],
  );
  const before = await get({ Origin: 'https://evil.example', 'Access-Control-Request-Method': 'GET' }, 'OPTIONS');
  t.is(before.status, 405);
  t.is(before.headers.get('Allow'), 'GET');
  t.is((await get({}, 'GET', '/api/v1/nothing')).status, 404);
  t.is((await get({}, 'GET', '/api/v2/boxes')).status, 404);
  const { headers } = await ask('GET', '/boxes');
  t.is(headers.get('Cache-Control'), 'no-store');
  t.is(headers.get('X-Content-Type-Options'), 'nosniff');
  t.is((await asker(null)('GET', '/boxes')).json.type, 'urn:belkluis:problem:token_missing');
});

test('without its database it says so, and nothing else', async (t) => {
  const { api, program, broken, kysely, logged } = await testApi(t);
  const { token } = await program();
  const get = async () => {
    const answer = await api.request('/api/v1/boxes', { headers: { Authorization: `Bearer ${token}` } });
    return { status: answer.status, after: answer.headers.get('Retry-After'), ...(await answer.json()) };
  };
  const told = (status: number, code: string) => ({ status, type: `urn:belkluis:problem:${code}`, code });
  const where = 'connect ECONNREFUSED /var/run/postgresql of fleet';
  broken.all = Object.assign(new Error(where), { code: 'ECONNREFUSED' });
  const { title: away, ...gone } = await get();
  t.deepEqual(gone, { ...told(503, 'unavailable'), after: '1' });
  broken.all = null;
  await kysely.destroy();
  const { title, ...failed } = await get();
  t.deepEqual(failed, { ...told(500, 'failed'), after: null });
  t.notRegex(`${away} ${title}`, /ECONN|postgres|driver|destroyed/);
  // Whoever runs the server is told why.
  t.like(logged, [
    { event: 'api_failed', facts: { code: 'unavailable', cause: where } },
    { event: 'api_failed', facts: { code: 'failed' } },
  ]);
});

test('a level that somebody else wrote meanwhile is not written over', async (t) => {
  const { program, services, scope } = await testApi(t);
  const { ask } = await program();
  const { id } = await services.tenants.createCustomer(scope, 'Notaris Jansen', 'anna');
  const at = `/policies/customer/${id}`;
  const day = (date: string) => ({ parts: { holidays: [{ date, name: 'Closed' }] } });
  const first = (await ask('GET', at)).headers.get('ETag')!;
  const write = (body: object, tag: string) => ask('PUT', at, { body, headers: { 'If-Match': tag } });
  const written = await write(day('2026-12-25'), first);
  t.like(written.json, { version: 1, kind: 'customer', of: id });
  t.is((await ask('GET', at)).headers.get('ETag'), written.headers.get('ETag'), 'what was written is what is read');
  t.is((await write(day('2026-12-26'), first)).json.code, 'precondition_failed');
  t.is((await write(day('2026-12-26'), `W/${written.headers.get('ETag')}`)).json.code, 'precondition_failed');
  t.like((await ask('GET', at)).json.content, day('2026-12-25'));
  // Two at once: one of them is told.
  const tag = written.headers.get('ETag')!;
  const both = await Promise.all([write(day('2026-12-31'), tag), write(day('2027-01-01'), `"other", ${tag}`)]);
  t.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
  t.deepEqual(
    (await ask('GET', `${at}/versions`)).json.items.map(({ version }: { version: number }) => version),
    [2, 1],
  );
  t.deepEqual(
    (await ask('GET', `${at}/chain`)).json.items.map(({ kind }: { kind: string }) => kind),
    ['msp', 'customer'],
  );
});

test('what somebody else changed meanwhile is not changed by whoever says what they read', async (t) => {
  const { program, services, scope } = await testApi(t);
  const { ask } = await program();
  const { id } = await services.tenants.createCustomer(scope, 'Notaris Jansen', 'anna');
  const at = `/customers/${id}`;
  const tagOf = async () => (await ask('GET', at)).headers.get('ETag')!;
  const rename = (name: string, tag?: string) =>
    ask('PATCH', at, { body: { name }, headers: tag === undefined ? {} : { 'If-Match': tag } });
  const first = await tagOf();
  const renamed = await rename('Notaris De Wit', first);
  t.is(renamed.status, 200);
  t.is(renamed.headers.get('ETag'), await tagOf(), 'what was written is what is read');
  for (const tag of [first, `W/${await tagOf()}`, '"nothing"'])
    t.like((await rename('Garage De Vries', tag)).json, { status: 412, code: 'precondition_failed' });
  t.is((await ask('GET', at)).json.name, 'Notaris De Wit');
  t.is((await rename('Notaris Bakker', '*')).status, 200);
  t.is((await rename('Notaris Visser')).status, 200, 'nobody has to say it');

  const tag = await tagOf();
  const crowd = await Promise.all(['A', 'B', 'C', 'D'].map((name) => rename(name, tag)));
  t.deepEqual(crowd.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);

  const archive = (tag: string, key: string) => ask('POST', `${at}/archive`, { key, headers: { 'If-Match': tag } });
  t.is((await archive(tag, 'archive-too-late-01')).status, 412);
  t.is((await ask('GET', at)).json.archivedAt, null);
  const now = await tagOf();
  t.is((await archive(now, 'archive-in-time-01')).status, 200);
  const again = await archive(now, 'archive-in-time-01');
  t.deepEqual([again.status, again.headers.get('Idempotency-Replayed')], [200, 'true'], 'one wish, one answer');
  t.is((await archive('"another"', 'archive-in-time-01')).json.code, 'idempotency_key_reused');
});

test('that an event is in the log is proven to whom it is about, and to nobody else', async (t) => {
  const { program, services, scope, other, sign, signer } = await testApi(t);
  const { ask } = await program();
  const foreign = (await program(undefined, undefined, other)).ask;
  await services.tenants.createCustomer(scope, 'Notaris Jansen', 'anna');
  await sign();
  const size = (await services.audit.checkpointSizes()).at(-1)!;
  const [{ index }] = (await ask('GET', '/audit/events?limit=1')).json.items;
  const proof = (await ask('GET', `/audit/events/${index}/proof?size=${size}`)).json;
  const leaf = leafHash(Buffer.from(proof.salt, 'base64'), proof.event);
  t.true(checkInclusion(leaf, proof, signer).ok);
  t.false(checkInclusion(leafHash(Buffer.from(proof.salt, 'base64'), `${proof.event} `), proof, signer).ok);
  t.regex(proof.event, /customer_created/);
  t.is((await foreign('GET', `/audit/events/${index}/proof?size=${size}`)).json.code, 'not_here');
  t.is((await ask('GET', `/audit/events/${size + 7}/proof?size=${size + 9}`)).json.code, 'not_here');
});
