/** Dates, numbers and lengths as people of one language write them, in one time zone. */
import { instantsOf } from '../base/time-zone.ts';

export type Language = 'en' | 'nl' | 'de' | 'fr';

export type Formats = ReturnType<typeof formatsOf>;

const locales: Record<Language, string> = { en: 'en-GB', nl: 'nl-NL', de: 'de-DE', fr: 'fr-FR' };

const DAY_MS = 86_400_000;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `4:12` or `1:02:45`. */
export function lengthWords(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

export function formatsOf(language: Language, timeZone: string) {
  const locale = locales[language];
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const time = date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const short = date({ weekday: 'short', day: 'numeric', month: 'short' });
  const withYear = date({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  const plain = date({ day: 'numeric', month: 'short', year: 'numeric' });
  const long = date({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const year = date({ year: 'numeric' });
  /** `2026-10-09`: what a date field holds. */
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const any = new Intl.ListFormat(locale, { type: 'disjunction' });
  const all = new Intl.ListFormat(locale, { type: 'conjunction' });
  // The first of January 2024 was a Monday.
  const weekday = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'long' });
  const calendar = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });
  const languageNames = new Intl.DisplayNames(locale, { type: 'language' });
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const since = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  const sameDay = (a: number, b: number) => iso.format(a) === iso.format(b);

  const day = (at: number, now: number): string => {
    if (sameDay(at, now)) return relative.format(0, 'day');
    if (sameDay(at, now - DAY_MS)) return relative.format(-1, 'day');
    return year.format(at) === year.format(now) ? short.format(at) : withYear.format(at);
  };
  return {
    language,
    number: (value: number) => number.format(value),
    /** With so many decimals. */
    decimal: (value: number, decimals: number) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value),
    /** `3 days`, `12%`, `41 °C`. */
    unit: (value: number, unit: 'percent' | 'celsius' | 'millisecond' | 'day' | 'hour', decimals = 0) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: unit === 'day' || unit === 'hour' ? 'long' : 'short',
        maximumFractionDigits: decimals,
      }).format(value),
    /** Of a share, 0 to 1. */
    percent: (share: number) => percent.format(share),
    /** Name of an ISO 3166-1 country. */
    country: (code: string) => regions.of(code) ?? code,
    time: (at: number) => time.format(at),
    /** With weekday and year. */
    date: (at: number) => withYear.format(at),
    /** Without weekday: `3 Feb 2027`. */
    plainDate: (at: number) => plain.format(at),
    longDate: (at: number) => long.format(at),
    isoDate: (at: number) => iso.format(at),
    /** `Today 14:31`, `Thu 8 Oct 16:44`: today and yesterday by word, this year without the year. */
    moment: (at: number, now: number) => capital(`${day(at, now).replace(',', '')} ${time.format(at)}`),
    /** The same within a sentence: `today 14:31`. */
    momentWithin: (at: number, now: number) => `${day(at, now).replace(',', '')} ${time.format(at)}`,
    /** `in 30 days`, `tomorrow`: by the calendar, as people count. */
    inDays: (at: number, now: number) =>
      relative.format(
        Math.max(0, Math.round((Date.parse(iso.format(at)) - Date.parse(iso.format(now))) / DAY_MS)),
        'day',
      ),
    /** `6 min ago`, `31 hr ago`, `3 days ago`: to two hours in minutes, to two days in hours. */
    ago: (at: number, now: number) => {
      const minutes = Math.max(0, Math.floor((now - at) / 60_000));
      if (minutes < 120) return since.format(-minutes, 'minute');
      return minutes < 2880
        ? since.format(-Math.floor(minutes / 60), 'hour')
        : since.format(-Math.floor(minutes / 1440), 'day');
    },
    bytes: (value: number) => {
      const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
      const options = { style: 'unit', unit: UNITS[power]!, maximumFractionDigits: 1 } as const;
      return new Intl.NumberFormat(locale, options).format(value / 1000 ** power);
    },
    length: lengthWords,
    /** `10, 11 or 12`. */
    anyOf: (items: readonly string[]) => any.format(items),
    /** `10, 11 and 12`. */
    allOf: (items: readonly string[]) => all.format(items),
    /** Name of a day of the week as ISO 8601 counts them: 1 is Monday. */
    weekday: (day: number) => weekday.format(Date.UTC(2024, 0, day)),
    /** Name of a language, such as `nl`. */
    languageName: (code: string) => languageNames.of(code) ?? code,
    /** A day without a time of day, `2026-12-25`. */
    calendarDay: (day: string) => calendar.format(Date.parse(day)),
  };
}

/** The instant at which a day (`2026-10-09`) begins in a time zone; null when it is no day. */
export function dayBegins(isoDay: string, timeZone: string): number | null {
  const utc = /^\d{4}-\d{2}-\d{2}$/.test(isoDay) ? Date.parse(`${isoDay}T00:00:00Z`) : Number.NaN;
  // 30 February is read as 2 March.
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== isoDay) return null;
  return instantsOf(timeZone, utc)[0];
}

/** The day after, as a date field holds it. */
export const dayAfter = (isoDay: string): string =>
  new Date(Date.parse(`${isoDay}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
