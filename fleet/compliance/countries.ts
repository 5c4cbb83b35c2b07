/** Countries, and what may leave them. */
import { problem } from './problems.ts';

/** Members of the European Economic Area: EU treaty and EEA agreement, as of 2026. */
const eea: ReadonlySet<string> = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO'.split(' '),
);

export const inEea = (country: string): boolean => eea.has(country);

/** Where everything has to be: one country, or all of the EEA. Null: anywhere that a transfer is provided for. */
export type RegionLock = 'NL' | 'EEA' | null;

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** ISO 3166-1 alpha-2. @throws Problem `country_invalid`. */
export function checkCountry(country: string): string {
  if (!/^[A-Z]{2}$/.test(country) || country === 'ZZ' || names.of(country) === undefined)
    throw problem('country_invalid', country);
  return country;
}

/** @throws Problem `region_locked`. */
function checkLock(country: string, lock: RegionLock): void {
  if (lock !== null && !(lock === 'EEA' ? inEea(country) : country === lock))
    throw problem('region_locked', `${country}, and the lock is ${lock}`);
}

/** Adequacy (GDPR 45), standard clauses (46(2)(c)), binding corporate rules (47). */
export const mechanisms = ['adequacy', 'scc', 'bcr'] as const;

export interface Transfer {
  readonly mechanism: (typeof mechanisms)[number];
  /** SHA-256 of the decision, the clauses or the rules as they are kept, hex. */
  readonly document: string;
  /** Day of the transfer impact assessment, ISO 8601. */
  readonly assessed: string;
}

/** What rests on the Data Privacy Framework counts for nothing here. */
const WITHOUT_ADEQUACY = 'US';

/**
 * Whether personal data may be in `country`: where the lock lets it, and outside the EEA by a mechanism with its document and assessment.
 * @throws Problem `country_invalid`, `region_locked`, `transfer_blocked`.
 */
export function checkTransfer(country: string, transfer: Transfer | null, lock: RegionLock): void {
  checkCountry(country);
  checkLock(country, lock);
  if (inEea(country)) return;
  const provided =
    transfer !== null &&
    mechanisms.includes(transfer.mechanism) &&
    /^[0-9a-f]{64}$/.test(transfer.document) &&
    /^\d{4}-\d{2}-\d{2}$/.test(transfer.assessed) &&
    !Number.isNaN(Date.parse(transfer.assessed));
  if (!provided || (country === WITHOUT_ADEQUACY && transfer.mechanism === 'adequacy'))
    throw problem('transfer_blocked', country);
}
