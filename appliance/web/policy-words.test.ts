/** Rules in plain sentences, in the words of each language. */
import { ruleSchema } from '@belkluis/shared/policy/rule';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { en } from './i18n/en.ts';
import { formatsOf } from './i18n/formats.ts';
import { nl } from './i18n/nl.ts';
import { neverSentence, ruleSentence } from './policy-words.ts';

const { purposes } = samplePolicy(new Date(0));
const english = { t: en, f: formatsOf('en', 'Europe/Amsterdam') };
const dutch = { t: nl, f: formatsOf('nl', 'Europe/Amsterdam') };
const rule = (more: object) => ruleSchema.parse({ id: 'r', purpose: 'complaints', start: 'automatic', ...more });
const both = (more: object) => [english, dutch].map((speech) => ruleSentence(speech, rule(more), purposes));

const week = { days: [1, 2, 3, 4, 5], from: '08:00', until: '18:00', holidays: 'never' };

test('a rule is one sentence: which calls, when, and what becomes of them', (t) => {
  t.deepEqual(both({}), [
    'All calls are recorded for Complaints.',
    'Alle gesprekken worden opgenomen voor Complaints.',
  ]);
  t.deepEqual(both({ direction: 'inbound', queues: ['0205550100'], schedule: week }), [
    'Calls from outside that first called 0205550100 on Monday to Friday from 08:00 to 18:00 but not on holidays are recorded for Complaints.',
    'Gesprekken van buiten die eerst belden naar 0205550100 op maandag tot en met vrijdag van 08:00 tot 18:00 maar niet op feestdagen worden opgenomen voor Complaints.',
  ]);
  t.deepEqual(both({ direction: 'outbound', to: ['+3120*', '*'], groups: ['sales', 'desk'], trunks: ['carrier'] }), [
    'Calls to outside to any number that begins with +3120 or anybody with a phone of group sales or desk by trunk carrier are recorded for Complaints.',
    'Gesprekken naar buiten naar elk nummer dat begint met +3120 of iedereen met een toestel van groep sales of desk over trunk carrier worden opgenomen voor Complaints.',
  ]);
});

test('chance, a person who asks, another level and shorter terms are said', (t) => {
  t.is(
    both({
      direction: 'internal',
      sampling: 20,
      start: 'manual',
      level: 'sensitive',
      retention: { contentDays: 1, trafficDays: 14 },
    })[0],
    '20% of calls between own phones, by chance, are recorded for Complaints once somebody of the organisation asks for it; as sensitive; what is said is kept 1 day only; who called whom is kept 14 days only.',
  );
  t.regex(both({ sampling: 20 })[0]!, /^20% of calls, by chance, are/);
  t.regex(both({ sampling: 100, direction: 'internal' })[0]!, /^Calls between own phones are/);
});

test('days, nights and holidays read as people say them', (t) => {
  const schedule = (more: object) => both({ schedule: { ...week, ...more } })[0]!;
  t.regex(schedule({ days: [6, 7], holidays: 'as usual' }), /on Saturday and Sunday from 08:00 to 18:00 are/);
  t.regex(schedule({ days: [1, 3, 4, 5] }), /on Monday, Wednesday, Thursday and Friday/);
  t.regex(schedule({ days: [1, 2, 3, 4, 5, 6, 7], holidays: 'as usual' }), /Calls every day from 08:00 to 18:00 are/);
  t.regex(
    schedule({ holidays: 'only', timeZone: 'Europe/Paris' }),
    /on holidays from 08:00 to 18:00 \(time of Europe\/Paris\) are/,
  );
});

test('no condition of a rule is left unsaid', (t) => {
  const said = new Set([ruleSentence(english, rule({}), purposes)]);
  const conditions = {
    direction: 'inbound',
    via: 'siprec',
    from: ['1'],
    to: ['1'],
    extensions: ['1'],
    groups: ['a'],
    queues: ['1'],
    trunks: ['a'],
    schedule: week,
    sampling: 5,
    level: 'high',
    retention: { contentDays: 3 },
  };
  t.deepEqual(
    Object.keys(ruleSchema.shape).filter(
      (name) => !['id', 'purpose', 'start', ...Object.keys(conditions)].includes(name),
    ),
    [],
    'a new field of rules has words',
  );
  for (const [name, value] of Object.entries(conditions)) {
    const sentence = ruleSentence(english, rule({ [name]: value }), purposes);
    t.false(said.has(sentence), name);
    said.add(sentence);
  }
  t.false(said.has(ruleSentence(english, rule({ start: 'manual' }), purposes)));
});

test('who is never recorded is said', (t) => {
  t.is(
    neverSentence(english, { id: 'doctor', why: 'doctor', numbers: ['+31205550100'], extensions: ['299', '3??'] }),
    'Calls from or to +31205550100 and calls with phone 299 or any number like 3??.',
  );
  t.is(neverSentence(dutch, { id: 'w', why: 'withheld' }), 'Gesprekken van wie zijn nummer afschermt.');
});
