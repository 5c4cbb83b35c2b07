/** From a form of the lines to the page that says what it changes, and from there into force. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Change } from '../../lines/changes.ts';
import type { Lines } from '../../lines/schema.ts';
import { HIDDEN } from '../../lines/secrets.ts';
import type { FieldName } from '../i18n/en/line-forms.ts';
import { MAX_REASON_LENGTH } from '../limits.ts';
import type { LinesDraft } from '../line-services.ts';
import { allowed, type DeskContext, type DeskEnv, reasonIn, type Visit } from '../visit.ts';
import { FieldWrong } from './form.ts';
import { layout } from './layout.ts';
import { faultAt, fieldOf, type Section } from './line-form.ts';
import { outboundSections } from './outbound-fields.ts';
import { area, errorSummary, type FormFault, head, state } from './parts.ts';
import { pbxSections } from './pbx-fields.ts';
import { refusal } from './refusal.ts';
import { trunkSections } from './trunk-fields.ts';

type Read<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] };
    };

interface Form<T> {
  readonly sections: readonly Section[];
  /** What was typed, judged by its schema. @throws FieldWrong */
  readonly read: () => Read<T>;
  /** The whole document with it. @throws FieldWrong */
  readonly next: (said: T) => Lines;
  /** The form again, with what is wrong. */
  readonly again: (fault: FormFault) => Html | Promise<Html>;
}

/** Keeps what was typed as a draft and goes to the page that shows what it changes; or shows the form again, the fault at its field. */
export async function asTyped<T>(c: DeskContext, { sections, read, next, again }: Form<T>): Promise<Response> {
  const visit = c.get('visit');
  const person = allowed(c, 'manage lines');
  const refused = async (name: FieldName) => {
    c.status(422);
    return c.html(await again(faultAt(visit, name)));
  };
  try {
    const said = read();
    if (!said.success) return await refused(fieldOf(sections, said.error.issues[0]!));
    return c.redirect(`/lines/${visit.services.lines.draft(person, next(said.data))}`, 303);
  } catch (error) {
    if (error instanceof FieldWrong) return await refused(error.field as FieldName);
    throw error;
  }
}

/** The whole document, with one change in it. */
export function draftOf(c: DeskContext, change: (lines: Lines) => Lines): Response {
  const person = allowed(c, 'manage lines');
  const { lines } = c.get('visit').services;
  return c.redirect(`/lines/${lines.draft(person, change(lines.told()))}`, 303);
}

/** Where each kind of line has its fields, below what path. */
const places: Readonly<Record<string, { readonly all: readonly Section[]; readonly depth: number }>> = {
  trunks: { all: trunkSections(true), depth: 2 },
  pbx: { all: pbxSections, depth: 1 },
  outbound: { all: outboundSections, depth: 0 },
  numbering: { all: outboundSections, depth: 0 },
};

/** A setting by the name that its form gives it; what has no form here by its name in the document. */
function nameOf({ t }: Visit, path: readonly string[]): string {
  const [kind = '', ...rest] = path;
  const place = places[kind];
  const shapes = place?.all.flatMap(({ shapes: some }) => some) ?? [];
  const at = path.slice(place?.depth ?? 0).join('.');
  const shape = shapes.find((one) => one.at === at);
  return shape ? t.lines.fields[shape.id].label : rest.slice((place?.depth ?? 1) - 1).join(' ');
}

function changeRow(visit: Visit, { path, before, after, weakens }: Change): Html {
  const { t, f } = visit;
  const { lines } = t;
  const [kind = '', id = ''] = path;
  const about = `${lines.line[kind] ?? kind}${kind === 'trunks' ? ` ${id}` : ''}`;
  const word = (value: string): string => {
    const known = { true: lines.yes, false: lines.no, there: lines.there, [HIDDEN]: lines.secret }[value];
    const dated = value.replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+)$/, (at) => f.date(Date.parse(at)));
    return known ?? lines.choices[value] ?? dated;
  };
  const said = (values: readonly string[]) =>
    values.length === 0
      ? html`<span class="soft">${lines.nothing}</span>`
      : values.map((value, at) => html`${at > 0 ? html`<br>` : nothing}${word(value)}`);
  // The line itself comes or goes.
  const whole = kind === 'trunks' && path.length === 2;
  return html`<tr>
    <th scope="row">${whole ? about : html`${nameOf(visit, path)}<small>${about}</small>`}${weakens ? html`<small>${state('warn', lines.weakenings[weakens])}</small>` : nothing}</th>
    <td data-label="${lines.before}">${said(before)}</td>
    <td data-label="${lines.after}">${said(after)}</td>
  </tr>`;
}

function draftPage(
  visit: Visit,
  id: string,
  { changes, weakens }: LinesDraft,
  reason: string,
  fault: FormFault | null,
): Html {
  const { t } = visit;
  const { lines } = t;
  if (changes.length === 0) {
    const body = html`${head(lines.noChanges, lines.noChangesLead)}<p><a href="/trunks">${t.trunk.all}</a></p>`;
    return layout(visit, { title: lines.noChanges, place: 'trunks', body });
  }
  const title = lines.count(changes.length);
  const kind = changes[0]!.path[0];
  const body = html`${head(title, lines.changesLead)}
    <div class="stack">
      <section aria-labelledby="changes">
        <header><h2 id="changes">${lines.changes}</h2></header>
        <table class="cards">
          <caption class="visually-hidden">${lines.caption}</caption>
          <thead><tr><th scope="col">${lines.setting}</th><th scope="col">${lines.before}</th><th scope="col">${lines.after}</th></tr></thead>
          <tbody>${changes.map((change) => changeRow(visit, change))}</tbody>
        </table>
      </section>
      <form method="post" action="/lines/${id}" class="stack tight narrow" novalidate>
        ${errorSummary(t, fault)}
        ${
          weakens.length === 0
            ? nothing
            : html`<h2>${lines.lowered}</h2>${weakens.map((one) => html`<p class="note warn">${lines.weakens[one]}</p>`)}
        ${area({ id: 'reason', label: lines.reason, hint: lines.reasonHint, value: reason, required: true, maxlength: MAX_REASON_LENGTH, fault })}`
        }
        <p class="soft">${lines.logged}</p>
        <div class="row"><button class="${weakens.length === 0 ? 'primary' : 'danger'}">${lines.apply}</button><a href="${kind === 'pbx' ? '/pbx' : '/trunks'}">${t.recording.cancel}</a></div>
      </form>
    </div>`;
  return layout(visit, { title, place: kind === 'pbx' ? 'pbx' : 'trunks', body });
}

/** Where one looks whether it works. */
function afterwards([change]: readonly Change[]): string {
  const [kind, id] = change?.path ?? [];
  if (kind === 'pbx') return '/pbx';
  if (kind === 'outbound' || kind === 'numbering') return '/outbound';
  const goes = change?.path.length === 2 && change.after.length === 0;
  return kind === 'trunks' && !goes ? `/trunks/${id}` : '/trunks';
}

export const lineDraftRoutes = new Hono<DeskEnv>()
  .get('/lines/:draft', (c) => {
    const person = allowed(c, 'manage lines');
    const visit = c.get('visit');
    const id = c.req.param('draft');
    return c.html(draftPage(visit, id, visit.services.lines.drafted(person, id), '', null));
  })
  .post('/lines/:draft', async (c) => {
    const person = allowed(c, 'manage lines');
    const visit = c.get('visit');
    const { lines } = visit.services;
    const id = c.req.param('draft');
    const draft = lines.drafted(person, id);
    try {
      lines.apply(person, id, draft.weakens.length === 0 ? null : await reasonIn(c, 'reason'));
    } catch (error) {
      const fault = refusal(c, error, { why_missing: 'reason', text_long: 'reason', reason_needed: 'reason' });
      return c.html(draftPage(visit, id, draft, '', fault));
    }
    return c.redirect(afterwards(draft.changes), 303);
  });
