/** What changes between two policies, as people read it: field by field, and what each change means. */
import type { ChangeClass, PolicyChange } from '@belkluis/shared/policy/changes/classify';
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { neverSentence, ruleSentence } from '../policy-words.ts';
import type { Visit } from '../visit.ts';
import { state } from './parts.ts';

import { fieldName, valueWords } from './policy-labels.ts';

const shapes = { neutral: 'off', strengthening: 'ok', weakening: 'warn', destructive: 'bad' } as const;

const classState = ({ t }: Visit, one: ChangeClass): Html => state(shapes[one], t.review.classes[one]);

/** What an entry of a list says as a whole; null: nothing that has a sentence of its own. */
function entryWords(visit: Visit, { field, path }: PolicyChange, policy: Policy): string | null {
  const id = path[1];
  const { t } = visit;
  switch (field) {
    case 'rules': {
      const rule = policy.rules.find((one) => one.id === id);
      return rule ? ruleSentence(visit, rule, policy.purposes) : null;
    }
    case 'neverRecord': {
      const never = policy.neverRecord.find((one) => one.id === id);
      return never ? neverSentence(visit, never) : null;
    }
    case 'purposes': {
      const purpose = policy.purposes.find((one) => one.id === id);
      if (!purpose) return null;
      const { overview } = t;
      return [
        purpose.name,
        overview.basis[purpose.lawfulBasis],
        overview.consent[purpose.consent.mode],
        t.policy.days(purpose.retention.contentDays),
      ].join(', ');
    }
    default:
      return null;
  }
}

const listed = (values: readonly string[]): Html =>
  html`${values.map((value, at) => html`${at > 0 ? html`<br>` : nothing}${value}`)}`;

/** Before or after, of one change. */
function side(visit: Visit, change: PolicyChange, values: readonly string[], policy: Policy): Html {
  if (values.length === 0) return html`<span class="soft">${visit.t.review.nothing}</span>`;
  if (change.kind === 'entry') {
    const said = entryWords(visit, change, policy);
    if (said !== null) return html`${said}`;
  }
  return listed(values.map((value) => valueWords(visit, policy, change.field, value)));
}

const named = new Set(['purposes', 'rules', 'neverRecord', 'groups', 'holidays']);

const upper = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

function row(visit: Visit, change: PolicyChange, before: Policy | null, after: Policy): Html {
  const { review, policyEdit } = visit.t;
  const { path, field } = change;
  const [list = '', id] = path;
  const purposes = [...after.purposes, ...(before?.purposes ?? [])];
  const called = list === 'purposes' ? (purposes.find((one) => one.id === id)?.name ?? id) : id;
  const place = named.has(list) && id !== undefined ? upper(policyEdit.places[list]!(called!)) : null;
  const language = field.startsWith('purposes.announcement.said.') ? visit.f.languageName(path[4] ?? '') : null;
  const about = [place, language].filter(Boolean).join(', ');
  const name = path.length === 0 ? review.whole : fieldName(visit, field);
  const whole = change.kind === 'entry' && path.length === 2 && place !== null;
  return html`<tr>
    <th scope="row">${whole ? place : html`${upper(name)}${about ? html`<small>${about}</small>` : nothing}`}</th>
    <td data-label="${review.before}">${change.before.length === 0 ? side(visit, change, [], after) : html`<del>${side(visit, change, change.before, before ?? after)}</del>`}</td>
    <td data-label="${review.after}">${change.after.length === 0 ? side(visit, change, [], after) : html`<ins>${side(visit, change, change.after, after)}</ins>`}</td>
    <td data-label="${review.means}" class="full">${classState(visit, change.class)}</td>
  </tr>`;
}

const order: readonly ChangeClass[] = ['destructive', 'weakening', 'strengthening', 'neutral'];

/** Fields of the document itself, which each policy has anew and nobody decides about. */
const ofDocument = new Set([
  'version',
  'previousHash',
  'issuedAt',
  'schemaVersion',
  'recipients.issuedAt',
  'recipients.listVersion',
]);

/** Changes that people decide about, worst first. */
export const decided = (changes: readonly PolicyChange[]): readonly PolicyChange[] =>
  order.flatMap((one) => changes.filter((change) => change.class === one && !ofDocument.has(change.field)));

export function changesTable(
  visit: Visit,
  changes: readonly PolicyChange[],
  before: Policy | null,
  after: Policy,
): Html {
  const { review } = visit.t;
  return html`<table class="cards">
      <caption class="visually-hidden">${review.changesCaption}</caption>
      <thead><tr><th scope="col">${review.setting}</th><th scope="col">${review.before}</th><th scope="col">${review.after}</th><th scope="col">${review.means}</th></tr></thead>
      <tbody>${decided(changes).map((change) => row(visit, change, before, after))}</tbody>
    </table>`;
}
