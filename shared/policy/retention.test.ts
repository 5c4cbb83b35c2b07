import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { signEnvelope } from './dsse.ts';
import { purposeSchema } from './purpose.ts';
import { samplePolicy } from './sample.ts';
import { policySchema } from './schema.ts';
import type { TemplateName } from './templates.ts';

const recipients = signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]);
const draft = samplePolicy(new Date('2026-11-01T00:00:00Z'));
const sample = draft.purposes[0]!;
const { because } = sample.retention;
const unusual = { ...because, content: { ...because.content, unusual: 'supervisor' } };

const accepted = (template: TemplateName, contentDays: number, more: object = {}) =>
  purposeSchema.safeParse({
    ...sample,
    template,
    retention: { contentDays, trafficDays: 30, evidenceDays: Math.max(365, contentDays), because, ...more },
  }).success;

test('each template holds its terms to what is usual, capped and demanded', (t) => {
  const longer = { because: unusual };
  const bare = { because: { ...because, content: undefined } };
  const short = { because: { ...because, content: { ...because.content, why: 'because we can' } } };
  const cases: [boolean, Parameters<typeof accepted>][] = [
    [true, ['qa', 90]],
    [false, ['qa', 91]],
    [true, ['qa', 91, longer]],
    [true, ['qa', 92, longer]],
    [false, ['qa', 91, short]],
    [false, ['qa', 366, longer]],
    [false, ['qa', 30, bare]],
    [true, ['care', 28]],
    [false, ['care', 29]],
    [true, ['care', 29, longer]],
    [true, ['training', 90]],
    [false, ['training', 91]],
    [false, ['training', 91, longer]],
    [false, ['finance', 2557]],
    [false, ['finance', 2557, { minimum: { days: 1825, ground: 'MiFID II 16(7)' } }]],
    [true, ['finance', 2557, { minimum: { days: 1826, ground: 'MiFID II 16(7)' } }]],
    [false, ['finance', 1000, { minimum: { days: 1826, ground: 'MiFID II 16(7)' } }]],
    [true, ['disputes', 1826]],
    [false, ['disputes', 1827]],
    [false, ['disputes', 3654, longer]],
  ];
  for (const [verdict, given] of cases) t.is(accepted(...given), verdict, JSON.stringify(given));
});

test('a rule may say less than its purpose, never more, and never less than the minimum', (t) => {
  const policy = (contentDays: number, minimum?: { days: number; ground: string }) => ({
    ...draft,
    recipients,
    purposes: [{ ...sample, retention: { ...sample.retention, ...(minimum ? { minimum } : {}) } }],
    rules: [{ id: 'r', purpose: sample.id, from: ['1*'], start: 'automatic', retention: { contentDays } }],
  });
  const lock = { days: 20, ground: 'MiFID II 16(7)' };
  t.true(policySchema.safeParse(policy(10)).success);
  t.false(policySchema.safeParse(policy(31)).success);
  t.true(policySchema.safeParse(policy(20, lock)).success);
  t.false(policySchema.safeParse(policy(19, lock)).success);
});
