/** One site out of any number of them: offered in pages and by a search, without scripts. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type FormFault, field, pick } from '@belkluis/shared/web/parts';
import type { Scope } from '../../tenants/scope.ts';
import { PLACES_OFFERED } from '../limits.ts';
import type { ConsoleContext, Visit } from '../visit.ts';

/** What was looked for. */
export interface SiteAsk {
  /** Part of the name of a site or of its customer. */
  readonly where: string;
  readonly after: string;
}

export const NO_SITE_ASK: SiteAsk = { where: '', after: '' };

export const siteAskIn = (c: ConsoleContext): SiteAsk => ({
  where: (c.req.query('where') ?? '').slice(0, 100).trim(),
  after: c.req.query('after') ?? '',
});

export interface SiteOffer {
  readonly ask: SiteAsk;
  /** Id of each, with what it is called. */
  readonly of: readonly (readonly [string, string])[];
  readonly next: string | null;
}

/** A page of sites. `chosen`, where it is known, is among them; `but` is not. @throws Problem `cursor_invalid`. */
export async function siteOffer(
  { services }: Visit,
  scope: Scope,
  ask: SiteAsk,
  { chosen = '', but = '' }: { readonly chosen?: string; readonly but?: string },
): Promise<SiteOffer> {
  const { where, after } = ask;
  const { rows, next } = await services.tenants.sites(scope, {
    ...{ place: where, after: after || undefined, limit: PLACES_OFFERED },
  });
  const missing = chosen === '' || rows.some(({ id }) => id === chosen) ? [] : [chosen];
  const known = await services.tenants.sites(scope, { ids: missing });
  const shown = [...known.rows, ...rows].filter(({ id }) => id !== but);
  const names = await services.glance.names(
    scope,
    shown.map(({ customer }) => customer),
  );
  const of = shown.map(({ id, name, customer }) => [id, `${names.get(customer)?.name ?? ''}, ${name}`] as const);
  return { ask, of, next };
}

/** The way to sites that are not offered; nothing where all are. `path` with `fields` is the page that is open. */
export function siteSearch(
  { t }: Visit,
  { ask: { where, after }, of, next }: SiteOffer,
  path: string,
  fields: readonly (readonly [string, string])[] = [],
): Html {
  if (where === '' && after === '' && next === null) return nothing;
  const link = (more: readonly (readonly [string, string])[]): string => {
    const query = new URLSearchParams(
      [...fields, ...(where === '' ? [] : [['where', where] as const]), ...more].map((one) => [...one]),
    );
    return query.size > 0 ? `${path}?${query}` : path;
  };
  return html`<form method="get" action="${path}" class="filter" role="search" aria-label="${t.boxes.siteSearch}">
      ${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
      ${field({ id: 'where', label: t.boxes.siteSearch, type: 'search', value: where, autocomplete: 'off', maxlength: 100 })}
      <div class="acts row"><button>${t.boxes.siteVerb}</button></div>
    </form>
    ${of.length === 0 ? html`<p class="soft">${t.sites.nothingFound}</p>` : nothing}
    ${
      after === '' && next === null
        ? nothing
        : html`<nav class="pages" aria-label="${t.common.pages}"><span class="row">${after === '' ? nothing : html`<a href="${link([])}">${t.common.firstPage}</a>`}${next === null ? nothing : html`<a href="${link([['after', next]])}" rel="next">${t.common.nextPage}</a>`}</span></nav>`
    }`;
}

export const siteField = ({ t }: Visit, { of }: SiteOffer, chosen: string, fault: FormFault | null): Html =>
  pick({ id: 'site', label: t.boxes.site, of, chosen, fault });
