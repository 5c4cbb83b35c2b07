/** What is checked, and how it is. */
import { type Html, html } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Finding, FindingCode } from '../../health/finding.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { boxState } from './box-state.ts';
import { layout } from './layout.ts';
import { head, state } from './parts.ts';

/** The sentence of a finding, in the visitor's language. */
export function findingText({ t, f }: Visit, { code, values }: Finding): string {
  // The table's type ties each code to its values; the union of both, as it arrives here, has lost that tie.
  const say = t.findings[code] as (values: Finding['values'], f: Visit['f']) => string;
  return say(values, f);
}

/** The check that a finding is of: the first word of its code. */
/** What a code begins with: each has a name in every language, or this does not compile. */
type CheckName = FindingCode extends infer Code ? (Code extends `${infer Name}_${string}` ? Name : never) : never;

const checkOf = ({ t }: Visit, { code }: Finding): string => t.checks[code.slice(0, code.indexOf('_')) as CheckName];

function healthPage(visit: Visit, findings: readonly Finding[]): Html {
  const { t, services } = visit;
  const { health } = t;
  const body = html`${head(health.title, health.lead)}
    <div class="split">
      <section aria-label="${health.title}">
        <table class="cards">
          <caption class="visually-hidden">${health.caption}</caption>
          <thead><tr><th scope="col">${health.check}</th><th scope="col">${health.state}</th><th scope="col">${health.found}</th></tr></thead>
          <tbody>${findings.map(
            (finding) =>
              html`<tr><th scope="row">${checkOf(visit, finding)}</th><td data-label="${health.state}" class="nowrap">${state(finding.state, t.states[finding.state])}</td><td data-label="${health.found}" class="full">${findingText(visit, finding)}</td></tr>`,
          )}</tbody>
        </table>
      </section>
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
