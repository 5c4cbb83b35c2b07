/** Pieces that more than one page of the console is made of. */
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { instant, type StateKind, state } from '@belkluis/shared/web/parts';
import type { BoxRow } from '../../inventory/boxes.ts';
import type { PolicyState } from '../../inventory/tables.ts';
import type { Urgency } from '../../inventory/urgency.ts';
import { healthWords } from '../i18n/health.ts';
import { PROVEN_WITHIN_MS } from '../limits.ts';
import type { Visit } from '../visit.ts';

/** Proofs are told to the hour. */
const HOUR_MS = 3_600_000;

/** What is named of what is the matter. */
const MATTERS_SHOWN = 3;

export const kindOf: Readonly<Record<Urgency, StateKind>> = {
  bad: 'bad',
  gone: 'bad',
  warn: 'warn',
  pending: 'wait',
  ok: 'ok',
  revoked: 'off',
};

/** How a box stands, in a word. */
export const standing = ({ t }: Visit, urgency: Urgency): Html => state(kindOf[urgency], t.common.urgency[urgency]);

const policyKind: Readonly<Record<PolicyState, StateKind>> = {
  none: 'off',
  applied: 'ok',
  pending: 'wait',
  rejected: 'bad',
};

/** What a box says of its policy. Healthy is quiet: applied is a plain word. */
export function policyWord({ t }: Visit, policy: PolicyState | null): Html {
  if (policy === null) return html`<span class="soft">${t.common.unknown}</span>`;
  const word = t.common.policy[policy];
  return policy === 'applied' ? html`${word}` : state(policyKind[policy], word);
}

/** When something was, in the person's time zone: near days by word. */
export const moment = ({ f, now }: Visit, at: number): Html => instant(at, f.moment(at, now));

/** How long ago something was. */
export const ago = ({ f, now }: Visit, at: number): Html => instant(at, f.ago(at, now));

/** When recording was last proven: of a box, or of the worst of several. */
export function proven(visit: Visit, at: number | null): Html {
  const { t, f, now } = visit;
  if (at === null) return state('off', t.customers.unproven);
  if (now - at < HOUR_MS) return html`${t.customers.thisHour}`;
  return now - at > PROVEN_WITHIN_MS ? state('bad', f.ago(at, now)) : ago(visit, at);
}

/** What findings are about, in a few words. */
export function matters({ language }: Visit, codes: readonly string[]): string {
  const { checks } = healthWords[language];
  const named = codes.map((code) =>
    Object.hasOwn(healthCodes, code) ? checks[healthCodes[code as keyof typeof healthCodes].check] : '',
  );
  return [...new Set(named)].filter(Boolean).slice(0, MATTERS_SHOWN).join(', ');
}

/** A path with what is asked for; what is empty is left out. */
export function pathWith(path: string, ask: Readonly<Record<string, string | null | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(ask)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}

/** Under a list that comes in pages: the way to the next, and back to the first. `ask`: what the list was asked for besides. */
export function nextPage(
  { t }: Visit,
  path: string,
  ask: Readonly<Record<string, string | null | undefined>>,
  { said, after, next }: { readonly said: string; readonly after: string | undefined; readonly next: string | null },
): Html {
  return html`<nav class="pages" aria-label="${t.common.pages}"><span class="soft">${said}</span><span class="row">${
    after ? html`<a href="${pathWith(path, ask)}">${t.common.firstPage}</a>` : nothing
  }${next ? html`<a href="${pathWith(path, { ...ask, after: next })}" rel="next">${t.common.nextPage}</a>` : nothing}</span></nav>`;
}

/** When a box was heard: what it says of itself is as old as that. */
export function heard(visit: Visit, { presence, heardAt }: BoxRow): Html {
  const { t } = visit;
  if (presence?.is === 'online') return html`${t.common.online}`;
  const at = presence?.since ?? heardAt;
  return at === null ? html`<span class="soft">${t.common.never}</span>` : ago(visit, at);
}

/** Tags of a box, each the way to all that have it. */
export function tagLinks(tags: readonly string[]): Html {
  if (tags.length === 0) return nothing;
  const links = tags.map((tag, at) => html`${at > 0 ? ', ' : ''}<a href="${pathWith('/boxes', { tag })}">${tag}</a>`);
  return html`<small>${links}</small>`;
}

/** A table of boxes, the most urgent first. */
export function boxTable(
  visit: Visit,
  caption: string,
  rows: readonly BoxRow[],
  siteNames: ReadonlyMap<string, string> | null,
): Html {
  const { t } = visit;
  const { columns } = t.common;
  return html`<table class="cards">
    <caption class="visually-hidden">${caption}</caption>
    <thead><tr><th scope="col">${columns.box}</th>${siteNames ? html`<th scope="col">${columns.site}</th>` : nothing}<th scope="col">${columns.state}</th><th scope="col">${columns.heard}</th><th scope="col">${columns.policy}</th><th scope="col">${columns.software}</th></tr></thead>
    <tbody>${rows.map(
      (row) =>
        html`<tr><th scope="row"><a href="/boxes/${row.id}">${row.name}</a>${tagLinks(row.tags)}</th>${
          siteNames
            ? html`<td data-label="${columns.site}"><a href="/sites/${row.site}">${siteNames.get(row.site) ?? '–'}</a></td>`
            : nothing
        }<td data-label="${columns.state}">${standing(visit, row.urgency)}</td><td data-label="${columns.heard}">${heard(visit, row)}</td><td data-label="${columns.policy}">${policyWord(visit, row.policyState)}</td><td data-label="${columns.software}">${row.software ?? '–'}</td></tr>`,
    )}</tbody>
  </table>`;
}
