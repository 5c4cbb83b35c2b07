import test from 'ava';
import { beginTransfer, step, type TransferEffect, type TransferInput, type TransferState } from './transfer.ts';

function run(how: 'ringing' | 'joining', inputs: readonly TransferInput[]): TransferEffect[] {
  let [state, ...effects] = beginTransfer(how);
  for (const input of inputs) {
    const [next, ...more] = step(state, input);
    state = next;
    effects = [...effects, ...more];
  }
  return effects;
}
const doing = (effects: readonly TransferEffect[]) => effects.map((effect) => effect.do);

test('a blind transfer: told as it rings, then the two talk and the transferor leaves', (t) => {
  const effects = run('ringing', [
    { on: 'progress', status: 180 },
    { on: 'progress', status: 180 },
    { on: 'answered' },
    { on: 'agreed' },
  ]);
  t.deepEqual(effects, [
    { do: 'ring' },
    { do: 'tell', status: 180 },
    { do: 'agree' },
    { do: 'part' },
    { do: 'talk' },
    { do: 'tell', status: 200 },
    { do: 'hang up transferor' },
  ]);
});

test('nobody answers: the old call stands; when the transferor has left already, the one who waited is let go', (t) => {
  t.deepEqual(run('ringing', [{ on: 'failed', status: 486 }]).slice(1), [{ do: 'tell', status: 486 }, { do: 'stay' }]);
  t.deepEqual(doing(run('ringing', [{ on: 'transferor gone' }, { on: 'failed', status: 486 }])), [
    'ring',
    'part',
    'play ring-back',
    'tell',
    'hang up remaining',
  ]);
});

test('who hangs up while it rings, or while the two are put together, takes along what depends on it', (t) => {
  t.deepEqual(doing(run('ringing', [{ on: 'remaining gone' }])), [
    'ring',
    'stop ringing',
    'tell',
    'part',
    'hang up transferor',
  ]);
  t.deepEqual(doing(run('joining', [{ on: 'target gone' }])), ['agree', 'let target go', 'tell', 'stay']);
  t.deepEqual(doing(run('joining', [{ on: 'transferor gone' }, { on: 'agreed' }])), ['agree', 'part', 'talk', 'tell']);
});

test('in whatever order things happen: one last word, nobody talks before the old call has ended, nobody is left behind', (t) => {
  const inputs: TransferInput[] = [
    { on: 'progress', status: 180 },
    { on: 'answered' },
    { on: 'failed', status: 486 },
    { on: 'agreed' },
    { on: 'not agreed', status: 488 },
    { on: 'transferor gone' },
    { on: 'remaining gone' },
    { on: 'target gone' },
  ];
  let orders = 0;
  const walk = (state: TransferState, taken: readonly TransferInput[], effects: readonly TransferEffect[]): void => {
    orders++;
    const what = JSON.stringify(taken);
    const done = doing(effects);
    const had = (on: TransferInput['on']) => taken.some((input) => input.on === on);
    const did = (effect: TransferEffect['do']) => done.includes(effect);
    if (done.filter((effect) => effect === 'part').length > 1) t.fail(`parted twice: ${what}`);
    if (did('talk') && !done.slice(0, done.indexOf('talk')).includes('part')) t.fail(`talk before parting: ${what}`);
    if (did('stay') && did('part')) t.fail(`an old call goes on that has ended: ${what}`);
    const last = effects.filter((effect) => effect.do === 'tell' && effect.status >= 200).length;
    if (last !== (state.at === 'over' ? 1 : 0)) t.fail(`${last} last words: ${what}`);
    if (state.at === 'over') {
      const remainingIs = [
        did('talk'),
        did('stay'),
        did('hang up remaining'),
        done.includes('tell') && had('remaining gone'),
      ];
      if (!remainingIs.some(Boolean)) t.fail(`the remaining party is nowhere: ${what}`);
      if (!did('stay') && !did('hang up transferor') && !had('transferor gone'))
        t.fail(`the transferor stays: ${what}`);
      if (had('answered') && did('agree') && !did('talk') && !did('let target go')) t.fail(`the target waits: ${what}`);
      return;
    }
    for (const input of inputs.filter((one) => !taken.includes(one))) {
      const [next, ...more] = step(state, input);
      walk(next, [...taken, input], [...effects, ...more]);
    }
  };
  for (const how of ['ringing', 'joining'] as const) {
    const [state, ...effects] = beginTransfer(how);
    walk(state, [], effects);
  }
  t.true(orders > 500, `${orders} orders`);
});

test('two who may not talk are not put together: the old call stands and hears why, or who is left alone does', (t) => {
  const refused = { on: 'not allowed', status: 503 } as const;
  t.deepEqual(run('ringing', [{ on: 'answered' }, refused]).slice(2), [
    { do: 'let target go' },
    { do: 'tell', status: 503 },
    { do: 'say why' },
    { do: 'stay' },
  ]);
  t.deepEqual(doing(run('ringing', [{ on: 'transferor gone' }, { on: 'answered' }, refused])).slice(-3), [
    'let target go',
    'tell',
    'say why and hang up remaining',
  ]);
});
