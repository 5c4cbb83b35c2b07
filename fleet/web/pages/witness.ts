/** The fleet as witness of boxes' own logs: which are continued, which are silent, which contradict themselves. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { head, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { problem as auditProblem } from '../../audit/problems.ts';
import type { WitnessState } from '../../audit/witness.ts';
import type { BoxRow } from '../../inventory/boxes.ts';
import type { Scope } from '../../tenants/scope.ts';
import { BOXES_SHOWN } from '../limits.ts';
import { allowed, type ConsoleEnv, may, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { ago, moment, nextPage } from './parts.ts';

/** Boxes in scope whose log is silent or was contradicted. */
export async function troubled(
  { services }: Visit,
  scope: Scope,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const all = await services.witness.troubled();
  const named = await services.glance.names(scope, all);
  return [...named].map(([id, { name }]) => ({ id, name }));
}

function wordOf({ t }: Visit, known: WitnessState | undefined): Html {
  const { witness } = t;
  if (known === undefined || known.size === null) return state('off', witness.states.none);
  if (known.evidence > 0) return state('bad', witness.states.contradicted);
  if (known.silent) return state('bad', witness.states.silent);
  return known.watched ? html`${witness.states.well}` : state('off', witness.states.left);
}

function table(
  visit: Visit,
  caption: string,
  rows: readonly Pick<BoxRow, 'id' | 'name'>[],
  states: ReadonlyMap<string, WitnessState>,
): Html {
  const { t, f } = visit;
  const { witness } = t;
  return html`<table class="cards"><caption class="visually-hidden">${caption}</caption>
    <thead><tr><th scope="col">${t.common.columns.box}</th><th scope="col">${t.common.columns.state}</th><th scope="col">${witness.heard}</th><th scope="col" class="num">${witness.size}</th></tr></thead>
    <tbody>${rows.map(({ id, name }) => {
      const known = states.get(id);
      return html`<tr><th scope="row"><a href="/witness/${id}">${name}</a></th><td data-label="${t.common.columns.state}">${wordOf(visit, known)}</td><td data-label="${witness.heard}">${known?.size ? ago(visit, known.heardAt) : '–'}</td><td data-label="${witness.size}" class="num">${known?.size ? f.number(known.size) : '–'}</td></tr>`;
    })}</tbody></table>`;
}

/** Notes of a box's log that contradict each other, to be kept. */
export function evidencePart(
  visit: Visit,
  box: string,
  found: Awaited<ReturnType<Visit['services']['witness']['evidence']>>,
  more: Html = nothing,
): Html {
  const { witness } = visit.t;
  const row = ({ digest, why, foundAt }: (typeof found)[number]) =>
    html`<li>${state('bad', witness.why[why])}${moment(visit, foundAt)}<span class="full fingerprint">${digest}</span><span class="full"><a href="/witness/${box}/evidence/${digest}" download="${digest}.txt">${witness.notes}</a></span></li>`;
  return html`<section aria-labelledby="evidence"><header><h2 id="evidence">${witness.evidence}</h2><p>${witness.evidenceLead}</p></header><ul class="list">${found.map(row)}</ul>${more}</section>`;
}

export const witnessRoutes = new Hono<ConsoleEnv>()
  .get('/witness', async (c) => {
    const { scope } = allowed(c, 'see boxes');
    const visit = c.get('visit');
    const { t, f, services } = visit;
    const { witness } = t;
    const after = c.req.query('after');
    const [trouble, { rows, next }] = await Promise.all([
      troubled(visit, scope),
      services.boxes.list(scope, { after, order: 'name', limit: BOXES_SHOWN }),
    ]);
    const states = await services.witness.states([...trouble, ...rows].map(({ id }) => id));
    const title = trouble.length === 0 ? witness.titleWell : witness.title(f.number(trouble.length), trouble.length);
    const body = html`${head(title, witness.lead)}
      <div class="stack" data-live id="live-witness">
        ${trouble.length === 0 ? nothing : html`<section aria-labelledby="trouble"><header><h2 id="trouble">${witness.trouble}</h2></header>${table(visit, witness.trouble, trouble, states)}</section>`}
        <section aria-labelledby="all"><header><h2 id="all">${witness.all}</h2></header>
          ${rows.length === 0 ? html`<div class="empty"><p>${witness.none}</p></div>` : html`${table(visit, witness.all, rows, states)}${nextPage(visit, '/witness', {}, { said: '', after, next })}`}
        </section>
      </div>`;
    return c.html(layout(visit, { title: witness.heading, place: 'witness', live: true, body }));
  })
  .get('/witness/:box', async (c) => {
    const { scope } = allowed(c, 'see boxes');
    const visit = c.get('visit');
    const { t, f, services } = visit;
    const { witness } = t;
    const box = await services.boxes.get(scope, c.req.param('box'));
    const [memory, evidence, states] = await Promise.all([
      services.witness.memory(box.id),
      services.witness.evidence(box.id),
      services.witness.states([box.id]),
    ]);
    const known = states.get(box.id);
    const body = html`${head(witness.of(box.name), witness.ofLead)}
      <div class="stack">
        <section aria-labelledby="remembered"><header><h2 id="remembered">${witness.remembered}</h2>${wordOf(visit, known)}</header>
          ${
            memory === null
              ? html`<p>${witness.nothing}</p>`
              : html`<dl><dt>${witness.heard}</dt><dd>${moment(visit, memory.heardAt)}</dd><dt>${witness.size}</dt><dd>${f.number(memory.size)}</dd><dt>${witness.root}</dt><dd class="fingerprint">${memory.root.toString('base64')}</dd></dl><p><a href="/witness/${box.id}/checkpoint" download="${box.id}.txt">${witness.checkpoint}</a></p>`
          }
        </section>
        ${evidence.length === 0 ? nothing : evidencePart(visit, box.id, evidence)}
        ${
          memory !== null && may(visit, 'accept loss')
            ? html`<section aria-labelledby="loss"><header><h2 id="loss">${witness.loss}</h2><p>${witness.lossLead(f.number(memory.size))}</p></header><form method="post" action="/witness/${box.id}/accept-loss"><button class="danger">${witness.lossVerb}</button></form></section>`
            : nothing
        }
      </div>`;
    return c.html(layout(visit, { title: witness.of(box.name), place: 'witness', trail: [], body }));
  })
  .get('/witness/:box/checkpoint', async (c) => {
    const { scope } = allowed(c, 'see boxes');
    const { services } = c.get('visit');
    const { id } = await services.boxes.get(scope, c.req.param('box'));
    const memory = await services.witness.memory(id);
    if (!memory) throw auditProblem('box_not_watched');
    return c.body(memory.note, 200, { 'Content-Type': 'text/plain; charset=utf-8' });
  })
  .get('/witness/:box/evidence/:digest', async (c) => {
    const { scope } = allowed(c, 'see boxes');
    const { services } = c.get('visit');
    const { id } = await services.boxes.get(scope, c.req.param('box'));
    const found = (await services.witness.evidence(id)).find(({ digest }) => digest === c.req.param('digest'));
    if (!found) throw auditProblem('event_unknown');
    return c.body(`${found.remembered}\n${found.offered}`, 200, { 'Content-Type': 'text/plain; charset=utf-8' });
  })
  .post('/witness/:box/accept-loss', async (c) => {
    const { scope, person } = allowed(c, 'accept loss');
    const { services } = c.get('visit');
    const { id } = await services.boxes.get(scope, c.req.param('box'));
    await services.witness.acceptLoss(id, person.id);
    return c.redirect(`/witness/${id}`, 303);
  });
