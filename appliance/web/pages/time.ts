/** Confirming the clock: after it the purge believes it, and what has come due is erased. */
import { type Html, html } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, instant } from './parts.ts';

function timePage(visit: Visit): Html {
  const { t, f, services } = visit;
  const { time } = t;
  const current = services.time.state();
  if (current.state !== 'unconfirmed') {
    const body = html`${head(time.trusted, time.trustedMore)}<p><a href="/health">${t.nav.health}</a></p>`;
    return layout(visit, { title: time.trusted, place: 'health', body });
  }
  const moment = (at: number) => instant(at, `${f.date(at)}, ${f.time(at)}`);
  const body = html`<div class="head"><div><p><a href="/health">${t.nav.health}</a></p><h1>${time.title}</h1><p>${time.lead}</p></div></div>
    <div class="stack tight narrow">
      <form method="post" action="/time/confirm" class="door">
        <dl><dt>${time.clock}</dt><dd>${moment(current.wall)}</dd><dt>${time.count}</dt><dd>${moment(current.expected)}</dd><dt>${time.happens}</dt><dd>${time.due(current.due)}</dd></dl>
        <p class="note">${time.look}</p>
        <div class="row"><button class="danger">${time.verb}</button><a href="/health">${t.recording.cancel}</a></div>
      </form>
      <p class="soft">${time.wrong}</p>
    </div>`;
  return layout(visit, { title: time.title, place: 'health', body });
}

export const timeRoutes = new Hono<DeskEnv>()
  .get('/time', (c) => {
    allowed(c, 'confirm time');
    return c.html(timePage(c.get('visit')));
  })
  .post('/time/confirm', (c) => {
    const person = allowed(c, 'confirm time');
    c.get('visit').services.time.confirm(person);
    return c.redirect('/health', 303);
  });
