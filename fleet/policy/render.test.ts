import test from 'ava';
import type { LevelInput } from './content.ts';
import { readLevel } from './levels.ts';
import { type Layer, levelFaults, render } from './render.ts';
import type { LevelKind } from './tables.ts';
import { customersOwn } from './testing/world.ts';

const NOW = Date.UTC(2026, 10, 26);
const own = customersOwn().policy;
const layer = (level: LevelKind, input: LevelInput): Layer => ({ level, content: readLevel(input) });
const codes = ({ faults }: ReturnType<typeof render>) => faults.map(({ code, path, level }) => [code, path, level]);

const lawyer = { id: 'lawyer', why: 'confidant', numbers: ['+31201234567'] } as const;

test('without levels it is the customer’s own policy', (t) => {
  const { body, faults } = render(own, [], NOW);
  t.deepEqual(faults, []);
  t.deepEqual(body!.purposes, own.purposes);
  t.false('recipients' in body!);
});

test('levels are laid on each other: fields below replace, entries of lists by their name, the rest stays', (t) => {
  const { body, origins } = render(
    own,
    [
      layer('msp', {
        parts: { neverRecord: [{ id: 'doctor', why: 'private', extensions: ['20'] }], keys: { pause: '*5' } },
      }),
      layer('customer', { parts: { neverRecord: [{ id: 'hr', why: 'private', extensions: ['30'] }] } }),
      layer('site', { parts: { neverRecord: [{ id: 'doctor', extensions: ['21'] }] } }),
      layer('box', {
        parts: { rules: [{ id: 'night', purpose: 'complaints', direction: 'inbound', start: 'automatic' }] },
      }),
    ],
    NOW,
  );
  t.deepEqual(body!.neverRecord, [
    { id: 'doctor', why: 'private', extensions: ['21'] },
    { id: 'hr', why: 'private', extensions: ['30'] },
  ]);
  t.deepEqual(body!.keys, { private: '*8', pause: '*5', start: '*3' });
  t.deepEqual(
    body!.rules.map(({ id }) => id),
    ['night', 'all-internal'],
    'who is nearer decides first',
  );
  t.is(origins.get('neverRecord.doctor.extensions'), 'site');
  t.is(origins.get('keys.pause'), 'msp');
});

test('what a level takes out is out, and one below may put it back', (t) => {
  const out = layer('msp', { without: ['rules.all-internal'] });
  t.deepEqual(render(own, [out], NOW).body!.rules, []);
  const back = layer('site', {
    parts: { rules: [{ id: 'all-internal', purpose: 'complaints', direction: 'internal', start: 'manual' }] },
  });
  t.is(render(own, [out, back], NOW).body!.rules[0]!.start, 'manual');
});

test('variables have a type, are given below, and a missing one is refused with its path', (t) => {
  const msp = layer('msp', {
    variables: { dpo: { type: 'text' }, private_phones: { type: 'texts' }, days: { type: 'days' } },
    parts: {
      controller: { dpo: { name: '{{dpo}}', contact: 'The office of {{dpo}}' } },
      neverRecord: [{ id: 'private', why: 'private', extensions: '{{private_phones}}' }],
      retention: { accessDays: '{{days}}' },
    },
  });
  const values = { dpo: 'A. Visser', private_phones: ['20', '21'], days: 400 };
  const { body } = render(own, [msp, layer('customer', { values })], NOW);
  t.deepEqual(body!.controller.dpo, { name: 'A. Visser', contact: 'The office of A. Visser' });
  t.deepEqual(body!.neverRecord[0]!.extensions, ['20', '21']);
  t.is(body!.retention.accessDays, 400);

  t.deepEqual(codes(render(own, [msp, layer('customer', { values: { dpo: 'A', days: 400 } })], NOW)), [
    ['variable_missing', 'neverRecord.private.extensions', 'msp'],
  ]);
  t.deepEqual(codes(render(own, [msp, layer('site', { values: { ...values, days: 'many', other: 'x' } })], NOW)), [
    ['value_invalid', 'values.days', 'site'],
    ['variable_unknown', 'values.other', 'site'],
    ['variable_missing', 'retention.accessDays', 'msp'],
  ]);
  t.deepEqual(
    levelFaults([msp, layer('site', { variables: { dpo: { type: 'days' } } })]).map(({ code }) => code),
    ['variable_redeclared'],
  );
});

test('what a level locks no level below changes: neither it, nor what is in it, nor what it is in', (t) => {
  const msp = layer('msp', {
    variables: { dpo: { type: 'text' } },
    values: { dpo: 'A. Visser' },
    parts: { neverRecord: [lawyer], purposes: [{ id: 'complaints', level: 'sensitive' }] },
    locks: ['neverRecord.lawyer', 'purposes.complaints.level', 'values.dpo'],
  });
  const refused: readonly LevelInput[] = [
    { parts: { neverRecord: [{ id: 'lawyer', numbers: ['+31209999999'] }] } },
    { parts: { purposes: [{ id: 'complaints', level: 'standard' }] } },
    { without: ['neverRecord.lawyer'] },
    { without: ['neverRecord'] },
    { without: ['purposes.complaints'] },
    { values: { dpo: 'B' } },
  ];
  for (const input of refused) {
    const [fault, ...more] = levelFaults([msp, layer('box', input)]);
    t.like(fault, { code: 'locked', level: 'box', lockedBy: 'msp' }, JSON.stringify(input));
    t.is(more.length, 0);
    t.is(render(own, [msp, layer('box', input)], NOW).body, null);
  }
  const same = {
    parts: { purposes: [{ id: 'complaints', level: 'sensitive' }] },
    values: { dpo: 'A. Visser' },
  } as const;
  t.deepEqual(levelFaults([msp, layer('box', same)]), [], 'saying the same is no change');
  const whole = layer('msp', { locks: ['rules'] });
  const rule = { id: 'night', purpose: 'complaints', direction: 'inbound', start: 'automatic' } as const;
  t.is(levelFaults([whole, layer('site', { parts: { rules: [rule] } })])[0]!.path, 'rules.night');
});

test('what does not make a whole policy is told with its path and who said it; law speaks too', (t) => {
  const wrong = layer('site', {
    parts: { rules: [{ id: 'night', purpose: 'training', direction: 'inbound', start: 'automatic' }] },
  });
  t.deepEqual(codes(render(own, [wrong], NOW)), [['invalid', 'rules.night.purpose', 'site']]);
  const silent = layer('customer', { parts: { purposes: [{ id: 'complaints', announcement: { staffHear: false } }] } });
  const [fault] = render(own, [silent], NOW).faults;
  t.like(fault, { code: 'against_law', level: 'customer' });
  t.regex(fault!.path, /^purposes\.complaints\./);
  const keys = layer('msp', {
    parts: { purposes: [{ id: 'complaints', recipients: ['c'.repeat(40), 'd'.repeat(40)] }] },
  });
  t.deepEqual(codes(render(own, [keys], NOW)), [['recipients', 'purposes.complaints.recipients.0', 'msp']]);
});

test('without a customer’s policy levels say everything, for the customer to sign', (t) => {
  t.true(render(null, [layer('msp', { parts: { rules: [] } })], NOW).faults.some(({ path }) => path === 'controller'));
  const { body } = render(own, [], NOW);
  t.deepEqual(render(null, [layer('msp', { parts: body! as never })], NOW).body, body);
});

test('a level says what a policy can say, and nothing of what is each document’s or the customer’s own', (t) => {
  const bad: readonly unknown[] = [
    { parts: { version: 7 } },
    { parts: { recipients: own.recipients } },
    { parts: { recording: 'all' } },
    { parts: { purposes: [{ name: 'No id' }] } },
    { parts: { purposes: [{ id: 'a', level: 'low' }] } },
    { parts: { purposes: [{ id: 'a' }, { id: 'a' }] } },
    { parts: { keys: { pause: '5' } } },
    { parts: { retention: { accessDays: -1 } } },
    { parts: { worksCouncil: { council: 'agreed' } } },
    { locks: ['version'] },
    { locks: ['values'] },
    { values: { __proto__: 'x', constructor: 'y', 'A-b': 'z' } },
    { variables: { x: { type: 'function' } } },
    { more: true },
    null,
    [],
  ];
  for (const input of bad) t.throws(() => readLevel(input), { code: 'level_invalid' }, JSON.stringify(input));
  t.throws(() => readLevel({ values: { x: 'y'.repeat(70_000) } }), { code: 'level_invalid' });
  t.notThrows(() => readLevel({ parts: { purposes: [{ id: 'a', consent: { mode: 'inform' } }] } }));
});
