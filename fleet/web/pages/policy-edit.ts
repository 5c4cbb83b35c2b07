/** Writing a level: one form at a time, each kept as a version. Nothing is sent by that. */

import { Problem } from '@belkluis/shared/base/problem';
import { keyOf } from '@belkluis/shared/policy/changes/table';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, errorSummary, type FormFault, field, head, pick } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { bodyFields, type LevelInput, NOTHING } from '../../policy/content.ts';
import { problem } from '../../policy/problems.ts';
import type { Scope } from '../../tenants/scope.ts';
import { problem as consoleProblem, told } from '../problems.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, field as posted, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import {
  type FormField,
  formFor,
  isName,
  type LevelForm,
  levelForms,
  NoJson,
  type Sample,
  type Typed,
} from './policy-edit-fields.ts';
import { type Merged, mergeForms } from './policy-edit-merge.ts';
import { type Placed, placedLevel } from './policy-level.ts';
import { changesTable, levelDifference, partWord, pathOf, policyNav, refOf } from './policy-words.ts';
import { problemText } from './problem.ts';
import { peopleNames } from './who.ts';

/** A policy of a box below, for names of purposes and rules, and what is in force: the first that is found. */
async function sampleOf(visit: Visit, scope: Scope, { ref }: Placed): Promise<Sample> {
  const { boxes, policies } = visit.services;
  const of = ref.kind === 'customer' ? { customer: ref.of } : ref.kind === 'site' ? { site: ref.of } : {};
  const box = ref.kind === 'box' ? ref.of : (await boxes.list(scope, { ...of, order: 'name', limit: 1 })).rows[0]?.id;
  return box === undefined ? null : (await policies.standing.box(scope, box)).inForce;
}

interface Form {
  readonly placed: Placed;
  readonly what: string;
  readonly form: LevelForm;
  readonly fields: readonly FormField[];
  readonly sample: Sample;
}

/** @throws Problem `level_unknown`, `not_here`. */
async function formOf(c: ConsoleContext, scope: Scope): Promise<Form> {
  const visit = c.get('visit');
  const { kind = '', of = '', what = '' } = c.req.param() as Record<string, string>;
  const placed = await placedLevel(visit, scope, refOf(kind, of));
  const form = formFor(what, bodyFields);
  if (!form) throw consoleProblem('not_here');
  const sample = await sampleOf(visit, scope, placed);
  const fields = form.fields(placed.self.content, placed.chain.slice(0, -1), sample);
  return { placed, what, form, fields, sample };
}

const formTitle = (visit: Visit, what: string): string =>
  (levelForms[what] && (visit.t.policies.forms as Readonly<Record<string, string>>)[what]) || partWord(visit, what);

function labelOf({ t }: Visit, { own, label }: FormField): string {
  const words = t.policies.fields as Readonly<Record<string, string>>;
  return own ? label : (words[label] ?? label);
}

const choiceWord = ({ t }: Visit, choice: string): string =>
  (t.policies.holidayChoices as Readonly<Record<string, string>>)[choice] ?? choice;

function control(visit: Visit, one: FormField, value: string, fault: FormFault | null): Html {
  const { policies } = visit.t;
  const hints = policies.fieldHints as Readonly<Record<string, string>>;
  const label = labelOf(visit, one);
  const hint = [one.own ? '' : hints[one.label], one.now ? (one.own ? one.now : policies.nowBelow(one.now)) : '']
    .filter(Boolean)
    .join(' ');
  const { id, kind } = one;
  if (kind === 'area') return area({ id, label, hint, value, fault });
  if (kind === 'text') return field({ id, label, hint, value, autocomplete: 'off', fault });
  const of = kind.map((choice) => [choice, choiceWord(visit, choice)] as const);
  return pick({ id, label, hint, of, chosen: value, fault });
}

/** What somebody else wrote into the field above. */
function theirsPart(visit: Visit, { kind }: FormField, value: string, who: string): Html {
  const { policies } = visit.t;
  const said = Array.isArray(kind) ? choiceWord(visit, value) : value || policies.nothing;
  return html`<div class="field"><span class="hint">${policies.theirs(who)}</span><pre class="text">${said}</pre></div>`;
}

/** What somebody else wrote while this form was open. */
interface Other {
  readonly who: string;
  readonly merged: Merged;
  readonly seen: number;
  readonly changes: ReturnType<typeof levelDifference>;
}

interface Shown {
  readonly typed: Typed;
  readonly after: number;
  readonly fault: FormFault | null;
  readonly other: Other | null;
}

/** Fields of one entry in a fieldset of its own; its names are not typed again. */
function entries(visit: Visit, fields: readonly FormField[], { typed, fault, other }: Shown): Html {
  const groups: { entry: string | undefined; fields: FormField[] }[] = [];
  for (const one of fields) {
    const last = groups.at(-1);
    if (last && last.entry === one.entry) last.fields.push(one);
    else groups.push({ entry: one.entry, fields: [one] });
  }
  const whole = (one: FormField): Html => {
    const theirs = other?.merged.theirs.get(one.id);
    const added = theirs === undefined ? nothing : theirsPart(visit, one, theirs, other!.who);
    return html`${control(visit, one, typed(one.id), fault)}${added}`;
  };
  return html`${groups.map(({ entry, fields: all }) => {
    const controls = all.filter((one) => !entry || !isName(one)).map(whole);
    if (entry === undefined) return html`${controls}`;
    return html`<fieldset class="stack tight"><legend>${entry || visit.t.policies.another}</legend>${controls}</fieldset>`;
  })}`;
}

/** Who wrote meanwhile, and what that changed; which fields both changed; what has no field any more. */
function meanwhilePart(visit: Visit, version: number, { who, merged, seen, changes }: Other): Html {
  const { f, t } = visit;
  const { policies } = t;
  const { theirs, lost } = merged;
  const said = ({ field: one, value }: Merged['lost'][number]): Html =>
    html`<li><span>${[one.entry, labelOf(visit, one)].filter(Boolean).join(', ')}</span><span>${value}</span></li>`;
  return html`<div class="note warn" role="alert"><p>${policies.meanwhile(version, who)}</p>${theirs.size > 0 ? html`<p>${policies.bothChanged(f.number(theirs.size), theirs.size, who)}</p>` : nothing}</div>
    ${changes.length > 0 ? changesTable(visit, policies.between(seen, version), changes) : nothing}
    ${lost.length > 0 ? html`<p>${policies.tookOut(who)}</p><ul class="list">${lost.map(said)}</ul>` : nothing}`;
}

async function editPage(c: ConsoleContext, { placed, what, fields }: Form, shown: Shown): Promise<Html> {
  const visit = c.get('visit');
  const { t } = visit;
  const { policies } = t;
  const title = policies.editOf(formTitle(visit, what), placed.name);
  const at = pathOf(placed.ref);
  const leads = policies.formLeads as Readonly<Record<string, string>>;
  const body = html`${head(title, levelForms[what] ? leads[what]! : policies.jsonLead)}
    <div class="stack">${policyNav(visit, 'levels')}
      <form method="post" action="${at}/edit/${what}" class="stack tight narrow">${errorSummary(t.frame, shown.fault)}${shown.other ? meanwhilePart(visit, placed.self.version, shown.other) : nothing}
        <input type="hidden" name="after" value="${shown.after}">
        ${entries(visit, fields, shown)}
        <p class="soft">${policies.variableHint}</p>
        <div class="row"><button class="primary">${policies.writeVerb}</button><a href="${at}">${t.common.cancel}</a></div>
      </form>
    </div>`;
  return layout(visit, { title, place: 'policies', trail: placed.trail, body });
}

/** A path with places in lists as names, as fields have them. */
function namedPath(path: string, content: unknown): string {
  let at: unknown = content;
  let list = '';
  return path
    .split('.')
    .map((step) => {
      const key = keyOf[list];
      at = (at as Record<string, unknown> | undefined)?.[step];
      if (/^\d+$/.test(step) && key !== undefined) return String((at as Record<string, unknown> | undefined)?.[key]);
      list = list === '' && step === 'parts' ? '' : list === '' ? step : `${list}.${step}`;
      return step;
    })
    .join('.');
}

/** The field that a refusal is about: the one whose path is nearest. */
function nearest(path: string, fields: readonly FormField[]): string {
  const steps = path.replace(/^parts\./, '').split('.');
  const common = (one: FormField): number => {
    const own = one.path.replace(/^parts\./, '').split('.');
    const at = own.findIndex((step, index) => step !== steps[index]);
    return at === -1 ? own.length : at;
  };
  return [...fields].sort((one, other) => common(other) - common(one))[0]!.id;
}

/** Beside which field a refusal is shown, and in which words. Others are not this page's matter. */
async function faultOf(
  c: ConsoleContext,
  error: unknown,
  { placed, fields }: Form,
  content: unknown,
): Promise<FormFault> {
  const visit = c.get('visit');
  const { policies } = visit.t;
  if (error instanceof NoJson) {
    c.status(400);
    return { field: 'json', text: `${policies.noJson} (${error.message})` };
  }
  if (!(error instanceof Problem)) throw error;
  const { code, detail = '' } = error;
  if (code !== 'level_invalid' && code !== 'level_locked') throw error;
  c.status(told(error).status);
  if (code === 'level_locked') {
    const path = detail.split(', by the ')[0]!;
    const locker = placed.chain.findLast(({ content: one }) =>
      one.locks.some((lock) => `${path}.`.startsWith(`${lock}.`) || `${lock}.`.startsWith(`${path}.`)),
    );
    const by = await peopleNames(visit, { msp: visit.person!.msp, within: 'all' });
    const who = locker ? policies.lockedBy(placed.nameOf(locker), by(locker.by!)) : '';
    return { field: nearest(path, fields), text: `${problemText(visit, error)} ${path}. ${who}` };
  }
  const [where = '', ...why] = detail.split(': ');
  const path = namedPath(where, content);
  return {
    field: nearest(path, fields),
    text: `${policies.refusedAt(path.replace(/^parts\./, ''))} ${why.join(': ')}`,
  };
}

/** Back to the form, which has what both wrote: nothing of either goes without being seen. @throws Problem `level_changed`. */
async function bothPage(c: ConsoleContext, scope: Scope, typed: Typed, after: number): Promise<Html> {
  const visit = c.get('visit');
  const form = await formOf(c, scope);
  const { placed, sample, fields } = form;
  const { self, ref, chain } = placed;
  if (after < 0 || after >= self.version) throw problem('level_changed');
  const { levels } = visit.services.policies;
  const seen = after === 0 ? NOTHING : (await levels.version(scope, ref, after)).content;
  const merged = mergeForms(form.form.fields(seen, chain.slice(0, -1), sample), fields, typed);
  const by = await peopleNames(visit, scope);
  const other = { who: by(self.by!), merged, seen: after, changes: levelDifference(seen, self.content) };
  c.status(409);
  return editPage(c, form, { typed: merged.typed, after: self.version, fault: null, other });
}

export const policyEditRoutes = new Hono<ConsoleEnv>()
  .get('/policies/level/:kind/:of/edit/:what', async (c) => {
    const { scope } = allowed(c, 'write policies');
    const form = await formOf(c, scope);
    const values = new Map(form.fields.map(({ id, value }) => [id, value]));
    const typed: Typed = (id) => values.get(id) ?? '';
    return c.html(await editPage(c, form, { typed, after: form.placed.self.version, fault: null, other: null }));
  })
  .post('/policies/level/:kind/:of/edit/:what', async (c) => {
    const { scope, person } = allowed(c, 'write policies');
    const visit = c.get('visit');
    const form = await formOf(c, scope);
    const { self, ref } = form.placed;
    const body = await c.req.parseBody();
    const typed: Typed = (id) => (typeof body[id] === 'string' ? body[id].replaceAll('\r\n', '\n') : '');
    const after = /^\d{1,9}$/.test(await posted(c, 'after')) ? Number(await posted(c, 'after')) : -1;
    if (after !== self.version) return c.html(await bothPage(c, scope, typed, after));
    let content: unknown;
    try {
      content = form.form.read(typed, self.content, form.fields);
      await visit.services.policies.levels.write(scope, ref, after, content as LevelInput, person.id);
      return c.redirect(`${pathOf(ref)}?written=yes`, 303);
    } catch (error) {
      // Between the look at the level and the writing.
      if ((error as Problem).code === 'level_changed') return c.html(await bothPage(c, scope, typed, after));
      const fault = await faultOf(c, error, form, content);
      return c.html(await editPage(c, form, { typed, after, fault, other: null }));
    }
  });
