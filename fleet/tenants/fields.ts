/** Names, countries and time zones, as people may give them. */
import { isTimeZone } from '@belkluis/shared/base/time-zone';
import { nameKey } from '../db/page.ts';
import { problem } from './problems.ts';

/** Longest name, characters: it stands in a table's column. */
const MAX_NAME_LENGTH = 80;

/** A name as it is shown, and what it is compared by. @throws Problem `name_invalid`. */
export function checkName(name: string): { readonly name: string; readonly name_key: string } {
  const shown = name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ');
  const length = [...shown].length;
  if (length < 1 || length > MAX_NAME_LENGTH || /\p{C}/u.test(shown)) throw problem('name_invalid');
  return { name: shown, name_key: nameKey(shown) };
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** ISO 3166-1 alpha-2. @throws Problem `country_invalid`. */
export function checkCountry(country: string): string {
  if (!/^[A-Z]{2}$/.test(country) || country === 'ZZ' || countries.of(country) === undefined)
    throw problem('country_invalid');
  return country;
}

/** A name of the IANA time zone database. @throws Problem `time_zone_invalid`. */
export function checkTimeZone(zone: string): string {
  if (!/^[A-Za-z]+(\/[A-Za-z_+-]+){0,2}$/.test(zone) || !isTimeZone(zone)) throw problem('time_zone_invalid');
  return zone;
}
