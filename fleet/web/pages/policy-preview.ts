/** What signing would change, field by field and in numbers; then, on a page of its own and with the second factor, the signature of exactly that. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, check, choices, errorSummary, type FormFault, field, head, many } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { problem } from '../../policy/problems.ts';
import type { Ring } from '../../policy/rings.ts';
import type { Preview, PreviewGroup } from '../../policy/signing.ts';
import type { Scope } from '../../tenants/scope.ts';
import { PLACES_OFFERED } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { choiceIn, FIRST_RINGS, type Fields, one, RingFault, ringFields, ringsIn, ringWords } from './policy-rings.ts';
import { faultList, outcomeState, policyNav, shownChanges } from './policy-words.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove } from './proof.ts';

/** What is looked at is what would be signed: of a signer, as far as they may sign. */
const scopeOf = (c: ConsoleContext) =>
  allowed(c, may(c.get('visit'), 'sign policies') ? 'sign policies' : 'see policies').scope;

/** Boxes of a group that are named; the rest is a number. */
const NAMED = 5;

function groupPart(visit: Visit, group: PreviewGroup, at: number): Html {
  const { t, f } = visit;
  const { policies } = t;
  const { boxes, outcome, cannot, some, changes, faults, replacesPending } = group;
  const names = some.slice(0, NAMED).map(({ name }) => name);
  const more = boxes > names.length ? policies.andMore(f.number(boxes - names.length)) : '';
  const count = t.overview.boxes(f.number(boxes), boxes);
  return html`<section aria-labelledby="group-${at}">
      <header><h2 id="group-${at}">${count}</h2>${outcomeState(visit, group)}</header>
      <p>${cannot === null ? policies.outcomeSays[outcome] : policies.cannotSays[cannot]}</p>
      <p class="soft">${[...names, more].filter(Boolean).join(', ')}</p>
      ${replacesPending > 0 && cannot === null ? html`<p class="note warn">${policies.replacesPending(f.number(replacesPending), replacesPending)}</p>` : nothing}
      ${cannot === 'unread' ? html`<p><a href="/policies/documents">${policies.documents.title}</a></p>` : nothing}
      ${changes.length > 0 ? shownChanges(visit, changes) : nothing}${faults.length > 0 ? faultList(visit, faults) : nothing}
    </section>`;
}

function previewPart(visit: Visit, preview: Preview, names: ReadonlyMap<string, string>): Html {
  const { t, f } = visit;
  const { policies } = t;
  return html`<p><strong>${policies.wouldGet(f.number(preview.toSign), f.number(preview.boxes))}</strong></p>
    ${preview.agreementsEnding.map(({ customer, until }) => html`<p class="note warn">${policies.agreementEnds(names.get(customer) ?? '', f.plainDate(until))}</p>`)}
    ${preview.groups.map((group, at) => groupPart(visit, group, at))}`;
}

const namesOf = async (visit: Visit, scope: Scope, { agreementsEnding }: Preview) =>
  new Map(
    [
      ...(await visit.services.glance.names(
        scope,
        agreementsEnding.map(({ customer }) => customer),
      )),
    ].map(([id, { name }]) => [id, name] as const),
  );

async function chooser(visit: Visit, scope: Scope, fields: Fields, fault: FormFault | null): Promise<Html> {
  const { services, t } = visit;
  const { choose } = t.policies;
  const [customers, sites] = await Promise.all([
    services.tenants.customers(scope, { limit: PLACES_OFFERED }),
    services.tenants.sites(scope, { limit: PLACES_OFFERED }),
  ]);
  const who = one(fields, 'who');
  const offered = (rows: readonly { readonly id: string; readonly name: string }[]) =>
    rows.map(({ id, name }) => [id, name] as const);
  return html`<form method="post" action="/policies/preview" class="stack tight narrow">${errorSummary(t.frame, fault)}
      ${choices({ id: 'who', legend: choose.who, of: ['all', 'customers', 'sites', 'boxes'] as const, labels: choose.kinds, chosen: who || 'all', fault })}
      ${customers.rows.length > 0 ? html`<details${who === 'customers' ? html` open` : nothing}><summary>${choose.kinds.customers}</summary>${many({ id: 'customers', label: choose.kinds.customers, of: offered(customers.rows), chosen: fields.customers ?? [], fault })}</details>` : nothing}
      ${sites.rows.length > 0 ? html`<details${who === 'sites' ? html` open` : nothing}><summary>${choose.kinds.sites}</summary>${many({ id: 'sites', label: choose.kinds.sites, of: offered(sites.rows), chosen: fields.sites ?? [], fault })}</details>` : nothing}
      <details${who === 'boxes' ? html` open` : nothing}><summary>${choose.kinds.boxes}</summary>${area({ id: 'boxes', label: choose.boxes, hint: choose.boxesHint, value: one(fields, 'boxes'), fault })}</details>
      <div class="row"><button class="primary">${choose.look}</button></div>
    </form>`;
}

/** Fields that go on to the next page as they are. */
const CARRIED = /^(who|customers|sites|boxes|token|title|leaveOut|ring-(\d|rest)-(who|of|wait|fail))$/;

const carried = (fields: Fields, names: RegExp): Html =>
  html`${Object.entries(fields)
    .filter(([name]) => names.test(name))
    .flatMap(([name, values]) => values.map((value) => html`<input type="hidden" name="${name}" value="${value}">`))}`;

function signForm(visit: Visit, preview: Preview, fields: Fields, fault: FormFault | null): Html {
  const { t } = visit;
  const { policies } = t;
  const cannot = preview.groups.some(({ outcome }) => outcome === 'cannot');
  const ringsOf = Object.keys(fields).some((name) => name.startsWith('ring-')) ? fields : { ...fields, ...FIRST_RINGS };
  return html`<section aria-labelledby="next"><header><h2 id="next">${policies.next}</h2><p>${policies.nextLead}</p></header>
      <form method="post" action="/policies/sign" class="stack tight">${errorSummary(t.frame, fault)}
        ${carried(fields, /^(who|customers|sites|boxes)$/)}<input type="hidden" name="token" value="${preview.token}">
        ${field({ id: 'title', label: policies.rolloutTitle, hint: policies.rolloutTitleHint, value: one(fields, 'title'), autocomplete: 'off', required: true, maxlength: 100, fault })}
        ${cannot ? check({ id: 'leaveOut', label: policies.leaveOut, hint: policies.leaveOutHint, checked: one(fields, 'leaveOut') === 'on' }) : nothing}
        ${ringFields(visit, ringsOf, fault)}
        <div class="row"><button class="primary">${policies.toSignature}</button></div>
      </form></section>`;
}

interface Looked {
  readonly preview: Preview | null;
  readonly fault: FormFault | null;
}

async function previewPage(c: ConsoleContext, scope: Scope, fields: Fields, { preview, fault }: Looked): Promise<Html> {
  const visit = c.get('visit');
  const { policies } = visit.t;
  const signs = may(visit, 'sign policies');
  // A refusal is shown in one of the two forms: where its field is.
  const choosing = fault && /^(who|customers|sites|boxes)$/.test(fault.field) ? fault : null;
  const signing = choosing ? null : fault;
  const body = html`${head(policies.preview, policies.previewLead)}
    <div class="stack">${policyNav(visit, 'preview')}
      ${await chooser(visit, scope, fields, choosing)}
      ${preview ? previewPart(visit, preview, await namesOf(visit, scope, preview)) : nothing}
      ${!preview || preview.toSign === 0 ? nothing : signs ? signForm(visit, preview, fields, signing) : html`<p class="soft">${policies.signersSign}</p>`}
    </div>`;
  return layout(visit, { title: policies.preview, place: 'policies', body });
}

const faultFields: Readonly<Record<string, string>> = {
  ...{ nothing_chosen: 'who', too_many_boxes: 'who', rings_invalid: 'title', some_cannot: 'leaveOut' },
  ...{ nothing_to_sign: 'title', preview_old: 'title', signed_meanwhile: 'title', document_large: 'title' },
  ...{ agreement_missing: 'title', agreement_expired: 'title', policy_key_elsewhere: 'title' },
};

/** Beside which field a refusal is shown. What is another's matter is thrown on. */
function faultOf(c: ConsoleContext, error: unknown, fields: Readonly<Record<string, string>>): FormFault {
  if (error instanceof RingFault) {
    c.status(400);
    return { field: error.field, text: error.message };
  }
  return refusal(c, error, fields, true);
}

async function posted(c: ConsoleContext): Promise<Fields> {
  const body = await c.req.parseBody({ all: true });
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, [value].flat().filter((each) => typeof each === 'string')]),
  );
}

interface Ready {
  readonly preview: Preview;
  readonly rings: readonly Ring[];
}

/** What would be signed, if it still is what was looked at. @throws RingFault, Problem `preview_old`. */
async function ready(visit: Visit, scope: Scope, fields: Fields): Promise<Ready> {
  const preview = await visit.services.policies.preview(scope, await choiceIn(visit, scope, fields));
  if (preview.token !== one(fields, 'token')) throw problem('preview_old');
  const title = one(fields, 'title').trim();
  if (title === '' || title.length > 100) throw new RingFault('title', visit.t.policies.rolloutTitleHint);
  if (preview.groups.some(({ outcome }) => outcome === 'cannot') && one(fields, 'leaveOut') !== 'on')
    throw problem('some_cannot');
  return { preview, rings: await ringsIn(visit, scope, fields) };
}

/** Back to the preview, as it is now, with what is wrong. */
async function lookAgain(c: ConsoleContext, scope: Scope, fields: Fields, error: unknown): Promise<Html> {
  const visit = c.get('visit');
  const fault = faultOf(c, error, faultFields);
  const preview = await choiceIn(visit, scope, fields)
    .then((choice) => visit.services.policies.preview(scope, choice))
    .catch(() => null);
  return previewPage(c, scope, fields, { preview, fault });
}

async function signPage(
  c: ConsoleContext,
  scope: Scope,
  fields: Fields,
  { preview, rings }: Ready,
  fault: FormFault | null,
): Promise<Html> {
  const visit = c.get('visit');
  const { t, f } = visit;
  const { policies } = t;
  const { columns } = policies;
  const numbers = preview.groups.map(
    (group) =>
      html`<li>${outcomeState(visit, group)}<span>${t.overview.boxes(f.number(group.boxes), group.boxes)}</span></li>`,
  );
  const body = html`${head(policies.signTitle(one(fields, 'title')), policies.signLead)}
    <div class="stack">
      <form method="post" action="/policies/sign/now" class="door stack tight">${errorSummary(t.frame, fault)}
        <h2>${policies.signFor(t.overview.boxes(f.number(preview.toSign), preview.toSign))}</h2>
        <ul class="list">${numbers}</ul>
        <table class="cards"><caption class="visually-hidden">${policies.rings.title}</caption><thead><tr><th scope="col">${columns.ring}</th><th scope="col">${columns.boxes}</th><th scope="col">${columns.rule}</th></tr></thead>
          <tbody>${rings.map((ring) => {
            const { who, rule } = ringWords(visit, ring);
            return html`<tr><th scope="row">${ring.name}</th><td data-label="${columns.boxes}">${who}</td><td data-label="${columns.rule}">${rule}</td></tr>`;
          })}</tbody></table>
        ${carried(fields, CARRIED)}
        ${await proofPart(visit, policies.signVerb, fault)}
        <p class="soft">${policies.signLogged}</p>
      </form>
      ${previewPart(visit, preview, await namesOf(visit, scope, preview))}
    </div>`;
  return layout(visit, {
    title: policies.signTitle(one(fields, 'title')),
    place: 'policies',
    modules: [PROOF_MODULE],
    body,
  });
}

async function look(c: ConsoleContext, scope: Scope, fields: Fields): Promise<Html> {
  const visit = c.get('visit');
  try {
    const preview = await visit.services.policies.preview(scope, await choiceIn(visit, scope, fields));
    return await previewPage(c, scope, fields, { preview, fault: null });
  } catch (error) {
    return previewPage(c, scope, fields, { preview: null, fault: faultOf(c, error, faultFields) });
  }
}

export const policyPreviewRoutes = new Hono<ConsoleEnv>()
  // One place, as links have it. What somebody types or ticks may be longer than an address, and is sent in a body.
  .get('/policies/preview', async (c) => {
    const scope = scopeOf(c);
    const fields: Fields = c.req.queries();
    if (one(fields, 'who') !== '') return c.html(await look(c, scope, fields));
    return c.html(await previewPage(c, scope, fields, { preview: null, fault: null }));
  })
  .post('/policies/preview', async (c) => {
    const scope = scopeOf(c);
    return c.html(await look(c, scope, await posted(c)));
  })
  .post('/policies/sign', async (c) => {
    const { scope } = allowed(c, 'sign policies');
    const visit = c.get('visit');
    const fields = await posted(c);
    try {
      return c.html(await signPage(c, scope, fields, await ready(visit, scope, fields), null));
    } catch (error) {
      return c.html(await lookAgain(c, scope, fields, error));
    }
  })
  .post('/policies/sign/now', async (c) => {
    const { scope, person } = allowed(c, 'sign policies');
    const visit = c.get('visit');
    const fields = await posted(c);
    let looked: Ready;
    try {
      looked = await ready(visit, scope, fields);
    } catch (error) {
      return c.html(await lookAgain(c, scope, fields, error));
    }
    try {
      await prove(c);
    } catch (error) {
      return c.html(await signPage(c, scope, fields, looked, faultOf(c, error, proofFields)));
    }
    try {
      const input = {
        ...{ choice: await choiceIn(visit, scope, fields), token: one(fields, 'token'), title: one(fields, 'title') },
        ...{ rings: looked.rings, leaveOut: one(fields, 'leaveOut') === 'on' },
      };
      const { rollout } = await visit.services.policies.sign(scope, input, person.id);
      return c.redirect(`/rollouts/${rollout}`, 303);
    } catch (error) {
      return c.html(await lookAgain(c, scope, fields, error));
    }
  });
