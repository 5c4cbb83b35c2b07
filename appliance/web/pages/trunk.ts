/** One trunk: how it is, its settings, its connection test, and taking it out; and adding one. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { type Trunk, trunkSchema } from '../../lines/trunk.ts';
import type { TrunkState } from '../line-services.ts';
import { problem } from '../problems.ts';
import { allowed, type DeskContext, type DeskEnv, type Visit } from '../visit.ts';
import { testedPage } from './connection.ts';
import { FieldWrong, typedIn } from './form.ts';
import { layout } from './layout.ts';
import { asTyped, draftOf } from './line-draft.ts';
import { sections, type Typed } from './line-form.ts';
import { errorSummary, type FormFault, instant, state } from './parts.ts';
import { trunkIn, trunkSections, typedOf } from './trunk-fields.ts';
import { stateOf } from './trunks.ts';

/** Not a name, for it is the address of the form that adds one. */
const RESERVED = 'new';

/** The trunk that the path names. @throws Problem `trunk_unknown`. */
function found(c: DeskContext): Trunk {
  const trunk = c
    .get('visit')
    .services.lines.told()
    .trunks.find(({ id }) => id === c.req.param('id'));
  if (!trunk) throw problem('trunk_unknown');
  return trunk;
}

/** Until when something may do without TLS and SRTP. */
export function exceptionState({ t, f, now }: Visit, until: string | undefined): Html {
  const { trunk } = t;
  if (until === undefined) return html`<span class="soft">${trunk.noException}</span>`;
  const at = Date.parse(until);
  return at > now ? state('warn', trunk.exceptionUntil(f.date(at))) : state('off', trunk.exceptionOver(f.date(at)));
}

export const hostPort = ({ host, port, transport }: Pick<Trunk, 'host' | 'port' | 'transport'>): string =>
  [transport?.toUpperCase() ?? '', port === undefined ? host : `${host}:${port}`].join(' ').trim();

function facts(visit: Visit, trunk: Trunk, now: TrunkState | null): Html {
  const { t, f } = visit;
  const { trunks, trunk: texts } = t;
  return html`<section aria-labelledby="facts">
    <header><h2 id="facts">${texts.facts}</h2></header>
    <p>${now ? stateOf(visit, now) : state('wait', texts.unused)}</p>
    <dl><dt>${texts.server}</dt><dd>${hostPort(trunk)}</dd>${
      now
        ? html`<dt>${trunks.heard}</dt><dd>${now.heardAt === null ? trunks.never : instant(now.heardAt, f.momentWithin(now.heardAt, visit.now))}</dd><dt>${trunks.calls}</dt><dd>${trunks.callsOf(f.number(now.calls), f.number(now.maxCalls))}</dd>`
        : nothing
    }<dt>${texts.exception}</dt><dd>${exceptionState(visit, trunk.plainUntil)}</dd><dt>${texts.numbers}</dt><dd>${trunk.inbound.map(({ did }) => did).join(', ') || t.lines.nothing}</dd></dl>
  </section>`;
}

/** The sections that test and take out, below the settings of a line. */
export const lineActs = (
  { t }: Visit,
  action: string,
  removeLead: string,
): Html => html`<section aria-labelledby="test">
    <header><h2 id="test">${t.lines.test}</h2><p>${t.lines.testLead}</p></header>
    <form method="post" action="${action}/test"><button>${t.lines.test}</button></form>
  </section>
  <section aria-labelledby="remove">
    <header><h2 id="remove">${t.lines.remove}</h2><p>${removeLead}</p></header>
    <form method="post" action="${action}/remove"><button class="danger">${t.lines.remove}…</button></form>
  </section>`;

const settings = (
  visit: Visit,
  action: string,
  isNew: boolean,
  typed: Typed,
  fault: FormFault | null,
): Html => html`<form method="post" action="${action}" class="stack narrow" novalidate>
      ${errorSummary(visit.t, fault)}
      ${sections(visit, trunkSections(isNew), typed, fault)}
      <div class="row"><button class="primary">${visit.t.lines.check}</button><a href="/trunks">${visit.t.recording.cancel}</a></div>
    </form>`;

async function trunkPage(
  visit: Visit,
  person: Person,
  trunk: Trunk,
  typed: Typed,
  fault: FormFault | null,
): Promise<Html> {
  const { t } = visit;
  const all = await visit.services.lines.trunks();
  const now = all?.trunks.find(({ id }) => id === trunk.id) ?? null;
  const title = t.trunk.one(trunk.id);
  const manages = may(person, 'manage lines');
  const body = html`<div class="head"><div><p><a href="/trunks">${t.trunk.all}</a></p><h1>${title}</h1>${manages ? html`<p>${t.trunk.editLead}</p>` : nothing}</div></div>
    <div class="split">
      <div class="stack">${manages ? settings(visit, `/trunks/${trunk.id}`, false, typed, fault) : facts(visit, trunk, now)}</div>
      <div class="aside">${manages ? html`${facts(visit, trunk, now)}${lineActs(visit, `/trunks/${trunk.id}`, t.trunk.removeLead)}` : nothing}</div>
    </div>`;
  return layout(visit, { title, place: 'trunks', body });
}

function newPage(visit: Visit, typed: Typed, fault: FormFault | null): Html {
  const { trunk } = visit.t;
  const body = html`<div class="head"><div><p><a href="/trunks">${trunk.all}</a></p><h1>${trunk.addTitle}</h1><p>${trunk.addLead}</p></div></div>
    ${settings(visit, '/trunks', true, typed, fault)}`;
  return layout(visit, { title: trunk.addTitle, place: 'trunks', body });
}

/** A form of nothing but what goes without saying. */
const empty = (visit: Visit): Typed => ({
  ...typedOf(visit, trunkSchema.parse({ id: 'x', host: '192.0.2.1' })),
  id: '',
  host: '',
});

export const trunkRoutes = new Hono<DeskEnv>()
  .get('/trunks/new', (c) => {
    allowed(c, 'manage lines');
    const visit = c.get('visit');
    return c.html(newPage(visit, empty(visit), null));
  })
  .post('/trunks', async (c) => {
    allowed(c, 'manage lines');
    const visit = c.get('visit');
    const all = trunkSections(true);
    const typed = await typedIn(c, all);
    return asTyped(c, {
      sections: all,
      read: () => trunkSchema.safeParse(trunkIn(visit, typed, null)),
      next(trunk) {
        const told = visit.services.lines.told();
        if (trunk.id === RESERVED || told.trunks.some(({ id }) => id === trunk.id)) throw new FieldWrong('id');
        return { ...told, trunks: [...told.trunks, trunk] };
      },
      again: (fault) => newPage(visit, typed, fault),
    });
  })
  .get('/trunks/:id', async (c) => {
    const person = allowed(c, 'see trunks');
    const visit = c.get('visit');
    const trunk = found(c);
    return c.html(await trunkPage(visit, person, trunk, typedOf(visit, trunk), null));
  })
  .post('/trunks/:id', async (c) => {
    const person = allowed(c, 'manage lines');
    const visit = c.get('visit');
    const trunk = found(c);
    const all = trunkSections(false);
    const typed = await typedIn(c, all);
    return asTyped(c, {
      sections: all,
      read: () => trunkSchema.safeParse(trunkIn(visit, typed, trunk)),
      next(changed) {
        const told = visit.services.lines.told();
        return { ...told, trunks: told.trunks.map((one) => (one.id === trunk.id ? changed : one)) };
      },
      again: (fault) => trunkPage(visit, person, trunk, typed, fault),
    });
  })
  .post('/trunks/:id/remove', (c) => {
    allowed(c, 'manage lines');
    const { id } = found(c);
    return draftOf(c, (lines) => ({ ...lines, trunks: lines.trunks.filter((one) => one.id !== id) }));
  })
  .post('/trunks/:id/test', async (c) => {
    const person = allowed(c, 'test connections');
    const visit = c.get('visit');
    const { id } = found(c);
    return c.html(testedPage(visit, await visit.services.connection.trunk(person, id), 'trunks'));
  });
