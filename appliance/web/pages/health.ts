/** What is checked, and how it is. */
import type { GaugeName, Gauges } from '@belkluis/shared/contract/gauges';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { checkOf } from '../../health/finding.ts';
import type { HealthNow } from '../../health/health.ts';
import { findingText } from '../i18n/finding-texts.ts';
import { gaugeText } from '../i18n/gauge-text.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { boxState } from './box-state.ts';
import { layout } from './layout.ts';
import { head, state } from './parts.ts';

function measured({ t: { health, healthWords }, f }: Visit, gauges: Gauges): Html {
  const known = Object.entries(gauges) as [GaugeName, number][];
  return html`<section aria-labelledby="measured">
    <header><h2 id="measured">${health.measured}</h2></header>
    <dl>${known.map(([name, value]) => html`<dt>${healthWords.gauges[name]}</dt><dd>${gaugeText(name, value, f, health)}</dd>`)}</dl>
    <p class="soft">${health.measuredMore}</p>
  </section>`;
}

function healthPage(visit: Visit, { findings, gauges }: HealthNow): Html {
  const { t, f, services } = visit;
  const { health } = t;
  const body = html`${head(health.title, health.lead)}
    <div class="split">
      <div class="stack"><section aria-label="${health.title}">
        <table class="cards">
          <caption class="visually-hidden">${health.caption}</caption>
          <thead><tr><th scope="col">${health.check}</th><th scope="col">${health.state}</th><th scope="col">${health.found}</th></tr></thead>
          <tbody>${findings.map(
            (finding) =>
              html`<tr><th scope="row">${t.healthWords.checks[checkOf(finding.code)]}${finding.state === 'ok' ? nothing : html`<small>${finding.code}</small>`}</th><td data-label="${health.state}" class="nowrap">${state(finding.state, t.states[finding.state])}</td><td data-label="${health.found}" class="full">${findingText(t, f, finding)}</td></tr>`,
          )}</tbody>
        </table>
      </section>${measured(visit, gauges)}</div>
      <div class="aside">
        <section aria-labelledby="about">
          <header><h2 id="about">${health.about}</h2></header>
          <dl><dt>${health.device}</dt><dd class="fingerprint">${services.deviceId}</dd><dt>${health.version}</dt><dd>${services.version}</dd><dt>${health.zone}</dt><dd>${services.timeZone}</dd></dl>
        </section>
        ${boxState(visit)}
      </div>
    </div>`;
  return layout(visit, { title: health.title, place: 'health', body });
}

export const healthRoutes = new Hono<DeskEnv>().get('/health', async (c) => {
  allowed(c, 'see health');
  const visit = c.get('visit');
  return c.html(healthPage(visit, await visit.services.health()));
});
