import test from 'ava';
import fc from 'fast-check';
import { type CallToDecide, decide } from './decide.ts';
import { type Language, languages, MAX_RETENTION_DAYS } from './fields.ts';
import { lawFindings } from './packs/find.ts';
import { recordingRetention } from './retention.ts';
import { type Policy, policySchema } from './schema.ts';
import { templates } from './templates.ts';
import { anyPolicy } from './testing/policies.ts';
import { said } from './testing/said.ts';
import { announcementsOf, retentionWords } from './words.ts';

/** As many as issue 5 asks for. */
const POLICIES = 10_000;
const now = Date.parse('2026-11-25T12:00:00Z');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** Days that words of a term mean. */
function daysIn(text: string): number {
  const [count, unit] = text.split(' ');
  const days = /^(an|year|jaar|Jahr)/.test(unit!) ? 365 : /^w/i.test(unit!) || unit!.startsWith('semaine') ? 7 : 1;
  return Number(count) * days;
}

test('a term is said in words that mean just as many days, in every language', (t) => {
  for (const language of languages)
    for (let days = 1; days <= MAX_RETENTION_DAYS; days++)
      if (daysIn(retentionWords(days, language)) !== days) t.fail(`${days} ${retentionWords(days, language)}`);
  t.pass();
});

const check = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

const says = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

/** What is read aloud of a term in each language, so that another one cannot stand there unseen. */
const wordsOf = (days: number, language: Language): RegExp =>
  new RegExp(`(^|[^0-9])${retentionWords(days, language)}([^\\p{L}]|$)`, 'u');

/** Every announcement says who, why and for how long, and the term is the one that the purge will go by. */
function checkAnnouncements(policy: Policy, purpose: Policy['purposes'][number], rule: Policy['rules'][number] | null) {
  const announcements = announcementsOf(policy, purpose, rule);
  const { contentDays } = recordingRetention(purpose, rule);
  check(announcements.length > 0 && announcements.length === purpose.announcement.said.length, 'says nothing');
  announcements.forEach(({ language, text }, index) => {
    check(text.includes(policy.controller.name) && says(policy.controller.name), `does not say who: ${text}`);
    const words = purpose.announcement.said[index]!.purpose;
    check(text.includes(words) && says(words), `does not say why: ${text}`);
    check(wordsOf(contentDays, language).test(text), `does not say ${contentDays} days: ${text}`);
    check(!/\{(refuse|more)\}/.test(text), `has an empty slot: ${text}`);
  });
}

function checkTerms(purpose: Policy['purposes'][number], rule: Policy['rules'][number] | null) {
  const terms = recordingRetention(purpose, rule);
  const cap = purpose.template ? templates[purpose.template].capDays : MAX_RETENTION_DAYS;
  for (const days of [terms.contentDays, terms.trafficDays, terms.evidenceDays])
    check(Number.isInteger(days) && days >= 1 && days <= MAX_RETENTION_DAYS, `keeps for ${days}`);
  check(terms.contentDays <= cap, `keeps for ${terms.contentDays} above ${cap}`);
  check(terms.contentDays <= terms.evidenceDays, 'its proof leaves first');
  check(terms.contentDays >= (terms.minimum?.days ?? 1), 'leaves before its minimum');
}

/** What a row of the register of processing is made of (GDPR 30(1)). */
function checkRegister({ controller }: Policy, { name, lawfulBasis, register, rationale }: Policy['purposes'][number]) {
  const { dataSubjects, dataCategories } = register;
  const texts = [controller.name, controller.contact, name, lawfulBasis, rationale, ...dataSubjects, ...dataCategories];
  check(texts.every(says) && dataSubjects.length > 0 && dataCategories.length > 0, 'no row for the register');
}

/** Calls of every kind that rules of random policies ask for. */
const calls: readonly CallToDecide[] = (['internal', 'inbound', 'outbound'] as const).flatMap((direction) =>
  (['phone', 'siprec'] as const).flatMap((via) =>
    ['anna', '101', '+31205550100'].map((from) => ({
      id: `${direction}${via}${from}`,
      from,
      to: 'ben',
      direction,
      via,
      at: now,
    })),
  ),
);

/** Whether law of Germany lets it be recorded: everybody agreed, or another law demands it. */
const germany = ({ mandatory, lawfulBasis, consent }: Policy['purposes'][number]): boolean =>
  mandatory ? lawfulBasis === 'c' : consent.mode === 'opt-in' && consent.asks === 'everybody';

test('no policy that passes keeps without end, records in silence, lacks its register row, or announces another term than is kept', (t) => {
  const seen = { passed: 0, refused: 0, recorded: 0, lawful: 0, german: 0 };
  t.log(`seed ${seed}`);
  fc.assert(
    fc.property(anyPolicy, (given) => {
      const parsed = policySchema.safeParse(given);
      if (!parsed.success) {
        seen.refused++;
        check(
          parsed.error.issues.every(({ message }) => message.length > 0),
          'refused without a reason',
        );
        return;
      }
      seen.passed++;
      const policy = parsed.data;
      for (const purpose of policy.purposes) {
        checkRegister(policy, purpose);
        for (const rule of [null, ...policy.rules.filter((one) => one.purpose === purpose.id)]) {
          checkTerms(purpose, rule);
          checkAnnouncements(policy, purpose, rule);
        }
      }
      for (const call of calls) {
        const decision = decide({ policy, hash: '0'.repeat(64) }, call, said);
        if (!decision.record) continue;
        seen.recorded++;
        const { purpose, announcements, retention, rule } = decision.terms;
        const from = policy.rules.find(({ id }) => id === rule)!;
        check(announcements.length > 0, 'records in silence');
        announcements.forEach(({ language, text }) => {
          check(wordsOf(retention.contentDays, language).test(text), 'announces another term than is kept');
        });
        check(
          retention.contentDays === recordingRetention(purpose, from).contentDays,
          'has another term than its rule',
        );
      }
      if (lawFindings(policy, now).length > 0) return;
      seen.lawful++;
      if (!policy.lawPacks.includes('DE')) return;
      seen.german++;
      check(policy.purposes.every(germany), 'is recorded in Germany without consent of all');
    }),
    { numRuns: POLICIES, seed },
  );
  t.log(JSON.stringify(seen));
  // So that it says something: enough of each.
  for (const [kind, count] of Object.entries(seen)) t.true(count > POLICIES / 500, `${kind} ${count}`);
});
