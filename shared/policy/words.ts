/** What a purpose sounds like: the sentence that callers hear, made of the purpose's own words. */
import { retentionDays } from './retention.ts';
import type { Language, Policy, Purpose, Rule } from './schema.ts';

const units: Record<Language, { day: [string, string]; week: [string, string]; year: [string, string] }> = {
  en: { day: ['day', 'days'], week: ['week', 'weeks'], year: ['year', 'years'] },
  nl: { day: ['dag', 'dagen'], week: ['week', 'weken'], year: ['jaar', 'jaar'] },
  de: { day: ['Tag', 'Tage'], week: ['Woche', 'Wochen'], year: ['Jahr', 'Jahre'] },
  fr: { day: ['jour', 'jours'], week: ['semaine', 'semaines'], year: ['an', 'ans'] },
};

/** A number of days as people say it, never less exact than it is: 30 days, 2 weeks, 1 year. */
export function retentionWords(days: number, language: Language): string {
  const { day, week, year } = units[language];
  const say = (count: number, [one, more]: [string, string]) => `${count} ${count === 1 ? one : more}`;
  if (days % 365 === 0) return say(days / 365, year);
  if (days % 7 === 0 && days < 70) return say(days / 7, week);
  return say(days, day);
}

/** One language of a finished announcement. */
export interface Announcement {
  readonly language: Language;
  readonly text: string;
  /** SHA-256 of the WAV that says it, or null: the box speaks it. */
  readonly wavSha256: string | null;
}

/** The announcement of a purpose in each of its languages, with the term of the rule that it is for. */
export const announcementsOf = (
  policy: Pick<Policy, 'controller'>,
  purpose: Purpose,
  rule: Rule | null = null,
): readonly Announcement[] =>
  purpose.announcement.map(({ language, purpose: words, text, wavSha256 }) => ({
    language,
    text: text
      .replaceAll('{who}', policy.controller)
      .replaceAll('{purpose}', words)
      .replaceAll('{retention}', retentionWords(retentionDays(purpose, rule, 'content'), language)),
    wavSha256: wavSha256 ?? null,
  }));
