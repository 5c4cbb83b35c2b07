/** Policies of the process: nothing looks at the database after its end, and what cannot be renewed is in the log. */
import { setImmediate as breath } from 'node:timers/promises';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { joinPolicies } from './join-policies.ts';
import type { Rooms } from './open-rooms.ts';

type Engine = Rooms['policies']['engine'];

function world(more: Partial<Engine> = {}) {
  const clock = new ManualClock();
  const looks: { boxes: readonly string[]; done: () => void }[] = [];
  const logged: unknown[] = [];
  const engine: Engine = {
    wanted: async () => null,
    answered: async () => {},
    look: (boxes) => new Promise((done) => looks.push({ boxes, done })),
    sweep: async () => false,
    step: async () => false,
    renew: async () => {},
    forget: async () => {},
    ...more,
  };
  const joined = joinPolicies(
    { policies: { engine } },
    {
      broker: { publish: async () => {} },
      ...{ clock, chance: seededChance('join-policies'), looked: () => {} },
      log: (...line) => logged.push(line),
    },
  );
  return { clock, looks, logged, joined, reported: joined.ports.reported };
}

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await breath();
};

test('a look that runs is waited for at the end, and none begins after it', async (t) => {
  const { clock, looks, joined, reported } = world();
  const end = joined.start();
  reported('one');
  clock.advance(200);
  await settle();
  t.deepEqual(looks[0]!.boxes, ['one']);
  // While it looks: the one is waited for, the other has its time after the end.
  reported('two');
  clock.advance(200);
  reported('three');
  let ended = false;
  const ends = end().then(() => {
    ended = true;
  });
  clock.advance(200);
  await settle();
  t.false(ended, 'the database is closed after this');
  looks[0]!.done();
  await ends;
  reported('four');
  clock.advance(60_000);
  await settle();
  t.is(looks.length, 1);
});

test('reports are looked at together, and again after a look that failed', async (t) => {
  let breaks = true;
  const asked: (readonly string[])[] = [];
  const { clock, logged, reported } = world({
    async look(boxes) {
      asked.push(boxes);
      if (breaks) throw Object.assign(new Error('away'), { code: 'ECONNRESET' });
    },
  });
  for (const box of ['one', 'two', 'one']) reported(box);
  clock.advance(200);
  await settle();
  t.deepEqual(logged, [['policy_look_failed', { code: 'ECONNRESET' }]]);
  breaks = false;
  reported('three');
  clock.advance(200);
  await settle();
  t.deepEqual(asked, [['one', 'two'], ['three']]);
});

test('an MSP for which nothing can be signed anew is named in the log', async (t) => {
  const { logged, joined } = world({
    async renew({ goesOn, failed }) {
      if (goesOn()) failed('msp-1', Object.assign(new Error('no key'), { code: 'policy_key_elsewhere' }));
    },
  });
  const end = joined.start();
  await settle();
  await end();
  t.deepEqual(logged, [['policy_renewal_failed', { msp: 'msp-1', code: 'policy_key_elsewhere' }]]);
});
