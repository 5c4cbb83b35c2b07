/** Who one is here, and, for those who watch over it, who else there is. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head } from './parts.ts';

function accountPage(visit: Visit, person: Person): Html {
  const { t, services } = visit;
  const { account } = t;
  const roles = (one: Person) => one.roles.map((role) => t.roles[role]).join(', ');
  const body = html`${head(account.title, account.session)}
    <div class="stack">
      <section aria-label="${account.title}">
        <dl><dt>${account.name}</dt><dd>${person.name}</dd><dt>${account.roles}</dt><dd>${roles(person)}</dd></dl>
        <form method="post" action="/logout"><button>${t.signOut}</button></form>
      </section>
      ${
        may(person, 'see people')
          ? html`<section aria-labelledby="people">
        <header><h2 id="people">${account.people}</h2></header>
        <table><caption class="visually-hidden">${account.people}</caption>
          <thead><tr><th scope="col">${account.person}</th><th scope="col">${account.roles}</th></tr></thead>
          <tbody>${services.access.people().map((one) => html`<tr><th scope="row">${one.name}</th><td>${roles(one)}</td></tr>`)}</tbody>
        </table>
      </section>`
          : nothing
      }
    </div>`;
  return layout(visit, { title: account.title, place: 'account', body });
}

export const accountRoutes = new Hono<DeskEnv>().get('/account', (c) => {
  const person = allowed(c, 'see overview');
  return c.html(accountPage(c.get('visit'), person));
});
