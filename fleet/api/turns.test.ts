import test from 'ava';
import { openTurns } from './turns.ts';

test('work on one thing goes one after the other, also after one that failed; other things do not wait', async (t) => {
  const turns = openTurns();
  const said: string[] = [];
  const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = (name: string, end?: PromiseWithResolvers<void>) => async () => {
    said.push(`${name} begins`);
    await end?.promise;
    said.push(`${name} ends`);
    return name;
  };
  const first = turns.take('box', work('first', ends[0]));
  const second = turns.take('box', work('second', ends[1]));
  const third = turns.take('box', work('third'));
  t.is(await turns.take('site', work('other')), 'other');
  t.deepEqual(said.splice(0), ['first begins', 'other begins', 'other ends']);
  ends[0]!.reject(new Error('no'));
  await t.throwsAsync(first, { message: 'no' });
  ends[1]!.resolve();
  t.deepEqual(await Promise.all([second, third]), ['second', 'third']);
  t.deepEqual(said, ['second begins', 'second ends', 'third begins', 'third ends']);
});
