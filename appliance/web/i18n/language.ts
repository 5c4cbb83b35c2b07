/** Which language a page is in: what its reader chose, else what the browser asks for. */
import { en, type Texts } from './en.ts';
import type { LanguageCode } from './formats.ts';
import { nl } from './nl.ts';

export const texts: Readonly<Record<LanguageCode, Texts>> = { nl, en };

export const languageCodes = Object.keys(texts) as readonly LanguageCode[];

export const isLanguage = (code: string | undefined): code is LanguageCode =>
  code !== undefined && Object.hasOwn(texts, code);

/** The best of our languages for an Accept-Language header (RFC 9110 12.5.4). English when none fits. */
export function preferredLanguage(acceptLanguage: string | undefined): LanguageCode {
  const wanted = (acceptLanguage ?? '')
    .split(',', 20)
    .map((part) => {
      const [range = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
      return { code: range.toLowerCase().split('-')[0]!, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.map(({ code }) => code).find(isLanguage) ?? 'en';
}
