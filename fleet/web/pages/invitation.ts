/**
 * Using an invitation up. Its link is `/invitation#CODE`: what is behind `#` no browser sends, so it is in no log and in no Referer. A module moves
 * it from there into the field; without scripts it is pasted.
 */
import { type Html, html } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { problem } from '../problems.ts';
import { type ConsoleEnv, field as posted, type Visit, writeCookie } from '../visit.ts';
import { layout } from './layout.ts';
import { refusal } from './problem.ts';

function page(
  visit: Visit,
  fault: FormFault | null,
  { code, name }: { readonly code: string; readonly name: string },
): Html {
  const { t } = visit;
  const { invitation } = t;
  const body = html`${head(invitation.title, invitation.lead)}
    <form method="post" action="/invitation" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}
      ${field({ id: 'code', label: invitation.code, hint: invitation.codeHint, value: code, autocomplete: 'off', required: true, fault })}
      ${field({ id: 'name', label: invitation.name, hint: invitation.nameHint, value: name, autocomplete: 'name', required: true, fault })}
      ${field({ id: 'password', label: invitation.password, hint: invitation.passwordHint, type: 'password', autocomplete: 'new-password', required: true, fault })}
      ${field({ id: 'again', label: invitation.again, type: 'password', autocomplete: 'new-password', required: true, fault })}
      <div class="row"><button class="primary">${invitation.next}</button><button formaction="/invitation/with" formnovalidate>${t.signInWith.byProvider}</button><a href="/sign-in">${invitation.toSignIn}</a></div>
    </form>`;
  return layout(visit, { title: invitation.title, modules: ['browser/invitation.ts'], body });
}

const fieldOf = {
  invitation_refused: 'code',
  name_invalid: 'name',
  password_short: 'password',
  password_long: 'password',
  login_busy: 'password',
  password_differs: 'again',
  email_taken: 'code',
  people_full: 'code',
};

export const invitationRoutes = new Hono<ConsoleEnv>()
  .get('/invitation', (c) => c.html(page(c.get('visit'), null, { code: '', name: '' })))
  .post('/invitation', async (c) => {
    const visit = c.get('visit');
    const code = (await posted(c, 'code')).trim();
    const name = await posted(c, 'name');
    const password = await posted(c, 'password');
    try {
      if (password !== (await posted(c, 'again'))) throw problem('password_differs');
      writeCookie(c, 'session', await visit.services.access.people.accept(code, name, password));
      return c.redirect('/enrol', 303);
    } catch (error) {
      return c.html(page(visit, refusal(c, error, fieldOf), { code, name }));
    }
  });
