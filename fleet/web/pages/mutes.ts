/** What is muted, and one cause muted at a place. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, head, pick } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { type AlertLevel, isAlertCode } from '../../alerts/codes.ts';
import { problem as alertProblem } from '../../alerts/problems.ts';
import { wordsOf } from '../../alerts/words/of.ts';
import type { Scope } from '../../tenants/scope.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import {
  codeOptions,
  type MuteTyped,
  mutedUntil,
  muteFaults,
  muteFields,
  muteIn,
  noMute,
  targetIn,
  untilOf,
} from './alert-parts.ts';
import { layout } from './layout.ts';
import { placeOptions } from './people.ts';
import { refusal } from './problem.ts';
import { peopleNames } from './who.ts';

interface Typed extends MuteTyped {
  readonly code: string;
  readonly place: string;
  readonly level: string;
}

const empty: Typed = { ...noMute, span: 'week', code: '', place: '', level: 'warn' };

/** Places that one may decide about. */
const placesFor = async (visit: Visit, scope: Scope, chosen: string) =>
  (await placeOptions(visit, scope, chosen)).filter(([value]) => value !== '' || scope.within === 'all');

async function formPart(visit: Visit, scope: Scope, typed: Typed, fault: FormFault | null): Promise<Html> {
  const { t } = visit;
  const { alerts } = t;
  const levels = (['warn', 'bad'] as const).map((one) => [one, alerts.levels[one]] as const);
  return html`<section aria-labelledby="add"><header><h2 id="add">${alerts.muteCode}</h2><p>${alerts.muteCodeLead}</p></header>
    <form method="post" action="/alerts/mutes" class="stack tight narrow">${errorSummary(t.frame, fault)}
      ${pick({ id: 'code', label: alerts.what, of: codeOptions(visit), chosen: typed.code, fault })}
      ${pick({ id: 'place', label: alerts.place, of: await placesFor(visit, scope, typed.place), chosen: typed.place, fault })}
      ${pick({ id: 'level', label: alerts.upTo, of: levels, chosen: typed.level, fault })}
      ${muteFields(visit, typed, fault)}
      <div class="row"><button>${alerts.mute}</button></div>
    </form></section>`;
}

async function page(visit: Visit, scope: Scope, typed: Typed, fault: FormFault | null): Promise<Html> {
  const { t, services, language, mspName } = visit;
  const { alerts } = t;
  const [mutes, by] = [await services.alerts.list.mutes(scope), await peopleNames(visit, scope)];
  const places = mutes.flatMap(({ box, site, customer }) => box ?? site ?? customer ?? []);
  const names = await services.glance.names(scope, places);
  const handles = may(visit, 'handle alerts');
  const list = mutes.map(({ id, code, box, site, customer, by: muter, until, note }) => {
    const of = box ?? site ?? customer;
    const { title } = wordsOf(language, code);
    const where = of === null ? mspName : (names.get(of)?.name ?? '');
    const said = alerts.mutedBy(by(muter), mutedUntil(visit, until));
    return html`<li><span><strong>${title}</strong><small>${where}</small></span>${handles ? html`<form method="post" action="/alerts/mutes/${id}/end"><button class="small">${alerts.unmute}<span class="visually-hidden">: ${title}, ${where}</span></button></form>` : nothing}<span class="full soft">${said}${note ? html`: ${note}` : nothing}</span></li>`;
  });
  const body = html`${head(alerts.mutesTitle, alerts.mutesLead, html`<a href="/alerts">${alerts.heading}</a>`)}
    <div class="stack"><section aria-label="${alerts.mutes}">${mutes.length === 0 ? html`<div class="empty"><p>${alerts.noMutes}</p></div>` : html`<ul class="list">${list}</ul>`}</section>
    ${handles ? await formPart(visit, scope, typed, fault) : nothing}</div>`;
  return layout(visit, { title: alerts.mutes, place: 'alerts', body });
}

async function typedIn(c: ConsoleContext): Promise<Typed> {
  const [code, place, level] = [await posted(c, 'code'), await posted(c, 'place'), await posted(c, 'level')];
  return { ...(await muteIn(c)), code, place, level };
}

export const mutesRoutes = new Hono<ConsoleEnv>()
  .get('/alerts/mutes', async (c) => {
    const { scope } = allowed(c, 'see alerts');
    return c.html(await page(c.get('visit'), scope, empty, null));
  })
  .post('/alerts/mutes', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    const visit = c.get('visit');
    const typed = await typedIn(c);
    const { code, note } = typed;
    try {
      if (!isAlertCode(code)) throw alertProblem('mute_invalid');
      const level: AlertLevel = typed.level === 'bad' ? 'bad' : 'warn';
      const what = { code, level, until: untilOf(visit, typed), note };
      await visit.services.alerts.list.muteCode(scope, targetIn(typed.place), what, person.id);
      return c.redirect('/alerts/mutes', 303);
    } catch (error) {
      return c.html(await page(visit, scope, typed, refusal(c, error, muteFaults)));
    }
  })
  .post('/alerts/mutes/:mute/end', async (c) => {
    const { scope, person } = allowed(c, 'handle alerts');
    await c.get('visit').services.alerts.list.unmute(scope, c.req.param('mute'), person.id);
    const alert = await posted(c, 'alert');
    return c.redirect(/^[0-9A-Za-z]{1,40}$/.test(alert) ? `/alerts/${alert}` : '/alerts/mutes', 303);
  });
