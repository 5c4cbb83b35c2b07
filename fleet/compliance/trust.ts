/** What anybody may know of the fleet: `/trust` and `/location`, pages and JSON. Pure; no name of a person or customer is in it. */
import type { Provider } from './agreement-text.ts';
import { countriesOf, type Location } from './locations.ts';
import type { TermsVersion } from './terms-store.ts';

/** A certificate that is held, or an audit that was done: as the configuration has it. */
export interface Attestation {
  readonly name: string;
  /** Who certified or audited. */
  readonly by: string;
  /** Day, ISO 8601: of a certificate its end, of an audit when it was. */
  readonly day: string;
}

export interface TrustParts {
  readonly provider: Provider;
  readonly terms: TermsVersion;
  readonly locations: readonly Location[];
  readonly certifications: readonly Attestation[];
  readonly audits: readonly Attestation[];
  readonly now: number;
}

const listed = <Item>(items: readonly Item[]) => (items.length === 0 ? ('none' as const) : items);

/** Without anything that is null. `locations` are the places, without the addresses of machines. */
export function trustOf({ provider, terms, locations, certifications, audits, now }: TrustParts) {
  const { name, address, country, parentCountry, contact } = provider;
  return {
    provider: { name, address, country, parentCountry },
    contact,
    location: locationOf(locations),
    securityMeasures: terms.terms.measures,
    personalData: terms.terms.data.map(({ what, days }) => ({ what, days: days ?? ('until_removed' as const) })),
    subprocessors: listed(
      terms.terms.subprocessors.map(({ mechanism, ...one }) => ({
        ...one,
        transfer: mechanism ?? ('none_needed' as const),
      })),
    ),
    certifications: listed(certifications.map((one) => ({ ...one, lapsed: Date.parse(one.day) < now }))),
    audits: listed(audits),
    agreement: { version: terms.version, digest: terms.digest },
    updatedAt: new Date(Math.max(terms.madeAt, terms.reviewedAt)).toISOString(),
  };
}

/** Every place, by what it is for; `countries` is the set of annex 3. */
export const locationOf = (locations: readonly Location[]) => ({
  countries: countriesOf(locations),
  places: locations.map(({ purpose, country, subprocessor, dialled }) => ({
    ...{ purpose, country, runBy: subprocessor ?? ('provider' as const), connected: dialled },
  })),
});
