/** The frame of every page. */
import { type Html, html, importMapScript, mark, nothing } from '@belkluis/shared/web/html';
import { languageLinks } from '@belkluis/shared/web/parts';
import { type Act, may } from '../../access/roles.ts';
import type { Texts } from '../i18n/en.ts';
import { texts } from '../i18n/language.ts';
import type { Visit } from '../visit.ts';

export type Place = keyof Texts['nav'];

const menu: readonly { place: Place; path: string; act: Act }[] = [
  { place: 'overview', path: '/', act: 'see overview' },
  { place: 'recordings', path: '/recordings', act: 'see recordings' },
  { place: 'exceptions', path: '/exceptions', act: 'see exceptions' },
  { place: 'holds', path: '/holds', act: 'see holds' },
  { place: 'erasures', path: '/erasures', act: 'see certificates' },
  { place: 'policy', path: '/policy', act: 'see policy' },
  { place: 'privacy', path: '/privacy/register', act: 'see documents' },
  { place: 'retention', path: '/retention', act: 'see retention' },
  { place: 'calls', path: '/calls', act: 'see calls' },
  { place: 'phones', path: '/phones', act: 'see phones' },
  { place: 'audit', path: '/audit', act: 'see audit log' },
  { place: 'trunks', path: '/trunks', act: 'see trunks' },
  { place: 'pbx', path: '/pbx', act: 'see trunks' },
  { place: 'backups', path: '/backups', act: 'see backups' },
  { place: 'health', path: '/health', act: 'see health' },
  { place: 'account', path: '/account', act: 'see overview' },
];

export interface Page {
  readonly title: string;
  readonly place?: Place;
  /** Modules that the page runs, by asset name. */
  readonly modules?: readonly string[];
  readonly body: Html;
}

function signedInParts({ t, person }: Visit, place: Place | undefined): { who: Html; menu: Html } {
  if (!person) return { who: nothing, menu: nothing };
  const roles = person.roles.map((role) => t.roles[role]).join(', ');
  const entries = menu.filter(({ act }) => may(person, act));
  return {
    who: html`<span class="who">${person.name}, ${roles}</span>
        <form method="post" action="/logout"><button class="link">${t.signOut}</button></form>`,
    menu: html`<button type="button" class="menu small" popovertarget="nav">${t.menu}</button>
      <nav id="nav" popover aria-label="${t.mainMenu}">${entries.map(
        (entry) =>
          html`<a href="${entry.path}"${entry.place === place ? html` aria-current="page"` : nothing}>${t.nav[entry.place]}</a>`,
      )}</nav>`,
  };
}

/** A whole document. */
export function layout(visit: Visit, { title, place, modules = [], body }: Page): Html {
  const { t, language, assets, services } = visit;
  const parts = signedInParts(visit, place);
  return html`<!doctype html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Belkluis</title>
  <link rel="icon" href="${assets.url('web/mark.svg')}" type="image/svg+xml">
  <link rel="stylesheet" href="${assets.url('web/style.css')}">
  ${modules.length > 0 ? importMapScript(assets.importMap) : nothing}
  ${modules.map((name) => html`<script type="module" src="${assets.url(name)}"></script>`)}
</head>
<body>
  <a class="skip" href="#main">${t.skip}</a>
  <header class="site">
    <div>
      <a class="brand" href="/">${mark}<span>Bel<b>kluis</b></span></a>
      <div class="place">${visit.place ?? ''}</div>
      <div class="tools">
        ${languageLinks(t.languages, visit.here, language, texts)}
        ${parts.who}
      </div>
      ${parts.menu}
    </div>
  </header>
  <main id="main" tabindex="-1">
${body}
  </main>
  <footer class="foot"><div><p>${t.stays}</p><p>${t.box(services.version, services.deviceId)}</p><p><a href="/licences">${t.licences}</a></p></div></footer>
</body>
</html>`;
}
