/** Pieces that pages of the policy are made of. */
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Rationale } from '@belkluis/shared/policy/retention-schema';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { may } from '../../access/roles.ts';
import type { SignedPolicy } from '../policy-services.ts';
import type { Visit } from '../visit.ts';
import { purposeName } from './parts.ts';

export type PolicyPlace = 'read' | 'edit' | 'changes';

const places = [
  { id: 'read', path: '/policy', act: 'see policy' },
  { id: 'edit', path: '/policy/edit', act: 'edit policy' },
  { id: 'changes', path: '/policy/changes', act: 'see policy' },
] as const;

/** The pages of the policy beside each other. */
export function policyNav({ t, person }: Visit, place: PolicyPlace): Html {
  const there = places.filter(({ act }) => person !== null && may(person, act));
  return html`<nav aria-label="${t.policy.nav}"><ul class="chips">${there.map(
    ({ id, path }) =>
      html`<li><a href="${path}"${id === place ? html` aria-current="page"` : nothing}>${t.policy[id]}</a></li>`,
  )}</ul></nav>`;
}

/** Facts about one thing, in order; what is null is left out. */
export const facts = (rows: readonly (readonly [string, Html | string] | null)[]): Html =>
  html`<dl>${rows.map((row) => (row ? html`<dt>${row[0]}</dt><dd>${row[1]}</dd>` : nothing))}</dl>`;

/** A section with a heading, and one sentence under it if there is something to say. */
export const section = (id: string, title: string, lead: string | Html, body: Html, right: Html = nothing): Html =>
  html`<section aria-labelledby="${id}"><header><h2 id="${id}">${title}</h2>${right}${lead === '' ? nothing : html`<p>${lead}</p>`}</header>${body}</section>`;

export const purposeLink = ({ id, name }: Pick<Purpose, 'id' | 'name'>): Html =>
  html`<a href="/policy/purposes/${id}">${purposeName(name)}</a>`;

/** Why a term is as it is: a row of the table of terms. */
export function termRow(visit: Visit, name: string, days: number, because: Rationale): Html {
  const { t, f } = visit;
  const { purpose, policy } = t;
  return html`<tr>
    <th scope="row">${name}</th>
    <td data-label="${purpose.term}" class="nowrap">${policy.days(days)}</td>
    <td data-label="${purpose.termWhy}" class="full">${because.why}${because.unusual ? html`<small>${purpose.unusual(purpose.unusuals[because.unusual])}</small>` : nothing}</td>
    <td data-label="${purpose.termGround}">${because.ground}</td>
    <td data-label="${purpose.termBy}">${because.author}<small>${f.calendarDay(because.date)}</small></td>
  </tr>`;
}

export const termTable = (
  { t: { purpose } }: Visit,
  caption: string,
  name: string,
  rows: readonly Html[],
): Html => html`<table class="cards">
      <caption class="visually-hidden">${caption}</caption>
      <thead><tr><th scope="col">${name}</th><th scope="col">${purpose.term}</th><th scope="col">${purpose.termWhy}</th><th scope="col">${purpose.termGround}</th><th scope="col">${purpose.termBy}</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`;

/** Who signed it, in words. */
export const signerOf = ({ t: { policy } }: Visit, { holder }: Pick<SignedPolicy, 'holder'>): string =>
  holder === null ? policy.signerUnknown : policy.holders[holder];
