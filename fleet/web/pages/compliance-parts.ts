/** What pages of compliance have in common. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type StateKind, state } from '@belkluis/shared/web/parts';
import type { Standing } from '../../compliance/standing.ts';
import type { Texts } from '../i18n/en.ts';
import { may, type Visit } from '../visit.ts';

const parts: readonly {
  readonly part: keyof Texts['compliance']['parts'];
  readonly path: string;
  readonly act: Parameters<typeof may>[1];
}[] = [
  { part: 'agreements', path: '/agreements', act: 'see agreements' },
  { part: 'changes', path: '/subprocessors', act: 'see agreements' },
  { part: 'incidents', path: '/incidents', act: 'see agreements' },
  { part: 'records', path: '/records', act: 'take audit packs' },
];

/** The ways between them, under the head. */
export const complianceNav = (visit: Visit, here: keyof Texts['compliance']['parts']): Html =>
  html`<nav class="row" aria-label="${visit.t.compliance.more}">${parts
    .filter(({ act }) => may(visit, act))
    .map(
      ({ part, path }) =>
        html`<a href="${path}"${part === here ? html` aria-current="page"` : nothing}>${visit.t.compliance.parts[part]}</a>`,
    )}</nav>`;

const kinds: Readonly<Record<Standing['is'], StateKind>> = { valid: 'ok', missing: 'bad', expired: 'bad' };

export const agreementState = ({ t }: Visit, { is }: Standing): Html => state(kinds[is], t.agreements.standings[is]);

/** When it ends, or that it does not. */
export const agreementEnd = ({ t, f }: Visit, standing: Standing): Html =>
  standing.is === 'missing'
    ? html`–`
    : html`${standing.until === null ? t.agreements.withoutEnd : f.plainDate(standing.until)}`;
