/** Everything that the box stores: why, for how long, and who may see it (GDPR 5(1)(b), 5(1)(e), 25). */
import { type Html, html } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { StoredThing } from '../privacy-services.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head } from './parts.ts';
import { keptData, privacyNav } from './privacy-parts.ts';

function row({ t }: Visit, { what, personal, category, why, leaving, roles }: StoredThing): Html {
  const { privacy } = t;
  const seenBy = roles.map((role) => t.roles[role as keyof typeof t.roles] ?? role).join(', ');
  return html`<tr>
    <th scope="row"><code>${what}</code></th>
    <td data-label="${privacy.whyStored}" class="full" lang="en">${why}</td>
    <td data-label="${privacy.personal}">${personal ? privacy.yes : privacy.no}</td>
    <td data-label="${privacy.category}" lang="en">${category}</td>
    <td data-label="${privacy.leavesAfter}" lang="en">${leaving}</td>
    <td data-label="${privacy.seenBy}">${seenBy || privacy.nobody}</td>
  </tr>`;
}

function dataPage(visit: Visit): Html {
  const { privacy } = visit.t;
  const all = visit.services.privacy.stored();
  const places = [...new Set(all.map(({ place }) => place))];
  // Folded: it is every column of every database, and who looks for one knows which.
  const tables = places.map((place, at) => {
    const here = all.filter((one) => one.place === place);
    return html`<section aria-labelledby="place-${at}">
      <header><h2 id="place-${at}"><code>${place}</code></h2></header>
      <details><summary>${privacy.storedCount(here.length, here.filter(({ personal }) => personal).length)}</summary>
      <table class="cards"><caption class="visually-hidden">${place}</caption>
        <thead><tr><th scope="col">${privacy.stored}</th><th scope="col">${privacy.whyStored}</th><th scope="col">${privacy.personal}</th><th scope="col">${privacy.category}</th><th scope="col">${privacy.leavesAfter}</th><th scope="col">${privacy.seenBy}</th></tr></thead>
        <tbody>${here.map((one) => row(visit, one))}</tbody></table></details>
    </section>`;
  });
  const body = html`${head(privacy.data, privacy.dataLead)}<div class="stack">${privacyNav(visit, 'data')}<p><a href="/privacy/data.json" download>${privacy.keepData}</a></p>${tables}</div>`;
  return layout(visit, { title: privacy.data, place: 'privacy', body });
}

export const privacyDataRoutes = new Hono<DeskEnv>()
  .get('/privacy/data', (c) => {
    allowed(c, 'see documents');
    return c.html(dataPage(c.get('visit')));
  })
  .get('/privacy/data.json', (c) => {
    allowed(c, 'see documents');
    return keptData(c, 'data', c.get('visit').services.privacy.stored());
  });
