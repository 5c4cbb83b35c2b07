/** Becoming a person of this box: set-up code, name and password; then the authenticator. */

import { totpUri } from '@belkluis/shared/access/totp';
import { type Html, html } from '@belkluis/shared/web/html';
import { qrPicture } from '@belkluis/shared/web/qr';
import { Hono } from 'hono';
import type { PendingPerson } from '../../access/setup.ts';
import { problem } from '../problems.ts';
import { addressOf, type DeskEnv, dropCookie, field as posted, readCookie, type Visit, writeCookie } from '../visit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, field, head } from './parts.ts';
import { refusal } from './refusal.ts';

function firstPage(visit: Visit, fault: FormFault | null, typed: { code: string; name: string }): Html {
  const { t } = visit;
  const { setUp } = t;
  const body = html`${head(setUp.title, setUp.intro)}
    <form method="post" action="/set-up" class="stack tight narrow">
      ${errorSummary(t, fault)}
      ${field({ id: 'code', label: setUp.code, hint: setUp.codeHint, value: typed.code, autocomplete: 'off', required: true, fault })}
      ${field({ id: 'name', label: setUp.name, hint: setUp.nameHint, value: typed.name, autocomplete: 'username', required: true, fault })}
      ${field({ id: 'password', label: setUp.password, hint: setUp.passwordHint, type: 'password', autocomplete: 'new-password', required: true, fault })}
      ${field({ id: 'again', label: setUp.again, type: 'password', autocomplete: 'new-password', required: true, fault })}
      <div class="row"><button class="primary">${setUp.next}</button><a href="/login">${t.login.title}</a></div>
    </form>`;
  return layout(visit, { title: setUp.title, body });
}

function secondPage(visit: Visit, fault: FormFault | null, pending: PendingPerson): Html {
  const { t } = visit;
  const { setUp } = t;
  const uri = totpUri(pending.totpSecret, pending.name);
  const roles = pending.roles.map((role) => t.roles[role]).join(', ');
  const body = html`${head(setUp.secondTitle, setUp.secondIntro(pending.name, roles))}
    <form method="post" action="/set-up/code" class="stack tight narrow">
      ${errorSummary(t, fault)}
      ${qrPicture(uri, setUp.qr)}
      <dl><dt>${setUp.secret}</dt><dd class="fingerprint">${pending.totpSecret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</dd></dl>
      <p><a href="${uri}">${setUp.link}</a></p>
      ${field({ id: 'code', label: setUp.confirm, hint: t.login.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', required: true, fault })}
      <div class="row"><button class="primary">${setUp.done}</button></div>
    </form>`;
  return layout(visit, { title: setUp.secondTitle, body });
}

const fieldsOfCodes = {
  setup_code_refused: 'code',
  login_wait: 'code',
  login_busy: 'password',
  name_invalid: 'name',
  name_taken: 'name',
  people_full: 'name',
  password_short: 'password',
  password_long: 'password',
  password_differs: 'again',
};

export const setUpRoutes = new Hono<DeskEnv>()
  .get('/set-up', (c) => c.html(firstPage(c.get('visit'), null, { code: '', name: '' })))
  .post('/set-up', async (c) => {
    const visit = c.get('visit');
    const code = await posted(c, 'code');
    const name = await posted(c, 'name');
    const password = await posted(c, 'password');
    try {
      if (password !== (await posted(c, 'again'))) throw problem('password_differs');
      await visit.services.access.choose(code, name, password, addressOf(c));
      writeCookie(c, 'setup', encodeURIComponent(code));
      return c.redirect('/set-up/code', 303);
    } catch (error) {
      return c.html(firstPage(visit, refusal(c, error, fieldsOfCodes), { code, name }));
    }
  })
  .get('/set-up/code', (c) => {
    const visit = c.get('visit');
    const pending = visit.services.access.pending(decodeURIComponent(readCookie(c, 'setup') ?? ''));
    return pending ? c.html(secondPage(visit, null, pending)) : c.redirect('/set-up', 303);
  })
  .post('/set-up/code', async (c) => {
    const visit = c.get('visit');
    const { access } = visit.services;
    const code = decodeURIComponent(readCookie(c, 'setup') ?? '');
    const pending = access.pending(code);
    if (!pending) return c.redirect('/set-up', 303);
    try {
      access.confirm(code, await posted(c, 'code'), addressOf(c));
    } catch (error) {
      return c.html(secondPage(visit, refusal(c, error, { code_refused: 'code', login_wait: 'code' }), pending));
    }
    dropCookie(c, 'setup');
    return c.redirect('/login?notice=made', 303);
  });
