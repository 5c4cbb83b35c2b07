/** Backups: where they go, how they went, how long a key stays in them, and whether one was ever restored. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import type { BackupState, DestinationState } from '../box-services.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { head, instant, state } from './parts.ts';

/** Outcome of a run or a drill that went well. */
const DONE = 'done';
const PASSED = 'passed';

function outcome({ t, f }: Visit, { allowed: inRegion, progress, last }: DestinationState): Html {
  const { backups } = t;
  if (!inRegion) return state('bad', backups.forbidden);
  if (progress) {
    return html`${state('wait', backups.goesOn)}<progress max="${Math.max(1, progress.totalBytes)}" value="${progress.doneBytes}" aria-label="${backups.goesOn}"></progress><small>${backups.running(f.bytes(progress.doneBytes), f.bytes(progress.totalBytes))}</small>`;
  }
  if (!last) return state('warn', backups.notYet);
  return last.outcome === DONE
    ? state('ok', backups.done)
    : state('bad', backups.outcomes[last.outcome] ?? backups.failed(last.outcome));
}

function destinationRow(visit: Visit, destination: DestinationState): Html {
  const { t, f, now } = visit;
  const { backups } = t;
  const { name, kind, country, last } = destination;
  return html`<tr>
    <th scope="row">${name}<small>${backups.kinds[kind]}</small></th>
    <td data-label="${backups.country}">${f.country(country)}</td>
    <td data-label="${backups.last}" class="nowrap">${last ? instant(last.at, f.moment(last.at, now)) : backups.notYet}</td>
    <td data-label="${backups.outcome}" class="full">${outcome(visit, destination)}</td>
    <td data-label="${backups.sent}">${last ? backups.sentMore(last.recordings, f.bytes(last.bytes)) : '–'}</td>
  </tr>`;
}

function snapshots(visit: Visit, { destinations }: BackupState): Html {
  const { t, f, now } = visit;
  const { backups } = t;
  const rows = destinations.flatMap(({ name, snapshots: all }) =>
    all.map((snapshot) => ({ ...snapshot, destination: name })),
  );
  rows.sort((a, b) => b.at - a.at);
  const list =
    rows.length === 0
      ? html`<p class="soft">${backups.noSnapshots}</p>`
      : html`<table class="cards">
      <caption class="visually-hidden">${backups.snapshotsCaption}</caption>
      <thead><tr><th scope="col">${backups.made}</th><th scope="col">${backups.destination}</th><th scope="col">${backups.gone}</th></tr></thead>
      <tbody>${rows.map(
        ({ at, expiresAt, destination }) =>
          html`<tr><th scope="row">${instant(at, f.moment(at, now))}</th><td data-label="${backups.destination}">${destination}</td><td data-label="${backups.gone}" class="nowrap">${instant(expiresAt, f.date(expiresAt))}</td></tr>`,
      )}</tbody>
    </table>`;
  return html`<section aria-labelledby="snapshots"><header><h2 id="snapshots">${backups.snapshots}</h2><p>${backups.snapshotsLead}</p></header>${list}</section>`;
}

function drill(visit: Visit, person: Person, { drill: { last, dueAt, running } }: BackupState): Html {
  const { t, f, now } = visit;
  const { backups } = t;
  const due = html`${instant(dueAt, f.date(dueAt))}${dueAt <= now ? html`<small>${state('warn', backups.overdue)}</small>` : nothing}`;
  const result = last
    ? html`${last.outcome === PASSED ? state('ok', backups.drillOutcomes.passed!) : state('bad', backups.drillOutcomes[last.outcome] ?? backups.outcomes[last.outcome] ?? backups.failed(last.outcome))}<small>${backups.drillSeconds(last.seconds)}</small>`
    : backups.notYet;
  return html`<section aria-labelledby="drill">
    <header><h2 id="drill">${backups.drill}</h2><p>${backups.drillLead}</p></header>
    <dl><dt>${backups.drillLast}</dt><dd>${last ? instant(last.at, f.moment(last.at, now)) : backups.notYet}</dd><dt>${backups.drillOutcome}</dt><dd>${result}</dd><dt>${backups.drillDue}</dt><dd>${due}</dd></dl>
    ${running ? html`<p class="note" role="status">${backups.drillGoesOn}</p>` : may(person, 'run backups') ? html`<form method="post" action="/backups/drill"><button>${backups.drillNow}</button></form>` : nothing}
  </section>`;
}

/** What is so, in a heading: worst first. */
function titleOf({ t, now }: Visit, { destinations, drill: { last, dueAt } }: BackupState): string {
  const { backups } = t;
  const bad = destinations.some((one) => !one.allowed || (one.last !== null && one.last.outcome !== DONE));
  if (bad || dueAt <= now || (last !== null && last.outcome !== PASSED)) return backups.attention;
  return destinations.every((one) => one.last === null) ? backups.never : backups.well;
}

function backupsPage(visit: Visit, person: Person, started: boolean): Html {
  const { t, f, now, services } = visit;
  const { backups } = t;
  const all = services.backups.state();
  if (!all) {
    const body = html`${head(backups.none, backups.noneMore)}`;
    return layout(visit, { title: backups.none, place: 'backups', body });
  }
  const title = titleOf(visit, all);
  const goesOn = all.destinations.some(({ progress }) => progress !== null);
  const run =
    goesOn || !may(person, 'run backups')
      ? nothing
      : html`<form method="post" action="/backups/run"><button class="primary">${backups.runNow}</button></form>`;
  const body = html`${head(title, html`${backups.lead} ${backups.next(f.momentWithin(all.nextAt, now))}`, run)}
    ${started ? html`<p class="note" role="status">${backups.started}</p>` : nothing}
    <div class="split">
      <div class="stack">
        <section aria-labelledby="destinations">
          <header><h2 id="destinations">${backups.destinations}</h2></header>
          <table class="cards">
            <caption class="visually-hidden">${backups.caption}</caption>
            <thead><tr><th scope="col">${backups.destination}</th><th scope="col">${backups.country}</th><th scope="col">${backups.last}</th><th scope="col">${backups.outcome}</th><th scope="col">${backups.sent}</th></tr></thead>
            <tbody>${all.destinations.map((destination) => destinationRow(visit, destination))}</tbody>
          </table>
        </section>
        ${snapshots(visit, all)}
      </div>
      <div class="aside">${drill(visit, person, all)}</div>
    </div>`;
  return layout(visit, { title, place: 'backups', body });
}

export const backupsRoutes = new Hono<DeskEnv>()
  .get('/backups', (c) => {
    const person = allowed(c, 'see backups');
    return c.html(backupsPage(c.get('visit'), person, c.req.query('notice') === 'started'));
  })
  .post('/backups/run', (c) => {
    const person = allowed(c, 'run backups');
    c.get('visit').services.backups.runNow(person);
    return c.redirect('/backups?notice=started', 303);
  })
  .post('/backups/drill', (c) => {
    const person = allowed(c, 'run backups');
    c.get('visit').services.backups.drillNow(person);
    return c.redirect('/backups?notice=started', 303);
  });
