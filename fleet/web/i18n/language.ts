/** Which language a page is in: what its reader chose, else what the browser asks for. */
import type { Language } from '@belkluis/shared/web/formats';
import { preferred } from '@belkluis/shared/web/language';
import { de } from './de.ts';
import { en, type Texts } from './en.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

export const texts: Readonly<Record<Language, Texts>> = { nl, en, de, fr };

export const languages = Object.keys(texts) as readonly Language[];

export const isLanguage = (code: string | undefined): code is Language =>
  code !== undefined && Object.hasOwn(texts, code);

export const preferredLanguage = (acceptLanguage: string | undefined): Language =>
  preferred(acceptLanguage, isLanguage) ?? 'en';
