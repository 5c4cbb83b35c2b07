/** Which language a page is in: what its reader chose, else what the browser asks for. */
import { preferred } from '@belkluis/shared/web/language';
import { en, type Texts } from './en.ts';
import type { LanguageCode } from './formats.ts';
import { nl } from './nl.ts';

export const texts: Readonly<Record<LanguageCode, Texts>> = { nl, en };

export const isLanguage = (code: string | undefined): code is LanguageCode =>
  code !== undefined && Object.hasOwn(texts, code);

/** English when none of ours fits. */
export const preferredLanguage = (acceptLanguage: string | undefined): LanguageCode =>
  preferred(acceptLanguage, isLanguage) ?? 'en';
