/** One box: how it is, its policy wanted and in force, its health over time, what happened, and what can be asked of it. */
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Box } from '../../inventory/boxes.ts';
import type { FindingRow } from '../../inventory/overview.ts';
import type { Scope } from '../../tenants/scope.ts';
import { healthWords } from '../i18n/health.ts';
import { COMMANDS_SHOWN } from '../limits.ts';
import { problem } from '../problems.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, field as posted, type Visit } from '../visit.ts';
import { actsPart, isOp, provenWords, summaryPart, witnessPart } from './box-aside.ts';
import { chartedGauges, chartsPart, type Range, ranges } from './box-charts.ts';
import { countsOf, countsPart } from './box-counts.ts';
import { policyPart } from './box-policy.ts';
import { timelineOf, timelinePart } from './box-timeline.ts';
import { layout } from './layout.ts';
import { heard, pathWith, standing } from './parts.ts';

/** Where a box stands, for the way down to it. */
export async function trailOf(
  { services }: Visit,
  scope: Scope,
  { id, name, customer, site }: Pick<Box, 'id' | 'name' | 'customer' | 'site'>,
) {
  const names = await services.glance.names(scope, [customer, site]);
  return [
    { href: `/customers/${customer}`, text: names.get(customer)?.name ?? '–' },
    { href: `/sites/${site}`, text: names.get(site)?.name ?? '–' },
    { href: `/boxes/${id}`, text: name },
  ];
}

/** What is the matter, in the words of the desk, with what to do. */
function findingsPart(visit: Visit, rows: readonly FindingRow[]): Html {
  const { t, f, language, now } = visit;
  const { findings } = t.box;
  const words = healthWords[language];
  const found = rows.filter(({ level, code }) => level !== 'ok' && code in healthCodes);
  const line = ({ code, level, since }: FindingRow) => {
    const known = code as keyof typeof healthCodes;
    const { says, advice } = words.codes[known];
    return html`<li><span>${state(level === 'bad' ? 'bad' : 'warn', words.checks[healthCodes[known].check])}<small>${findings.since(f.momentWithin(since, now))}</small></span><span class="full">${says} ${advice}</span></li>`;
  };
  return html`<section aria-labelledby="findings" data-live id="live-findings">
      <header><h2 id="findings">${found.length === 0 ? findings.well : findings.title(f.number(found.length), found.length)}</h2>${found.length === 0 ? html`<p>${findings.wellLead}</p>` : nothing}</header>
      ${found.length === 0 ? nothing : html`<ul class="list">${found.map(line)}</ul>`}
    </section>`;
}

function headPart(
  visit: Visit,
  box: Box,
  provenAt: number | null,
  inPage: readonly (readonly [string, string])[],
): Html {
  const { t } = visit;
  const there = box.presence?.is === 'online' ? nothing : html`<span>${heard(visit, box)}</span>`;
  const links = inPage.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`);
  return html`<div class="head"><div><h1>${box.name}</h1><p class="row" data-live id="live-head">${standing(visit, box.urgency)}${there}<span>${provenWords(visit, provenAt)}</span></p></div><nav aria-label="${t.box.onPage}"><ul class="chips">${links}</ul></nav></div>`;
}

const rangeIn = (text: string | undefined): Range =>
  text !== undefined && Object.hasOwn(ranges, text) ? (text as Range) : 'week';

async function page(c: ConsoleContext, scope: Scope): Promise<Html> {
  const visit = c.get('visit');
  const { t, f, services, now } = visit;
  const box = await services.boxes.get(scope, c.req.param('box') ?? '');
  const range = rangeIn(c.req.query('range'));
  const after = c.req.query('after');
  const { id } = box;
  const counts = rangeIn(c.req.query('counts'));
  const [findings, glances, policy, health, states, memory, commands, trail, counted] = await Promise.all([
    services.overview.findings(scope, { box: id, limit: 100 }),
    services.glance.boxes(scope, [id]),
    may(visit, 'see policies') ? services.policyOf(scope, id) : null,
    services.overview.columns(
      scope,
      id,
      { from: now - ranges[range].ms, until: now, columns: ranges[range].columns },
      chartedGauges,
    ),
    services.witness.states([id]),
    services.witness.memory(id),
    services.commands.of(scope, id, { limit: COMMANDS_SHOWN }),
    trailOf(visit, scope, box),
    countsOf(visit, scope, id, counts),
  ]);
  const running = await services.software.standings(box.software === null ? [] : [box.software]);
  const timeline = await timelineOf(visit, scope, id, policy, after);
  /** To the other ranges of what stands at `at`; the rest of the page stays as it is. */
  const rangeLinks = (at: 'health' | 'counts', name: 'range' | 'counts') =>
    (Object.keys(ranges) as Range[]).map((one) => {
      const asked = { range, counts, [name]: one };
      const isShown = one === { range, counts }[name];
      return html`<a href="${pathWith(`/boxes/${id}`, asked)}#${at}"${isShown ? html` aria-current="true"` : nothing}>${t.box.health.ranges[one]}</a>`;
    });
  const inPage: (readonly [string, string])[] = [
    ['policy', t.box.policy.title],
    ['health', t.box.health.short],
    ['counts', t.boxCounts.short],
    ['timeline', t.box.timeline.title],
    ['audit', t.box.witness.title],
    ['acts', t.box.acts.title],
  ];
  const body = html`${headPart(visit, box, glances.get(id)?.provenAt ?? null, inPage)}
    <div class="split">
      <div class="stack">
        ${box.revokedAt === null ? nothing : html`<p class="note">${t.box.revoked(f.date(box.revokedAt))}</p>`}
        ${box.health === null && box.state !== 'revoked' ? html`<p class="note">${t.box.silent}</p>` : nothing}
        ${box.health === null ? nothing : findingsPart(visit, findings.rows)}
        ${policy ? policyPart(visit, id, policy) : nothing}
        <section aria-labelledby="health" data-live id="live-health">
          <header><h2 id="health">${t.box.health.title(t.box.health.ranges[range])}</h2><span class="row">${rangeLinks('health', 'range')}</span></header>
          ${chartsPart(visit, range, health)}
        </section>
        ${countsPart(visit, counted, rangeLinks('counts', 'counts'))}
        ${timelinePart(visit, id, timeline, after)}
      </div>
      <div class="aside">
        ${summaryPart(visit, box, box.software === null ? undefined : running.get(box.software))}
        ${witnessPart(visit, id, states.get(id), memory ? memory.root.toString('base64') : null)}
        ${actsPart(visit, box, commands.rows)}
      </div>
    </div>`;
  return layout(visit, { title: box.name, place: 'boxes', trail, live: true, body });
}

export const boxRoutes = new Hono<ConsoleEnv>()
  .get('/boxes/:box', async (c) => c.html(await page(c, allowed(c, 'see boxes').scope)))
  .post('/boxes/:box/commands', async (c) => {
    const { scope, person } = allowed(c, 'send commands');
    const { services } = c.get('visit');
    const { id } = await services.boxes.get(scope, c.req.param('box'));
    const op = await posted(c, 'op');
    if (!isOp(op)) throw problem('body_wrong');
    // Asked for a moment ago and not finished: the page that follows says so.
    await services.commands.send(scope, [id], op, person.id);
    return c.redirect(`/boxes/${id}#acts`, 303);
  });
