/** One level: what it says and inherits, its versions and what differs between two, and what stands below it. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { head, pick, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { bodyFields } from '../../policy/content.ts';
import type { Level, LevelRef } from '../../policy/levels.ts';
import type { Scope } from '../../tenants/scope.ts';
import { BOXES_SHOWN, SITES_SHOWN } from '../limits.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, type Visit } from '../visit.ts';
import { layout, type Step } from './layout.ts';
import { moment, nextPage, pathWith } from './parts.ts';
import { summary } from './policies.ts';
import { changesTable, levelDifference, partWord, pathOf, pathWords, policyNav, refOf } from './policy-words.ts';
import { peopleNames } from './who.ts';

/** A level with those above it, and what each is called. */
export interface Placed {
  readonly ref: LevelRef;
  /** The MSP's first, itself last. */
  readonly chain: readonly Level[];
  readonly self: Level;
  readonly name: string;
  readonly nameOf: (ref: LevelRef) => string;
  readonly trail: readonly Step[];
}

/** @throws Problem `level_unknown`. */
export async function placedLevel(visit: Visit, scope: Scope, ref: LevelRef): Promise<Placed> {
  const chain = await visit.services.policies.levels.chain(scope, ref);
  const names = await visit.services.glance.names(
    scope,
    chain.map(({ of }) => of),
  );
  const nameOf = ({ kind, of }: LevelRef): string => (kind === 'msp' ? visit.mspName : (names.get(of)?.name ?? '–'));
  const below = chain.slice(1).map((level) => ({ href: pathOf(level), text: nameOf(level) }));
  const trail = [{ href: '/policies', text: visit.t.policies.heading }, ...below];
  return { ref, chain, self: chain.at(-1)!, name: nameOf(ref), nameOf, trail };
}

/** What each variable has here, and where it was said; null: nobody has given a value. */
export function variablesAt(chain: readonly Level[]) {
  const declared = chain.flatMap((level) =>
    Object.entries(level.content.variables).map(([name, { type, says = '' }]) => ({ name, type, says, by: level })),
  );
  return declared.map((one) => {
    const given = chain.findLast(({ content }) => content.values[one.name] !== undefined);
    return { ...one, value: given?.content.values[one.name] ?? null, given: given ?? null };
  });
}

function variablesPart(visit: Visit, { chain, nameOf }: Placed): Html {
  const { policies } = visit.t;
  const { columns } = policies;
  const all = variablesAt(chain);
  if (all.length === 0) return html`<p class="soft">${policies.noVariables}</p>`;
  return html`<table class="cards"><caption class="visually-hidden">${policies.variables}</caption>
    <thead><tr><th scope="col">${columns.variable}</th><th scope="col">${columns.type}</th><th scope="col">${columns.value}</th><th scope="col">${columns.from}</th></tr></thead>
    <tbody>${all.map(
      ({ name, type, says, value, given }) =>
        html`<tr><th scope="row">${name}${says ? html`<small>${says}</small>` : nothing}</th><td data-label="${columns.type}">${policies.types[type]}</td><td data-label="${columns.value}">${value === null ? state('warn', policies.missing) : [value].flat().join(', ')}</td><td data-label="${columns.from}">${given ? nameOf(given) : '–'}</td></tr>`,
    )}</tbody></table>`;
}

function locksPart(visit: Visit, { chain, nameOf }: Placed, by: (id: string) => string): Html {
  const { policies } = visit.t;
  const locks = chain.flatMap((level) => level.content.locks.map((path) => ({ path, level })));
  if (locks.length === 0) return html`<p class="soft">${policies.noLocks}</p>`;
  return html`<ul class="list">${locks.map(({ path, level }) => html`<li><span>${pathWords(visit, path.split('.'))}</span><span class="full soft">${policies.lockedBy(nameOf(level), by(level.by!))}</span></li>`)}</ul>`;
}

/** The ways to change a level; each part of a policy that has no form of its own is JSON. */
const forms = ['variables', 'terms', 'said', 'schedules', 'holidays', 'limits'] as const;

function changePart(visit: Visit, ref: LevelRef): Html {
  const { policies } = visit.t;
  const at = `${pathOf(ref)}/edit`;
  return html`<section aria-labelledby="change"><header><h2 id="change">${policies.change}</h2><p>${policies.changeLead}</p></header>
    <ul class="list">${forms.map((form) => html`<li><a href="${at}/${form}">${policies.forms[form]}</a></li>`)}</ul>
    <details><summary>${policies.asJson}</summary><ul class="list">${bodyFields.filter((part) => part !== 'holidays').map((part) => html`<li><a href="${at}/${part}">${partWord(visit, part)}</a></li>`)}</ul></details>
  </section>`;
}

async function versionsPart(c: ConsoleContext, scope: Scope, ref: LevelRef, by: (id: string) => string): Promise<Html> {
  const visit = c.get('visit');
  const { policies } = visit.t;
  const { columns } = policies;
  const { levels } = visit.services.policies;
  const versions = await levels.versions(scope, ref);
  if (versions.length === 0) return html`<p class="soft">${policies.noVersions}</p>`;
  const table = html`<table class="cards"><caption class="visually-hidden">${policies.versions}</caption>
    <thead><tr><th scope="col">${columns.version}</th><th scope="col">${columns.by}</th><th scope="col">${columns.at}</th></tr></thead>
    <tbody>${versions.map((one) => html`<tr><th scope="row">${one.version}</th><td data-label="${columns.by}">${by(one.by)}</td><td data-label="${columns.at}">${moment(visit, one.at)}</td></tr>`)}</tbody></table>`;
  const known = (text: string | undefined, other: number) =>
    versions.find(({ version }) => String(version) === text)?.version ?? other;
  const newest = versions[0]!.version;
  const to = known(c.req.query('to'), newest);
  const from = c.req.query('from') === '0' ? 0 : known(c.req.query('from'), Math.max(0, newest - 1));
  const read = async (version: number) => (version === 0 ? {} : (await levels.version(scope, ref, version)).content);
  const changes = levelDifference(await read(from), await read(to));
  const of = versions.map(({ version }) => [String(version), String(version)] as const);
  return html`${table}
    <h3>${policies.compare}</h3>
    <form method="get" action="${pathOf(ref)}" class="filter">
      ${pick({ id: 'from', label: policies.fromVersion, of: [...of, ['0', policies.beforeAll]], chosen: String(from), fault: null })}
      ${pick({ id: 'to', label: policies.toVersion, of, chosen: String(to), fault: null })}
      <div class="acts"><button>${policies.compareVerb}</button></div>
    </form>
    ${changes.length === 0 ? html`<p class="soft">${policies.sameVersions}</p>` : changesTable(visit, policies.between(from, to), changes)}`;
}

async function belowPart(c: ConsoleContext, scope: Scope, ref: LevelRef): Promise<Html> {
  const visit = c.get('visit');
  const { services, t } = visit;
  const after = c.req.query('after');
  const list = async () => {
    switch (ref.kind) {
      case 'customer':
        return {
          kind: 'site',
          ...(await services.tenants.sites(scope, { customer: ref.of, after, limit: SITES_SHOWN })),
        } as const;
      case 'site':
        return {
          kind: 'box',
          ...(await services.boxes.list(scope, { site: ref.of, order: 'name', after, limit: BOXES_SHOWN })),
        } as const;
      default:
        return null;
    }
  };
  const found = await list();
  if (!found || found.rows.length === 0) return nothing;
  return html`<section aria-labelledby="below"><header><h2 id="below">${t.policies.below[found.kind]}</h2></header>
    <ul class="list">${found.rows.map(({ id, name }) => html`<li><a href="${pathOf({ kind: found.kind, of: id })}">${name}</a></li>`)}</ul>
    ${after || found.next ? nextPage(visit, pathOf(ref), {}, { said: '', after, next: found.next }) : nothing}</section>`;
}

const chosenBy = { msp: 'all', customer: 'customers', site: 'sites', box: 'boxes' } as const;

/** What signing would change for the boxes below a level. */
const previewOf = ({ kind, of }: LevelRef): string =>
  pathWith('/policies/preview', { who: chosenBy[kind], ...(kind === 'msp' ? {} : { [chosenBy[kind]]: of }) });

export const policyLevelRoutes = new Hono<ConsoleEnv>().get('/policies/level/:kind/:of', async (c) => {
  const { scope } = allowed(c, 'see policies');
  const visit = c.get('visit');
  const { policies } = visit.t;
  const ref = refOf(c.req.param('kind'), c.req.param('of'));

  const placed = await placedLevel(visit, scope, ref);
  const by = await peopleNames(visit, scope);
  const { self, name, trail } = placed;
  const lead =
    self.version === 0
      ? policies.unwritten
      : policies.writtenBy(self.version, by(self.by!), visit.f.momentWithin(self.at!, visit.now));
  const body = html`${head(policies.levelOf(name), html`${policies.kinds[ref.kind]}. ${lead}`, html`<a href="${previewOf(ref)}">${policies.previewVerb}</a>`)}
    <div class="stack">${policyNav(visit, 'levels')}
      ${c.req.query('written') ? html`<p class="note" role="status">${policies.written} <a href="${previewOf(ref)}">${policies.previewVerb}</a></p>` : nothing}
      <div class="split">
        <div class="stack">
          <section aria-labelledby="says"><header><h2 id="says">${policies.says}</h2></header><p>${summary(visit, self.content)}</p>
            ${self.content.without.length > 0 ? html`<p>${policies.without}</p><ul class="list">${self.content.without.map((path) => html`<li><span>${pathWords(visit, path.split('.'))}</span></li>`)}</ul>` : nothing}
          </section>
          <section aria-labelledby="variables"><header><h2 id="variables">${policies.variables}</h2><p>${policies.variablesLead}</p></header>${variablesPart(visit, placed)}</section>
          <section aria-labelledby="locks"><header><h2 id="locks">${policies.locks}</h2></header>${locksPart(visit, placed, by)}</section>
          <section aria-labelledby="versions"><header><h2 id="versions">${policies.versions}</h2></header>${await versionsPart(c, scope, ref, by)}</section>
        </div>
        <div class="aside">${may(visit, 'write policies') ? changePart(visit, ref) : html`<p class="soft">${policies.authorsWrite}</p>`}${await belowPart(c, scope, ref)}</div>
      </div>
    </div>`;
  return c.html(layout(visit, { title: policies.levelOf(name), place: 'policies', trail, body }));
});
