/** The PBX behind the box: how it is, who is registered through the box, its settings, its connection test, and taking it out. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { type Pbx, pbxSchema } from '../../lines/pbx.ts';
import type { PbxState } from '../line-services.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskEnv, type Visit } from '../visit.ts';
import { testedPage } from './connection.ts';
import { typedIn } from './form.ts';
import { layout } from './layout.ts';
import { asTyped, draftOf } from './line-draft.ts';
import { sections, type Typed } from './line-form.ts';
import { errorSummary, type FormFault } from './parts.ts';
import { newPbx, pbxIn, pbxSections, typedOf } from './pbx-fields.ts';
import { exceptionState, hostPort, lineActs } from './trunk.ts';

function registeredPart({ t, f }: Visit, phones: PbxState['phones']): Html {
  const { pbxPage } = t;
  return html`<section aria-labelledby="registered">
    <header><h2 id="registered">${pbxPage.registered}</h2></header>
    ${
      phones.length === 0
        ? html`<p class="soft">${pbxPage.registeredNone}</p>`
        : html`<table class="cards">
      <caption class="visually-hidden">${pbxPage.registeredCaption}</caption>
      <thead><tr><th scope="col">${pbxPage.user}</th><th scope="col">${pbxPage.where}</th><th scope="col" class="num">${pbxPage.expires}</th></tr></thead>
      <tbody>${phones.map(
        ({ user, transport, remote: { address, port }, expiresInS }) =>
          html`<tr><th scope="row">${user}</th><td data-label="${pbxPage.where}">${transport} ${address.includes(':') ? `[${address}]` : address}:${port}</td><td data-label="${pbxPage.expires}" class="num">${pbxPage.seconds(f.number(expiresInS))}</td></tr>`,
      )}</tbody>
    </table>`
    }
  </section>`;
}

function facts(visit: Visit, pbx: Pbx): Html {
  const { t } = visit;
  return html`<section aria-labelledby="facts">
    <header><h2 id="facts">${t.trunk.facts}</h2></header>
    <dl><dt>${t.pbxPage.domain}</dt><dd>${pbx.domain}</dd><dt>${t.trunk.server}</dt><dd>${hostPort(pbx)}</dd><dt>${t.trunk.exception}</dt><dd>${exceptionState(visit, pbx.plainUntil)}</dd>${pbx.plainPhones.map(
      ({ user, until }) =>
        html`<dt>${user === '*' ? t.lines.fields.plainPhones.label : t.trunks.phone(user)}</dt><dd>${exceptionState(visit, until)}</dd>`,
    )}</dl>
  </section>`;
}

const form = (
  visit: Visit,
  typed: Typed,
  fault: FormFault | null,
): Html => html`<form method="post" action="/pbx" class="stack narrow" novalidate>
      ${errorSummary(visit.t, fault)}
      ${sections(visit, pbxSections, typed, fault)}
      <div class="row"><button class="primary">${visit.t.lines.check}</button></div>
    </form>`;

/** What is so, and one sentence under it. */
function saying({ t }: Visit, pbx: Pbx | null, now: PbxState | null): readonly [string, string] {
  const { pbxPage } = t;
  if (!pbx) return [pbxPage.none, pbxPage.noneLead];
  if (!now) return [pbxPage.unknown, pbxPage.unknownLead];
  if (!now.up) return [pbxPage.down(pbx.domain), pbxPage.downLead];
  return [pbxPage.up(pbx.domain), pbxPage.lead(new Set(now.phones.map(({ user }) => user)).size)];
}

async function pbxPage(visit: Visit, person: Person, typed: Typed, fault: FormFault | null): Promise<Html> {
  const { t, services } = visit;
  const { pbx } = services.lines.told();
  const now = pbx ? await services.lines.pbx() : null;
  const [title, lead] = saying(visit, pbx, now);
  const manages = may(person, 'manage lines');
  const body = html`<div class="head"><div><h1>${title}</h1><p>${lead}</p></div></div>
    <div class="split">
      <div class="stack">
        ${now ? registeredPart(visit, now.phones) : nothing}
        ${manages ? html`<section aria-labelledby="settings"><header><h2 id="settings">${pbx ? t.pbxPage.edit : t.pbxPage.set}</h2></header>${form(visit, typed, fault)}</section>` : nothing}
      </div>
      <div class="aside">${pbx ? facts(visit, pbx) : nothing}${pbx && manages ? lineActs(visit, '/pbx', t.pbxPage.removeLead) : nothing}</div>
    </div>`;
  return layout(visit, { title, place: 'pbx', body });
}

export const pbxRoutes = new Hono<DeskEnv>()
  .get('/pbx', async (c) => {
    const person = allowed(c, 'see trunks');
    const visit = c.get('visit');
    const { pbx } = visit.services.lines.told();
    return c.html(await pbxPage(visit, person, pbx ? typedOf(visit, pbx) : newPbx, null));
  })
  .post('/pbx', async (c) => {
    const person = allowed(c, 'manage lines');
    const visit = c.get('visit');
    const kept = visit.services.lines.told();
    const typed = await typedIn(c, pbxSections);
    return asTyped(c, {
      sections: pbxSections,
      read: () => pbxSchema.safeParse(pbxIn(visit, typed, kept.pbx)),
      next: (pbx) => ({ ...kept, pbx }),
      again: (fault) => pbxPage(visit, person, typed, fault),
    });
  })
  .post('/pbx/remove', (c) => {
    allowed(c, 'manage lines');
    if (!c.get('visit').services.lines.told().pbx) throw problem('pbx_unknown');
    return draftOf(c, (lines) => ({ ...lines, pbx: null }));
  })
  .post('/pbx/test', async (c) => {
    const person = allowed(c, 'test connections');
    const visit = c.get('visit');
    return c.html(testedPage(visit, await visit.services.connection.pbx(person), 'pbx'));
  });
