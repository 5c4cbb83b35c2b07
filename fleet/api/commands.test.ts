/** Commands as programs give them: once, to boxes that they may reach, none but the contract's own, and followed to their end. */
import { commandSchema } from '@belkluis/shared/contract/command';
import test, { type ExecutionContext } from 'ava';
import { commandOps } from '../commands/tables.ts';
import { both, type TestDatabase } from '../db/testing/databases.ts';
import { of, testApi } from './testing/api.ts';

const utrecht = { name: 'Utrecht', country: 'NL', timeZone: 'Europe/Amsterdam' };

async function world(t: ExecutionContext, database?: TestDatabase) {
  const made = await testApi(t, database);
  const { services, scope, addBox, log } = made;
  const customerWith = async (name: string) => {
    const { id: customer } = await services.tenants.createCustomer(scope, name, 'anna');
    const { id: site } = await services.tenants.createSite(scope, customer, utrecht, 'anna');
    return { customer, box: await addBox(name.slice(0, 6), site) };
  };
  const [jansen, vries] = [await customerWith('Jansen'), await customerWith('De Vries')];
  const logged = async () =>
    (await log.about(scope.msp, {})).rows
      .filter(({ event }) => event.kind === 'command_sent')
      .map(({ event }) => event);
  const at = (box: string) => `/boxes/${box}/commands`;
  return { ...made, jansen, vries, logged, at };
}

for (const database of both)
  test(`${database.name}: a box is asked once, whoever asks again, and what becomes of it is there to read`, async (t) => {
    const { program, jansen, at, logged, commands, clock, newId } = await world(t, database);
    const [one, other] = [await program(), await program()];
    const wish = { body: { op: 'sync' }, key: `sync-of-monday-${newId()}` };
    const first = await one.ask('POST', at(jansen.box), wish);
    t.is(first.status, 200);
    t.like(first.json, { box: jansen.box, op: 'sync', state: 'waiting', by: one.person.id, sentAt: null, why: null });
    const { id } = first.json;
    const again = await one.ask('POST', at(jansen.box), wish);
    t.is(again.headers.get('Idempotency-Replayed'), 'true');
    // All at once, each a wish of its own: one command.
    const crowd = await Promise.all(
      [one, other, one].map(({ ask }) => ask('POST', at(jansen.box), { body: wish.body })),
    );
    t.deepEqual(
      [again, ...crowd].map(({ json }) => [json.id, json.by]),
      Array(4).fill([id, one.person.id]),
    );
    t.like(await logged(), [{ actor: one.person.id, facts: { box: jansen.box, command: id, op: 'sync' } }]);
    t.is((await logged()).length, 1);

    const path = `/commands/${id}`;
    const tag = (await one.ask('GET', path)).headers.get('ETag')!;
    t.is((await one.ask('GET', path, { headers: { 'If-None-Match': tag } })).status, 304);
    await commands.responded(jansen.box, id, { state: 'running', percent: 40 });
    t.like((await one.ask('GET', path, { headers: { 'If-None-Match': tag } })).json, { state: 'running', percent: 40 });
    clock.advance(5);
    await commands.responded(jansen.box, id, { state: 'failed', why: 'internal' });
    const ended = (await other.ask('GET', path)).json;
    t.like(ended, { state: 'failed', why: 'internal', percent: null, answeredAt: clock.now() });
    t.is((await one.ask('POST', at(jansen.box), wish)).json.id, id, 'the same wish, also when it is over');

    const next = (await other.ask('POST', at(jansen.box), { body: { op: 'sync' } })).json;
    t.not(next.id, id);
    t.is(next.by, other.person.id);
    clock.advance(1);
    const renew = (await one.ask('POST', at(jansen.box), { body: { op: 'renew' } })).json;
    const page = (await one.ask('GET', `${at(jansen.box)}?limit=2`)).json;
    t.deepEqual(page.items, [renew, next], 'newest first');
    const rest = (await one.ask('GET', `${at(jansen.box)}?limit=2&after=${page.next}`)).json;
    t.deepEqual(rest, { items: [ended], next: null });
    t.is((await one.ask('GET', `${at(jansen.box)}?after=nonsense`)).json.code, 'cursor_invalid');
  });

test('a program asks for what the console lets its person ask for, of boxes of theirs, and reads of no other', async (t) => {
  const { program, jansen, vries, at, logged, boxes, scope, access } = await world(t);
  const sync = { body: { op: 'sync' } };
  const { ask } = await program();
  // Nothing that would have to be signed, and nothing besides.
  t.deepEqual([...commandOps], commandSchema.shape.op.options);
  for (const body of [
    ...['reboot', 'update', 'rekey', 'locate', 'diag', 'policy', ''].map((op) => ({ op })),
    ...[{}, { op: ['sync'] }, { op: 'sync', box: vries.box }, { op: 'sync', expiresAt: 9e15 }],
  ])
    t.is((await ask('POST', at(jansen.box), { body })).json.code, 'body_invalid', JSON.stringify(body));

  const theirs = (await ask('POST', at(vries.box), sync)).json.id;
  const part = await program(['see boxes', 'send commands'], [of('operator', { customer: jansen.customer })]);
  t.is((await part.ask('POST', at(jansen.box), sync)).status, 200);
  for (const [method, path] of [
    ['POST', at(vries.box)],
    ['GET', at(vries.box)],
    ['GET', `/commands/${theirs}`],
  ] as const)
    t.is((await part.ask(method, path, method === 'POST' ? sync : {})).status, 404, `${method} ${path}`);

  // Reading is not asking: neither of the token nor of the person.
  const before = (await logged()).length;
  const reads = await program(['see boxes']);
  t.is((await reads.ask('GET', at(jansen.box))).status, 200);
  t.is((await reads.ask('POST', at(jansen.box), sync)).json.code, 'not_allowed');
  await access.people.changeGrants(scope, part.person.id, [of('read_only')], 'operator');
  t.is((await part.ask('POST', at(jansen.box), { body: { op: 'renew' } })).json.code, 'not_allowed');
  t.is((await part.ask('GET', `/commands/${theirs}`)).status, 200);

  // Whose certificate was revoked is not asked.
  await boxes.revoke(scope, jansen.box, 'anna');
  const told = await ask('POST', at(jansen.box), { body: { op: 'renew' } });
  t.like(told.json, { status: 404, code: 'not_here', detail: 'the box is revoked' });
  t.is((await ask('GET', at(jansen.box))).json.items.length, 1);
  t.is((await logged()).length, before);
});

test('without the log nothing is asked, and the same wish may be tried again', async (t) => {
  const { program, jansen, at, log } = await world(t);
  const { ask } = await program();
  const wish = { body: { op: 'test_call' }, key: 'a-wish-of-its-own-0001' };
  const { append } = log;
  log.append = () => Promise.reject(new Error('the log takes nothing'));
  t.is((await ask('POST', at(jansen.box), wish)).status, 500);
  t.deepEqual((await ask('GET', at(jansen.box))).json.items, []);
  log.append = append;
  t.is((await ask('POST', at(jansen.box), wish)).status, 200);
});
