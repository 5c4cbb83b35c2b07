/** The fleet at a glance. */
import { html } from '@belkluis/shared/web/html';
import { state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { allowed, type ConsoleEnv } from '../visit.ts';
import { layout } from './layout.ts';

export const overviewRoutes = new Hono<ConsoleEnv>().get('/', async (c) => {
  const { scope } = allowed(c, 'see boxes');
  const visit = c.get('visit');
  const { t, f, services } = visit;
  const { overview } = t;
  const { urgency } = await services.boxes.counts(scope);
  const figures = [
    ['ok', urgency.ok, overview.online],
    ['warn', urgency.warn, overview.attention],
    ['bad', urgency.bad + urgency.gone, overview.failing],
    ['wait', urgency.pending, overview.pending],
  ] as const;
  const body = html`<h1 class="visually-hidden">${overview.title(visit.mspName)}</h1>
    <section aria-label="${overview.health}"><ul class="figures">${figures.map(
      ([kind, count, text]) => html`<li><strong>${f.number(count)}</strong>${state(kind, text)}</li>`,
    )}</ul></section>`;
  return c.html(layout(visit, { title: overview.heading, place: 'overview', body }));
});
