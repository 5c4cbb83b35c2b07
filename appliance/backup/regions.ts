/** Where a backup may be kept (GDPR 44): the policy's regions decide, and `EEA` stands for its members. */

/** European Economic Area as of 1 January 2026: 27 EU members, and Iceland, Liechtenstein, Norway. ISO 3166-1 alpha-2; Greece is GR. */
const EEA = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO'.split(' ');

/** Whether something may be kept in `country` under a policy's `regions`. */
export const destinationAllowed = (country: string, regions: readonly string[]): boolean =>
  regions.some((region) => region === country || (region === 'EEA' && EEA.includes(country)));
