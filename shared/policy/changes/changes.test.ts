import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { signEnvelope } from '../dsse.ts';
import type { Recipients } from '../recipients.ts';
import { mandatory, samplePolicy, withRecipients } from '../sample.ts';
import type { Policy } from '../schema.ts';
import { twoRecipients } from '../testing/two-recipients.ts';
import { outOfBounds } from './bounds.ts';
import { changesOf, classesIn } from './classify.ts';
import type { WholePolicy } from './difference.ts';
import { policyFields } from './fields.ts';
import { orders } from './table.ts';

const signer = generateKeyPairSync('ed25519');
const sample = withRecipients(
  samplePolicy(new Date('2026-11-01T00:00:00Z')),
  signEnvelope('t', Buffer.from('{}'), [signer]),
);
const [purpose] = sample.purposes;
const [rule] = sample.rules;
const recipients = twoRecipients;

const whole = (change: Partial<Policy> = {}): WholePolicy => ({ policy: { ...sample, ...change }, recipients });
const changes = (before: Partial<Policy>, after: Partial<Policy>) => changesOf(whole(before), whole(after));
/** `path class` of each change. */
const told = (before: Partial<Policy>, after: Partial<Policy>) =>
  changes(before, after).map((one) => `${one.path.join('.')} ${one.class}`);

const purposeWith = (change: Partial<Policy['purposes'][number]>): Partial<Policy> => ({
  purposes: [{ ...purpose!, ...change }],
});
const termed = (days: Partial<Policy['purposes'][number]['retention']>) =>
  purposeWith({ retention: { ...purpose!.retention, ...days } });
const ruleWith = (change: Partial<Policy['rules'][number]>): Partial<Policy> => ({ rules: [{ ...rule!, ...change }] });

test('each field of the schema has an order, and each order a field', (t) => {
  const fields = policyFields().map(({ field }) => field);
  t.deepEqual(
    fields.filter((field) => !(field in orders)),
    [],
    'fields without an order',
  );
  t.deepEqual(
    Object.keys(orders).filter((field) => !fields.includes(field)),
    [],
    'orders without a field',
  );
  t.true(fields.length > 130, 'the walk finds them');
});

test('each field of the policy itself is described', (t) => {
  const silent = policyFields().filter(({ description }) => description === '');
  t.deepEqual(silent, []);
});

test('a change is told by its path, with what was and what is, as the schema describes it', (t) => {
  const [term, reason] = changes(
    {},
    termed({
      contentDays: 14,
      because: { ...purpose!.retention.because, content: { ...purpose!.retention.because.content, author: 'B' } },
    }),
  );
  t.like(term, {
    path: ['purposes', 'complaints', 'retention', 'contentDays'],
    before: ['30'],
    after: ['14'],
    class: 'destructive',
    description: 'How long what was said is kept, days.',
  });
  t.is(reason!.class, 'neutral', 'whoever shortens a term may say why without waiting for that');
  t.deepEqual(changes({}, { lawPacks: [...sample.lawPacks] }), []);
  t.deepEqual(told({ regions: ['NL', 'DE'] }, { regions: ['DE', 'NL'] }), [], 'only written differently');
  t.like(
    changes({ uses: undefined } as Partial<Policy>, { rules: [rule!, { ...rule!, id: 'b', from: ['10', '11'] }] }),
    [
      {
        path: ['rules', 'b'],
        before: [],
        after: ['place 2', 'purpose complaints', 'direction internal', 'start automatic', 'from 10, 11'],
      },
    ],
  );
  t.deepEqual(classesIn([]), ['neutral']);
});

test('a first policy is a weakening change as a whole', (t) => {
  t.deepEqual(classesIn(changesOf(null, whole())), ['weakening']);
  t.regex(changesOf(null, whole())[0]!.after.join(), /Complaints.*all-internal/);
});

test('terms: longer weakens, shorter destroys; a minimum that goes destroys, one that comes takes a right', (t) => {
  t.deepEqual(told({}, termed({ contentDays: 31 })), ['purposes.complaints.retention.contentDays weakening']);
  t.deepEqual(told({}, termed({ evidenceDays: 31 })), ['purposes.complaints.retention.evidenceDays destructive']);
  const minimum = (days: number) => termed({ minimum: { days, ground: 'law' } });
  t.deepEqual(told({}, minimum(10)), [
    'purposes.complaints.retention.minimum.days weakening',
    'purposes.complaints.retention.minimum.ground neutral',
  ]);
  t.deepEqual(told(minimum(10), minimum(9)), ['purposes.complaints.retention.minimum.days destructive']);
  t.deepEqual(classesIn(changes(minimum(10), {})), ['neutral', 'destructive']);
  const access = (accessDays: number) => ({ retention: { ...sample.retention, accessDays } });
  t.deepEqual(told({}, access(364)), ['retention.accessDays destructive']);
  t.deepEqual(told({}, access(366)), ['retention.accessDays weakening']);
});

test('a term of a rule is measured against what its purpose says', (t) => {
  const own = (contentDays: number) => ruleWith({ retention: { contentDays } });
  t.deepEqual(told({}, own(10)), ['rules.all-internal.retention.contentDays destructive']);
  t.deepEqual(told(own(10), {}), ['rules.all-internal.retention.contentDays weakening']);
  t.deepEqual(told({}, own(30)), ['rules.all-internal.retention.contentDays neutral']);
});

test('a rule that comes, moves or takes more weakens; one that takes less strengthens', (t) => {
  const [a, b] = [rule!, { ...rule!, id: 'b', from: ['10'] }];
  t.deepEqual(told({}, { rules: [a, b] }), ['rules.b weakening']);
  t.deepEqual(told({ rules: [a, b] }, {}), ['rules.b strengthening']);
  t.deepEqual(told({ rules: [a, b] }, { rules: [b, a] }), ['rules weakening']);
  t.deepEqual(told({}, ruleWith({ from: ['10'] })), ['rules.all-internal.from strengthening']);
  t.deepEqual(told(ruleWith({ from: ['10'] }), ruleWith({ from: ['10', '11'] })), [
    'rules.all-internal.from weakening',
  ]);
  t.deepEqual(told(ruleWith({ from: ['10'] }), ruleWith({ from: ['11'] })), ['rules.all-internal.from weakening']);
  t.deepEqual(told(ruleWith({ from: ['10'] }), {}), ['rules.all-internal.from weakening']);
  t.deepEqual(told({}, ruleWith({ sampling: 50 })), ['rules.all-internal.sampling strengthening']);
  t.deepEqual(told(ruleWith({ sampling: 50 }), {}), ['rules.all-internal.sampling weakening']);
  t.deepEqual(told({}, ruleWith({ start: 'manual' })), ['rules.all-internal.start strengthening']);
  t.deepEqual(told(ruleWith({ start: 'manual' }), {}), ['rules.all-internal.start weakening']);
});

test('a rule that goes weakens where a later one takes its calls for more', (t) => {
  const few = { ...rule!, id: 'few', from: ['10'], sampling: 10 };
  t.deepEqual(told({ rules: [few, rule!] }, {}), ['rules.few weakening'], 'all of them, in place of ten percent');
  t.deepEqual(told({ rules: [few, rule!] }, { rules: [{ ...few, to: ['9'] }, rule!] }), ['rules.few.to weakening']);
  const inbound = { ...few, direction: 'inbound' as const };
  t.deepEqual(told({ rules: [inbound, rule!] }, {}), ['rules.few strengthening'], 'the later one never takes those');
  const all = { ...few, sampling: 100 };
  t.deepEqual(told({ rules: [all, rule!] }, {}), ['rules.few strengthening'], 'the later one takes them for the same');
  const brief = { ...all, retention: { contentDays: 3 } };
  t.deepEqual(told({ rules: [brief, rule!] }, {}), ['rules.few weakening'], 'the later one keeps them longer');
});

test('where a law demands the recording, recording less, or pausing, weakens the proof', (t) => {
  const must = { purposes: [mandatory(purpose!)] };
  t.deepEqual(told(must, { ...must, rules: [] }), ['rules.all-internal weakening']);
  t.deepEqual(told(must, { ...must, ...ruleWith({ from: ['10'] }) }), ['rules.all-internal.from weakening']);
  const never = { neverRecord: [{ id: 'doctor', why: 'doctor' as const, numbers: ['112'] }] };
  t.deepEqual(told(must, { ...must, ...never }), ['neverRecord.doctor weakening']);
  t.deepEqual(told({}, never), ['neverRecord.doctor strengthening']);
  t.deepEqual(told(never, {}), ['neverRecord.doctor weakening']);
  const unpaused = { purposes: [{ ...must.purposes[0]!, pause: null }] };
  t.deepEqual(told(unpaused, must), ['purposes.complaints.pause weakening']);
  t.deepEqual(told({}, purposeWith({ pause: null })), ['purposes.complaints.pause weakening']);
  t.deepEqual(classesIn(changes({}, must)), ['neutral', 'weakening']);
  t.true(told(must, {}).includes('purposes.complaints.mandatory weakening'));
});

test('groups and holidays reach as far as rules name them', (t) => {
  const group = (...extensions: string[]) => ({ groups: [{ id: 'desk', extensions }] });
  const named = ruleWith({ groups: ['desk'] });
  t.deepEqual(told(group('10'), group('10', '11')), ['groups.desk.extensions neutral']);
  t.deepEqual(told({ ...group('10'), ...named }, { ...group('10', '11'), ...named }), [
    'groups.desk.extensions weakening',
  ]);
  t.deepEqual(told({ ...group('10', '11'), ...named }, { ...group('10'), ...named }), [
    'groups.desk.extensions strengthening',
  ]);
  const day = { holidays: [{ date: '2026-12-25', name: 'Christmas' }] };
  const on = (holidays: 'as usual' | 'never' | 'only') =>
    ruleWith({ schedule: { days: [1], from: '08:00', until: '17:00', holidays } });
  t.deepEqual(told(on('as usual'), { ...on('as usual'), ...day }), ['holidays.2026-12-25 neutral']);
  t.deepEqual(told(on('never'), { ...on('never'), ...day }), ['holidays.2026-12-25 strengthening']);
  t.deepEqual(told(on('only'), { ...on('only'), ...day }), ['holidays.2026-12-25 weakening']);
  t.deepEqual(told({ ...on('never'), ...day }, on('never')), ['holidays.2026-12-25 weakening']);
  t.deepEqual(told({}, on('as usual')), ['rules.all-internal.schedule strengthening']);
  t.deepEqual(told(on('as usual'), {}), ['rules.all-internal.schedule weakening']);
});

test('telling less, asking less and guarding less weakens; the opposite strengthens', (t) => {
  const { announcement } = purpose!;
  const both = [...announcement.said, { language: 'nl' as const, purpose: 'om klachten te behandelen' }];
  const saying = (said: typeof both) => purposeWith({ announcement: { ...announcement, said } });
  t.deepEqual(told({}, saying(both)), ['purposes.complaints.announcement.said.nl strengthening']);
  t.deepEqual(told(saying(both), {}), ['purposes.complaints.announcement.said.nl weakening']);
  t.deepEqual(told(saying(both), saying([...both].reverse())), ['purposes.complaints.announcement.said neutral']);
  const beeping = (staffBeepSeconds: number | null) =>
    purposeWith({ announcement: { ...announcement, staffBeepSeconds } });
  t.deepEqual(told(beeping(null), beeping(15)), ['purposes.complaints.announcement.staffBeepSeconds strengthening']);
  t.deepEqual(told(beeping(15), beeping(30)), ['purposes.complaints.announcement.staffBeepSeconds weakening']);
  t.deepEqual(told(beeping(15), beeping(null)), ['purposes.complaints.announcement.staffBeepSeconds weakening']);
  const optOut = purposeWith({ consent: { mode: 'opt-out', key: '9', remember: true } });
  t.deepEqual(classesIn(changes({}, optOut)), ['neutral', 'strengthening']);
  t.deepEqual(classesIn(changes(optOut, {})), ['neutral', 'weakening']);
  t.deepEqual(told(optOut, purposeWith({ consent: { mode: 'opt-out', key: '8', remember: false } })), [
    'purposes.complaints.consent.key weakening',
    'purposes.complaints.consent.remember weakening',
  ]);
  t.deepEqual(told({}, purposeWith({ level: 'high' })), ['purposes.complaints.level strengthening']);
  t.deepEqual(told({}, purposeWith({ uses: ['complaint'] })), ['purposes.complaints.uses strengthening']);
  t.deepEqual(told({}, purposeWith({ mayOpen: ['custodian', 'dpo'] })), ['purposes.complaints.mayOpen weakening']);
  t.deepEqual(told({}, { dpia: null }), ['dpia weakening']);
  t.deepEqual(told({}, { lawPacks: ['NL', 'BE'] }), ['lawPacks strengthening']);
  t.deepEqual(told({}, { traffic: { ...sample.traffic, digits: 'complaints' } }), ['traffic.digits weakening']);
  t.deepEqual(told({}, { purposes: [purpose!, { ...purpose!, id: 'more' }] }), ['purposes.more weakening']);
  t.deepEqual(told({ purposes: [purpose!, { ...purpose!, id: 'more' }] }, {}), ['purposes.more strengthening']);
});

test('recipients: whoever comes, goes or gets another certificate weakens; a certificate is shown by its hash', (t) => {
  const [custodian, escrow] = recipients.recipients;
  const third = { ...custodian!, fingerprint: 'c'.repeat(40), name: 'T', certificate: 'SECRETLY LONG' };
  const list = (...all: Recipients['recipients']) => ({ ...whole(), recipients: { ...recipients, recipients: all } });
  const added = changesOf(whole(), list(custodian!, escrow!, third));
  t.like(added, [{ path: ['recipients', 'recipients', 'c'.repeat(40)], class: 'weakening' }]);
  t.regex(added[0]!.after.join(), /name T.*OpenPGP, SHA-256 [0-9a-f]{16}…/);
  t.notRegex(JSON.stringify(added), /SECRETLY/);
  t.deepEqual(classesIn(changesOf(list(custodian!, escrow!, third), whole())), ['weakening']);
  const renewed = changesOf(whole(), list({ ...custodian!, certificate: 'z' }, escrow!));
  t.deepEqual(classesIn(renewed), ['weakening']);
});

test('a policy from the fleet changes what the bounds in force allow, keeps nothing longer than they say, and never them', (t) => {
  const bounds = { fleetMayChange: ['rules' as const, 'retention' as const], maxContentDays: 60 };
  const within = (after: Partial<Policy>) => {
    const before = whole({ bounds });
    return outOfBounds(before, changesOf(before, whole({ bounds, ...after })));
  };
  t.deepEqual(within({ version: 2, expiresAt: '2029-01-01T00:00:00Z', rules: [] }), []);
  t.deepEqual(within(termed({ contentDays: 60 })), []);
  t.deepEqual(within(termed({ contentDays: 61 })), ['purposes.complaints.retention.contentDays']);
  t.deepEqual(within({ bounds: { ...bounds, maxContentDays: 61 } }), ['bounds.maxContentDays']);
  t.deepEqual(within({ neverRecord: [{ id: 'a', why: 'other', numbers: ['1'] }], lawPacks: [] }), [
    'lawPacks',
    'neverRecord.a',
  ]);
  const before = whole({ bounds });
  const other = {
    ...whole({ bounds }),
    recipients: { ...recipients, recipients: [...recipients.recipients].slice(1) },
  };
  t.deepEqual(outOfBounds(before, changesOf(before, other)), [`recipients.recipients.${'a'.repeat(40)}`]);
});
