/** The connection test: what is tried, and what was found. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { type StepState, stepOf, type Tested, worst } from '../../connection/steps.ts';
import { allowed, type DeskContext, type DeskEnv, line, field as textIn, type Visit } from '../visit.ts';
import { layout, type Place } from './layout.ts';
import { errorSummary, type FormFault, field, head, pick, state } from './parts.ts';
import { refusal } from './refusal.ts';
import { stepText } from './step-text.ts';

const shapes = { ok: 'ok', warn: 'warn', failed: 'bad' } as const satisfies Record<StepState, string>;

interface Typed {
  readonly target: string;
  readonly user: string;
  /** `trunk carrier`, `pbx`, `phone 214`; empty: none was chosen. */
  readonly known: string;
}

const nothingTyped: Typed = { target: '', user: '', known: '' };

/** What this box was told of, as choices. */
async function knownOf({ t, services }: Visit): Promise<readonly (readonly [string, string])[]> {
  const { trunks, pbx } = services.lines.told();
  const { phones } = await services.phones.now();
  return [
    ...trunks.map(({ id }) => [`trunk ${id}`, t.trunk.one(id)] as const),
    ...(pbx ? [['pbx', t.connection.thePbx(pbx.domain)] as const] : []),
    ...phones.map(({ user }) => [`phone ${user}`, t.phones.onePhone(user)] as const),
  ];
}

async function formPage(visit: Visit, typed: Typed, fault: FormFault | null): Promise<Html> {
  const { t } = visit;
  const { connection } = t;
  const known = await knownOf(visit);
  const line = html`<section aria-labelledby="line">
        <header><h2 id="line">${connection.known}</h2><p>${connection.knownLead}</p></header>
        <form method="post" action="/connection/known" class="stack tight narrow" novalidate>
          ${pick({ id: 'known', label: connection.which, of: known, chosen: typed.known, fault })}
          <div class="row"><button>${connection.otherVerb}</button></div>
        </form>
      </section>`;
  const body = html`${head(connection.title, connection.lead)}
    <div class="stack">
      <section aria-labelledby="own">
        <header><h2 id="own">${connection.own}</h2><p>${connection.ownLead}</p></header>
        <form method="post" action="/connection/box"><button>${connection.ownVerb}</button></form>
      </section>
      ${known.length === 0 ? nothing : line}
      <section aria-labelledby="other">
        <header><h2 id="other">${connection.other}</h2><p>${connection.otherLead}</p></header>
        <form method="post" action="/connection" class="stack tight" novalidate>
          ${errorSummary(t, fault)}
          ${field({ id: 'target', label: connection.target, hint: connection.targetHint, value: typed.target, autocomplete: 'off', required: true, maxlength: 300, fault })}
          ${field({ id: 'user', label: connection.user, hint: connection.userHint, value: typed.user, autocomplete: 'off', maxlength: 64, fault })}
          ${field({ id: 'secret', label: connection.secret, type: 'password', autocomplete: 'off', maxlength: 128, fault })}
          <div class="row"><button class="primary">${connection.otherVerb}</button></div>
        </form>
      </section>
    </div>`;
  return layout(visit, { title: connection.title, place: 'calls', body });
}

function testedPart({ t, f }: Visit, { about, steps }: Tested, index: number): Html {
  const { connection } = t;
  return html`<section aria-labelledby="part-${index}">
    <header><h2 id="part-${index}">${about ?? connection.box}</h2></header>
    <table class="cards">
      <caption class="visually-hidden">${connection.caption}</caption>
      <thead><tr><th scope="col">${connection.step}</th><th scope="col">${connection.state}</th><th scope="col">${connection.found}</th></tr></thead>
      <tbody>${steps.map(
        (step) =>
          html`<tr><th scope="row">${connection.stepNames[stepOf(step)]}</th><td data-label="${connection.state}" class="nowrap">${state(shapes[step.state], connection.states[step.state])}</td><td data-label="${connection.found}" class="full whole">${stepText(t, f, step)}</td></tr>`,
      )}</tbody>
    </table>
  </section>`;
}

export function testedPage(visit: Visit, tested: readonly Tested[], place: Place): Html {
  const { connection } = visit.t;
  const title = { ok: connection.well, warn: connection.warned, failed: connection.failed }[worst(tested)];
  const body = html`${head(title, connection.lead)}
    <div class="stack">
      ${tested.map((part, index) => testedPart(visit, part, index))}
      <p><a href="/connection">${connection.again}</a></p>
    </div>`;
  return layout(visit, { title, place, body });
}

async function test(c: DeskContext): Promise<Response> {
  const person = allowed(c, 'test connections');
  const visit = c.get('visit');
  const typed: Typed = { ...nothingTyped, target: await line(c, 'target'), user: await line(c, 'user') };
  const secret = await textIn(c, 'secret');
  const account = typed.user === '' ? null : { user: typed.user, secret };
  try {
    return await c.html(testedPage(visit, await visit.services.connection.to(person, typed.target, account), 'calls'));
  } catch (error) {
    return c.html(await formPage(visit, typed, refusal(c, error, { target_wrong: 'target', test_running: 'target' })));
  }
}

/** A trunk, the PBX or a phone, as the box itself reaches it. */
async function testKnown(c: DeskContext): Promise<Response> {
  const person = allowed(c, 'test connections');
  const visit = c.get('visit');
  const { connection } = visit.services;
  const known = await line(c, 'known');
  const [kind, name = ''] = known.split(' ');
  try {
    if (kind === 'trunk') return await c.html(testedPage(visit, await connection.trunk(person, name), 'trunks'));
    if (kind === 'pbx') return await c.html(testedPage(visit, await connection.pbx(person), 'pbx'));
    if (kind === 'phone') return await c.html(testedPage(visit, await connection.phone(person, name), 'phones'));
  } catch (error) {
    const fields = { trunk_unknown: 'known', pbx_unknown: 'known', phone_unknown: 'known', test_running: 'known' };
    return c.html(await formPage(visit, { ...nothingTyped, known }, refusal(c, error, fields)));
  }
  c.status(422);
  return c.html(await formPage(visit, { ...nothingTyped, known }, { field: 'known', text: visit.t.connection.choose }));
}

export const connectionRoutes = new Hono<DeskEnv>()
  .get('/connection', async (c) => {
    allowed(c, 'test connections');
    return c.html(await formPage(c.get('visit'), nothingTyped, null));
  })
  .post('/connection', test)
  .post('/connection/known', testKnown)
  .post('/connection/box', async (c) => {
    allowed(c, 'test connections');
    const visit = c.get('visit');
    return c.html(testedPage(visit, await visit.services.connection.box(), 'calls'));
  });
