/** What an open session may not do alone: the second factor again, in the form of the act itself. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type FormFault, field } from '@belkluis/shared/web/parts';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { Hono } from 'hono';
import { problem as accessProblem } from '../../access/problems.ts';
import { addressOf, allowed, type ConsoleContext, type ConsoleEnv, field as posted, type Visit } from '../visit.ts';
import { answerIn } from './passkey.ts';
import { refusal } from './problem.ts';

/** The field that each refusal is about. */
export const proofFields = {
  code_refused: 'code',
  passkey_refused: 'code',
  login_wait: 'code',
  body_wrong: 'code',
} as const;

/** The module that a page with `proofPart` runs. */
export const PROOF_MODULE = 'browser/passkey.ts';

/** A field for a code, a button for a passkey, or both: what this person has. `verb` is what the button does. */
export async function proofPart(visit: Visit, verb: string, fault: FormFault | null): Promise<Html> {
  const { t, services, session } = visit;
  if (session === null) throw accessProblem('session_over');
  const [passkeys, hasApp] = await Promise.all([
    services.access.own.passkeys(session),
    services.access.own.hasApp(session),
  ]);
  const { proof, passkey } = t;
  if (passkeys.length === 0 && !hasApp)
    return html`<p class="note warn">${proof.none} <a href="/enrol">${t.account.addFactor}</a></p>`;
  const code = hasApp
    ? html`${field({ id: 'code', label: proof.code, hint: proof.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', maxlength: 10, fault })}<div class="row"><button class="primary">${verb}</button></div>`
    : fault?.field === 'code'
      ? html`<p class="error" id="code">${fault.text}</p>`
      : nothing;
  const key =
    passkeys.length > 0
      ? html`<input type="hidden" name="passkey" value=""><passkey-button begin="/proof/options" fills="passkey" way="get" refused="${passkey.stopped}" hidden><button type="button"${hasApp ? nothing : html` class="primary"`}>${proof.byPasskey(verb)}</button><p class="error" role="alert" hidden></p></passkey-button>`
      : nothing;
  return html`<p class="soft">${proof.lead}</p>${code}${key}${hasApp ? nothing : html`<noscript><p class="note">${proof.needsScript}</p></noscript>`}`;
}

/** It is still them. @throws Problem `session_over`, `second_factor_needed`, `code_refused`, `passkey_refused`, `login_wait`, `body_wrong`. */
export async function prove(c: ConsoleContext): Promise<void> {
  const { session, services } = c.get('visit');
  if (session === null) throw accessProblem('session_over');
  const { signIn, passkeys } = services.access;
  const [passkey, code] = [await posted(c, 'passkey'), (await posted(c, 'code')).trim()];
  // Enter in another field of the form is no try.
  if (passkey === '' && code === '') throw accessProblem('code_refused');
  if (passkey === '') await signIn.proveByCode(session, code, addressOf(c));
  else await passkeys.finishProof(session, answerIn<AuthenticationResponseJSON>(passkey), addressOf(c));
}

/** The proof of a form that has nothing else in it: what is wrong with it, or null. @throws Problem as `prove`, but for what is the field's. */
export async function refusedProof(c: ConsoleContext, proof = prove): Promise<FormFault | null> {
  try {
    await proof(c);
    return null;
  } catch (error) {
    return refusal(c, error, proofFields);
  }
}

/** Whether there is anything of theirs here to prove with. @throws Problem `session_over`. */
async function provable({ session, services }: Visit): Promise<boolean> {
  if (session === null) throw accessProblem('session_over');
  const { own } = services.access;
  return (await own.hasApp(session)) || (await own.passkeys(session)).length > 0;
}

/**
 * Before somebody who is signed in adds a factor, with which all else is proven. Who has none here because a provider asks for it has to
 * have just come in. @throws Problem as `prove`, `sign_in_again`.
 */
export async function proveToAdd(c: ConsoleContext): Promise<void> {
  const visit = c.get('visit');
  if (await provable(visit)) await prove(c);
  else await visit.services.access.own.checkYoung(visit.session!);
}

/** The part of a form that adds a factor. */
export async function proofToAdd(visit: Visit, verb: string, fault: FormFault | null): Promise<Html> {
  if (await provable(visit)) return await proofPart(visit, verb, fault);
  return html`<div class="row"><button class="primary">${verb}</button></div>`;
}

export const proofRoutes = new Hono<ConsoleEnv>().post('/proof/options', async (c) => {
  allowed(c, 'see tenants');
  const { session, services } = c.get('visit');
  return c.json(await services.access.passkeys.beginProof(session!));
});
