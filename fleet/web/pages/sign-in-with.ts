/**
 * In by an identity provider. A page that a browser comes to from elsewhere is not sent the session (`SameSite=Strict`), nor is what it is redirected to:
 * so who comes back sees a page of ours for a moment, and goes on from there.
 */
import { type Html, html } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import {
  addressOf,
  allowed,
  type ConsoleContext,
  type ConsoleEnv,
  dropCookie,
  field as posted,
  readCookie,
  type Visit,
  writeCookie,
} from '../visit.ts';
import { layout } from './layout.ts';
import { refusal } from './problem.ts';

/** A page that goes on by itself, and by a link. */
function onward(c: ConsoleContext, to: string): Response | Promise<Response> {
  const visit = c.get('visit');
  const { signInWith: s } = visit.t;
  c.header('Refresh', `0;url=${to}`);
  return c.html(
    layout(visit, { title: s.moment, body: html`${head(s.moment, s.momentLead)}<p><a href="${to}">${s.goOn}</a></p>` }),
  );
}

interface Begun {
  readonly invitation?: string;
  readonly session?: string;
}

/** To the provider; the browser keeps what proves that it began. */
async function begin(c: ConsoleContext, provider: string, how: Begun = {}): Promise<string> {
  const { url, browser } = await c.get('visit').services.access.oidc.begin(provider, addressOf(c), how);
  writeCookie(c, 'attempt', browser);
  return url;
}

interface Offered {
  readonly id: string;
  readonly name: string;
}

function choicePage(visit: Visit, offered: readonly Offered[], code: string): Html {
  const { signInWith: s } = visit.t;
  const body = html`${head(s.choose, s.chooseLead)}
    <div class="stack tight narrow">${offered.map(
      ({ id, name }) =>
        html`<form method="post" action="/invitation/with"><input type="hidden" name="code" value="${code}"><input type="hidden" name="provider" value="${id}"><button>${s.with(name)}</button></form>`,
    )}</div>`;
  return layout(visit, { title: s.choose, body });
}

function ownPage(
  visit: Visit,
  offered: readonly Offered[],
  linked: ReadonlySet<string>,
  fault: FormFault | null,
): Html {
  const { signInWith: s, frame } = visit.t;
  const form = (id: string, name: string) =>
    linked.has(id)
      ? html`<form method="post" action="/account/providers/${id}/disconnect">${name}: ${s.connected} <button class="small" id="${id}">${s.disconnect}</button></form>`
      : html`<form method="post" action="/account/providers/${id}/connect"><button class="small" id="${id}">${s.connect(name)}</button></form>`;
  const body = html`${head(s.own, s.ownLead)}
    <div class="stack tight narrow">${errorSummary(frame, fault)}${
      offered.length === 0
        ? html`<p class="empty">${s.none}</p>`
        : html`<ul class="list">${offered.map(({ id, name }) => html`<li>${form(id, name)}</li>`)}</ul>`
    }</div>`;
  return layout(visit, { title: s.own, place: 'account', body });
}

/** The provider that this browser came in by last; null: none that is there. */
export async function remembered(c: ConsoleContext): Promise<Offered | null> {
  const id = readCookie(c, 'provider');
  return id === undefined ? null : await c.get('visit').services.access.providers.offered(id);
}

async function own(c: ConsoleContext, fault: FormFault | null = null): Promise<Response> {
  const { person } = allowed(c, 'see tenants');
  const visit = c.get('visit');
  const { providers, oidc } = visit.services.access;
  const links = await oidc.links(visit.session ?? '');
  const linked = new Set(links.map(({ provider }) => provider));
  return c.html(ownPage(visit, await providers.offeredIn(person.msp), linked, fault));
}

export const signInWithRoutes = new Hono<ConsoleEnv>()
  .get('/sign-in/with/:provider', async (c) => c.redirect(await begin(c, c.req.param('provider')), 303))
  .get('/sign-in/with/:provider/back', (c) =>
    onward(c, `/sign-in/with/${encodeURIComponent(c.req.param('provider'))}/finish${new URL(c.req.url).search}`),
  )
  .get('/sign-in/with/:provider/finish', async (c) => {
    const { services, session: before } = c.get('visit');
    const provider = c.req.param('provider');
    const query = new URL(c.req.url).searchParams;
    const browser = readCookie(c, 'attempt') ?? '';
    dropCookie(c, 'attempt');
    const { session, stage } = await services.access.oidc.finish(provider, query, browser, addressOf(c), before);
    writeCookie(c, 'session', session);
    writeCookie(c, 'provider', provider);
    return c.redirect({ full: '/', code: '/sign-in/code', enrol: '/enrol' }[stage], 303);
  })
  .post('/invitation/with', async (c) => {
    const visit = c.get('visit');
    const code = (await posted(c, 'code')).trim();
    const offered = await visit.services.access.providers.offeredTo(code);
    const chosen = await posted(c, 'provider');
    const one = offered.length === 1 ? offered[0] : offered.find(({ id }) => id === chosen);
    return one ? onward(c, await begin(c, one.id, { invitation: code })) : c.html(choicePage(visit, offered, code));
  })
  .get('/account/providers', (c) => own(c))
  .post('/account/providers/:provider/connect', async (c) => {
    allowed(c, 'see tenants');
    return onward(c, await begin(c, c.req.param('provider'), { session: c.get('visit').session ?? '' }));
  })
  .post('/account/providers/:provider/disconnect', async (c) => {
    allowed(c, 'see tenants');
    const { services, session } = c.get('visit');
    const provider = c.req.param('provider');
    try {
      writeCookie(c, 'session', await services.access.oidc.unlink(session ?? '', provider));
      return c.redirect('/account/providers', 303);
    } catch (error) {
      return await own(c, refusal(c, error, { last_factor: provider, provider_rule: provider }));
    }
  });
