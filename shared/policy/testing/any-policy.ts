/** Policies by chance that the schema takes: purposes in several languages, on every basis, with rules that have terms of their own. */

import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { signEnvelope } from '../dsse.ts';
import { RECIPIENTS_TYPE } from '../recipients.ts';
import { samplePolicy } from '../sample.ts';
import { type Policy, policySchema } from '../schema.ts';
import { twoRecipients } from './two-recipients.ts';

const draft = samplePolicy(new Date('2026-11-01T00:00:00Z'));
const sample = draft.purposes[0]!;

const recipients = signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(twoRecipients)), [
  generateKeyPairSync('ed25519'),
]);

/** The sample as a whole policy. */
export const wholePolicy: Policy = policySchema.parse({ ...draft, recipients });

const anyDays = fc.oneof(fc.integer({ min: 1, max: 3653 }), fc.integer({ min: 1, max: 120 }));
const shorter = fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined });

const words = {
  en: 'to settle complaints',
  nl: 'om klachten af te handelen',
  de: 'um Beschwerden zu klären',
  fr: 'pour régler les réclamations',
};
const said = fc
  .shuffledSubarray(['en', 'nl', 'de', 'fr'] as const, { minLength: 1 })
  .map((languages) => languages.map((language) => ({ language, purpose: words[language] })));

const consents = fc.constantFrom(
  { lawfulBasis: 'f', consent: { mode: 'inform' } },
  { lawfulBasis: 'f', consent: { mode: 'opt-out', key: '9', remember: true } },
  { lawfulBasis: 'b', consent: { mode: 'inform' } },
  { lawfulBasis: 'a', consent: { mode: 'opt-in', key: '1', refuseKey: '2', asks: 'outside', patienceSeconds: 10 } },
  { lawfulBasis: 'c', consent: { mode: 'inform' }, mandatory: true },
);

const anyPurpose = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    ground: consents,
    content: anyDays,
    traffic: anyDays,
    said,
    uses: fc.subarray(['complaint', 'quality', 'training', 'evidence'] as const, { minLength: 1 }),
    level: fc.constantFrom('standard', 'sensitive', 'high'),
    staffHear: fc.boolean(),
  })
  .map(({ id, ground, content, traffic, said: spoken, uses, level, staffHear }) => ({
    ...sample,
    ...ground,
    id,
    name: `Purpose ${id}`,
    uses,
    level,
    announcement: { ...sample.announcement, said: spoken, staffHear },
    retention: {
      ...sample.retention,
      contentDays: content,
      trafficDays: traffic,
      evidenceDays: 3653,
      ...('mandatory' in ground ? { minimum: { days: 1, ground: 'MiFID II 16(7)' } } : {}),
    },
  }));

/** A policy that the schema takes; others are made into the sample, which is rare. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    purposes: fc.uniqueArray(anyPurpose, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
    terms: fc.array(fc.record({ contentDays: shorter, trafficDays: shorter }), { maxLength: 4 }),
    accessDays: anyDays,
    requestDays: anyDays,
    directoryDays: anyDays,
  })
  .map(({ purposes, terms, ...days }) => {
    const rules = terms.map(({ contentDays, trafficDays }, index) => {
      const { id, retention } = purposes[index % purposes.length]!;
      return {
        id: `rule-${index}`,
        purpose: id,
        direction: 'inbound',
        start: 'automatic',
        retention: {
          ...(contentDays === undefined ? {} : { contentDays: Math.min(contentDays, retention.contentDays) }),
          ...(trafficDays === undefined ? {} : { trafficDays: Math.min(trafficDays, retention.trafficDays) }),
        },
      };
    });
    const parsed = policySchema.safeParse({
      ...draft,
      recipients,
      purposes,
      rules,
      retention: { ...draft.retention, ...days },
    });
    return parsed.success ? parsed.data : wholePolicy;
  });
