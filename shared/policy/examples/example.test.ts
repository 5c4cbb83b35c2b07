import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { signEnvelope } from '../dsse.ts';
import { languages as everyLanguage } from '../fields.ts';
import { lawFindings } from '../packs/find.ts';
import { withRecipients } from '../sample.ts';
import { packNames, policySchema } from '../schema.ts';
import { templateNames } from '../templates.ts';
import { warnings } from '../warnings.ts';
import { announcementsOf } from '../words.ts';
import { examplePolicy } from './example.ts';

const issuedAt = new Date('2026-11-25T12:00:00Z');
const recipients = signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]);

for (const template of templateNames)
  for (const country of packNames)
    test(`a draft for ${template} in ${country} is a policy that its law allows, in every language`, (t) => {
      for (const language of everyLanguage) {
        const draft = examplePolicy({ template, country, languages: [language], issuedAt });
        const policy = withRecipients(draft, recipients);
        t.deepEqual(policySchema.safeParse(policy), { success: true, data: policy });
        t.deepEqual(lawFindings(draft, issuedAt.getTime()), []);
        t.deepEqual(warnings(draft), []);
        const [purpose] = draft.purposes;
        const [first] = announcementsOf(draft, purpose!);
        t.is(first!.language, language, 'first what was asked for');
        t.notRegex(first!.text, /\d{3}/, 'no term is said as hundreds of days');
      }
    });

const purposeOf = (
  ...[template, country]: [Parameters<typeof examplePolicy>[0]['template'], (typeof packNames)[number]]
) => {
  const { purposes, rules } = examplePolicy({ template, country, languages: [], issuedAt });
  return { ...purposes[0]!, rule: rules[0]! };
};

test('what a country forbids the draft does otherwise', (t) => {
  t.like(purposeOf('qa', 'NL').consent, { mode: 'opt-out' });
  t.like(purposeOf('qa', 'DE').consent, { mode: 'opt-in', asks: 'everybody' });
  t.like(purposeOf('training', 'BE').consent, { mode: 'opt-in', asks: 'everybody' });
  t.true(purposeOf('qa', 'FR').rule.sampling! < 50);
  t.is(purposeOf('disputes', 'FR').rule.start, 'manual');
  t.is(purposeOf('disputes', 'NL').rule.start, 'automatic');
  t.deepEqual(
    purposeOf('qa', 'BE').announcement.said.map(({ language }) => language),
    ['nl', 'fr'],
  );
});

test('terms beyond the usual are warned of, and so is who supervises themselves', (t) => {
  const draft = examplePolicy({ template: 'qa', country: 'NL', languages: [], issuedAt });
  const [purpose] = draft.purposes;
  const warned = (change: object, days: number) =>
    warnings({
      ...draft,
      purposes: [{ ...purpose!, ...change, retention: { ...purpose!.retention, contentDays: days } }],
    }).map(({ path, code }) => `${code} ${path}`);
  const unusual = 'term_unusual purposes.0.retention.contentDays';
  t.deepEqual(warned({}, 90), []);
  t.deepEqual(warned({}, 91), [unusual]);
  t.deepEqual(warned({ template: undefined }, 91), [unusual], 'also where it does not call itself so');
  t.deepEqual(warned({ template: 'care' }, 29), [unusual]);
  t.deepEqual(warned({ mayOpen: ['custodian', 'dpo'] }, 30), ['dpo_opens purposes.0.mayOpen']);
  const specialCategories = { ground: 'h', statement: 'Calls with patients are part of treating them.' };
  t.deepEqual(warned({ specialCategories }, 30), ['level_low purposes.0.level']);
  t.deepEqual(warned({ template: 'disputes' }, 400), ['access_short retention.accessDays']);
});
