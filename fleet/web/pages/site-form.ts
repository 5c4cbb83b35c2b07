/** What a site is, as somebody types it. */
import { type Html, html } from '@belkluis/shared/web/html';
import { type Field, type FormFault, field } from '@belkluis/shared/web/parts';
import type { SiteFields } from '../../tenants/tenants.ts';
import type { Visit } from '../visit.ts';

export type SiteTyped = SiteFields;

/** Where boxes stand comes first. */
const zones: readonly string[] = Intl.supportedValuesOf('timeZone').toSorted(
  (one, other) => Number(other.startsWith('Europe/')) - Number(one.startsWith('Europe/')),
);

/** A time zone, typed or chosen. */
export const zoneField = (
  options: Pick<Field, 'label' | 'hint' | 'value' | 'fault'> & { readonly id: 'zone' | 'timeZone' },
): Html =>
  html`${field({ ...options, autocomplete: 'off', required: true, maxlength: 60, list: 'zones' })}
    <datalist id="zones">${zones.map((zone) => html`<option value="${zone}"></option>`)}</datalist>`;

export function siteForm({ t }: Visit, { name, country, timeZone }: SiteTyped, fault: FormFault | null): Html {
  const { site } = t;
  return html`${field({ id: 'name', label: site.name, hint: site.nameHint, value: name, autocomplete: 'off', required: true, maxlength: 80, fault })}
    ${field({ id: 'country', label: site.country, hint: site.countryHint, value: country, autocomplete: 'off', required: true, maxlength: 2, fault })}
    ${zoneField({ id: 'timeZone', label: site.timeZone, hint: site.timeZoneHint, value: timeZone, fault })}`;
}

/** The field that each refusal is about. */
export const siteFields = {
  name_invalid: 'name',
  name_taken: 'name',
  country_invalid: 'country',
  time_zone_invalid: 'timeZone',
};
