import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { openEnvelope, preAuthenticationEncoding, signEnvelope } from './dsse.ts';
import { recipientsSchema } from './recipients.ts';
import { samplePolicy, withRecipients } from './sample.ts';
import { type Policy, policySchema } from './schema.ts';
import { said } from './testing/said.ts';
import { announcementsOf, retentionWords } from './words.ts';

const signer = generateKeyPairSync('ed25519');
const issued = new Date('2026-11-01T00:00:00Z');
const policy: Policy = withRecipients(samplePolicy(issued), signEnvelope('t', Buffer.from('{}'), [signer]));
const [purpose] = policy.purposes;
const call = {
  id: '1',
  from: 'anna',
  to: 'ben',
  direction: 'internal',
  at: Date.parse('2026-11-24T10:00:00Z'),
} as const;

test('pre-authentication encoding is that of DSSE v1', (t) => {
  t.is(
    preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString(),
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

test('an envelope opens only with a trusted key, unchanged, and as the type that was signed', (t) => {
  const envelope = signEnvelope('type/a', Buffer.from('content'), [signer]);
  t.is(openEnvelope(envelope, 'type/a', [signer.publicKey])?.payload.toString(), 'content');
  t.is(openEnvelope(envelope, 'type/b', [signer.publicKey]), null);
  t.is(openEnvelope({ ...envelope, payloadType: 'type/b' }, 'type/b', [signer.publicKey]), null);
  t.is(openEnvelope(envelope, 'type/a', [generateKeyPairSync('ed25519').publicKey]), null);
  const changed = { ...envelope, payload: Buffer.from('Content').toString('base64') };
  t.is(openEnvelope(changed, 'type/a', [signer.publicKey]), null);
});

test('the sample is a policy', (t) => {
  t.deepEqual(policySchema.parse(policy), policy);
});

test('no key begins another one, whatever is dialled, pressed or answered by it: refused with path and reason', (t) => {
  const keys = { private: '*8', pause: '*7', start: '*3' };
  const optIn = { mode: 'opt-in', key: '1', refuseKey: '9', asks: 'outside', patienceSeconds: 10 } as const;
  const problems = (its: typeof keys, consent: Policy['purposes'][number]['consent'] = { mode: 'inform' }) => {
    const read = policySchema.safeParse({ ...policy, keys: its, purposes: [{ ...purpose, consent }] });
    return read.error?.issues.map(({ path, message }) => `${path.join('.')} ${message.split(':')[0]}`) ?? [];
  };
  t.deepEqual(problems(keys, optIn), []);
  t.deepEqual(problems({ ...keys, private: '*1', pause: '*12' }), ['keys.pause begins with *1, which is keys.private']);
  t.deepEqual(problems({ ...keys, private: '*12', start: '*1' }), [
    'keys.start is the beginning of *12, which is keys.private',
  ]);
  t.deepEqual(problems({ ...keys, pause: '*31' }), ['keys.start is the beginning of *31, which is keys.pause']);
  t.deepEqual(problems({ ...keys, pause: '*8' }), ['keys.pause is the same as *8, which is keys.private']);
  t.deepEqual(problems({ ...keys, start: '#31' }), []);
  const begins = (name: string) => `purposes.0.consent.${name} is the beginning of *8, which is keys.private`;
  t.deepEqual(problems(keys, { ...optIn, key: '*' }), [begins('key')]);
  t.deepEqual(problems(keys, { ...optIn, refuseKey: '*' }), [begins('refuseKey')]);
  t.deepEqual(problems(keys, { mode: 'opt-out', key: '*', remember: true }), [begins('key')]);
  t.deepEqual(problems(keys, { mode: 'opt-out', key: '#', remember: true }), []);
});

test('a purpose without retention, or with an endless one, is refused: there is no default', (t) => {
  const withRetention = (retention: unknown) => ({ ...policy, purposes: [{ ...purpose, retention }] });
  const { because } = purpose!.retention;
  const good = { contentDays: 30, trafficDays: 30, evidenceDays: 30, because };
  t.true(policySchema.safeParse(withRetention(good)).success);
  const { contentDays: _, ...termless } = good;
  const { because: __, ...unexplained } = good;
  const { evidence: ___, ...unproven } = because;
  for (const retention of [
    undefined,
    {},
    termless,
    unexplained,
    { ...good, contentDays: 0 },
    { ...good, evidenceDays: 29 },
    { ...good, because: unproven },
    { ...good, because: { ...because, content: { ...because.content, why: 'short' } } },
    { ...good, contentDays: 36_500, evidenceDays: 36_500 },
  ])
    t.false(policySchema.safeParse(withRetention(retention)).success);
});

const saying = (more: object) => ({
  ...policy,
  purposes: [
    {
      ...purpose,
      announcement: { ...purpose!.announcement, said: [{ ...purpose!.announcement.said[0], ...more }] },
    },
  ],
});

test('an announcement in own words that hides who, why, how long, how to refuse or where to read more is refused', (t) => {
  const slots = ['{who}', '{purpose}', '{retention}', '{refuse}', '{more}'];
  t.true(policySchema.safeParse(saying({ text: slots.join(' ') })).success);
  for (const slot of slots)
    t.false(policySchema.safeParse(saying({ text: slots.filter((one) => one !== slot).join(' ') })).success, slot);
  const mute = { ...purpose, announcement: { ...purpose!.announcement, said: [] } };
  t.false(policySchema.safeParse({ ...policy, purposes: [mute] }).success);
});

test('a field that the box does not know is refused, wherever it stands', (t) => {
  t.false(policySchema.safeParse({ ...policy, silent: true }).success);
  t.false(policySchema.safeParse({ ...policy, purposes: [{ ...purpose, announce: false }] }).success);
  t.false(policySchema.safeParse({ ...policy, rules: [{ ...policy.rules[0], announcement: 'off' }] }).success);
});

test('a rule for a purpose that does not exist is refused', (t) => {
  t.false(policySchema.safeParse({ ...policy, rules: [{ id: 'r', purpose: 'gone', start: 'automatic' }] }).success);
});

test('no policy whatsoever records in silence', (t) => {
  const mutation = fc.record({
    path: fc.constantFrom('announcement', 'consent', 'mandatory', 'retention', 'level', 'lawfulBasis', 'name'),
    value: fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        null,
        [],
        'off',
        false,
        0,
        { said: [] },
        { by: 'box', said: [{ language: 'en', purpose: 'xxx', text: '' }] },
      ),
    ),
    extra: fc.dictionary(fc.constantFrom('silent', 'announce', 'skipAnnouncement', 'consent'), fc.jsonValue()),
  });
  fc.assert(
    fc.property(fc.array(mutation, { maxLength: 3 }), (mutations) => {
      let changed: Record<string, unknown> = { ...purpose! };
      for (const { path, value, extra } of mutations) changed = { ...changed, [path]: value, ...extra };
      const parsed = policySchema.safeParse({ ...policy, purposes: [{ ...changed, id: 'complaints' }] });
      if (!parsed.success) return;
      const decision = decide({ policy: parsed.data, hash: '0'.repeat(64) }, call, {
        ...said,
        timeZone: 'Europe/Amsterdam',
      });
      if (!decision.record) return;
      const { announcements } = decision.terms;
      if (announcements.length === 0) throw new Error('recorded without announcement');
      for (const { text } of announcements) if (!text.includes('Example Office')) throw new Error('does not say who');
    }),
    { verbose: fc.VerbosityLevel.Verbose },
  );
  t.pass();
});

test('callers hear who, why and for how long', (t) => {
  t.deepEqual(
    announcementsOf(policy, purpose!).map(({ text }) => text),
    [
      'Example Office records this call to settle complaints. We keep the recording for 30 days. You may object; we tell you how. Read more at office dot example slash calls.',
    ],
  );
});

test('retention is said as people say it', (t) => {
  t.is(retentionWords(1, 'en'), '1 day');
  t.is(retentionWords(14, 'nl'), '2 weken');
  t.is(retentionWords(90, 'nl'), '90 dagen');
  t.is(retentionWords(730, 'de'), '2 Jahre');
});

test('no policy, no matching rule, no purpose: not recorded, and it says why', (t) => {
  const inForce = { policy, hash: '0'.repeat(64) };
  t.like(decide(null, call, said), { record: false, reason: 'no_policy' });
  t.like(decide(inForce, { ...call, direction: 'inbound' }, said), { record: false, reason: 'no_rule' });
});

test('nobody is recorded whom nobody tells: the source tells in its calls, the box in its own', (t) => {
  const by = (by: 'box' | 'source') => ({
    policy: { ...policy, purposes: [{ ...purpose!, announcement: { ...purpose!.announcement, by } }] },
    hash: '0'.repeat(64),
  });
  t.like(decide(by('box'), { ...call, via: 'siprec' }, said), { record: false, reason: 'source_must_announce' });
  t.like(decide(by('source'), call, said), { record: false, reason: 'box_must_announce' });
  t.true(decide(by('source'), { ...call, via: 'siprec' }, said).record);
  t.true(decide(by('box'), { ...call, via: 'phone' }, said).record);
  const asking = { ...by('source').policy.purposes[0]!, consent: { mode: 'opt-out', key: '9', remember: false } };
  t.false(policySchema.safeParse({ ...policy, purposes: [asking] }).success, 'a source cannot ask for the box');
});

test('a rule may be for copied calls alone', (t) => {
  const copies = { ...purpose!, id: 'copies', announcement: { ...purpose!.announcement, by: 'source' as const } };
  const purposes = [purpose!, copies];
  const rules: Policy['rules'] = [
    { id: 'copied', purpose: 'copies', via: 'siprec', start: 'automatic' },
    { id: 'own', purpose: 'complaints', start: 'automatic' },
  ];
  const inForce = { policy: { ...policy, purposes, rules }, hash: '0'.repeat(64) };
  const ruleOf = (via: 'phone' | 'siprec') => {
    const decision = decide(inForce, { ...call, via }, said);
    return decision.record ? decision.terms.rule : decision.reason;
  };
  t.deepEqual([ruleOf('siprec'), ruleOf('phone')], ['copied', 'own']);
});

test('the first rule that matches decides, by number and by hour in the time zone of the box', (t) => {
  const second = { ...purpose!, id: 'orders' };
  const noon = { days: [1, 2, 3, 4, 5], from: '11:30', until: '12:00', holidays: 'as usual' as const };
  const rules: Policy['rules'] = [
    { id: 'night', purpose: 'orders', start: 'automatic', schedule: noon },
    { id: 'anna', purpose: 'orders', start: 'automatic', from: ['an*'] },
    { id: 'rest', purpose: 'complaints', start: 'automatic' },
  ];
  const inForce = { policy: { ...policy, purposes: [purpose!, second], rules }, hash: '0'.repeat(64) };
  const ruleAt = (from: string, at: string, zone: string) => {
    const decision = decide(inForce, { ...call, from, at: Date.parse(at) }, { ...said, timeZone: zone });
    return decision.record ? decision.terms.rule : decision.reason;
  };
  t.is(ruleAt('anna', '2026-11-24T09:00:00Z', 'UTC'), 'anna');
  t.is(ruleAt('carl', '2026-11-24T09:00:00Z', 'UTC'), 'rest');
  t.is(ruleAt('carl', '2026-11-24T10:45:00Z', 'UTC'), 'rest');
  t.is(ruleAt('carl', '2026-11-24T10:45:00Z', 'Europe/Amsterdam'), 'night');
  t.is(ruleAt('carl', '2026-11-22T10:45:00Z', 'Europe/Amsterdam'), 'rest', 'a Sunday');
});

test('a private key in the list of recipients is refused', (t) => {
  const list = (certificate: string) => ({
    schemaVersion: 1,
    listVersion: 1,
    issuedAt: issued.toISOString(),
    recipients: [
      { role: 'custodian', name: 'C', fingerprint: 'a'.repeat(40), certificate },
      { role: 'escrow', name: 'E', fingerprint: 'b'.repeat(40), certificate: 'x' },
    ],
  });
  t.true(recipientsSchema.safeParse(list('-----BEGIN PGP PUBLIC KEY BLOCK-----')).success);
  t.false(recipientsSchema.safeParse(list('-----BEGIN PGP PRIVATE KEY BLOCK-----')).success);
});

test('a list of recipients needs a custodian and an escrow key', (t) => {
  const recipient = (role: 'custodian' | 'escrow', fill: string) => ({
    role,
    name: role,
    fingerprint: fill.repeat(40),
    certificate: 'x',
  });
  const list = (recipients: unknown) => ({
    schemaVersion: 1,
    listVersion: 1,
    issuedAt: issued.toISOString(),
    recipients,
  });
  const good = [recipient('custodian', 'a'), recipient('escrow', 'b')];
  t.true(recipientsSchema.safeParse(list(good)).success);
  t.false(recipientsSchema.safeParse(list([recipient('custodian', 'a'), recipient('custodian', 'b')])).success);
  t.false(recipientsSchema.safeParse(list([recipient('escrow', 'a'), recipient('escrow', 'b')])).success);
  t.false(recipientsSchema.safeParse(list([recipient('custodian', 'a'), recipient('escrow', 'a')])).success);
});
