/** Who one is here. */
import { type Html, html } from '@belkluis/shared/web/html';
import { head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Person } from '../../access/parts.ts';
import { allowed, type ConsoleEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';

function accountPage(visit: Visit, { name, email, grants }: Person): Html {
  const { t } = visit;
  const { account } = t;
  const body = html`${head(account.title, account.lead)}
    <div class="stack">
      <section aria-label="${account.title}">
        <dl><dt>${account.name}</dt><dd>${name}</dd><dt>${account.email}</dt><dd>${email}</dd><dt>${account.roles}</dt><dd>${grants.map(({ role }) => t.frame.roles[role]).join(', ')}</dd></dl>
      </section>
      <p><a href="/account/providers">${t.signInWith.own}</a></p>
    </div>`;
  return layout(visit, { title: account.title, place: 'account', body });
}

export const accountRoutes = new Hono<ConsoleEnv>().get('/account', (c) => {
  const { person } = allowed(c, 'see tenants');
  return c.html(accountPage(c.get('visit'), person));
});
