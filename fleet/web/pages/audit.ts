/** The fleet's own log, as far as it is about one's MSP: what was done, by whom, and a proof of each line. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { FleetEvent } from '../../audit/events.ts';
import type { LoggedEvent } from '../../audit/log.ts';
import { problem as auditProblem } from '../../audit/problems.ts';
import type { Scope } from '../../tenants/scope.ts';
import { EVENTS_SHOWN } from '../limits.ts';
import { allowed, type ConsoleEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { moment, nextPage } from './parts.ts';

/** Of whom and of what an event is, as ids. */
function subjectsOf({ facts }: FleetEvent): string[] {
  const { of, person, site, box } = facts as { of?: string; person?: string; site?: string; box?: string };
  return [of, person, site, box].filter((id) => id !== undefined);
}

/** What ids in some lines of the log are called; who has left has a number, and no name any more. */
export async function namesIn(
  visit: Visit,
  scope: Scope,
  events: readonly LoggedEvent[],
): Promise<ReadonlyMap<string, string>> {
  const { t, services, mspName } = visit;
  const ids = events.flatMap(({ event }) => subjectsOf(event));
  const names = new Map<string, string>([[scope.msp, mspName]]);
  for (const [id, { name }] of await services.glance.names(scope, ids)) names.set(id, name);
  for (const { id, name } of await services.access.people.list(scope)) names.set(id, name);
  for (const actor of ['operator', 'fleet', 'purge', 'nobody', 'provider', 'box'] as const)
    names.set(actor, t.audit.actors[actor]);
  return names;
}

/** What was done, in words, and to what. */
export function saidOf(
  { t }: Visit,
  { event }: LoggedEvent,
  names: ReadonlyMap<string, string>,
): { readonly what: string; readonly about: string } {
  const [subject] = subjectsOf(event).filter((id) => id !== event.actor);
  return { what: t.audit.kinds[event.kind], about: subject === undefined ? '' : (names.get(subject) ?? t.audit.gone) };
}

export const auditRoutes = new Hono<ConsoleEnv>()
  .get('/audit', async (c) => {
    const { scope } = allowed(c, 'see audit log');
    const visit = c.get('visit');
    const { t, f, services } = visit;
    const { audit } = t;
    const after = c.req.query('after');
    const [{ rows, next }, signed] = await Promise.all([
      services.audit.about(scope.msp, { after, limit: EVENTS_SHOWN }),
      services.audit.lastCheckpoint(),
    ]);
    const names = await namesIn(visit, scope, rows);
    const line = (row: LoggedEvent): Html => {
      const { what, about } = saidOf(visit, row, names);
      const { index, event } = row;
      const proof =
        signed !== null && index < signed.size
          ? html`<a href="/audit/${index}/proof.json" download>${audit.proof}<span class="visually-hidden"> ${index}</span></a>`
          : html`<span class="soft">${audit.soon}</span>`;
      return html`<tr><th scope="row" class="nowrap">${moment(visit, event.at)}</th><td data-label="${audit.who}">${names.get(event.actor) ?? audit.gone}</td><td data-label="${audit.what}">${what}${about ? html`<small>${about}</small>` : nothing}</td><td data-label="${audit.proof}" class="nowrap">${proof}</td></tr>`;
    };
    const body = html`${head(audit.title, audit.lead)}
      <div class="split">
        <section aria-label="${audit.caption}">
          ${
            rows.length === 0
              ? html`<div class="empty"><p>${audit.none}</p></div>`
              : html`<table class="cards"><caption class="visually-hidden">${audit.caption}</caption>
            <thead><tr><th scope="col">${audit.when}</th><th scope="col">${audit.who}</th><th scope="col">${audit.what}</th><th scope="col">${audit.proof}</th></tr></thead>
            <tbody>${rows.map(line)}</tbody></table>${nextPage(visit, '/audit', {}, { said: '', after, next })}`
          }
        </section>
        <div class="aside">
          <section aria-labelledby="signed"><header><h2 id="signed">${audit.signed}</h2></header>
            ${
              signed === null
                ? html`<p>${audit.unsigned}</p>`
                : html`<dl><dt>${audit.signedAt}</dt><dd>${moment(visit, signed.signedAt)}</dd><dt>${audit.size}</dt><dd>${f.number(signed.size)}</dd><dt>${audit.origin}</dt><dd class="fingerprint">${services.audit.origin}</dd><dt>${audit.key}</dt><dd class="fingerprint">${services.logKey}</dd></dl><p><a href="/audit/checkpoint" download="checkpoint.txt">${audit.checkpoint}</a></p>`
            }
            <p class="soft">${audit.how}</p>
          </section>
        </div>
      </div>`;
    return c.html(layout(visit, { title: audit.heading, place: 'audit', body }));
  })
  .get('/audit/checkpoint', async (c) => {
    allowed(c, 'see audit log');
    const { services } = c.get('visit');
    const signed = await services.audit.lastCheckpoint();
    if (signed === null) throw auditProblem('log_unsigned');
    return c.body(await services.audit.checkpointAt(signed.size), 200, { 'Content-Type': 'text/plain; charset=utf-8' });
  })
  .get('/audit/:index{[0-9]{1,15}}/proof.json', async (c) => {
    const { scope } = allowed(c, 'see audit log');
    const { services } = c.get('visit');
    const index = Number(c.req.param('index'));
    // What is about nobody of theirs is not told apart from what never was.
    if (!(await services.audit.isAbout(scope.msp, index))) throw auditProblem('event_unknown');
    const signed = await services.audit.lastCheckpoint();
    if (signed === null || index >= signed.size) throw auditProblem('log_unsigned');
    return c.json(await services.audit.prove(index, signed.size));
  });
