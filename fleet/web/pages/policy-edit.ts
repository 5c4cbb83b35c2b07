/** Writing a level: one form at a time, each kept as a version. Nothing is sent by that. */

import { Problem } from '@belkluis/shared/base/problem';
import { keyOf } from '@belkluis/shared/policy/changes/table';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, errorSummary, type FormFault, field, head, pick } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { bodyFields, type LevelInput } from '../../policy/content.ts';
import { problem } from '../../policy/problems.ts';
import type { Scope } from '../../tenants/scope.ts';
import { problem as consoleProblem, told } from '../problems.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, field as posted, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import {
  type FormField,
  formFor,
  type LevelForm,
  levelForms,
  NoJson,
  type Sample,
  type Typed,
} from './policy-edit-fields.ts';
import { type Placed, placedLevel } from './policy-level.ts';
import { changesTable, levelDifference, partWord, pathOf, peopleNames, policyNav, refOf } from './policy-words.ts';
import { problemText } from './problem.ts';

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
}

/** @throws Problem `level_unknown`, `not_here`. */
async function formOf(c: ConsoleContext, scope: Scope): Promise<Form> {
  const visit = c.get('visit');
  const { kind = '', of = '', what = '' } = c.req.param() as Record<string, string>;
  const placed = await placedLevel(visit, scope, refOf(kind, of));
  const form = formFor(what, bodyFields);
  if (!form) throw consoleProblem('not_here');
  const above = placed.chain.slice(0, -1);
  const fields = form.fields(placed.self.content, above, await sampleOf(visit, scope, placed));
  return { placed, what, form, fields };
}

const formTitle = (visit: Visit, what: string): string =>
  (levelForms[what] && (visit.t.policies.forms as Readonly<Record<string, string>>)[what]) || partWord(visit, what);

function control(visit: Visit, one: FormField, value: string, fault: FormFault | null): Html {
  const { policies } = visit.t;
  const words = policies.fields as Readonly<Record<string, string>>;
  const hints = policies.fieldHints as Readonly<Record<string, string>>;
  const label = one.own ? one.label : (words[one.label] ?? one.label);
  const hint = [one.own ? '' : hints[one.label], one.now ? (one.own ? one.now : policies.nowBelow(one.now)) : '']
    .filter(Boolean)
    .join(' ');
  const { id, kind } = one;
  if (kind === 'area') return area({ id, label, hint, value, fault });
  if (kind === 'text') return field({ id, label, hint, value, autocomplete: 'off', fault });
  const choices = policies.holidayChoices as Readonly<Record<string, string>>;
  return pick({
    id,
    label,
    hint,
    of: kind.map((choice) => [choice, choices[choice] ?? choice] as const),
    chosen: value,
    fault,
  });
}

/** Fields of one entry in a fieldset of its own; its names are not typed again. */
function entries(visit: Visit, fields: readonly FormField[], typed: Typed, fault: FormFault | null): Html {
  const groups: { entry: string | undefined; fields: FormField[] }[] = [];
  for (const one of fields) {
    const last = groups.at(-1);
    if (last && last.entry === one.entry) last.fields.push(one);
    else groups.push({ entry: one.entry, fields: [one] });
  }
  const named = ['-id', '-language'];
  return html`${groups.map(({ entry, fields: all }) => {
    const shown = all.filter(({ id }) => !entry || !named.some((end) => id.endsWith(end)));
    const controls = shown.map((one) => control(visit, one, typed(one.id), fault));
    if (entry === undefined) return html`${controls}`;
    return html`<fieldset class="stack tight"><legend>${entry || visit.t.policies.another}</legend>${controls}</fieldset>`;
  })}`;
}

interface Shown {
  readonly typed: Typed;
  readonly after: number;
  readonly fault: FormFault | null;
  readonly meanwhile: Html;
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
      <form method="post" action="${at}/edit/${what}" class="stack tight narrow">${errorSummary(t.frame, shown.fault)}${shown.meanwhile}
        <input type="hidden" name="after" value="${shown.after}">
        ${entries(visit, fields, shown.typed, shown.fault)}
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

/** Somebody else wrote meanwhile: who, and what that changed. What was typed stays, to be written on top of it. */
async function meanwhileOf(visit: Visit, scope: Scope, { placed }: Form, after: number): Promise<Html> {
  const { policies } = visit.t;
  const { self, ref } = placed;
  const by = await peopleNames(visit, scope);
  const seen = after === 0 ? {} : (await visit.services.policies.levels.version(scope, ref, after)).content;
  const changes = levelDifference(seen, self.content);
  return html`<div class="note warn" role="alert"><p>${policies.meanwhile(self.version, by(self.by!))}</p></div>${changes.length > 0 ? changesTable(visit, policies.between(after, self.version), changes) : nothing}`;
}

export const policyEditRoutes = new Hono<ConsoleEnv>()
  .get('/policies/level/:kind/:of/edit/:what', async (c) => {
    const { scope } = allowed(c, 'write policies');
    const form = await formOf(c, scope);
    const values = new Map(form.fields.map(({ id, value }) => [id, value]));
    const typed: Typed = (id) => values.get(id) ?? '';
    return c.html(await editPage(c, form, { typed, after: form.placed.self.version, fault: null, meanwhile: nothing }));
  })
  .post('/policies/level/:kind/:of/edit/:what', async (c) => {
    const { scope, person } = allowed(c, 'write policies');
    const visit = c.get('visit');
    const form = await formOf(c, scope);
    const { self, ref } = form.placed;
    const body = await c.req.parseBody();
    const typed: Typed = (id) => (typeof body[id] === 'string' ? body[id].replaceAll('\r\n', '\n') : '');
    const after = /^\d{1,9}$/.test(await posted(c, 'after')) ? Number(await posted(c, 'after')) : -1;
    const { version } = self;
    if (after !== version) {
      if (after < 0 || after > version) throw problem('level_changed');
      const meanwhile = await meanwhileOf(visit, scope, form, after);
      c.status(409);
      return c.html(await editPage(c, form, { typed, after: version, fault: null, meanwhile }));
    }
    let content: unknown;
    try {
      content = form.form.read(typed, self.content, form.fields);
      await visit.services.policies.levels.write(scope, ref, after, content as LevelInput, person.id);
      return c.redirect(`${pathOf(ref)}?written=yes`, 303);
    } catch (error) {
      const fault = await faultOf(c, error, form, content);
      return c.html(await editPage(c, form, { typed, after, fault, meanwhile: nothing }));
    }
  });
