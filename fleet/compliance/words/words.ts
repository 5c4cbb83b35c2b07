/** What each language has to say. A text that is missing is a type error. */
import type { Language } from '@belkluis/shared/policy/fields';
import type { mechanisms } from '../countries.ts';
import type { Purpose } from '../locations.ts';
import type { dataClasses, measures } from '../terms.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

export interface Words {
  readonly title: string;
  subtitle(version: number, day: string): string;
  readonly parties: string;
  readonly controller: string;
  readonly processor: string;
  readonly server: string;
  readonly contact: string;
  readonly subject: string;
  readonly subjectText: string;
  readonly subjectDuration: string;
  readonly notHere: string;
  readonly duties: string;
  /** GDPR 28(3), point by point. */
  readonly duty: Readonly<Record<'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h', string>>;
  readonly helpers: string;
  helpersText(days: number): string;
  readonly incidents: string;
  readonly incidentsText: string;
  readonly transfers: string;
  readonly transfersInside: string;
  transfersLocked(country: string): string;
  readonly transfersOutside: string;
  readonly orders: string;
  readonly annexData: string;
  readonly annexMeasures: string;
  readonly annexLocations: string;
  readonly annexKept: string;
  readonly annexHelpers: string;
  readonly noHelpers: string;
  readonly data: Readonly<Record<(typeof dataClasses)[number], readonly [whose: string, what: string]>>;
  days(days: number): string;
  readonly untilRemoved: string;
  readonly measure: Readonly<Record<(typeof measures)[number], string>>;
  readonly purpose: Readonly<Record<Purpose, string>>;
  readonly mechanism: Readonly<Record<(typeof mechanisms)[number], string>>;
  runBy(name: string): string;
  readonly runsServer: string;
  parent(country: string): string;
  since(day: string): string;
  readonly signatures: string;
  readonly forController: string;
  readonly forProcessor: string;
  /** For whoever wonders why a box cannot be paired. */
  readonly help: string;
  readonly drill: string;
  readonly notice: {
    readonly incident: string;
    /** `days`: how long there is to object. */
    change(name: string, day: string, days: number): string;
    /** `day`: the last; `until`: settings are sent. */
    ends(day: string): string;
    ended(day: string, until: string): string;
    readonly found: string;
    readonly what: string;
    readonly about: string;
    readonly steps: string;
  };
}

export const words: Readonly<Record<Language, Words>> = { en, nl, de, fr };

export const countryName = (country: string, language: Language): string =>
  new Intl.DisplayNames(language, { type: 'region' }).of(country) ?? country;

/** `at`: wall clock, ms, or a day in ISO 8601. `timeZone`: by whose clock. */
export const dayIn = (at: number | string, language: Language, timeZone = 'UTC'): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone }).format(new Date(at));
