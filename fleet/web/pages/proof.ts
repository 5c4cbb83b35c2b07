/** What an open session may not do alone: the second factor again, in the form of the act itself. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type FormFault, field } from '@belkluis/shared/web/parts';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { problem as accessProblem } from '../../access/problems.ts';
import { addressOf, type ConsoleContext, field as posted, type Visit } from '../visit.ts';
import { answerIn } from './passkey.ts';

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
  const passkey = await posted(c, 'passkey');
  if (passkey === '') await signIn.proveByCode(session, (await posted(c, 'code')).trim(), addressOf(c));
  else await passkeys.finishProof(session, answerIn<AuthenticationResponseJSON>(passkey), addressOf(c));
}
