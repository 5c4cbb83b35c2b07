/** The words of each code in each language, in one place for mail, pages and API. */
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import { de as healthDe } from '@belkluis/shared/contract/health-words/de';
import { en as healthEn } from '@belkluis/shared/contract/health-words/en';
import { fr as healthFr } from '@belkluis/shared/contract/health-words/fr';
import { nl as healthNl } from '@belkluis/shared/contract/health-words/nl';
import type { HealthWords } from '@belkluis/shared/contract/health-words/words';
import type { AlertCode, FleetCode } from '../codes.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';
import type { AlertWords } from './words.ts';

export const alertLanguages = ['en', 'nl', 'de', 'fr'] as const;
export type AlertLanguage = (typeof alertLanguages)[number];

export const alertWords: Readonly<Record<AlertLanguage, AlertWords>> = { en, nl, de, fr };

const healthWords: Readonly<Record<AlertLanguage, HealthWords>> = {
  en: healthEn,
  nl: healthNl,
  de: healthDe,
  fr: healthFr,
};

const isHealth = (code: AlertCode): code is Exclude<AlertCode, FleetCode> => Object.hasOwn(healthCodes, code);

/** `title`: what, in a few words. `says`: what it means. `advice`: what to do. */
export function wordsOf(
  language: AlertLanguage,
  code: AlertCode,
): { readonly title: string; readonly says: string; readonly advice: string } {
  if (!isHealth(code)) return alertWords[language].codes[code];
  const { checks, codes } = healthWords[language];
  return { title: checks[healthCodes[code].check], ...codes[code] };
}
