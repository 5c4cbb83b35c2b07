/** Under which licences the desk's own and borrowed code is. */
import { html } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { DeskEnv } from '../visit.ts';
import { layout } from './layout.ts';
import { head } from './parts.ts';

export const licencesRoutes = new Hono<DeskEnv>().get('/licences', (c) => {
  const visit = c.get('visit');
  const { licencesPage } = visit.t;
  const body = html`${head(licencesPage.title, licencesPage.lead)}
    <p>${licencesPage.openpgp} <a href="${visit.assets.url('openpgp')}">${licencesPage.file}</a></p>`;
  return c.html(layout(visit, { title: licencesPage.title, body }));
});
