/** The frame of every page. */
import { type Html, html, importMapScript, mark, nothing } from '@belkluis/shared/web/html';
import { languageLinks } from '@belkluis/shared/web/parts';
import type { Act } from '../../access/rights.ts';
import type { Texts } from '../i18n/en.ts';
import { texts } from '../i18n/language.ts';
import { may, type Visit } from '../visit.ts';

export type MenuPlace = keyof Texts['frame']['nav'];

/** Left to right; who may do the act sees the entry. */
const menu: readonly { readonly place: MenuPlace; readonly path: string; readonly act: Act }[] = [
  { place: 'overview', path: '/', act: 'see tenants' },
  { place: 'boxes', path: '/boxes', act: 'see boxes' },
  { place: 'customers', path: '/customers', act: 'see tenants' },
  { place: 'sites', path: '/sites', act: 'see tenants' },
  { place: 'policies', path: '/policies', act: 'see policies' },
  { place: 'alerts', path: '/alerts', act: 'see alerts' },
  { place: 'maintenance', path: '/maintenance', act: 'see alerts' },
  { place: 'channels', path: '/channels', act: 'manage channels' },
  { place: 'witness', path: '/witness', act: 'see boxes' },
  { place: 'audit', path: '/audit', act: 'see audit log' },
  { place: 'compliance', path: '/agreements', act: 'see agreements' },
  { place: 'people', path: '/people', act: 'see people' },
  { place: 'tokens', path: '/tokens', act: 'make tokens' },
  { place: 'providers', path: '/providers', act: 'manage sign-in' },
  { place: 'account', path: '/account', act: 'see tenants' },
];

/** A step of the way from the MSP down: a customer, a site, a box. */
export interface Step {
  readonly href: string;
  readonly text: string;
}

export interface Page {
  readonly title: string;
  readonly place?: MenuPlace;
  /** Below the MSP, from the customer down; the last is the page itself. */
  readonly trail?: readonly Step[];
  /** Modules that the page runs, by asset name. */
  readonly modules?: readonly string[];
  /** Whether it follows what changes: parts with `data-live` and an id are put in anew. */
  readonly live?: boolean;
  /** What was searched for, to stand in the search field. */
  readonly search?: string;
  readonly body: Html;
}

function whereIs({ t, mspName }: Visit, trail: readonly Step[]): Html {
  const steps = [{ href: '/', text: mspName }, ...trail];
  const here = (at: number) => (at === steps.length - 1 ? html` aria-current="true"` : nothing);
  return html`<nav aria-label="${t.frame.place}"><ol>${steps.map(({ href, text }, at) => html`<li><a href="${href}"${here(at)}>${text}</a></li>`)}</ol></nav>`;
}

function signedInParts(visit: Visit, place: MenuPlace | undefined): { who: Html; menu: Html } {
  const { t, person } = visit;
  if (!person) return { who: nothing, menu: nothing };
  const roles = [...new Set(person.grants.map(({ role }) => t.frame.roles[role]))].join(', ');
  const entries = menu.filter(({ act }) => may(visit, act));
  return {
    who: html`<a class="who" href="/account">${person.name}, ${roles}</a>
        <form method="post" action="/sign-out"><button class="link">${t.frame.signOut}</button></form>`,
    menu: html`<button type="button" class="menu small" popovertarget="nav">${t.frame.menu}</button>
      <nav id="nav" popover aria-label="${t.frame.mainMenu}">${entries.map(
        (entry) =>
          html`<a href="${entry.path}"${entry.place === place ? html` aria-current="page"` : nothing}>${t.frame.nav[entry.place]}</a>`,
      )}</nav>`,
  };
}

const searchForm = ({ t }: Visit, search: string): Html =>
  html`<form role="search" action="/search" method="get"><label class="visually-hidden" for="find">${t.frame.search}</label><input id="find" name="q" type="search" value="${search}" placeholder="${t.frame.searchHint}" maxlength="100"></form>`;

/** What happened to data is told on every page until somebody has read it. */
const incidentBanner = ({ t, here, unread }: Visit): Html =>
  unread.length === 0 || here.startsWith('/incidents/')
    ? nothing
    : html`<p class="note ${unread.every(({ drill }) => drill) ? 'warn' : 'bad'}">${
        unread.every(({ drill }) => drill)
          ? t.incidents.bannerDrill
          : t.incidents.banner(unread.filter(({ drill }) => !drill).length)
      } <a href="/incidents/${(unread.find(({ drill }) => !drill) ?? unread[0]!).id}">${t.incidents.look}</a></p>`;

const footer = ({ t, f, services }: Visit): Html =>
  html`<footer class="foot"><div><p>${t.frame.nothingOfCalls}</p><p><a href="/boxes-send">${t.trust.boxesSend}</a></p><p><a href="/location">${t.trust.location}</a></p><p><a href="/trust">${t.trust.title}</a></p><p>${t.frame.stands(services.version, f.country(services.region))}</p></div></footer>`;

/** A whole document. */
export function layout(visit: Visit, page: Page): Html {
  const { title, place, trail = [], live = false, search = '', body } = page;
  const { t, language, assets, services, person } = visit;
  const modules = [...(page.modules ?? []), ...(live ? ['browser/live.ts'] : [])];
  const parts = signedInParts(visit, place);
  return html`<!doctype html>
<html lang="${language}"${live && person ? html` data-live="${services.live.idOf(person.msp)}"` : nothing}>
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · ${t.frame.product}</title>
  <link rel="icon" href="${assets.url('web/mark.svg')}" type="image/svg+xml">
  <link rel="stylesheet" href="${assets.url('web/style.css')}">
  ${modules.length > 0 ? importMapScript(assets.importMap) : nothing}
  ${modules.map((name) => html`<script type="module" src="${assets.url(name)}"></script>`)}
</head>
<body>
  <a class="skip" href="#main">${t.frame.skip}</a>
  <header class="site fleet">
    <div>
      <a class="brand" href="/">${mark}<span>Bel<b>kluis</b></span></a>
      <div class="place">${person ? whereIs(visit, trail) : nothing}</div>
      ${person ? searchForm(visit, search) : nothing}
      <div class="tools">
        ${languageLinks(t.frame.languages, visit.here, language, texts)}
        ${parts.who}
      </div>
      ${parts.menu}
    </div>
  </header>
  <main id="main" tabindex="-1">
${incidentBanner(visit)}${body}
  </main>
  ${footer(visit)}
</body>
</html>`;
}
