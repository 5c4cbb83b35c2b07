/** Signing in: a passkey, or e-mail address and password, then the code. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head } from '@belkluis/shared/web/parts';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { Hono } from 'hono';
import {
  addressOf,
  type ConsoleContext,
  type ConsoleEnv,
  dropCookie,
  field as posted,
  type Visit,
  writeCookie,
} from '../visit.ts';
import { layout } from './layout.ts';
import { passkeyAnswer, passkeyButton } from './passkey.ts';
import { refusal } from './problem.ts';
import { remembered } from './sign-in-with.ts';

type Notice = keyof Visit['t']['signIn']['notices'];

const noticeIn = ({ t }: Visit, name: string | undefined): Notice | null =>
  name !== undefined && Object.hasOwn(t.signIn.notices, name) ? (name as Notice) : null;

const passkeyPart = ({ t }: Visit): Html =>
  passkeyButton(t, {
    begin: '/sign-in/passkey/options',
    finish: '/sign-in/passkey',
    way: 'get',
    text: t.signIn.withPasskey,
  });

interface First {
  readonly fault: FormFault | null;
  readonly email: string;
  readonly notice: Notice | null;
}

async function firstPage(c: ConsoleContext, { fault, email, notice }: First): Promise<Html> {
  const visit = c.get('visit');
  const provider = await remembered(c);
  const { t } = visit;
  const { signIn } = t;
  const body = html`${head(signIn.title, signIn.lead)}
    <div class="stack tight narrow">
      ${notice ? html`<p class="note" role="status">${signIn.notices[notice]}</p>` : nothing}
      ${provider ? html`<p><a class="button" href="/sign-in/with/${provider.id}">${t.signInWith.with(provider.name)}</a></p>` : nothing}
      ${passkeyPart(visit)}
      <form method="post" action="/sign-in" class="stack tight">
        ${errorSummary(t.frame, fault)}
        ${field({ id: 'email', label: signIn.email, value: email, autocomplete: 'username', required: true, fault })}
        ${field({ id: 'password', label: signIn.password, type: 'password', autocomplete: 'current-password', required: true, fault })}
        <div class="row"><button class="primary">${signIn.next}</button><a href="/invitation">${signIn.haveInvitation}</a></div>
      </form>
    </div>`;
  return layout(visit, { title: signIn.title, modules: ['browser/passkey.ts'], body });
}

function codePage(visit: Visit, fault: FormFault | null): Html {
  const { t } = visit;
  const { signIn } = t;
  const body = html`${head(signIn.codeTitle, signIn.codeLead)}
    <div class="stack tight narrow">
      <form method="post" action="/sign-in/code" class="stack tight">
        ${errorSummary(t.frame, fault)}
        ${field({ id: 'code', label: signIn.code, hint: signIn.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', required: true, fault })}
        <div class="row"><button class="primary">${signIn.enter}</button><a href="/sign-in">${signIn.again}</a></div>
      </form>
      ${passkeyPart(visit)}
    </div>`;
  return layout(visit, { title: signIn.codeTitle, modules: ['browser/passkey.ts'], body });
}

/** Somebody is in: the browser gets the session, and the overview. */
export function enter(c: ConsoleContext, session: string): Response {
  writeCookie(c, 'session', session);
  return c.redirect('/', 303);
}

export const signInRoutes = new Hono<ConsoleEnv>()
  .get('/sign-in', async (c) => {
    const notice = noticeIn(c.get('visit'), c.req.query('notice'));
    return c.html(await firstPage(c, { fault: null, email: '', notice }));
  })
  .post('/sign-in', async (c) => {
    const visit = c.get('visit');
    const email = await posted(c, 'email');
    try {
      const password = await posted(c, 'password');
      const { session, stage } = await visit.services.access.signIn.enterPassword(email, password, addressOf(c));
      writeCookie(c, 'session', session);
      return c.redirect(stage === 'code' ? '/sign-in/code' : '/enrol', 303);
    } catch (error) {
      const fault = refusal(c, error, { login_refused: 'password', login_wait: 'password', login_busy: 'password' });
      return c.html(await firstPage(c, { fault, email, notice: null }));
    }
  })
  .get('/sign-in/code', async (c) => {
    const visit = c.get('visit');
    const { access } = visit.services;
    const waits = visit.session !== null && (await access.stageOf(visit.session)) === 'code';
    return waits ? c.html(codePage(visit, null)) : c.redirect('/sign-in', 303);
  })
  .post('/sign-in/code', async (c) => {
    const visit = c.get('visit');
    try {
      return enter(
        c,
        await visit.services.access.signIn.enterCode(visit.session ?? '', await posted(c, 'code'), addressOf(c)),
      );
    } catch (error) {
      const fault = refusal(c, error, { code_refused: 'code', login_wait: 'code', code_expired: 'code' });
      return c.html(codePage(visit, fault));
    }
  })
  .post('/sign-in/passkey/options', async (c) => c.json(await c.get('visit').services.access.passkeys.beginSignIn()))
  .post('/sign-in/passkey', async (c) => {
    const answer = await passkeyAnswer<AuthenticationResponseJSON>(c);
    const { services, session } = c.get('visit');
    writeCookie(c, 'session', await services.access.passkeys.finishSignIn(answer, addressOf(c), session));
    return c.json({ to: '/' });
  })
  .post('/sign-out', async (c) => {
    const { session, services } = c.get('visit');
    if (session !== null) await services.access.signIn.signOut(session);
    dropCookie(c, 'session');
    return c.redirect('/sign-in?notice=signedOut', 303);
  });
