/** Writing the policy: every part on a page of its own, kept in a draft that nobody else sees until it is put forward. */
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { PolicyDraft } from '../policy-services.ts';
import { neverSentence, ruleSentence } from '../policy-words.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, purposeName, state } from './parts.ts';
import { keepPart, showPart, written } from './policy-edit-form.ts';
import { type DocumentPart, documentPart, documentParts } from './policy-fields.ts';
import { policyNav, section } from './policy-parts.ts';
import { languagesIn, type PurposePart, purposePart, purposeParts } from './purpose-fields.ts';
import { type EntryList, entryLists, entryPart } from './rule-fields.ts';

const EDIT = '/policy/edit';

/** Not a name of an entry, for it is the address of the form that adds one. */
const NEW = 'new';

function draftState(visit: Visit, draft: PolicyDraft | null): Html {
  const { policyEdit: texts } = visit.t;
  if (!draft) return html`<p class="note">${texts.untouched}</p>`;
  const changed = JSON.stringify(draft.base) !== JSON.stringify(draft.next);
  const said = draft.old
    ? state('warn', texts.old)
    : changed
      ? state('wait', texts.changed)
      : state('off', texts.unchanged);
  return html`<div class="note"><div class="row">${said}${
    changed && !draft.old ? html`<a class="button primary" href="/policy/review">${texts.review}…</a>` : nothing
  }<form method="post" action="${EDIT}/drop"><button class="small">${texts.drop}</button></form></div></div>`;
}

const parts = ({ t }: Visit): Html =>
  section(
    'document',
    t.policyEdit.document,
    '',
    html`<ul class="list">${documentParts.map(
      (name) => html`<li><a href="${EDIT}/document/${name}">${t.policyEdit.parts[name]}</a></li>`,
    )}</ul>`,
  );

function purposes({ t }: Visit, { purposes: all }: Policy): Html {
  const { policyEdit: texts } = t;
  return section(
    'purposes',
    t.policy.purposes,
    '',
    html`<ul class="list">${all.map(
      ({ id, name }) =>
        html`<li><span>${purposeName(name)}<small>${id}</small></span><span><button class="small danger" form="remove-${id}">${texts.remove}<span class="visually-hidden"> ${name}</span></button></span><form id="remove-${id}" method="post" action="${EDIT}/purposes/${id}/remove"></form>
        <ul class="chips full">${purposeParts.map((part) => html`<li><a href="${EDIT}/purposes/${id}/${part}">${texts.purposeParts[part]}<span class="visually-hidden">, ${name}</span></a></li>`)}<li><a href="${EDIT}/purposes/${id}/voice">${t.policyVoice.title}<span class="visually-hidden">, ${name}</span></a></li></ul></li>`,
    )}</ul><p><a href="${EDIT}/purposes/${NEW}">${texts.addPurpose}…</a></p>`,
  );
}

function rules(visit: Visit, { rules: all, purposes: known }: Policy): Html {
  const { t } = visit;
  const { policyEdit: texts } = t;
  const act = (id: string, does: 'up' | 'down' | 'remove') =>
    html`<form method="post" action="${EDIT}/entries/rules/${id}/${does}"><button class="small${does === 'remove' ? ' danger' : ''}">${texts[does]}<span class="visually-hidden"> ${id}</span></button></form>`;
  return section(
    'rules',
    t.policy.rules,
    t.policy.rulesLead,
    html`<ol class="list">${all.map(
      (rule, at) =>
        html`<li><span><a href="${EDIT}/entries/rules/${rule.id}">${rule.id}</a><br>${at + 1}. ${ruleSentence(visit, rule, known)}</span><span class="row">${at > 0 ? act(rule.id, 'up') : nothing}${at < all.length - 1 ? act(rule.id, 'down') : nothing}${act(rule.id, 'remove')}</span></li>`,
    )}</ol>${known.length === 0 ? nothing : html`<p><a href="${EDIT}/entries/rules/${NEW}">${texts.addRule}…</a></p>`}`,
  );
}

/** Entries in no order: what is never recorded, and groups. */
function entries({ t }: Visit, list: EntryList, title: string, all: readonly (readonly [string, string])[]): Html {
  const { policyEdit: texts } = t;
  return section(
    list,
    title,
    '',
    html`<ul class="list">${all.map(
      ([id, said]) =>
        html`<li><span><a href="${EDIT}/entries/${list}/${id}">${id}</a><br>${said}</span><span><button class="small danger" form="remove-${list}-${id}">${texts.remove}<span class="visually-hidden"> ${id}</span></button></span><form id="remove-${list}-${id}" method="post" action="${EDIT}/entries/${list}/${id}/remove"></form></li>`,
    )}</ul><p><a href="${EDIT}/entries/${list}/${NEW}">${texts.add}…</a></p>`,
  );
}

function editPage(visit: Visit, policy: Policy, draft: PolicyDraft | null, refused: string | null): Html {
  const { t } = visit;
  const { policyEdit: texts } = t;
  const body = html`${head(texts.title, texts.lead)}
    <div class="stack close">${policyNav(visit, 'edit')}${refused === null ? nothing : html`<p class="note bad" role="alert">${refused}</p>`}${draftState(visit, draft)}
    <div class="split">
      <div class="stack">${purposes(visit, policy)}${rules(visit, policy)}${entries(
        visit,
        'neverRecord',
        t.policy.never,
        policy.neverRecord.map((one) => [one.id, neverSentence(visit, one)]),
      )}${entries(
        visit,
        'groups',
        t.policy.groups,
        policy.groups.map(({ id, extensions }) => [id, extensions.join(', ')]),
      )}</div>
      <div class="aside">${parts(visit)}</div>
    </div></div>`;
  return layout(visit, { title: texts.title, place: 'policy', body });
}

const isPart = (name: string | undefined): name is DocumentPart => documentParts.some((one) => one === name);
const isPurposePart = (name: string | undefined): name is PurposePart => purposeParts.some((one) => one === name);
const isList = (name: string | undefined): name is EntryList => entryLists.some((one) => one === name);

function documentForm(c: DeskContext) {
  const policy = written(c);
  const name = c.req.param('part');
  if (!isPart(name)) throw problem('not_here');
  const title = c.get('visit').t.policyEdit.parts[name];
  return { policy, form: { title, action: `${EDIT}/document/${name}`, back: EDIT }, part: documentPart(policy, name) };
}

function purposeForm(c: DeskContext) {
  const policy = written(c);
  const { t, services } = c.get('visit');
  const index = policy.purposes.findIndex(({ id }) => id === c.req.param('id'));
  const name = c.req.param('part');
  if (index < 0) throw problem('purpose_unknown');
  if (!isPurposePart(name)) throw problem('not_here');
  const { id, name: called } = policy.purposes[index]!;
  const fingerprints = services.recipients().map(({ fingerprint }) => fingerprint);
  return {
    policy,
    form: {
      title: `${called}: ${t.policyEdit.purposeParts[name]}`,
      action: `${EDIT}/purposes/${id}/${name}`,
      back: EDIT,
    },
    part: (languages?: readonly string[]) =>
      purposePart(policy, index, name, { fingerprints, ...(languages ? { languages } : {}) }),
  };
}

/** The entry that the path names, or a new one. */
function entryForm(c: DeskContext) {
  const policy = written(c);
  const list = c.req.param('list');
  const id = c.req.param('id');
  if (!isList(list)) throw problem('not_here');
  const all: readonly { readonly id: string }[] = policy[list];
  const index = id === NEW ? all.length : all.findIndex((one) => one.id === id);
  if (index < 0) throw problem('entry_unknown');
  const { places, added } = c.get('visit').t.policyEdit;
  const title = id === NEW ? added[list] : places[list]!(id!);
  return {
    policy,
    list,
    index,
    form: { title, action: `${EDIT}/entries/${list}/${id}`, back: EDIT },
    part: entryPart(policy, list, index),
  };
}

/** A draft without what nothing else names. */
function without(
  c: DeskContext,
  policy: Policy,
  list: EntryList | 'purposes',
  id: string,
): Response | Promise<Response> {
  const person = allowed(c, 'edit policy');
  const visit = c.get('visit');
  const { drafts } = visit.services.policies;
  const names = policy.rules.filter((rule) =>
    list === 'purposes' ? rule.purpose === id : list === 'groups' && rule.groups?.includes(id),
  );
  const kept = list === 'purposes' && Object.values(policy.traffic).includes(id);
  if (names.length > 0 || kept) {
    c.status(409);
    const where = [...names.map((rule) => rule.id), ...(kept ? [visit.t.policy.traffic] : [])];
    return c.html(editPage(visit, policy, drafts.of(person), visit.t.policyForm.used(where.join(', '))));
  }
  const all: readonly { readonly id: string }[] = policy[list];
  drafts.keep(person, { ...policy, [list]: all.filter((one) => one.id !== id) });
  return c.redirect(EDIT, 303);
}

function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const rest = all.filter((_, at) => at !== from);
  return to < 0 || to > rest.length ? [...all] : [...rest.slice(0, to), all[from]!, ...rest.slice(to)];
}

export const policyEditRoutes = new Hono<DeskEnv>()
  .get('/policy/edit', (c) => {
    const person = allowed(c, 'edit policy');
    const visit = c.get('visit');
    return c.html(editPage(visit, written(c), visit.services.policies.drafts.of(person), null));
  })
  .post('/policy/edit/drop', (c) => {
    const person = allowed(c, 'edit policy');
    c.get('visit').services.policies.drafts.drop(person);
    return c.redirect(EDIT, 303);
  })
  .get('/policy/edit/document/:part', (c) => {
    const { policy, form, part } = documentForm(c);
    return showPart(c, policy, form, part);
  })
  .post('/policy/edit/document/:part', (c) => {
    const { policy, form, part } = documentForm(c);
    return keepPart(c, policy, form, () => part);
  })
  .post('/policy/edit/purposes/:id/remove', (c) => {
    const policy = written(c);
    return without(c, policy, 'purposes', c.req.param('id'));
  })
  .get('/policy/edit/purposes/:id/:part', (c) => {
    const { policy, form, part } = purposeForm(c);
    return showPart(c, policy, form, part());
  })
  .post('/policy/edit/purposes/:id/:part', (c) => {
    const { policy, form, part } = purposeForm(c);
    return keepPart(c, policy, form, (typed) => part(typed.languages === undefined ? undefined : languagesIn(typed)));
  })
  .get('/policy/edit/entries/:list/:id', (c) => {
    const { policy, form, part } = entryForm(c);
    return showPart(c, policy, form, part);
  })
  .post('/policy/edit/entries/:list/:id', (c) => {
    const { policy, form, part } = entryForm(c);
    return keepPart(c, policy, form, () => part);
  })
  .post('/policy/edit/entries/:list/:id/remove', (c) => {
    const { policy, list } = entryForm(c);
    return without(c, policy, list, c.req.param('id'));
  })
  .post('/policy/edit/entries/rules/:id/:way{up|down}', (c) => {
    const person = allowed(c, 'edit policy');
    const policy = written(c);
    const from = policy.rules.findIndex(({ id }) => id === c.req.param('id'));
    if (from < 0) throw problem('entry_unknown');
    const to = c.req.param('way') === 'up' ? from - 1 : from + 1;
    c.get('visit').services.policies.drafts.keep(person, { ...policy, rules: moved(policy.rules, from, to) });
    return c.redirect(`${EDIT}#rules`, 303);
  });
