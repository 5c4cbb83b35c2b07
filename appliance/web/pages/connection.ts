/** The connection test: what is tried, and what was found. */
import { type Html, html } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { type StepState, stepOf, type Tested, worst } from '../../connection/steps.ts';
import { allowed, type DeskContext, type DeskEnv, line, field as textIn, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, field, head, state } from './parts.ts';
import { refusal } from './refusal.ts';
import { stepText } from './step-text.ts';

const shapes = { ok: 'ok', warn: 'warn', failed: 'bad' } as const satisfies Record<StepState, string>;

interface Typed {
  readonly target: string;
  readonly user: string;
}

function formPage(visit: Visit, typed: Typed, fault: FormFault | null): Html {
  const { t } = visit;
  const { connection } = t;
  const body = html`${head(connection.title, connection.lead)}
    <div class="stack">
      <section aria-labelledby="own">
        <header><h2 id="own">${connection.own}</h2><p>${connection.ownLead}</p></header>
        <form method="post" action="/connection/box"><button>${connection.ownVerb}</button></form>
      </section>
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

function testedPage(visit: Visit, tested: readonly Tested[]): Html {
  const { connection } = visit.t;
  const title = { ok: connection.well, warn: connection.warned, failed: connection.failed }[worst(tested)];
  const body = html`${head(title, connection.lead)}
    <div class="stack">
      ${tested.map((part, index) => testedPart(visit, part, index))}
      <p><a href="/connection">${connection.again}</a></p>
    </div>`;
  return layout(visit, { title, place: 'calls', body });
}

async function test(c: DeskContext): Promise<Response> {
  const person = allowed(c, 'test connections');
  const visit = c.get('visit');
  const typed: Typed = { target: await line(c, 'target'), user: await line(c, 'user') };
  const secret = await textIn(c, 'secret');
  const account = typed.user === '' ? null : { user: typed.user, secret };
  try {
    return await c.html(testedPage(visit, await visit.services.connection.to(person, typed.target, account)));
  } catch (error) {
    return c.html(formPage(visit, typed, refusal(c, error, { target_wrong: 'target', test_running: 'target' })));
  }
}

export const connectionRoutes = new Hono<DeskEnv>()
  .get('/connection', (c) => {
    allowed(c, 'test connections');
    return c.html(formPage(c.get('visit'), { target: '', user: '' }, null));
  })
  .post('/connection', test)
  .post('/connection/box', async (c) => {
    allowed(c, 'test connections');
    const visit = c.get('visit');
    return c.html(testedPage(visit, await visit.services.connection.box()));
  });
