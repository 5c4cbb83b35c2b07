/** What law forbids of a policy, what it may say and hardly should, and what of the law is the organisation's to confirm. */
import { lawFindings, unconfirmedLaw } from '@belkluis/shared/policy/packs/find';
import type { Says } from '@belkluis/shared/policy/says';
import type { Policy } from '@belkluis/shared/policy/schema';
import { warnings } from '@belkluis/shared/policy/warnings';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { UnspokenSentence } from '../policy-services.ts';
import type { Visit } from '../visit.ts';
import { state } from './parts.ts';
import { placeWords } from './policy-edit-form.ts';
import { fieldLabel } from './policy-labels.ts';
import { section } from './policy-parts.ts';

/** `purposes.0.consent.mode` as the schema's own paths are. */
const pathOf = (path: string): (string | number)[] =>
  path.split('.').map((name) => (/^\d+$/.test(name) ? Number(name) : name));

const upper = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** Whether the law of this moment forbids something of it: then it cannot be put forward. */
export const isForbidden = ({ now }: Visit, policy: Policy): boolean => lawFindings(policy, now).length > 0;

export function advice(visit: Visit, policy: Policy, unspoken: readonly UnspokenSentence[]): Html {
  const { t, language, now } = visit;
  const { review } = t;
  const forbidden = lawFindings(policy, now);
  const unsure = unconfirmedLaw(policy, now);
  const place = (path: string) => {
    const at = pathOf(path);
    const label = fieldLabel(visit, at.filter((name) => typeof name === 'string').join('.'));
    return [upper(placeWords(visit, policy, at)), label].filter(Boolean).join(': ');
  };
  const said = (says: Says) => says[language];
  const considered = [
    ...warnings(policy).map((one) => ({ where: place(one.path), says: said(one.says) })),
    ...unspoken.map(({ purpose, text, why }) => ({
      where: upper(t.policyEdit.places.purposes!(policy.purposes.find(({ id }) => id === purpose)?.name ?? purpose)),
      says: html`${why === 'wav_outdated' ? t.purpose.wavOld : t.purpose.wavGone}<br><q>${text}</q>`,
    })),
  ];
  return html`${
    forbidden.length === 0
      ? nothing
      : section(
          'law',
          review.law,
          review.lawLead,
          html`<ul class="list">${forbidden.map((one) => html`<li><span>${state('bad', place(one.path))}<br>${said(one.says)}<small>${one.article}</small></span></li>`)}</ul>`,
        )
  }${
    considered.length === 0
      ? nothing
      : section(
          'warnings',
          review.warnings,
          review.warningsLead,
          html`<ul class="list">${considered.map((one) => html`<li><span>${state('warn', one.where)}<br>${one.says}</span></li>`)}</ul>`,
        )
  }${
    unsure.length === 0
      ? nothing
      : section(
          'unconfirmed',
          review.unconfirmed,
          review.unconfirmedLead,
          html`<ul class="list">${unsure.map((one) => html`<li><span>${said(one.says)}<small>${one.article}, ${one.provision}</small></span></li>`)}</ul>`,
        )
  }`;
}
