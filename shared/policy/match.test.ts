import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { decide, type Said } from './decide.ts';
import { signEnvelope } from './dsse.ts';
import { type CallToDecide, sampled } from './match.ts';
import { inOneForm, meant, WITHHELD } from './numbers.ts';
import { mandatory, samplePolicy, withRecipients } from './sample.ts';
import { type Policy, policySchema } from './schema.ts';
import { said } from './testing/said.ts';

const envelope = signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]);
const policy: Policy = withRecipients(samplePolicy(new Date('2026-11-01T00:00:00Z')), envelope);
const [purpose] = policy.purposes;
const numbering = policy.numbering;

/** A call from outside to the office's 201, on a Tuesday at noon in Amsterdam. */
const inbound: CallToDecide = {
  id: 'call',
  from: '+31201234567',
  to: '201',
  direction: 'inbound',
  trunk: 'carrier',
  queue: '+31205550100',
  at: Date.parse('2026-11-24T11:00:00Z'),
};

type Change = Partial<Policy> & { readonly rule?: Partial<Policy['rules'][number]> };

/** Why a call is recorded or not, under the sample with one rule. */
function verdict({ rule, ...change }: Change, call: Partial<CallToDecide> = {}, more: Partial<Said> = {}): string {
  const rules: Policy['rules'] = [{ id: 'r', purpose: 'complaints', start: 'automatic', ...rule }];
  const parsed = policySchema.parse({ ...policy, rules, ...change });
  const inForce = { policy: parsed, hash: '0'.repeat(64) };
  const decision = decide(inForce, { ...inbound, ...call }, { ...said, ...more });
  return decision.record ? 'recorded' : decision.reason;
}

test('a number is meant in whatever form it is written, by the policy or by the network', (t) => {
  for (const written of ['+31205550100', '0031205550100', '0205550100', '020 555 01 00', '(020) 555-0100'])
    t.is(inOneForm(written, numbering), '+31205550100', written);
  for (const [pattern, number, expected] of [
    ['020*', '+31205550100', true],
    ['+3120*', '0205550100', true],
    ['0031 20 *', '0205550100', true],
    ['020 555 01??', '+31205550100', true],
    ['020 555 02??', '+31205550100', false],
    ['020 555 010?', '+3120555010', false],
    ['0205550100', '+31205550100', true],
    ['0305550100', '+31205550100', false],
    ['2??', '201', true],
    ['2??', '2011', false],
    ['112', '112', true],
    ['an*', 'anna', true],
    ['an*', 'ben', false],
    ['*', WITHHELD, true],
  ] as const)
    t.is(meant(pattern, number, numbering), expected, `${pattern} ${number}`);
});

test('a pattern of a number means that number, national or international, and no other one', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.log(`seed ${seed}`);
  const digits = fc.stringMatching(/^[1-9]\d{8}$/);
  fc.assert(
    fc.property(digits, digits, (one, other) => {
      const forms = (n: string) => [`+31${n}`, `0031${n}`, `0${n}`];
      for (const pattern of forms(one))
        for (const number of forms(other)) if (meant(pattern, number, numbering) !== (one === other)) return false;
      return forms(one).every((pattern) => forms(one).every((number) => meant(pattern, number, numbering)));
    }),
    { seed },
  );
  t.pass();
});

test('each condition of a rule lets through what it names and nothing else', (t) => {
  const cases: readonly [string, Change, Partial<CallToDecide>][] = [
    ['recorded', { rule: { from: ['020 123 4567'] } }, {}],
    ['no_rule', { rule: { from: ['020 123 4568'] } }, {}],
    ['recorded', { rule: { to: ['2*'] } }, {}],
    ['no_rule', { rule: { to: ['3*'] } }, {}],
    ['recorded', { rule: { extensions: ['201'] } }, {}],
    ['no_rule', { rule: { extensions: ['201'] } }, { direction: 'outbound' }],
    ['no_rule', { rule: { extensions: ['020*'] } }, {}],
    ['recorded', { rule: { extensions: ['201'] } }, { direction: 'internal', from: '202' }],
    ['recorded', { rule: { queues: ['020 555 0100'] } }, {}],
    ['no_rule', { rule: { queues: ['*'] } }, { queue: null }],
    ['recorded', { rule: { trunks: ['carrier'] } }, {}],
    ['no_rule', { rule: { trunks: ['other'] } }, {}],
    ['no_rule', { rule: { trunks: ['carrier'] } }, { trunk: null }],
    ['recorded', { rule: { groups: ['desk'] }, groups: [{ id: 'desk', extensions: ['20?'] }] }, {}],
    ['no_rule', { rule: { groups: ['desk'] }, groups: [{ id: 'desk', extensions: ['20?'] }] }, { to: '301' }],
  ];
  for (const [expected, change, call] of cases)
    t.is(verdict(change, call), expected, `${JSON.stringify(change)} ${JSON.stringify(call)}`);
  t.throws(() => verdict({ rule: { groups: ['gone'] } }), undefined, 'a group that does not exist');
});

test('a schedule knows weekdays, midnight, holidays and its own time zone', (t) => {
  const office = { days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00', timeZone: 'Europe/Amsterdam' };
  const christmas = [{ date: '2026-12-25', name: 'Christmas' }];
  const at = (moment: string) => ({ at: Date.parse(moment) });
  const under = (holidays: 'as usual' | 'never' | 'only', moment: string, more: object = {}) =>
    verdict({ rule: { schedule: { ...office, holidays, ...more } }, holidays: christmas }, at(moment));
  t.is(under('as usual', '2026-11-24T08:00:00Z'), 'recorded', '09:00 in Amsterdam');
  t.is(under('as usual', '2026-11-24T07:59:00Z'), 'no_rule');
  t.is(under('as usual', '2026-11-24T16:00:00Z'), 'no_rule', '17:00 is not included');
  t.is(under('as usual', '2026-11-22T11:00:00Z'), 'no_rule', 'a Sunday');
  t.is(under('as usual', '2026-12-25T11:00:00Z'), 'recorded', 'Christmas, a Friday');
  t.is(under('never', '2026-12-25T11:00:00Z'), 'no_rule');
  t.is(under('only', '2026-12-25T11:00:00Z'), 'recorded');
  t.is(under('only', '2026-12-24T11:00:00Z'), 'no_rule');
  const night = { from: '22:00', until: '06:00', days: [5] };
  t.is(under('as usual', '2026-11-27T21:30:00Z', night), 'recorded', 'Friday evening');
  t.is(under('as usual', '2026-11-28T04:30:00Z', night), 'recorded', 'the morning after it');
  t.is(under('as usual', '2026-11-27T04:30:00Z', night), 'no_rule', 'the morning before it');
  // The night in which clocks go back has two hours from two to three.
  const early = { from: '02:30', until: '03:00', days: [7] };
  t.is(under('as usual', '2026-10-25T00:45:00Z', early), 'recorded');
  t.is(under('as usual', '2026-10-25T01:45:00Z', early), 'recorded');
});

test('sampling takes its share by chance, and whoever asks again gets the same answer', (t) => {
  const ids = Array.from({ length: 20_000 }, (_, n) => `call ${n}`);
  const share = (percent: number) => ids.filter((id) => sampled(id, percent)).length / ids.length;
  for (const percent of [1, 10, 50, 99]) t.true(Math.abs(share(percent) - percent / 100) < 0.012, `${percent}`);
  t.is(share(100), 1);
  t.true(
    ids.every((id) => !sampled(id, 10) || sampled(id, 20)),
    'a higher share takes what a lower one takes',
  );
  const [taken, left] = [ids.find((id) => sampled(id, 30))!, ids.find((id) => !sampled(id, 30))!];
  t.is(verdict({ rule: { sampling: 30 } }, { id: taken }), 'recorded');
  t.is(verdict({ rule: { sampling: 30 } }, { id: left }), 'not_sampled');
});

test('what is never recorded is not, whatever rules say', (t) => {
  const never = (entry: object, call: Partial<CallToDecide> = {}) =>
    verdict({ neverRecord: [{ id: 'n', why: 'other', ...entry } as Policy['neverRecord'][number]] }, call);
  t.is(never({ why: 'doctor', numbers: ['020 123 45 67'] }), 'never_recorded');
  t.is(never({ why: 'doctor', numbers: ['020 123 45 67'] }, { from: '+31201234568' }), 'recorded');
  t.is(never({ why: 'works-council', extensions: ['201'] }), 'never_recorded');
  t.is(never({ why: 'works-council', extensions: ['201'] }, { direction: 'internal', from: '202' }), 'never_recorded');
  t.is(never({ why: 'withheld' }, { from: WITHHELD }), 'never_recorded');
  t.is(never({ why: 'withheld' }), 'recorded');
  t.throws(() => never({ why: 'withheld', numbers: ['1'] }));
  t.throws(() => never({ why: 'private' }));
});

test('who objected is not recorded, unless a law demands it; who has not acknowledged the notice neither', (t) => {
  const objected = (number: string, of: string) => number === '+31201234567' && of === 'complaints';
  t.is(verdict({}, {}, { objected }), 'objected');
  t.is(verdict({}, { from: '201', to: '+31201234567', direction: 'outbound' }, { objected }), 'objected');
  t.is(verdict({}, { from: '+31201234568' }, { objected }), 'recorded');
  t.is(verdict({ purposes: [mandatory(purpose!)] }, {}, { objected }), 'recorded');
  const acknowledged = (extension: string) => extension === '201';
  t.is(verdict({}, {}, { acknowledged }), 'recorded');
  t.is(verdict({}, { to: '202' }, { acknowledged }), 'not_acknowledged');
  t.is(verdict({}, { from: '202', direction: 'internal' }, { acknowledged }), 'not_acknowledged');
  t.is(verdict({}, { from: WITHHELD, direction: 'internal' }, { acknowledged }), 'recorded');
});

test('a rule may raise the level and shorten terms, and recordings get what it says', (t) => {
  const rule = { id: 'r', purpose: 'complaints', start: 'automatic' as const, level: 'sensitive' as const };
  const decided = decide(
    { policy: policySchema.parse({ ...policy, rules: [{ ...rule, retention: { contentDays: 7 } }] }), hash: 'h' },
    inbound,
    said,
  );
  t.true(decided.record);
  if (decided.record)
    t.like(decided.terms, {
      level: 'sensitive',
      uses: ['complaint', 'data-subject'],
      retention: { contentDays: 7, trafficDays: 30 },
    });
  const lower = [{ ...rule, level: 'standard' as const }];
  const purposes = [{ ...purpose!, level: 'high' as const }];
  t.throws(() => policySchema.parse({ ...policy, rules: lower, purposes }));
});

test('what a law demands is recorded whole, and nobody is asked; what a law forbids to presume is refused', (t) => {
  const refused = (change: object) => {
    const { error } = policySchema.safeParse({ ...policy, ...change });
    return error ? `${error.issues[0]!.path.join('.')}: ${error.issues[0]!.message}` : 'accepted';
  };
  const purposes = (more: object) => ({ purposes: [{ ...purpose!, ...more }] });
  const optIn = { mode: 'opt-in', key: '1', refuseKey: '9', asks: 'outside', patienceSeconds: 10 };
  t.is(refused({}), 'accepted');
  t.is(refused(purposes({ consent: optIn })), 'accepted');
  t.regex(refused(purposes({ mandatory: true })), /^purposes.0.retention.minimum: is missing/);
  t.regex(refused(purposes({ ...mandatory(purpose!), consent: optIn })), /consent.mode: must be inform/);
  t.regex(refused(purposes({ assessment: null })), /assessment: is missing/);
  t.regex(refused(purposes({ lawfulBasis: 'a' })), /consent.mode: must be opt-in/);
  t.regex(refused(purposes({ consent: { ...optIn, refuseKey: '1' } })), /refuseKey/);
  t.regex(refused({ dpia: null, rules: [{ id: 'r', purpose: 'complaints', start: 'automatic' }] }), /DPIA/);
  t.is(
    refused({ dpia: null, rules: [{ id: 'r', purpose: 'complaints', start: 'automatic', to: ['2*'] }] }),
    'accepted',
  );
  const health = { specialCategories: { ground: 'a', statement: 'Callers speak of their health, and agree first.' } };
  t.regex(refused(purposes(health)), /consent.mode: must be opt-in/);
  t.is(refused(purposes({ ...health, consent: optIn })), 'accepted');
  t.regex(refused({ ...purposes({ ...health, consent: optIn }), dpia: null }), /DPIA/);
  const care = { specialCategories: { ground: 'h', statement: 'A professional bound to secrecy treats the caller.' } };
  t.is(refused(purposes(care)), 'accepted', 'another documented ground');
  const ai = purposes({ uses: ['quality', 'ai_training'] });
  t.regex(refused(ai), /said.0.training: is missing/, 'nobody is recorded for AI without being told');
  const { announcement } = purpose!;
  const told = { ...announcement, said: [{ ...announcement.said[0], training: 'and to train a model' }] };
  t.is(refused(purposes({ uses: ['quality', 'ai_training'], announcement: told })), 'accepted');
  t.regex(refused(purposes({ announcement: told })), /tells of a use/);
  t.regex(refused({ traffic: { ...policy.traffic, linkChannels: 'marketing' } }), /linkChannels: names a purpose/);
});
