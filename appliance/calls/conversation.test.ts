import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import {
  type Asked,
  begin,
  type ConversationEffect,
  type ConversationInput,
  step,
  type Verdict,
} from './conversation.ts';

const informed: Asked = {
  mandatory: false,
  locked: false,
  start: 'automatic',
  tell: ['caller', 'callee'],
  ask: [],
  mayPause: true,
  remembers: false,
};
const recorded: Verdict = { record: true, asked: informed };
const elsewhere: Verdict = { ...recorded, elsewhere: true };
const mandatory: Verdict = { record: true, asked: { ...informed, mandatory: true, locked: true } };
const optOut: Verdict = { record: true, asked: { ...informed, remembers: true } };
const optIn: Verdict = { record: true, asked: { ...informed, ask: ['caller'] } };
const manual: Verdict = { record: true, asked: { ...informed, start: 'manual' } };

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
  const telling = (tell: Asked['tell']): Verdict => ({ record: true, asked: { ...informed, tell } });
  const [state, ...effects] = begin(telling(['callee']));
  t.deepEqual(effects, [{ do: 'announce', to: ['callee'] }]);
  t.deepEqual(step(state, heard[1]!).slice(1), [{ do: 'begin recording' }]);
  t.deepEqual(begin(telling([])).slice(1), [{ do: 'begin recording' }]);
});

const side = fc.constantFrom('caller' as const, 'callee' as const);
const sides = fc.subarray(['caller' as const, 'callee' as const]);
const anyInput: fc.Arbitrary<ConversationInput> = fc.oneof(
  fc.record({
    on: fc.constant('played' as const),
    side,
    result: fc.constantFrom('ended' as const, 'unplayable' as const),
  }),
  fc.record({ on: fc.constant('played' as const), side, result: fc.constant('ended' as const) }),
  fc.record({ on: fc.constant('agreed' as const), side }),
  fc.record({
    on: fc.constant('refused' as const),
    side,
    why: fc.constantFrom('objected' as const, 'private' as const),
  }),
  fc.record({ on: fc.constant('recorder refused' as const), reason: fc.constant('no_recipient' as const) }),
  fc
    .constantFrom(
      ...(['elsewhere', 'not elsewhere', 'patience over', 'memory over', 'start', 'pause', 'resume'] as const),
      ...(['recorder ready', 'recorder ready', 'recorder lost', 'told why', 'hung up'] as const),
    )
    .map((on) => ({ on })),
);
const anyVerdict: fc.Arbitrary<Verdict & { readonly record: true }> = fc.record({
  record: fc.constant(true as const),
  asked: fc.record({
    mandatory: fc.constant(false),
    locked: fc.boolean(),
    start: fc.constantFrom('automatic' as const, 'automatic' as const, 'manual' as const),
    tell: sides,
    ask: sides,
    mayPause: fc.boolean(),
    remembers: fc.boolean(),
  }),
  elsewhere: fc.boolean(),
});

/** What each input of a whole call led to. */
function story(verdict: Verdict, inputs: readonly ConversationInput[]) {
  let [state, ...effects] = begin(verdict);
  const steps = [{ input: null as ConversationInput | null, effects }];
  for (const input of inputs) {
    [state, ...effects] = step(state, input);
    steps.push({ input, effects });
  }
  return steps;
}
const many = { numRuns: 5000 };

testProp(
  'no order of events opens the tap before all have heard it out and all have agreed who must',
  [anyVerdict, fc.array(anyInput, { maxLength: 14 })],
  (t, verdict, inputs) => {
    const { tell, ask } = verdict.asked;
    const done = { heard: new Set<string>(), agreed: new Set<string>() };
    for (const { input, effects } of story(verdict, inputs)) {
      if (input?.on === 'played' && input.result === 'ended') done.heard.add(input.side);
      if (input?.on === 'agreed') done.agreed.add(input.side);
      if (!effects.some((effect) => effect.do === 'open tap' || effect.do === 'begin recording')) continue;
      t.true(tell.every((one) => done.heard.has(one)) && ask.every((one) => done.agreed.has(one)));
    }
    t.pass();
  },
  many,
);

testProp(
  'after a refusal nothing more is recorded, and what was is erased, once; only what the law keeps goes on',
  [anyVerdict, fc.array(anyInput, { maxLength: 14 })],
  (t, verdict, inputs) => {
    let [refused, open, erased] = [false, false, 0];
    let proven = false;
    for (const { input, effects } of story(verdict, inputs)) {
      const did = (what: ConversationEffect['do']) => effects.some((effect) => effect.do === what);
      if (did('note') && effects.some((effect) => effect.do === 'note' && effect.reason === 'recorded_elsewhere'))
        proven = true;
      if (input?.on === 'not elsewhere') proven = false;
      if (refused) t.false(did('open tap') || did('begin recording') || did('announce'), JSON.stringify(inputs));
      if (input?.on === 'refused' && !did('deny refusal') && !proven) {
        if (open) t.true(did('erase recording'));
        refused = true;
      }
      if (did('open tap')) open = true;
      if (did('erase recording')) erased++;
      if (did('end recording') || did('erase recording')) open = false;
      if (did('deny refusal')) t.true(verdict.asked.locked);
      t.false(did('hang up both') || did('tell why'), 'refusing never drops the call');
    }
    t.true(erased < 2);
    if (refused) t.false(open);
  },
  many,
);

testProp(
  'a tap that was opened is shut, and only what was paused is resumed',
  [anyVerdict, fc.array(anyInput, { maxLength: 20 })],
  (t, verdict, inputs) => {
    let [open, paused] = [false, false];
    for (const { effects } of story(verdict, [...inputs, { on: 'hung up' }])) {
      for (const effect of effects) {
        if (effect.do === 'open tap') {
          t.false(open);
          open = true;
          paused = false;
        }
        if (effect.do === 'pause') {
          t.true(open && !paused && verdict.asked.mayPause);
          paused = true;
        }
        if (effect.do === 'resume') {
          t.true(open && paused);
          paused = false;
        }
        if (effect.do === 'end recording' || effect.do === 'erase recording') open = false;
      }
    }
    t.false(open);
  },
  many,
);

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
  t.false(run(recorded, [...lost, { on: 'told why' }]).some((effect) => effect.do === 'hang up both'));
  t.deepEqual(run(mandatory, [...lost, { on: 'told why' }]).slice(-3), [
    { do: 'note', reason: 'recorder_failed' },
    { do: 'tell why' },
    { do: 'hang up both' },
  ]);
  const refused: ConversationInput[] = [...heard, { on: 'recorder refused', reason: 'no_recipient' }];
  t.false(run(recorded, [...refused, { on: 'told why' }]).some((effect) => effect.do === 'hang up both'));
  t.deepEqual(run(mandatory, refused).slice(-2), [{ do: 'note', reason: 'no_recipient' }, { do: 'tell why' }]);
});

test('opt-in: recording begins when who must has agreed, during the words or after them; the other one is not asked', (t) => {
  const agreed: ConversationInput = { on: 'agreed', side: 'caller' };
  const asking = [announce, { do: 'wait for agreement' }];
  t.deepEqual(run(optIn, [...heard, { on: 'agreed', side: 'callee' }]), asking);
  t.deepEqual(run(optIn, [...heard, agreed]), [...asking, { do: 'begin recording' }]);
  t.deepEqual(run(optIn, [agreed, ...heard]), [announce, { do: 'begin recording' }]);
  t.deepEqual(run(optIn, [...heard, { on: 'patience over' }, agreed]), [
    ...asking,
    { do: 'note', reason: 'not_agreed' },
  ]);
});

test('opt-out: the key ends the recording, at any time; once more, it is remembered', (t) => {
  const no: ConversationInput = { on: 'refused', side: 'callee', why: 'objected' };
  const confirmed = [
    { do: 'note', reason: 'objected' },
    { do: 'confirm refusal', side: 'callee', mayAsk: true },
  ];
  const running: ConversationInput[] = [...heard, { on: 'recorder ready' }];
  t.deepEqual(run(optOut, [...running, no]).slice(3), [
    { do: 'erase recording', side: 'callee', why: 'objected' },
    ...confirmed,
  ]);
  t.deepEqual(run(optOut, [no]).slice(1), [{ do: 'stop announcing' }, ...confirmed]);
  const erased = run(optOut, [...heard, no, { on: 'recorder ready' }]);
  t.true(
    erased.some((effect) => effect.do === 'erase recording'),
    'a recording that is only beginning goes as well',
  );
  t.deepEqual(run(optOut, [...running, no, no, no]).slice(6), [{ do: 'remember refusal', side: 'callee' }]);
  t.deepEqual(run(optOut, [...running, no, { on: 'memory over' }, no]).slice(6), []);
  t.deepEqual(run(optOut, [...running, no, { ...no, side: 'caller' }]).slice(6), [], 'each for itself');
});

test('what the law keeps nobody can refuse, and who tries is told', (t) => {
  const no: ConversationInput = { on: 'refused', side: 'caller', why: 'private' };
  t.deepEqual(run(mandatory, [no]), [announce, { do: 'deny refusal', side: 'caller' }]);
  t.deepEqual(run(mandatory, [...heard, { on: 'recorder ready' }, no]).slice(3), [
    { do: 'deny refusal', side: 'caller' },
  ]);
});

test('where people begin it, nothing is said or recorded before they do', (t) => {
  t.deepEqual(run(manual, [...heard, { on: 'recorder ready' }]), []);
  t.deepEqual(run(manual, [{ on: 'start' }, { on: 'start' }, ...heard]), [announce, { do: 'begin recording' }]);
  t.deepEqual(run(manual, [{ on: 'hung up' }]), [{ do: 'note', reason: 'not_started' }]);
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
