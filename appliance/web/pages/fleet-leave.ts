/** Leaving the fleet, and moving to another: what happens, in numbers, and one verb. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { ShownFleet } from '../../uplink/enrol/enrol.ts';
import { addressOf, allowed, type DeskContext, type DeskEnv, line, type Visit } from '../visit.ts';
import { codeField, nothingSaid, type Said, saidOf, urlField } from './fleet-parts.ts';
import { layout } from './layout.ts';
import { errorSummary } from './parts.ts';

/** The fleet that is left, and until when its certificate would be good; null: there is none. */
function leaving({ services }: Visit): { fleet: ShownFleet; expiresAt: number } | null {
  const status = services.fleet.status();
  return status.at === 'enrolled' || status.at === 'confirmed' ? status : null;
}

function happens(visit: Visit, expiresAt: number): Html {
  const { t, f, services } = visit;
  const { fleet: texts } = t;
  const { total, exact } = services.recordings.search({}, 1, 0);
  const inForce = services.policies.inForce();
  const pending = services.policies.pending();
  const waiting = services.fleet.connection()?.waiting ?? 0;
  const signer = inForce?.holder ? t.policy.holders[inForce.holder] : t.policy.signerUnknown;
  return html`<h2>${texts.happens}</h2>
    <dl><dt>${texts.keeps}</dt><dd>${texts.keepsRecordings(total, `${f.number(total)}${exact ? '' : '+'}`)}</dd><dt>${texts.policy}</dt><dd>${inForce ? texts.policyOf(inForce.policy.version, signer) : texts.noPolicy}</dd>${
      pending?.holder === 'fleet'
        ? html`<dt>${texts.pending}</dt><dd>${texts.pendingOf(pending.policy.version)}</dd>`
        : nothing
    }<dt>${texts.goes}</dt><dd>${texts.goesMore(f.date(expiresAt))}</dd><dt>${texts.untold}</dt><dd>${texts.messages(waiting, f.number(waiting))}</dd><dt>${texts.log}</dt><dd>${texts.logMore(f.number(services.audit.size()))}</dd></dl>
    <p class="note">${texts.elsewhere}</p>`;
}

function leavePage(visit: Visit, moves: boolean, said: Said): Html {
  const { t } = visit;
  const { fleet: texts } = t;
  const { fleet, expiresAt } = leaving(visit)!;
  const title = moves ? texts.move : texts.leave(fleet.msp);
  const body = html`<div class="head"><div><p><a href="/fleet">${texts.name}</a></p><h1>${title}</h1><p>${moves ? texts.moveLead(fleet.msp) : texts.leaveLead}</p></div></div>
    <div class="stack tight narrow">
      <form method="post" action="${moves ? '/fleet/move' : '/fleet/leave'}" class="door" novalidate>
        ${errorSummary(t, said.fault)}
        ${happens(visit, expiresAt)}
        ${moves ? urlField(texts.nextUrl, visit, said) : nothing}
        ${codeField(visit, said.fault)}
        <p class="soft">${texts.logged}</p>
        <div class="row"><button class="danger">${moves ? texts.moveVerb : texts.leaveVerb}</button><a href="/fleet">${texts.cancel}</a></div>
      </form>
    </div>`;
  return layout(visit, { title, place: 'health', body });
}

const shown = (moves: boolean) => (c: DeskContext) => {
  allowed(c, 'join fleet');
  const visit = c.get('visit');
  return leaving(visit) ? c.html(leavePage(visit, moves, nothingSaid)) : c.redirect('/fleet', 303);
};

const left = (moves: boolean) => async (c: DeskContext) => {
  const person = allowed(c, 'join fleet');
  const visit = c.get('visit');
  const { access, fleet } = visit.services;
  const [url, code] = [await line(c, 'url'), await line(c, 'code')];
  try {
    if (leaving(visit)) {
      access.checkCode(person.id, code, addressOf(c));
      await (moves ? fleet.move(person, url) : fleet.leave(person));
    }
  } catch (error) {
    const said = saidOf(c, error, { code_refused: 'code', login_wait: 'code', fleet_url: 'url' }, { url });
    // A box that has left and could not go on has nothing to leave any more.
    return leaving(visit) ? c.html(leavePage(visit, moves, said)) : c.redirect('/fleet', 303);
  }
  return c.redirect('/fleet', 303);
};

export const fleetLeaveRoutes = new Hono<DeskEnv>()
  .get('/fleet/leave', shown(false))
  .post('/fleet/leave', left(false))
  .get('/fleet/move', shown(true))
  .post('/fleet/move', left(true));
