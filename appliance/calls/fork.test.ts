import test from 'ava';
import { bestFailure, type ForkEffect, type ForkInput, type ForkStage, type ForkState, forkTo, step } from './fork.ts';

/** One stage of `branches`, or several; the effects are those after the first stage began to ring. */
function run(branches: string[] | ForkStage[], inputs: ForkInput[]): { state: ForkState; effects: ForkEffect[] } {
  const stages = branches.map((one) => (typeof one === 'string' ? null : one)).filter((one) => one !== null);
  const all = stages.length > 0 ? stages : [{ branches: branches as string[], next: 'failed' as const }];
  let [state] = forkTo(all);
  const effects: ForkEffect[] = [];
  for (const input of inputs) {
    const [next, ...more] = step(state, input);
    state = next;
    effects.push(...more);
  }
  return { state, effects };
}

test('the first phone to answer wins and all others stop ringing', (t) => {
  const { effects } = run(
    ['a', 'b', 'c'],
    [
      { on: 'progress', branch: 'a', status: 180, hasMedia: false },
      { on: 'failed', branch: 'c', status: 486 },
      { on: 'answered', branch: 'b' },
    ],
  );
  t.deepEqual(effects, [
    { do: 'tell caller', status: 180 },
    { do: 'cancel', branch: 'a' },
    { do: 'connect', branch: 'b' },
  ]);
});

test('a phone that answers in the same moment as the winner is hung up', (t) => {
  const { effects } = run(
    ['a', 'b'],
    [
      { on: 'answered', branch: 'a' },
      { on: 'answered', branch: 'b' },
    ],
  );
  t.deepEqual(effects.at(-1), { do: 'hang up', branch: 'b' });
});

test('busy on one phone lets the other ring on; busy on all is what the caller hears', (t) => {
  const first = run(['a', 'b'], [{ on: 'failed', branch: 'a', status: 486 }]);
  t.deepEqual(first.effects, []);
  const both = run(
    ['a', 'b'],
    [
      { on: 'failed', branch: 'a', status: 486 },
      { on: 'failed', branch: 'b', status: 480 },
    ],
  );
  t.deepEqual(both.effects, [{ do: 'reject caller', status: 486, by: 486 }]);
});

test('whoever needs any answer at all gets it from the next place, also after a decline for everybody', (t) => {
  const stages: ForkStage[] = ['a', 'b', 'c'].map((branch) => ({ branches: [branch], next: 'always' }));
  const { effects } = run(stages, [
    { on: 'failed', branch: 'a', status: 603 },
    { on: 'failed', branch: 'b', status: 404 },
    { on: 'answered', branch: 'c' },
  ]);
  t.deepEqual(effects, [
    { do: 'ring', branch: 'b' },
    { do: 'ring', branch: 'c' },
    { do: 'connect', branch: 'c' },
  ]);
});

test('a decline for everybody (6xx) ends the ringing at once', (t) => {
  const { effects } = run(['a', 'b'], [{ on: 'failed', branch: 'a', status: 603 }]);
  t.deepEqual(effects, [
    { do: 'cancel', branch: 'b' },
    { do: 'reject caller', status: 603, by: 603 },
  ]);
});

test('a caller who gives up stops every phone, and an answer that crosses is hung up', (t) => {
  const { effects } = run(['a', 'b'], [{ on: 'caller gone' }, { on: 'answered', branch: 'a' }]);
  t.deepEqual(effects, [
    { do: 'cancel', branch: 'a' },
    { do: 'cancel', branch: 'b' },
    { do: 'hang up', branch: 'a' },
  ]);
});

test('only the first phone with early media is heard', (t) => {
  const { effects } = run(
    ['a', 'b'],
    [
      { on: 'progress', branch: 'a', status: 183, hasMedia: true },
      { on: 'progress', branch: 'b', status: 183, hasMedia: true },
    ],
  );
  t.deepEqual(effects, [
    { do: 'early media', branch: 'a' },
    { do: 'tell caller', status: 183 },
  ]);
});

test('nobody answers in time', (t) => {
  const { effects } = run(['a'], [{ on: 'ring timeout' }]);
  t.deepEqual(effects, [
    { do: 'cancel', branch: 'a' },
    { do: 'reject caller', status: 408, by: 408 },
  ]);
});

test('the best of several failures: 6xx first, then the lowest class', (t) => {
  t.is(bestFailure([503, 404, 486]), 486);
  t.is(bestFailure([500, 603, 486]), 603);
  t.is(bestFailure([500, 503]), 500);
});

test('a stage that cannot be asked hands over to the next; one that is busy does so only where serial forking is meant', (t) => {
  const trunks: ForkStage[] = [
    { branches: ['a'], next: 'unreachable' },
    { branches: ['b'], next: 'unreachable' },
  ];
  t.deepEqual(run(trunks, [{ on: 'failed', branch: 'a', status: 503 }]).effects, [{ do: 'ring', branch: 'b' }]);
  t.deepEqual(run(trunks, [{ on: 'failed', branch: 'a', status: 486 }]).effects, [
    { do: 'reject caller', status: 486, by: 486 },
  ]);
  const hunt = trunks.map((stage) => ({ ...stage, next: 'failed' as const }));
  t.deepEqual(run(hunt, [{ on: 'failed', branch: 'a', status: 486 }]).effects, [{ do: 'ring', branch: 'b' }]);
  t.deepEqual(run(hunt, [{ on: 'failed', branch: 'a', status: 603 }]).effects, [
    { do: 'reject caller', status: 603, by: 603 },
  ]);
});

test('when no stage is left the caller hears the most telling failure of all of them', (t) => {
  const { effects } = run(
    [
      { branches: ['a'], next: 'failed' },
      { branches: ['b'], next: 'failed' },
    ],
    [
      { on: 'failed', branch: 'a', status: 486 },
      { on: 'failed', branch: 'b', status: 503 },
    ],
  );
  t.deepEqual(effects.at(-1), { do: 'reject caller', status: 486, by: 486 });
});
