/** Signing in: name and password, then the code. */

import { Problem } from '@belkluis/shared/base/problem';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { addressOf, type DeskEnv, dropCookie, field as posted, readCookie, type Visit, writeCookie } from '../visit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, field, head } from './parts.ts';
import { refusal } from './refusal.ts';

type Notice = 'made' | 'signedOut' | 'ended';
const notices: readonly string[] = ['made', 'signedOut', 'ended'] satisfies Notice[];

function passwordPage(visit: Visit, fault: FormFault | null, name: string, notice: Notice | null): Html {
  const { t } = visit;
  const body = html`${head(t.login.title, t.login.intro)}
    <form method="post" action="/login" class="stack tight narrow">
      ${errorSummary(t, fault)}
      ${notice ? html`<p class="note" role="status">${t.login[notice]}</p>` : nothing}
      ${field({ id: 'name', label: t.login.name, value: name, autocomplete: 'username', required: true, fault })}
      ${field({ id: 'password', label: t.login.password, type: 'password', autocomplete: 'current-password', required: true, fault })}
      <div class="row"><button class="primary">${t.login.next}</button><a href="/set-up">${t.login.setUp}</a></div>
    </form>`;
  return layout(visit, { title: t.login.title, body });
}

function codePage(visit: Visit, fault: FormFault | null): Html {
  const { t } = visit;
  const body = html`${head(t.login.codeTitle, t.login.codeIntro)}
    <form method="post" action="/login/code" class="stack tight narrow">
      ${errorSummary(t, fault)}
      ${field({ id: 'code', label: t.login.code, hint: t.login.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', required: true, fault })}
      <div class="row"><button class="primary">${t.login.enter}</button><a href="/login">${t.login.again}</a></div>
    </form>`;
  return layout(visit, { title: t.login.codeTitle, body });
}

export const loginRoutes = new Hono<DeskEnv>()
  .get('/login', (c) => {
    const notice = c.req.query('notice');
    const known = notice !== undefined && notices.includes(notice) ? (notice as Notice) : null;
    return c.html(passwordPage(c.get('visit'), null, '', known));
  })
  .post('/login', async (c) => {
    const visit = c.get('visit');
    const name = await posted(c, 'name');
    try {
      const token = await visit.services.access.enterPassword(name, await posted(c, 'password'), addressOf(c));
      writeCookie(c, 'session', token);
      return c.redirect('/login/code', 303);
    } catch (error) {
      const fault = refusal(c, error, { login_refused: 'password', login_wait: 'password', login_busy: 'password' });
      return c.html(passwordPage(visit, fault, name, null));
    }
  })
  .get('/login/code', (c) => {
    const visit = c.get('visit');
    const token = readCookie(c, 'session');
    if (!token || !visit.services.access.awaitsCode(token)) return c.redirect('/login', 303);
    return c.html(codePage(visit, null));
  })
  .post('/login/code', async (c) => {
    const visit = c.get('visit');
    const { access } = visit.services;
    const token = readCookie(c, 'session') ?? '';
    try {
      writeCookie(c, 'session', access.enterCode(token, await posted(c, 'code'), addressOf(c)));
      return c.redirect('/', 303);
    } catch (error) {
      const over = error instanceof Problem && error.code === 'code_expired';
      const fault = refusal(c, error, { code_refused: 'code', code_expired: 'name', login_wait: 'code' });
      return c.html(over ? passwordPage(visit, fault, '', null) : codePage(visit, fault));
    }
  })
  .post('/logout', (c) => {
    const token = readCookie(c, 'session');
    dropCookie(c, 'session');
    if (token) c.get('visit').services.access.signOut(token);
    return c.redirect('/login?notice=signedOut', 303);
  });
