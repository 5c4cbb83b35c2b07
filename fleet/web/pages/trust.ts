/** What anybody may know, without signing in: who runs the fleet, where it is, and how it keeps data. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { head, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { words } from '../../compliance/words/words.ts';
import { PUBLIC_SECONDS } from '../limits.ts';
import type { ConsoleServices } from '../services.ts';
import type { ConsoleContext, ConsoleEnv, Visit } from '../visit.ts';
import { layout } from './layout.ts';

type Trust = Awaited<ReturnType<ConsoleServices['compliance']['trust']>>;

/** For who is not signed in the page is the same for everybody of one language; with a name in its head it is nobody else's. */
export function forAnybody(c: ConsoleContext): void {
  if (c.get('visit').person) return;
  c.header('Cache-Control', `public, max-age=${PUBLIC_SECONDS}`);
  c.header('Vary', 'Accept-Language, Cookie');
}

/** One question of the database for all who ask within some seconds, of each fleet. */
const kept = new WeakMap<ConsoleServices, { readonly at: number; readonly trust: Promise<Trust> }>();

function trustNow(services: ConsoleServices): Promise<Trust> {
  const now = services.clock.monotonic();
  const known = kept.get(services);
  if (known && now - known.at < PUBLIC_SECONDS * 1000) return known.trust;
  const trust = services.compliance.trust();
  kept.set(services, { at: now, trust });
  trust.catch(() => kept.delete(services));
  return trust;
}

const publicJson = (c: ConsoleContext, value: object): Response =>
  c.json(value, 200, { 'Cache-Control': `public, max-age=${PUBLIC_SECONDS}`, 'Access-Control-Allow-Origin': '*' });

function subprocessors({ t, f, language }: Visit, all: Trust['subprocessors']): Html {
  if (all === 'none') return html`<p>${t.trust.none}</p>`;
  const w = words[language];
  return html`<ul class="list">${all.map(
    (one) =>
      html`<li><span><strong>${one.name}</strong><small>${one.purpose}; ${f.country(one.country)}; ${w.parent(f.country(one.parentCountry))}${one.transfer === 'none_needed' ? nothing : html`; ${w.mechanism[one.transfer]}`}</small></span><span>${w.since(f.calendarDay(one.since))}</span></li>`,
  )}</ul>`;
}

function attested({ t, f }: Visit, all: Trust['audits'] | Trust['certifications']): Html {
  if (all === 'none') return html`<p>${t.trust.none}</p>`;
  return html`<ul class="list">${all.map(
    (one) =>
      html`<li><span><strong>${one.name}</strong><small>${one.by}</small></span><span>${f.calendarDay(one.day)}${'lapsed' in one && one.lapsed ? html` ${state('warn', t.trust.lapsed)}` : nothing}</span></li>`,
  )}</ul>`;
}

function trustPage(visit: Visit, is: Trust): Html {
  const { t, f, language } = visit;
  const { trust } = t;
  const w = words[language];
  const section = (id: string, title: string, body: Html) =>
    html`<section aria-labelledby="${id}"><header><h2 id="${id}">${title}</h2></header>${body}</section>`;
  const data = is.personalData.map(
    ({ what, days }) =>
      html`<dt>${w.data[what][0]}</dt><dd>${w.data[what][1]}<small>${days === 'until_removed' ? w.untilRemoved : w.days(days)}</small></dd>`,
  );
  return html`${head(trust.title, trust.lead)}
    <div class="split"><div class="stack">
      ${section('measures', trust.measures, html`<ul>${is.securityMeasures.map((one) => html`<li>${w.measure[one]}</li>`)}</ul>`)}
      ${section('data', trust.data, html`<p>${w.notHere}</p><dl>${data}</dl>`)}
      ${section('helpers', trust.subprocessors, subprocessors(visit, is.subprocessors))}
    </div><div class="aside">
      ${section('provider', trust.provider, html`<dl><dt>${trust.name}</dt><dd>${is.provider.name}</dd><dt>${trust.address}</dt><dd>${is.provider.address}</dd><dt>${trust.country}</dt><dd>${f.country(is.provider.country)}</dd><dt>${trust.parent}</dt><dd>${f.country(is.provider.parentCountry)}</dd><dt>${trust.contact}</dt><dd>${is.contact}</dd></dl>`)}
      ${section('location', trust.location, html`<p>${trust.countries(f.allOf(is.location.countries.map((one) => f.country(one))))} <a href="/location">${trust.location}</a></p>`)}
      ${section('certificates', trust.certifications, attested(visit, is.certifications))}
      ${section('audits', trust.audits, attested(visit, is.audits))}
      ${section('agreement', trust.agreement, html`<p>${trust.agreementSays(f.number(is.agreement.version))}</p><p class="fingerprint">${is.agreement.digest}</p>`)}
      <p class="soft">${trust.updated(f.plainDate(Date.parse(is.updatedAt)))} <a href="/trust.json">${trust.json}</a></p>
    </div></div>`;
}

function locationPage({ t, f, language, services }: Visit): Html {
  const { trust } = t;
  const { countries, places } = services.compliance.location();
  const { columns } = trust;
  const w = words[language];
  return html`${head(trust.location, trust.locationLead)}
    <div class="stack"><p>${trust.countries(f.allOf(countries.map((one) => f.country(one))))}</p>
      <section aria-label="${trust.caption}"><table class="cards"><caption class="visually-hidden">${trust.caption}</caption>
        <thead><tr><th scope="col">${columns.purpose}</th><th scope="col">${columns.country}</th><th scope="col">${columns.runBy}</th><th scope="col">${columns.connected}</th></tr></thead>
        <tbody>${places.map(
          ({ purpose, country, runBy, connected }) =>
            html`<tr><th scope="row">${w.purpose[purpose]}</th><td data-label="${columns.country}">${f.country(country)}</td><td data-label="${columns.runBy}">${runBy === 'provider' ? trust.self : runBy}</td><td data-label="${columns.connected}">${trust.connected[connected ? 'yes' : 'no']}</td></tr>`,
        )}</tbody></table></section>
      <p class="soft">${trust.msps}</p><p><a href="/location.json">${trust.json}</a></p></div>`;
}

export const trustRoutes = new Hono<ConsoleEnv>()
  .get('/trust', async (c) => {
    const visit = c.get('visit');
    const body = trustPage(visit, await trustNow(visit.services));
    forAnybody(c);
    return c.html(layout(visit, { title: visit.t.trust.title, body }));
  })
  .get('/trust.json', async (c) => publicJson(c, await trustNow(c.get('visit').services)))
  .get('/location', (c) => {
    const visit = c.get('visit');
    forAnybody(c);
    return c.html(layout(visit, { title: visit.t.trust.location, body: locationPage(visit) }));
  })
  .get('/location.json', (c) => publicJson(c, c.get('visit').services.compliance.location()));
