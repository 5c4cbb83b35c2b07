/** One's own account: who one is here, how one comes in, where one is signed in. */
import { isTimeZone } from '@belkluis/shared/base/time-zone';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head, instant, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { problem as accessProblem } from '../../access/problems.ts';
import { problem as tenantProblem } from '../../tenants/problems.ts';
import { problem } from '../problems.ts';
import {
  addressOf,
  allowed,
  type ConsoleContext,
  type ConsoleEnv,
  field as posted,
  type Visit,
  writeCookie,
} from '../visit.ts';
import { layout } from './layout.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofPart, refusedProof } from './proof.ts';
import { zoneField } from './site-form.ts';

/** @throws Problem `session_over`. */
function sessionOf({ session }: Visit): string {
  if (session === null) throw accessProblem('session_over');
  return session;
}

function factors(
  visit: Visit,
  passkeys: readonly { readonly id: string; readonly createdAt: number }[],
  hasApp: boolean,
): Html {
  const { account } = visit.t;
  const only = passkeys.length + (hasApp ? 1 : 0) === 1;
  return html`<section aria-labelledby="factors">
      <header><h2 id="factors">${account.factors}</h2><a href="/enrol">${account.addFactor}</a></header>
      <ul class="list">
        ${passkeys.map(
          ({ id, createdAt }) =>
            html`<li><span>${account.passkey}<small>${account.madeAt} ${instant(createdAt, visit.f.momentWithin(createdAt, visit.now))}</small></span>${
              only
                ? html`<span class="soft">${account.only}</span>`
                : html`<a href="/account/passkeys/${id}/remove">${account.remove}…<span class="visually-hidden"> ${account.passkey}</span></a>`
            }</li>`,
        )}
        ${
          hasApp
            ? html`<li><span>${account.app}</span>${only ? html`<span class="soft">${account.only}</span>` : html`<a href="/account/app/remove">${account.remove}…<span class="visually-hidden"> ${account.app}</span></a>`}</li>`
            : nothing
        }
      </ul>
      <p class="soft">${account.recovery}</p>
    </section>`;
}

async function accountPage(c: ConsoleContext, fault: FormFault | null): Promise<Html> {
  const visit = c.get('visit');
  const { t, f, now, services } = visit;
  const { account } = t;
  const { person } = allowed(c, 'see tenants');
  const session = sessionOf(visit);
  const { own } = services.access;
  const [passkeys, hasApp, sessions] = await Promise.all([
    own.passkeys(session),
    own.hasApp(session),
    own.sessions(session),
  ]);
  const roles = [...new Set(person.grants.map(({ role }) => t.frame.roles[role]))].join(', ');
  const body = html`${head(account.title, account.lead)}
    <div class="split">
      <div class="stack">
        ${factors(visit, passkeys, hasApp)}
        <section aria-labelledby="password">
          <header><h2 id="password">${account.password}</h2><p>${account.passwordLead}</p></header>
          <form method="post" action="/account/password" class="stack tight narrow">
            ${errorSummary(t.frame, fault)}
            ${field({ id: 'current', label: account.current, type: 'password', autocomplete: 'current-password', required: true, fault })}
            ${field({ id: 'next', label: account.next, hint: t.invitation.passwordHint, type: 'password', autocomplete: 'new-password', required: true, fault })}
            ${field({ id: 'again', label: t.invitation.again, type: 'password', autocomplete: 'new-password', required: true, fault })}
            <div class="row"><button>${account.passwordVerb}</button></div>
          </form>
        </section>
        <section aria-labelledby="sessions">
          <header><h2 id="sessions">${account.sessions}</h2></header>
          <ul class="list">${sessions.map(
            ({ startedAt, usedAt, here }) =>
              html`<li><span>${account.begun(f.momentWithin(startedAt, now))}${here ? html`<small>${state('ok', account.here)}</small>` : nothing}</span>${instant(usedAt, account.used(f.ago(usedAt, now)))}</li>`,
          )}</ul>
          ${sessions.length > 1 ? html`<form method="post" action="/account/sessions/end"><button>${account.endOthers}</button></form>` : nothing}
        </section>
      </div>
      <div class="aside">
        <section aria-labelledby="who">
          <header><h2 id="who">${account.who}</h2></header>
          <dl><dt>${account.name}</dt><dd>${person.name}</dd><dt>${account.email}</dt><dd class="whole">${person.email}</dd><dt>${account.roles}</dt><dd>${roles}</dd></dl>
          <p><a href="/account/providers">${t.signInWith.own}</a></p>
          <form method="post" action="/sign-out"><button>${t.frame.signOut}</button></form>
        </section>
        <section aria-labelledby="time">
          <header><h2 id="time">${account.timeZone}</h2><p>${account.timeZoneLead(f.time(now))}</p></header>
          <form method="post" action="/account/zone" class="stack tight">
            ${zoneField({ id: 'zone', label: account.timeZone, value: visit.timeZone, fault })}
            <div class="row"><button>${account.timeZoneVerb}</button></div>
          </form>
        </section>
      </div>
    </div>`;
  return layout(visit, { title: account.title, place: 'account', body });
}

type Factor = 'passkey' | 'app';

async function removePage(c: ConsoleContext, factor: Factor, fault: FormFault | null): Promise<Html> {
  allowed(c, 'see tenants');
  const visit = c.get('visit');
  const { account } = visit.t;
  const title = account.removeTitle(account[factor]);
  const body = html`${head(title, account.removeLead)}
    <form method="post" action="${c.req.path}" class="door stack tight narrow">${errorSummary(visit.t.frame, fault)}${await proofPart(visit, account.remove, fault)}<p><a href="/account">${visit.t.common.cancel}</a></p></form>`;
  return layout(visit, { title, place: 'account', modules: [PROOF_MODULE], body });
}

/** One factor less, for who shows that it is them. */
async function removed(
  c: ConsoleContext,
  factor: Factor,
  act: (session: string) => Promise<string>,
): Promise<Response> {
  allowed(c, 'see tenants');
  const refused = await refusedProof(c);
  if (refused) return c.html(await removePage(c, factor, refused));
  return changed(c, await act(sessionOf(c.get('visit'))));
}

/** After a change of what proves who one is: a new session, and the old ones are void. */
function changed(c: ConsoleContext, session: string): Response {
  writeCookie(c, 'session', session);
  return c.redirect('/account', 303);
}

export const accountRoutes = new Hono<ConsoleEnv>()
  .get('/account', async (c) => c.html(await accountPage(c, null)))
  .post('/account/password', async (c) => {
    allowed(c, 'see tenants');
    const visit = c.get('visit');
    const [current, next] = [await posted(c, 'current'), await posted(c, 'next')];
    try {
      if (next !== (await posted(c, 'again'))) throw problem('password_differs');
      return changed(c, await visit.services.access.own.changePassword(sessionOf(visit), current, next, addressOf(c)));
    } catch (error) {
      const byCode = {
        ...{ login_refused: 'current', login_wait: 'current', login_busy: 'current' },
        ...{ password_short: 'next', password_long: 'next', password_differs: 'again' },
      };
      return c.html(await accountPage(c, refusal(c, error, byCode)));
    }
  })
  .get('/account/passkeys/:id/remove', async (c) => c.html(await removePage(c, 'passkey', null)))
  .post('/account/passkeys/:id/remove', (c) => {
    const { own } = c.get('visit').services.access;
    return removed(c, 'passkey', (session) => own.removePasskey(session, c.req.param('id')));
  })
  .get('/account/app/remove', async (c) => c.html(await removePage(c, 'app', null)))
  .post('/account/app/remove', (c) => removed(c, 'app', c.get('visit').services.access.own.removeTotp))
  .post('/account/sessions/end', async (c) => {
    allowed(c, 'see tenants');
    const visit = c.get('visit');
    await visit.services.access.own.endOthers(sessionOf(visit));
    return c.redirect('/account', 303);
  })
  .post('/account/zone', async (c) => {
    allowed(c, 'see tenants');
    const zone = (await posted(c, 'zone')).trim();
    try {
      if (!isTimeZone(zone)) throw tenantProblem('time_zone_invalid');
      writeCookie(c, 'zone', zone);
      return c.redirect('/account', 303);
    } catch (error) {
      return c.html(await accountPage(c, refusal(c, error, { time_zone_invalid: 'zone' })));
    }
  });
