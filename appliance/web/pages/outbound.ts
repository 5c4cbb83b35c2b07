/** What may go out through trunks: as it is, and changed. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { linesSchema } from '../../lines/schema.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { typedIn } from './form.ts';
import { layout } from './layout.ts';
import { asTyped } from './line-draft.ts';
import { sections, type Typed } from './line-form.ts';
import { outboundIn, outboundSections, typedOf } from './outbound-fields.ts';
import { errorSummary, type FormFault } from './parts.ts';

const listed = (prefixes: readonly string[], otherwise: string): string => prefixes.join(', ') || otherwise;

/** In one sentence. */
export function outboundLine({ t, services }: Visit): string {
  const { allow } = services.lines.told().outbound;
  return allow.length === 0 ? t.outbound.closed : t.outbound.open(allow.join(', '));
}

function facts({ t, f, services }: Visit): Html {
  const { outbound: texts } = t;
  const { allow, deny, emergency, night, perUser, perTrunk } = services.lines.told().outbound;
  const caps = ({ perDay, minutesPerDay }: typeof perTrunk) => texts.caps(f.number(perDay), f.number(minutesPerDay));
  return html`<section aria-labelledby="facts">
    <header><h2 id="facts">${t.trunk.facts}</h2></header>
    <dl><dt>${texts.allowed}</dt><dd>${listed(allow, texts.nobody)}</dd>${deny.length === 0 ? nothing : html`<dt>${texts.denied}</dt><dd>${deny.join(', ')}</dd>`}<dt>${texts.emergency}</dt><dd>${listed(emergency, t.lines.nothing)}</dd><dt>${texts.night}</dt><dd>${
      night
        ? html`${texts.nightOf(night.from, night.until, night.weekend)}: ${night.allow.length === 0 ? texts.nobody : texts.only(night.allow.join(', '))}`
        : texts.noNight
    }</dd><dt>${texts.perUser}</dt><dd>${texts.atOnce(f.number(perUser.atOnce))}${caps(perUser)}</dd><dt>${texts.perTrunk}</dt><dd>${caps(perTrunk)}</dd></dl>
  </section>`;
}

function outboundPage(visit: Visit, person: Person, typed: Typed, fault: FormFault | null): Html {
  const { t } = visit;
  const { outbound, lines, trunk } = t;
  const title = outboundLine(visit);
  const form = html`<form method="post" action="/outbound" class="stack narrow" novalidate>
      ${errorSummary(t, fault)}
      ${sections(visit, outboundSections, typed, fault)}
      <div class="row"><button class="primary">${lines.check}</button><a href="/trunks">${t.recording.cancel}</a></div>
    </form>`;
  const manages = may(person, 'manage lines');
  const body = html`<div class="head"><div><p><a href="/trunks">${trunk.all}</a></p><h1>${title}</h1><p>${outbound.lead}</p></div></div>
    <div class="split">
      <div class="stack">${manages ? form : facts(visit)}</div>
      <div class="aside">${manages ? facts(visit) : nothing}</div>
    </div>`;
  return layout(visit, { title, place: 'trunks', body });
}

export const outboundRoutes = new Hono<DeskEnv>()
  .get('/outbound', (c) => {
    const person = allowed(c, 'see trunks');
    const visit = c.get('visit');
    return c.html(outboundPage(visit, person, typedOf(visit.services.lines.told()), null));
  })
  .post('/outbound', async (c) => {
    const person = allowed(c, 'manage lines');
    const visit = c.get('visit');
    const typed = await typedIn(c, outboundSections);
    return asTyped(c, {
      sections: outboundSections,
      read: () => linesSchema.safeParse({ ...visit.services.lines.told(), ...outboundIn(typed) }),
      next: (lines) => lines,
      again: (fault) => outboundPage(visit, person, typed, fault),
    });
  });
