import test from 'ava';
import { begin, type ConversationEffect, type ConversationInput, step, type Verdict } from './conversation.ts';

const recorded: Verdict = { record: true, mandatory: false };
const elsewhere: Verdict = { record: true, mandatory: false, elsewhere: true };
const mandatory: Verdict = { record: true, mandatory: true };

const announce: ConversationEffect = { do: 'announce', to: ['caller', 'callee'] };

function run(verdict: Verdict, inputs: ConversationInput[]): ConversationEffect[] {
  let [state, ...effects] = begin(verdict);
  for (const input of inputs) {
    const [next, ...more] = step(state, input);
    state = next;
    effects = [...effects, ...more];
  }
  return effects;
}

const heard: ConversationInput[] = [
  { on: 'played', side: 'caller', result: 'ended' },
  { on: 'played', side: 'callee', result: 'ended' },
];

test('the tap opens only after both sides heard the announcement out and the wraps are safe', (t) => {
  t.deepEqual(run(recorded, heard.slice(0, 1)), [announce]);
  t.deepEqual(run(recorded, heard), [announce, { do: 'begin recording' }]);
  t.deepEqual(run(recorded, [...heard, { on: 'recorder ready' }]).at(-1), { do: 'open tap' });
});

test('one side hearing it twice does not count for the other', (t) => {
  const effects = run(recorded, [heard[0]!, heard[0]!]);
  t.deepEqual(effects, [announce]);
});

test('who knows the announcement from before a transfer is not told again; the other one is, and nothing is recorded before', (t) => {
  const [state, ...effects] = begin(recorded, ['caller']);
  t.deepEqual(effects, [{ do: 'announce', to: ['callee'] }]);
  t.deepEqual(step(state, heard[1]!).slice(1), [{ do: 'begin recording' }]);
  t.deepEqual(begin(recorded, ['caller', 'callee']).slice(1), [{ do: 'begin recording' }]);
  t.deepEqual(begin({ record: false, reason: 'no_rule' }, ['caller', 'callee']).slice(1), [
    { do: 'note', reason: 'no_rule' },
  ]);
});

test('no order of events opens the tap without the announcement', (t) => {
  const inputs: ConversationInput[] = [
    { on: 'elsewhere' },
    { on: 'not elsewhere' },
    { on: 'played', side: 'caller', result: 'ended' },
    { on: 'played', side: 'callee', result: 'unplayable' },
    { on: 'recorder ready' },
    { on: 'recorder refused', reason: 'no_recipient' },
    { on: 'recorder lost' },
    { on: 'hung up' },
  ];
  const all = (left: ConversationInput[], taken: ConversationInput[]): void => {
    for (const verdict of [recorded, elsewhere]) {
      const opened = run(verdict, taken).some((effect) => effect.do === 'open tap');
      if (opened) t.fail(JSON.stringify(taken));
    }
    for (const next of left)
      all(
        left.filter((other) => other !== next),
        [...taken, next],
      );
  };
  all(inputs, []);
  t.pass();
});

test('a purpose without recording is noted with its reason and nothing is played', (t) => {
  t.deepEqual(run({ record: false, reason: 'no_policy' }, [...heard, { on: 'recorder ready' }]), [
    { do: 'note', reason: 'no_policy' },
  ]);
});

test('an announcement that cannot be played: the call goes on, unrecorded, and says why', (t) => {
  t.deepEqual(run(recorded, [{ on: 'played', side: 'callee', result: 'unplayable' }]), [
    announce,
    { do: 'stop announcing' },
    { do: 'note', reason: 'announcement_unplayable' },
  ]);
});

test('recording fails: the call goes on, unless its purpose says that it must not', (t) => {
  const lost: ConversationInput[] = [...heard, { on: 'recorder ready' }, { on: 'recorder lost' }];
  t.false(run(recorded, lost).some((effect) => effect.do === 'hang up both'));
  t.true(run(mandatory, lost).some((effect) => effect.do === 'hang up both'));
  const refused: ConversationInput[] = [...heard, { on: 'recorder refused', reason: 'no_recipient' }];
  t.false(run(recorded, refused).some((effect) => effect.do === 'hang up both'));
  t.deepEqual(run(mandatory, refused).slice(-2), [{ do: 'note', reason: 'no_recipient' }, { do: 'hang up both' }]);
});

test('hanging up ends the recording once', (t) => {
  const effects = run(recorded, [...heard, { on: 'recorder ready' }, { on: 'hung up' }, { on: 'hung up' }]);
  t.deepEqual(
    effects.filter((effect) => effect.do === 'end recording'),
    [{ do: 'end recording', reason: 'finished' }],
  );
});

test('what is recorded in another call is neither announced nor recorded here, until it is not recorded there any more', (t) => {
  const note: ConversationEffect = { do: 'note', reason: 'recorded_elsewhere' };
  const afterAll: ConversationInput[] = [...heard, { on: 'recorder ready' }, { on: 'hung up' }];
  t.deepEqual(run(elsewhere, [{ on: 'elsewhere' }, ...afterAll]), [note]);
  const begun = run(elsewhere, [{ on: 'elsewhere' }, { on: 'not elsewhere' }, ...heard, { on: 'recorder ready' }]);
  t.deepEqual(begun, [
    note,
    { do: 'announce', to: ['caller', 'callee'] },
    { do: 'begin recording' },
    { do: 'open tap' },
  ]);
});

test('as long as it is only perhaps recorded in another call, nothing says that it is', (t) => {
  t.deepEqual(run(elsewhere, [{ on: 'hung up' }]), [{ do: 'note', reason: 'announcement_cut' }]);
  t.deepEqual(run(elsewhere, [{ on: 'not elsewhere' }]), [announce]);
});
