/** One wish, one act: what happens when work takes too long, answers are too long, or there are too many. */
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { openIdempotency } from './idempotency.ts';
import { ANSWER_KEPT_MS, MAX_ANSWERS, MAX_KEPT_ANSWER, WORK_LIMIT_MS } from './limits.ts';
import type { ApiTables } from './tables.ts';
import { testApi } from './testing/api.ts';

for (const database of both) {
  test(`${database.name}: who took a key over keeps it, whatever becomes of who had it before`, async (t) => {
    const { program, kysely, clock } = await testApi(t, database);
    const { id: token, person } = await program();
    const { once } = openIdempotency({ database: kysely, clock });
    for (const [key, slow] of [
      ['ends-late-in-good-00', () => ({ status: 201, body: '"slow"' })],
      ['ends-late-in-bad-000', () => Promise.reject(new Error('gone'))],
    ] as const) {
      const wish = { token, person: person.id, key, request: 'r'.repeat(64) };
      const end = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const first = once(wish, async () => {
        begun.resolve();
        await end.promise;
        return await slow();
      }).catch(() => null);
      await begun.promise;
      clock.advance(WORK_LIMIT_MS);
      t.like(await once(wish, async () => ({ status: 201, body: '"quick"' })), { body: '"quick"', again: false });
      end.resolve();
      await first;
      const told = await once(wish, async () => ({ status: 500, body: '"done again"' }));
      t.deepEqual(told, { status: 201, body: '"quick"', again: true });
    }
  });

  test(`${database.name}: what is too long to keep is not done again either`, async (t) => {
    const { program, kysely, clock } = await testApi(t, database);
    const { id: token, person } = await program();
    const { once } = openIdempotency({ database: kysely, clock });
    const wish = (key: string) => ({ token, person: person.id, key, request: 'r'.repeat(64) });
    let done = 0;
    const say = (body: string) => async () => {
      done++;
      return { status: 201, body };
    };
    // In bytes: each of these letters is two.
    const long = 'é'.repeat(MAX_KEPT_ANSWER / 2 + 1);
    t.is((await once(wish('long'), say(long))).body, long);
    t.is(await codeIn(once(wish('long'), say(long))), 'idempotency_answer_gone');
    const fits = long.slice(1);
    await once(wish('fits'), say(fits));
    t.deepEqual(await once(wish('fits'), say(fits)), { status: 201, body: fits, again: true });
    await once(wish('none'), say(''));
    t.deepEqual(await once(wish('none'), say('')), { status: 201, body: '', again: true });
    t.is(done, 3);
  });

  test(`${database.name}: of one token so many are remembered, and then it waits`, async (t) => {
    const { program, kysely, clock } = await testApi(t, database);
    const { id: token, person, ask } = await program();
    const other = await program();
    const kept = { body: { name: 'Notaris Jansen' }, key: 'the-first-of-all-0001' };
    t.is((await ask('POST', '/customers', kept)).status, 201);
    const now = clock.now();
    const row = { token, person: person.id, request_hash: 'r'.repeat(64), status: 200, answer: '', begun_at: now };
    const tables = kysely.$extendTables<ApiTables>();
    for (let from = 1; from < MAX_ANSWERS; from += 1000) {
      const rows = Array.from({ length: Math.min(1000, MAX_ANSWERS - from) }, (_, index) => ({
        ...{ ...row, key_hash: String(from + index).padStart(64, '0'), expires_at: now + ANSWER_KEPT_MS + 1000 },
      }));
      await tables.insertInto('api_answers').values(rows).execute();
    }
    const told = await ask('POST', '/customers', { body: { name: 'One more' } });
    t.like(told.json, { status: 429, code: 'idempotency_full' });
    t.is(told.headers.get('Retry-After'), String(ANSWER_KEPT_MS / 1000));
    t.is((await ask('POST', '/customers', kept)).headers.get('Idempotency-Replayed'), 'true');
    t.is((await other.ask('POST', '/customers', { body: { name: 'Of another token' } })).status, 201);
    clock.advance(ANSWER_KEPT_MS);
    t.is((await ask('POST', '/customers', { body: { name: 'One more' } })).status, 201);
  });
}
