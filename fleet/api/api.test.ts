/** The API as programs meet it: whose it is, once is once, and every answer as the document says. */

import { Validator } from '@seriousme/openapi-schema-validator';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { storeBatch } from '../inventory/store.ts';
import { counts, finding, health, presence, reported } from '../inventory/testing/boxes.ts';
import { customersOwn } from '../policy/testing/world.ts';
import { ANSWER_KEPT_MS, TOKEN_RATE, WORK_LIMIT_MS } from './limits.ts';
import { statusesOf } from './openapi.ts';
import type { Route } from './route.ts';
import { routes } from './routes.ts';
import { of, testApi } from './testing/api.ts';

const utrecht = { name: 'Utrecht', country: 'NL', timeZone: 'Europe/Amsterdam' };

test('the document is OpenAPI 3.1, and each of its answers is given', async (t) => {
  const {
    program,
    document,
    check,
    addBox,
    services,
    kysely,
    newId,
    clock,
    sign,
    asker,
    other,
    broken,
    api,
    msps,
    alerts,
    policies,
    compliance,
    scope,
  } = await testApi(t);
  const valid = await new Validator().validate(structuredClone(document) as unknown as Record<string, unknown>);
  t.deepEqual(valid.errors ?? [], []);
  t.is(document.openapi, '3.1.1');

  // What is good.
  const { ask, person } = await program();
  const made = await ask('POST', '/customers', { body: { name: 'Notaris Jansen' } });
  const customer = made.json.id as string;
  const place = (await ask('POST', '/sites', { body: { customer, ...utrecht } })).json.id as string;
  const box = await addBox('one', place);
  await addBox('three', place);
  const own = customersOwn();
  const applied = { version: 1, hash: own.hash };
  const said = [
    presence(),
    reported({ applied }),
    health(clock.now(), { disk_low: 'warn' }),
    finding('disk_low', 'warn'),
    counts(clock.now()),
  ];
  await storeBatch(
    kysely,
    said.map((one, seq) => ({
      ...{ box, id: newId(), ts: clock.now(), heardAt: clock.now(), skewMs: null, said: one },
      ...{ numbered: true, digest: String(seq), seq: seq + 1 },
    })),
  );
  await policies.documents.bring(scope, own.envelope, 'anna');
  const holiday = { parts: { holidays: [{ date: '2026-12-25', name: 'Christmas' }] } };
  await policies.levels.write(scope, { kind: 'customer', of: customer }, 0, holiday, 'anna');
  const { token: seen } = await policies.preview(scope, { all: true });
  const { rollout } = await policies.sign(
    scope,
    { choice: { all: true }, token: seen, title: 'Christmas', leaveOut: true },
    'sara',
  );
  const { agreement } = await compliance.agreements.send(scope, customer, 'nl', 'anna');
  const help = { name: 'Rekencentrum BV', purpose: 'Backups', country: 'NL', parentCountry: 'NL', transfer: null };
  await compliance.subprocessors.add({ ...help, since: null }, 'operator');
  const teams = { kind: 'webhook', url: 'https://hooks.example/secret-in-the-path', country: 'NL' } as const;
  const all = { language: 'nl', level: 'warn', within: 'all', codes: null, on: true } as const;
  await alerts.channels.add(scope, { ...teams, ...all, name: 'Teams' }, 'anna');
  await sign();
  const size = (await services.audit.checkpointSizes()).at(-1)!;
  const claim = (await ask('POST', `/sites/${place}/claims`, { body: { code: 'good' } })).json.claim as string;
  for (const code of ['audit_fork', 'foreign_access'] as const) await alerts.watch.raise({ box }, code);
  const standing = (await ask('GET', '/alerts')).json.items as { id: string; code: string }[];
  const alert = standing.find(({ code }) => code === 'audit_fork')!.id;
  const others = standing.find(({ code }) => code === 'foreign_access')!.id;
  const quiet = { until: null, note: 'we know' };
  const mute = (await ask('POST', `/alerts/${others}/mute`, { body: quiet })).json.muted.id as string;
  const night = { zone: 'Europe/Amsterdam', days: null, fromDate: '2026-10-09', fromTime: '22:00' };
  const plan = {
    target: { of: 'boxes', boxes: [box] },
    when: { ...night, untilDate: '2026-10-10', untilTime: '04:00' },
  };
  const window = (await ask('POST', '/maintenance', { body: { ...plan, reason: 'new switch' } })).json.id as string;
  // A box of its own: the other one is revoked.
  const asked = await addBox('asked', place);
  const command = (await ask('POST', `/boxes/${asked}/commands`, { body: { op: 'sync' } })).json.id as string;
  const fill = (path: string) =>
    path
      .replace('{box}/commands', `${asked}/commands`)
      .replace('{command}', command)
      .replace('{customer}', customer)
      .replace('{site}', place)
      .replace('{box}', box)
      .replace('{claim}', claim)
      .replace('{alert}', alert)
      .replace('{mute}', mute)
      .replace('{window}', window)
      .replace('{level}', 'customer')
      .replace('{of}', customer)
      .replace('{version}', '1')
      .replace('{rollout}', rollout)
      .replace('{agreement}', agreement)
      .replace('{index}', '0')
      .replace('{size}', 'newest');
  const queries: Record<string, string> = {
    getBoxHealth: `?from=${clock.now() - 1000}&until=${clock.now() + 1000}`,
    getBoxCounts: `?from=${clock.now() - 2 * 3_600_000}&until=${clock.now()}`,
    getConsistency: `?first=${size}&second=${size}`,
    getEventProof: `?size=${size}`,
    listPolicyStanding: '?state=waiting&limit=1',
    listRolloutBoxes: '?state=due',
    listBoxes: '?order=name&limit=1&search=o&tag=nobody',
    listCustomers: '?archived=true',
  };
  const bodies: Record<string, object> = {
    createCustomer: { name: 'Another' },
    renameCustomer: { name: 'Notaris De Wit' },
    createSite: { customer, ...utrecht, name: 'Gent' },
    changeSite: { name: 'Utrecht 2' },
    sendCommand: { op: 'renew' },
    changeBox: { name: 'Reception', site: place, tags: ['Queue'] },
    claimBox: { code: 'good too' },
    acknowledgeAlert: { note: 'on my way' },
    muteAlert: quiet,
    planMaintenance: { ...plan, reason: 'a new PBX' },
    previewPolicies: { sites: [place] },
    writePolicyLevel: { parts: { holidays: [{ date: '2026-12-26', name: 'Boxing Day' }] } },
  };
  const headers: Record<string, Record<string, string>> = { writePolicyLevel: { 'If-Match': '*' } };
  /** Headers and body of a route, as they are good. */
  const sent = (one: Route) => ({ body: bodies[one.id], headers: headers[one.id] ?? {} });

  // What another MSP's program is told when it asks for all of this: nothing of it, and it changes nothing, as the answers below show.
  const { channels } = alerts;
  const secrets = {
    ...{
      customer,
      place,
      box,
      claim,
      alert,
      others,
      mute,
      window,
      rollout,
      agreement,
      msp: scope.msp,
      person: person.id,
    },
    ...{ channel: (await channels.list(scope))[0]!.id, names: 'Notaris Jansen', hash: own.hash, day: 'Christmas' },
    ...{ host: 'hooks.example', reason: 'new switch', note: 'we know' },
  };
  const shownIn = (text: string) =>
    Object.entries(secrets).flatMap(([name, one]) => (text.includes(one) ? [name] : []));
  const stranger = await program(undefined, undefined, other);
  const filters = { customer, site: place, box, assignedTo: person.id };
  const levels = { msp: scope.msp, customer, site: place, box };
  for (const one of routes) {
    if (one.id === 'endToken') continue;
    const path = fill(one.path) + (queries[one.id] ?? '');
    const paths = [
      ...(one.path.includes('{level}')
        ? Object.entries(levels).map(([level, id]) => fill(one.path.replace('{level}', level).replace('{of}', id)))
        : [path]),
      ...Object.entries(filters).flatMap(([name, id]) =>
        name in one.query.shape ? [`${path.split('?')[0]}?${name}=${id}`] : [],
      ),
      ...(one.path.includes('{index}') ? Array.from({ length: size }, (_, at) => path.replace('/0/', `/${at}/`)) : []),
    ];
    for (const at of paths) {
      const told = await stranger.ask(one.method.toUpperCase(), at, sent(one));
      t.deepEqual(shownIn(told.text), [], `${one.id} ${at}: ${told.text}`);
      t.not(told.status, 429, at);
      // Not even how many there are.
      if (told.status === 200 && /Counts|countBoxes/.test(one.id)) t.notRegex(told.text, /[1-9]/, at);
      if (one.path.includes('{') && !one.path.startsWith('/audit')) t.is(told.status, 404, `${one.id} ${at}`);
    }
  }

  const { ask: shortly } = await program();
  const shown = new Set<string>();
  for (const one of routes) {
    const by = one.id === 'endToken' ? shortly : ask;
    const path = fill(one.path) + (queries[one.id] ?? '');
    const told = await by(one.method.toUpperCase(), path, sent(one));
    t.is(told.status, one.status, `${one.id}: ${told.text}`);
    t.notRegex(told.text, /secret-in-the-path/);
    for (const name of shownIn(told.text)) shown.add(name);
    if (!one.tagged || one.method !== 'get') continue;
    const known = { 'If-None-Match': told.headers.get('ETag')! };
    t.is((await ask('GET', path, { headers: known })).status, 304);
  }
  t.deepEqual([...shown].toSorted(), Object.keys(secrets).toSorted(), 'whose it is is told all of it');

  // What is not.
  const [poor, reader] = [(await program(['write policies'])).ask, (await program(['see boxes'])).ask];
  const foreign = (await program(undefined, undefined, other)).ask;
  for (const one of routes) {
    const [method, path] = [one.method.toUpperCase(), fill(one.path)];
    const { body, headers } = sent(one);
    const mayNot = one.act === 'write policies' ? reader : poor;
    t.is((await asker(null)(method, path, { body })).status, 401);
    t.is((await asker('bkf_no-token')(method, path, { body })).json.code, 'token_refused');
    t.is((await ask(method, `${path}?nonsense=1`, { body })).json.code, 'query_invalid');
    if (one.act) t.is((await mayNot(method, path, { body })).json.code, 'not_allowed', one.id);
    if (one.path.includes('{') && !one.path.startsWith('/audit')) {
      const told = await foreign(method, path + (queries[one.id] ?? ''), { body, headers });
      t.is(told.status, 404, `${one.id} of another MSP: ${told.text}`);
      const unknown = await ask(method, path.replaceAll(/\/[0-9A-Za-z]{20,}/g, '/nobody') + (queries[one.id] ?? ''), {
        body,
        headers,
      });
      t.is(unknown.status, 404, one.id);
      t.is(unknown.json.code, told.json.code, 'what is another’s is as if it were not there');
    }
    if (one.body) {
      t.is((await ask(method, path, { body: '{' })).json.code, 'body_invalid');
      t.like((await ask(method, path, { body: { nonsense: 'secret' } })).json, { code: 'body_invalid' });
      t.is((await ask(method, path, { body: '{}', headers: { 'Content-Type': 'text/plain' } })).json.code, 'body_type');
      const large = JSON.stringify({ name: 'x'.repeat(70_000) });
      t.is((await ask(method, path, { body: large, headers: { 'Content-Length': String(large.length) } })).status, 413);
    }
    if (one.locked) {
      t.is((await ask(method, path, { body })).json.code, 'precondition_missing');
      const stale = { 'If-Match': '"what was read long ago"' };
      t.is((await ask(method, path, { body, headers: stale })).json.code, 'precondition_failed');
    }
    if (one.thing !== undefined) {
      t.true(
        routes.some(({ method, path, tagged }) => method === 'get' && tagged && path === one.thing),
        one.id,
      );
      const stale = { 'If-Match': '"what was read long ago"' };
      t.is((await ask(method, path, { body, headers: stale })).json.code, 'precondition_failed', one.id);
    }
    if (one.method === 'post') {
      t.is((await ask(method, path, { body, key: null })).json.code, 'idempotency_key_missing');
      t.is((await ask(method, path, { body, key: 'short' })).json.code, 'idempotency_key_missing');
      await ask('POST', '/customers', { body: { name: `Of ${one.id}` }, key: `used-before-${one.id}` });
      const other = { ...body, ...(one.id === 'createCustomer' ? { name: 'yet another' } : {}) };
      t.is(
        (await ask(method, path, { body: body && other, key: `used-before-${one.id}` })).json.code,
        'idempotency_key_reused',
      );
    }
  }
  // Too often, a fault, no database, and a wish that is being worked on: the same for each.
  const hasty = await program();
  for (let asked = 0; asked < TOKEN_RATE.burst; asked++)
    await api.request('/api/v1/token', { headers: { Authorization: `Bearer ${hasty.token}` } });
  for (const one of routes)
    t.is((await hasty.ask(one.method.toUpperCase(), fill(one.path), sent(one))).status, 429, one.id);
  clock.advance(3_600_000);
  const answers = kysely.$extendTables<{ api_answers: { status: number | null; begun_at: number } }>();
  for (const one of routes) {
    const [method, path] = [one.method.toUpperCase(), fill(one.path) + (queries[one.id] ?? '')];
    for (const [code, status] of [
      ['ENOSPC', 500],
      ['SQLITE_CANTOPEN', 503],
    ] as const) {
      broken.all = Object.assign(new Error(code), { code });
      t.is((await ask(method, path, sent(one))).status, status, one.id);
      broken.all = null;
    }
    if (one.method !== 'post') continue;
    const wish = { ...sent(one), key: `worked-on-${one.id}-0001` };
    await ask(method, path, wish);
    await answers.updateTable('api_answers').set({ status: null, begun_at: clock.now() }).execute();
    t.is((await ask(method, path, wish)).json.code, 'idempotency_busy', one.id);
    clock.advance(60_000);
  }
  t.is((await ask('POST', '/sites', { body: { customer: 'nobody', ...utrecht } })).json.code, 'customer_unknown');
  const closed = await program(undefined, undefined, other);
  await msps.archive(other.msp, 'operator');
  for (const one of routes)
    t.is(
      (await closed.ask(one.method.toUpperCase(), fill(one.path), { body: bodies[one.id] })).json.code,
      'msp_archived',
    );
  t.is((await ask('GET', '/audit/checkpoints/1234')).json.code, 'log_unsigned');
  t.is((await ask('GET', '/audit/events/9998/proof?size=9999')).json.code, 'not_here');
  t.is((await ask('GET', '/audit/consistency?first=1&second=1')).json.code, 'log_unsigned');
  t.is((await ask('GET', '/audit/consistency?first=2&second=1')).json.code, 'query_invalid');
  t.is((await ask('GET', `/boxes/${box}/health?from=2&until=1`)).json.code, 'query_invalid');
  t.is((await ask('GET', `/boxes/${box}/counts?from=2&until=1`)).json.code, 'query_invalid');
  t.is((await ask('GET', '/boxes?after=nonsense')).json.code, 'cursor_invalid');
  for (const [code, status] of [
    ['code_unreadable', 400],
    ['code_claimed', 409],
    ['claim_wait', 429],
    ['agreement_missing', 409],
  ] as const)
    t.is((await ask('POST', `/sites/${place}/claims`, { body: { code } })).status, status);
  const planned = async (more: object) =>
    (await ask('POST', '/maintenance', { body: { ...plan, reason: 'x', ...more } })).json.code;
  t.is(await planned({ target: { of: 'site', site: 'nobody' } }), 'target_unknown');
  t.is(await planned({ reason: '' }), 'reason_missing');
  t.is(await planned({ when: { ...plan.when, zone: 'Nowhere' } }), 'time_zone_invalid');
  t.is(await planned({ when: { ...plan.when, fromDate: '2026-02-31' } }), 'window_invalid');
  t.is((await ask('POST', `/alerts/${alert}/mute`, { body: { until: 1, note: '' } })).json.code, 'mute_invalid');
  t.is((await ask('POST', '/customers', { body: { name: 'Another' } })).json.code, 'name_taken');
  t.is((await ask('PATCH', `/customers/${customer}`, { body: { name: 'Another' } })).json.code, 'name_taken');
  t.is((await ask('PATCH', `/sites/${place}`, { body: { name: 'Gent' } })).json.code, 'name_taken');
  await addBox('two', place);
  t.is((await ask('PATCH', `/boxes/${box}`, { body: { name: 'two' } })).json.code, 'name_taken');
  t.deepEqual((await ask('GET', '/boxes?tag=queue')).json.items[0].tags, ['Queue']);
  t.is((await ask('GET', '/boxes?tag=queu')).json.items.length, 0);
  t.is((await ask('PATCH', `/boxes/${box}`, { body: { tags: ['a, b'] } })).json.code, 'tag_invalid');
  await ask('POST', `/customers/${customer}/archive`);
  t.is((await ask('POST', '/sites', { body: { customer, ...utrecht, name: 'Delft' } })).json.code, 'archived');
  t.is((await ask('POST', '/customers', { body: { name: '\u0000' } })).json.code, 'name_invalid');
  const level = (of: string) => `/policies/customer/${of}`;
  const write = (of: string, more: object) => ask('PUT', of, { body: more, headers: { 'If-Match': '*' } });
  t.is((await write(`/policies/msp/${scope.msp}`, { locks: ['holidays'] })).status, 200);
  t.like((await write(level(customer), bodies.writePolicyLevel!)).json, { code: 'level_locked', status: 409 });
  t.like((await write(level(customer), { parts: { colour: 'green' } })).json, { code: 'level_invalid', status: 400 });
  t.is((await write('/policies/planet/earth', {})).json.code, 'not_here');
  t.is((await ask('GET', `${level(customer)}/versions/first`)).json.code, 'not_here');
  t.is((await ask('POST', '/policies/preview', { body: {} })).json.code, 'nothing_chosen');
  t.is((await ask('GET', `/audit/events/1/proof?size=1`)).json.code, 'query_invalid');
  broken.with = new Error('SQLITE_CORRUPT: /var/lib/fleet.db of Notaris Jansen');
  const failed = await ask('POST', `/sites/${place}/claims`, { body: { code: 'good' } });
  t.is(failed.status, 500);
  t.notRegex(failed.text, /SQLITE|Jansen|var/);

  t.deepEqual(
    check.declared().filter((one) => !check.seen.has(one)),
    [],
  );
  t.deepEqual(
    check.declared().toSorted(),
    routes.flatMap((one) => statusesOf(one).map((status) => `${one.id} ${status}`)).toSorted(),
  );
  t.is((await api.request('/api/v1/openapi.json')).headers.get('Access-Control-Allow-Origin'), null);
});

for (const database of both) {
  test(`${database.name}: one wish is one act, however often it is sent`, async (t) => {
    const { program, clock, services, scope, broken, kysely, newId } = await testApi(t, database);
    const { ask } = await program();
    const key = 'import-of-monday-0001';
    const sent = { body: { name: 'Notaris Jansen' }, key };
    const first = await ask('POST', '/customers', sent);
    const again = await ask('POST', '/customers', sent);
    t.is(first.status, 201);
    t.deepEqual([again.status, again.text], [first.status, first.text]);
    t.is(again.headers.get('Idempotency-Replayed'), 'true');
    t.is((await services.tenants.customers(scope)).rows.length, 1);
    t.is((await ask('POST', '/customers', { ...sent, body: { name: 'Another' } })).status, 422);
    // The key is this token's: another one's wish is another.
    const other = await program();
    t.is((await other.ask('POST', '/customers', sent)).json.code, 'name_taken');
    t.is(
      (await other.ask('POST', '/customers', sent)).headers.get('Idempotency-Replayed'),
      'true',
      'a refusal is an answer',
    );
    // All at once: one makes it, the others hear that it is being made, or what it became.
    const crowd = await Promise.all(
      Array.from({ length: 8 }, () =>
        ask('POST', '/customers', { body: { name: 'Garage De Vries' }, key: 'all-at-once-0001' }),
      ),
    );
    t.true(crowd.every(({ status, json }) => status === 201 || json.code === 'idempotency_busy'));
    t.true(crowd.some(({ status }) => status === 201));
    t.is((await services.tenants.customers(scope)).rows.length, 2);
    const busy = crowd.find(({ status }) => status === 409);
    if (busy) t.is(busy.headers.get('Retry-After'), '1');
    // What failed by our fault is tried again.
    const site = await services.tenants.createSite(scope, first.json.id, utrecht, 'anna');
    const claim = { body: { code: 'good' }, key: 'claim-of-a-box-0001' };
    broken.with = new Error('gone');
    t.is((await ask('POST', `/sites/${site.id}/claims`, claim)).status, 500);
    broken.with = null;
    t.is((await ask('POST', `/sites/${site.id}/claims`, claim)).status, 201);
    // A process that died at it.
    const api = kysely.$extendTables<{ api_answers: { status: number | null; begun_at: number } }>();
    await api.updateTable('api_answers').set({ status: null }).execute();
    t.is((await ask('POST', `/sites/${site.id}/claims`, claim)).json.code, 'idempotency_busy');
    clock.advance(WORK_LIMIT_MS);
    t.is((await ask('POST', `/sites/${site.id}/claims`, claim)).status, 201);
    clock.advance(ANSWER_KEPT_MS);
    t.is((await ask('POST', '/customers', { ...sent, body: { name: `After a day ${newId()}` } })).status, 201);
  });

  test(`${database.name}: a token sees what its person sees, does what it was made for, and no more`, async (t) => {
    const { program, services, scope, addBox, access } = await testApi(t, database);
    const [jansen, vries] = [
      await services.tenants.createCustomer(scope, 'Notaris Jansen', 'anna'),
      await services.tenants.createCustomer(scope, 'Garage De Vries', 'anna'),
    ];
    const at = async (customer: string) => (await services.tenants.createSite(scope, customer, utrecht, 'anna')).id;
    const [own, foreign] = [await addBox('one', await at(jansen.id)), await addBox('two', await at(vries.id))];
    const part = await program(
      ['see boxes', 'manage tenants', 'see tenants'],
      [of('operator', { customer: jansen.id })],
    );
    t.deepEqual(
      (await part.ask('GET', '/boxes')).json.items.map(({ id }: { id: string }) => id),
      [own],
    );
    t.is((await part.ask('GET', `/boxes/${foreign}`)).status, 404);
    t.is((await part.ask('GET', `/boxes?customer=${vries.id}`)).json.items.length, 0);
    t.is((await part.ask('PATCH', `/boxes/${own}`, { body: { name: 'x' } })).status, 403);
    t.is((await part.ask('POST', '/customers', { body: { name: 'New' } })).json.code, 'scope_too_small');
    t.is((await part.ask('GET', '/audit/events')).status, 403);
    t.like((await part.ask('GET', '/token')).json, { id: part.id, person: part.person.id, name: 'A program' });
    // What the person may no more, the token may no more.
    await access.people.changeGrants(scope, part.person.id, [of('auditor', { customer: vries.id })], 'operator');
    t.is((await part.ask('GET', `/boxes/${own}`)).status, 404);
    t.is((await part.ask('PATCH', `/customers/${vries.id}`, { body: { name: 'x' } })).status, 403);
    t.is((await part.ask('DELETE', '/token')).status, 204);
    t.is((await part.ask('GET', '/boxes')).status, 401);
    t.is((await part.ask('GET', '/boxes')).headers.get('WWW-Authenticate'), 'Bearer realm="belkluis"');
  });

  test(`${database.name}: pages are whole, whatever comes between them, and odd text breaks nothing`, async (t) => {
    const { program, services, scope } = await testApi(t, database);
    const { ask } = await program();
    for (const name of ['A', 'C', 'E', 'G']) await services.tenants.createCustomer(scope, name, 'anna');
    const first = (await ask('GET', '/customers?limit=2')).json;
    await services.tenants.createCustomer(scope, 'B', 'anna');
    const second = (await ask('GET', `/customers?limit=2&after=${first.next}`)).json;
    const names = [...first.items, ...second.items].map(({ name }: { name: string }) => name);
    t.deepEqual([names, second.next], [['A', 'C', 'E', 'G'], null]);
    for (const odd of ['%25', '%27%22--', '_', '%F0%9F%98%80'])
      t.is((await ask('GET', `/customers?search=${odd}`)).status, 200, odd);
    const nul = Buffer.from(JSON.stringify(['\0', '\0'])).toString('base64url');
    for (const path of ['/customers?search=%00', `/customers?after=${nul}`])
      t.is((await ask('GET', path)).status, 400, path);
    t.is((await ask('GET', '/boxes/%00')).status, 404);
  });
}
