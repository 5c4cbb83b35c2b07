/**
 * In by an identity provider. A page that a browser comes to from elsewhere is not sent the session (`SameSite=Strict`), nor is what it is redirected to:
 * so who comes back sees a page of ours for a moment, and goes on from there.
 */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { problem as accessProblem } from '../../access/problems.ts';
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
import { PROOF_MODULE, proofFields, proofPart, prove, refusedProof } from './proof.ts';

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

function ownPage(visit: Visit, offered: readonly Offered[], linked: ReadonlySet<string>): Html {
  const { signInWith: s } = visit.t;
  const row = (id: string, name: string) =>
    linked.has(id)
      ? html`<span>${name}: ${s.connected}</span><a href="/account/providers/${id}/disconnect">${s.disconnect}…<span class="visually-hidden"> ${name}</span></a>`
      : html`<a href="/account/providers/${id}/connect">${s.connect(name)}</a>`;
  const body = html`${head(s.own, s.ownLead)}
    <div class="stack tight narrow">${
      offered.length === 0
        ? html`<p class="empty">${s.none}</p>`
        : html`<ul class="list">${offered.map(({ id, name }) => html`<li>${row(id, name)}</li>`)}</ul>`
    }</div>`;
  return layout(visit, { title: s.own, place: 'account', body });
}

/** The provider that this browser came in by last; null: none that is there. */
export async function remembered(c: ConsoleContext): Promise<Offered | null> {
  const id = readCookie(c, 'provider');
  return id === undefined ? null : await c.get('visit').services.access.providers.offered(id);
}

/** @throws Problem `provider_unknown`. */
async function ownProvider(c: ConsoleContext): Promise<Offered> {
  const { person } = allowed(c, 'see tenants');
  const offered = await c.get('visit').services.access.providers.offeredIn(person.msp);
  const one = offered.find(({ id }) => id === c.req.param('provider'));
  if (!one) throw accessProblem('provider_unknown');
  return one;
}

/** Another way in, or one less: for who shows that it is them. */
async function provePage(c: ConsoleContext, act: 'connect' | 'disconnect', fault: FormFault | null): Promise<Html> {
  const visit = c.get('visit');
  const { id, name } = await ownProvider(c);
  const { signInWith: s, frame, common } = visit.t;
  const title = s.titles[act](name);
  const verb = act === 'connect' ? s.connectVerb : s.disconnect;
  const body = html`${head(title, s.leads[act])}
    <form method="post" action="/account/providers/${id}/${act}" class="door stack tight narrow">${errorSummary(frame, fault)}${fault?.field === id ? html`<p class="error" id="${id}">${fault.text}</p>` : nothing}${await proofPart(visit, verb, fault)}<p><a href="/account/providers">${common.cancel}</a></p></form>`;
  return layout(visit, { title, place: 'account', modules: [PROOF_MODULE], body });
}

async function own(c: ConsoleContext): Promise<Response> {
  const { person } = allowed(c, 'see tenants');
  const visit = c.get('visit');
  const { providers, oidc } = visit.services.access;
  const links = await oidc.links(visit.session ?? '');
  const linked = new Set(links.map(({ provider }) => provider));
  return c.html(ownPage(visit, await providers.offeredIn(person.msp), linked));
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
  .get('/account/providers/:provider/connect', async (c) => c.html(await provePage(c, 'connect', null)))
  .post('/account/providers/:provider/connect', async (c) => {
    const { id } = await ownProvider(c);
    const refused = await refusedProof(c);
    if (refused) return c.html(await provePage(c, 'connect', refused));
    return onward(c, await begin(c, id, { session: c.get('visit').session ?? '' }));
  })
  .get('/account/providers/:provider/disconnect', async (c) => c.html(await provePage(c, 'disconnect', null)))
  .post('/account/providers/:provider/disconnect', async (c) => {
    const { id: provider } = await ownProvider(c);
    const { services, session } = c.get('visit');
    try {
      await prove(c);
      writeCookie(c, 'session', await services.access.oidc.unlink(session ?? '', provider));
      return c.redirect('/account/providers', 303);
    } catch (error) {
      return c.html(
        await provePage(
          c,
          'disconnect',
          refusal(c, error, { last_factor: provider, provider_rule: provider, ...proofFields }),
        ),
      );
    }
  });
