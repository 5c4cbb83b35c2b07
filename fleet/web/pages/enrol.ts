/**
 * Setting up a second factor: a passkey, or an authenticator app. Who has none yet gave a password and sets up the first; who is signed in
 * proves that it is them and adds one.
 */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head } from '@belkluis/shared/web/parts';
import { qrPicture } from '@belkluis/shared/web/qr';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { Hono } from 'hono';
import { problem as accessProblem } from '../../access/problems.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, field as posted, type Visit, writeCookie } from '../visit.ts';
import { layout } from './layout.ts';
import { passkeyAnswer, passkeyButton } from './passkey.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofToAdd, proveToAdd, refusedProof } from './proof.ts';
import { enter } from './sign-in.ts';

function choicePage(visit: Visit): Html {
  const { t } = visit;
  const { enrol } = t;
  const body = html`${head(enrol.title, enrol.lead)}
    <div class="stack narrow">
      <section aria-labelledby="passkey">
        <header><h2 id="passkey">${enrol.passkey}</h2><p>${enrol.passkeyLead}</p></header>
        ${passkeyButton(t, { begin: '/enrol/passkey/options', finish: '/enrol/passkey', way: 'create', text: enrol.makePasskey, primary: true })}
        <noscript><p class="note">${enrol.needsScript}</p></noscript>
      </section>
      <section aria-labelledby="app">
        <header><h2 id="app">${enrol.app}</h2><p>${enrol.appLead}</p></header>
        <form method="post" action="/enrol/app"><button>${enrol.beginApp}</button></form>
      </section>
    </div>`;
  return layout(visit, { title: enrol.title, modules: ['browser/passkey.ts'], body });
}

const added = ['passkey', 'app'] as const;
type Added = (typeof added)[number];

/** For who is signed in: which one, then the proof. */
async function addPage(visit: Visit, adds: Added | undefined, fault: FormFault | null): Promise<Html> {
  const { t, services, session } = visit;
  const { enrol } = t;
  const hasApp = await services.access.own.hasApp(session ?? '');
  const link = (one: Added, says: string) =>
    html`<section aria-labelledby="add-${one}"><header><h2 id="add-${one}">${enrol[one]}</h2><p>${says}</p></header><p><a href="/enrol?add=${one}">${enrol.adds[one]}…</a></p></section>`;
  const body = adds
    ? html`${head(enrol.adds[adds], adds === 'app' ? enrol.appLead : enrol.passkeyLead)}
      <form method="post" action="/enrol/add/${adds}" class="door stack tight narrow">${errorSummary(t.frame, fault)}${await proofToAdd(visit, t.signIn.next, fault)}<p><a href="/account">${t.common.cancel}</a></p></form>`
    : html`${head(enrol.addTitle, enrol.addLead)}
      <div class="stack narrow">${link('passkey', enrol.passkeyLead)}${hasApp ? nothing : link('app', enrol.appLead)}</div>`;
  const title = adds ? enrol.adds[adds] : enrol.addTitle;
  return layout(visit, { title, place: 'account', modules: adds ? [PROOF_MODULE] : [], body });
}

/** It is them: the browser makes the passkey by what it is given here, and asks for nothing more. */
function provenPage(visit: Visit, options: object): Html {
  const { t } = visit;
  const { enrol } = t;
  const button = { options, finish: '/enrol/passkey', way: 'create', text: enrol.makePasskey, primary: true } as const;
  const body = html`${head(enrol.adds.passkey, enrol.proven)}
    <div class="stack tight narrow">${passkeyButton(t, button)}<noscript><p class="note">${enrol.needsScript}</p></noscript><p><a href="/account">${t.common.cancel}</a></p></div>`;
  return layout(visit, { title: enrol.adds.passkey, place: 'account', modules: [PROOF_MODULE], body });
}

interface Shown {
  readonly secret: string;
  readonly uri: string;
}

function appPage(visit: Visit, fault: FormFault | null, { secret, uri }: Shown): Html {
  const { t } = visit;
  const { enrol } = t;
  const body = html`${head(enrol.appTitle, enrol.appSteps)}
    <form method="post" action="/enrol/app/code" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}
      ${qrPicture(uri, enrol.picture)}
      <dl><dt>${enrol.secret}</dt><dd class="fingerprint">${secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</dd></dl>
      <p><a href="${uri}">${enrol.openApp}</a></p>
      <input type="hidden" name="uri" value="${uri}">
      ${field({ id: 'code', label: enrol.code, hint: t.signIn.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', required: true, fault })}
      <div class="row"><button class="primary">${enrol.finishApp}</button><a href="/enrol">${enrol.other}</a></div>
    </form>`;
  return layout(visit, { title: enrol.appTitle, body });
}

/** What the form before showed, to show it again beside a wrong code: the secret that counts is kept at the fleet. */
function shownIn(uri: string): Shown {
  const secret = /^otpauth:\/\/totp\/[^?#]{1,400}\?[^#]*\bsecret=([A-Z2-7]{16,64})(&|$)/.exec(uri)?.[1];
  if (secret === undefined) throw accessProblem('totp_not_begun');
  return { secret, uri };
}

/** @throws Problem `session_over`. */
function sessionOf(c: ConsoleContext): string {
  const { session } = c.get('visit');
  if (session === null) throw accessProblem('session_over');
  return session;
}

export const enrolRoutes = new Hono<ConsoleEnv>()
  .get('/enrol', async (c) => {
    const visit = c.get('visit');
    if (visit.person) {
      const adds = added.find((one) => one === c.req.query('add'));
      return c.html(await addPage(visit, adds, null));
    }
    const waits = (await visit.services.access.stageOf(sessionOf(c))) === 'code';
    return waits ? c.redirect('/sign-in/code', 303) : c.html(choicePage(visit));
  })
  .post('/enrol/app', async (c) => {
    const visit = c.get('visit');
    // With an open session alone nobody adds what proves the next act.
    if (visit.person) return c.redirect('/enrol?add=app', 303);
    return c.html(appPage(visit, null, await visit.services.access.signIn.beginTotp(sessionOf(c))));
  })
  .post('/enrol/add/app', async (c) => {
    allowed(c, 'see tenants');
    const visit = c.get('visit');
    const { own, signIn } = visit.services.access;
    if (await own.hasApp(sessionOf(c))) throw accessProblem('totp_there');
    const refused = await refusedProof(c, proveToAdd);
    if (refused) return c.html(await addPage(visit, 'app', refused));
    return c.html(appPage(visit, null, await signIn.beginTotp(sessionOf(c))));
  })
  .post('/enrol/app/code', async (c) => {
    const visit = c.get('visit');
    try {
      return enter(c, await visit.services.access.signIn.confirmTotp(sessionOf(c), await posted(c, 'code')));
    } catch (error) {
      const fault = refusal(c, error, { code_refused: 'code' });
      return c.html(appPage(visit, fault, shownIn(await posted(c, 'uri'))));
    }
  })
  .post('/enrol/add/passkey', async (c) => {
    allowed(c, 'see tenants');
    const visit = c.get('visit');
    const refused = await refusedProof(c, proveToAdd);
    if (refused) return c.html(await addPage(visit, 'passkey', refused));
    return c.html(provenPage(visit, await visit.services.access.passkeys.beginEnrolment(sessionOf(c))));
  })
  .post('/enrol/passkey/options', async (c) => {
    const visit = c.get('visit');
    if (visit.person) throw accessProblem('second_factor_needed');
    return c.json(await visit.services.access.passkeys.beginEnrolment(sessionOf(c)));
  })
  .post('/enrol/passkey', async (c) => {
    const answer = await passkeyAnswer<RegistrationResponseJSON>(c);
    writeCookie(c, 'session', await c.get('visit').services.access.passkeys.finishEnrolment(sessionOf(c), answer));
    return c.json({ to: '/' });
  });
