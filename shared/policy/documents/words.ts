/** What documents say in each language, and small sentences that several of them are made of. */
import type { Language } from '../fields.ts';
import type { Purpose } from '../purpose.ts';
import { retentionDays } from '../retention.ts';
import type { Policy } from '../schema.ts';
import { retentionWords } from '../words.ts';
import { de } from './words/de.ts';
import { type DocumentWords, en } from './words/en.ts';
import { fr } from './words/fr.ts';
import { nl } from './words/nl.ts';

export const documentWords: Readonly<Record<Language, DocumentWords>> = { en, nl, de, fr };

/** What a purpose is called in a language: as its announcement says it, else as the organisation does. */
export function purposeWords({ announcement, name }: Purpose, language: Language): string {
  const said = announcement.said.find((one) => one.language === language);
  if (!said) return name;
  return said.training ? `${said.purpose} ${said.training}` : said.purpose;
}

/** Each term that a recording of the purpose may have, by its rules, longest first. */
export function contentTerms(policy: Pick<Policy, 'rules'>, purpose: Purpose): readonly number[] {
  const rules = policy.rules.filter((rule) => rule.purpose === purpose.id);
  const days = [null, ...rules].map((rule) => retentionDays(purpose, rule, 'content'));
  return [...new Set(days)].sort((a, b) => b - a);
}

export const termWords = (policy: Pick<Policy, 'rules'>, purpose: Purpose, language: Language): readonly string[] =>
  contentTerms(policy, purpose).map((days) => retentionWords(days, language));
