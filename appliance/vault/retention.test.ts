import { generateKeyPairSync } from 'node:crypto';
import { decide } from '@belkluis/shared/policy/decide';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { MAX_RETENTION_DAYS } from '@belkluis/shared/policy/fields';
import { dataClasses, generalDays, recordingRetention, retentionDays } from '@belkluis/shared/policy/retention';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import { templateNames, templates } from '@belkluis/shared/policy/templates';
import { said } from '@belkluis/shared/policy/testing/said';
import { announcementsOf, retentionWords } from '@belkluis/shared/policy/words';
import test from 'ava';
import fc from 'fast-check';
import { expiriesOf } from './retention.ts';

const DAY = 24 * 3600_000;
const recipients = signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]);
const draft = samplePolicy(new Date('2026-11-01T00:00:00Z'));
const sample = draft.purposes[0]!;

/** Terms as somebody might write them, sensible or not: mostly days, at times what no term may be. */
const anyDays = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: 1, max: 3653 }) },
  { weight: 15, arbitrary: fc.integer({ min: 1, max: 120 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -1, 3654, 1e9, 1.5, Number.POSITIVE_INFINITY, Number.NaN, null, 'forever'),
  },
);
const anyPurpose = fc.record(
  {
    id: fc.constantFrom('a', 'b'),
    template: fc.constantFrom(...Array<undefined>(6), ...templateNames),
    retention: fc.record(
      {
        contentDays: anyDays,
        trafficDays: anyDays,
        evidenceDays: anyDays.map((days) => (typeof days === 'number' ? Math.max(days, 3653) : days)),
        minimum: fc.record({
          days: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(1826)),
          ground: fc.constant('MiFID II 16(7)'),
        }),
        because: fc.constant(sample.retention.because),
      },
      { requiredKeys: ['contentDays', 'trafficDays', 'evidenceDays', 'because'] },
    ),
  },
  { requiredKeys: ['id', 'retention'] },
);
const anyRule = fc.record(
  {
    id: fc.constantFrom('r1', 'r2', 'r3'),
    purpose: fc.constantFrom('a', 'a', 'a', 'b'),
    start: fc.constant('automatic' as const),
    retention: fc.record({ contentDays: anyDays, trafficDays: anyDays }, { requiredKeys: [] }),
  },
  { requiredKeys: ['id', 'purpose', 'start'] },
);
const distinct = { selector: ({ id }: { id: string }) => id };
const anyPolicy = fc
  .record({
    purposes: fc.uniqueArray(anyPurpose, { minLength: 1, maxLength: 2, ...distinct }),
    rules: fc.uniqueArray(anyRule, { maxLength: 2, ...distinct }),
    retention: fc.record({
      accessDays: anyDays,
      requestDays: anyDays,
      directoryDays: anyDays,
      because: fc.constant(draft.retention.because),
    }),
  })
  // Most rules serve a purpose that exists.
  .map(({ purposes, rules, retention }) => ({
    rules: rules.map((rule, index) => (index === 0 ? { ...rule, purpose: purposes[0]!.id } : rule)),
    purposes,
    retention,
  }))
  .map(({ purposes, rules, retention }) => ({
    ...draft,
    recipients,
    retention,
    rules,
    purposes: purposes.map(({ template, ...purpose }) => ({
      ...sample,
      ...purpose,
      ...(template ? { template } : {}),
    })),
  }));

/** Written down by hand, beside the resolver: the rule's own term where it has one, else the purpose's. */
const expected = (
  policy: Policy,
  purposeId: string,
  ruleId: string | null,
  of: 'contentDays' | 'trafficDays',
): number => {
  const purpose = policy.purposes.find(({ id }) => id === purposeId)!;
  return policy.rules.find(({ id }) => id === ruleId)?.retention?.[of] ?? purpose.retention[of];
};

test('whatever policy passes, every term of every class is finite, capped, the one that is announced and the one that a recording gets', (t) => {
  let passed = 0;
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.log(`seed ${seed}`);
  fc.assert(
    fc.property(anyPolicy, (candidate) => {
      const parsed = policySchema.safeParse(candidate);
      if (!parsed.success) return;
      passed++;
      const policy = parsed.data;
      const sane = (days: number, cap = MAX_RETENTION_DAYS) =>
        t.true(Number.isInteger(days) && days >= 1 && days <= cap, `${days}`);
      for (const dataClass of dataClasses)
        if (dataClass === 'access' || dataClass === 'request' || dataClass === 'directory')
          sane(generalDays(policy, dataClass));
      for (const purpose of policy.purposes) {
        const cap = purpose.template ? templates[purpose.template].capDays : MAX_RETENTION_DAYS;
        for (const rule of [null, ...policy.rules.filter((one) => one.purpose === purpose.id)]) {
          const got = recordingRetention(purpose, rule);
          sane(got.contentDays, cap);
          sane(got.trafficDays);
          sane(got.evidenceDays);
          t.true(got.evidenceDays >= got.contentDays && got.contentDays >= (got.minimum?.days ?? 0));
          t.is(got.contentDays, expected(policy, purpose.id, rule?.id ?? null, 'contentDays'));
          t.is(got.trafficDays, expected(policy, purpose.id, rule?.id ?? null, 'trafficDays'));
          t.is(got.contentDays, retentionDays(purpose, rule, 'content'));
          const start = Date.UTC(2026, 0, 1);
          const row = expiriesOf(start, got);
          t.is(row.expiresAt, start + got.contentDays * DAY);
          t.is(row.trafficExpiresAt, start + got.trafficDays * DAY);
          t.is(row.evidenceExpiresAt, start + Math.max(got.evidenceDays, got.trafficDays) * DAY);
          t.is(row.lockedUntil, got.minimum ? start + got.minimum.days * DAY : 0);
          for (const { language, text } of announcementsOf(policy, purpose, rule))
            t.true(text.includes(retentionWords(got.contentDays, language)), text);
        }
      }
      const call = { from: 'anna', to: 'ben', direction: 'internal', id: '1', at: 0 } as const;
      const decision = decide({ policy, hash: 'h' }, call, said);
      if (!decision.record) return;
      const rule = policy.rules.find(({ id }) => id === decision.terms.rule)!;
      t.deepEqual(decision.terms.retention, recordingRetention(decision.terms.purpose, rule));
      t.true(
        decision.terms.announcements[0]!.text.includes(retentionWords(decision.terms.retention.contentDays, 'en')),
      );
    }),
    { numRuns: 12_000, seed },
  );
  t.true(passed > 1000, `${passed} policies passed`);
});
