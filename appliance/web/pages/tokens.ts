/** Tokens of programs: which there are, making one, which is shown once, and revoking one. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { MAX_NAME_LENGTH, MAX_TOKEN_DAYS } from '../../access/limits.ts';
import type { Person } from '../../access/people.ts';
import { may } from '../../access/roles.ts';
import { type Token, tokenWishes } from '../../access/tokens.ts';
import { CERTIFICATE_PATH } from '../../provisioning/provisioning.ts';
import { dayAfter, dayBegins } from '../i18n/formats.ts';
import { TOKEN_ENDS_SOON_DAYS } from '../limits.ts';
import { addressOf, allowed, type DeskContext, type DeskEnv, line, nameOf, type Visit } from '../visit.ts';
import { type Section, type Typed, typedIn } from './form.ts';
import { layout } from './layout.ts';
import { choices, errorSummary, type FormFault, field, instant, many, state } from './parts.ts';
import { refusal } from './refusal.ts';

const DAY_MS = 86_400_000;

type Name = 'name' | 'which' | 'extensions' | 'wishes' | 'until';

const fields: readonly Section<Name>[] = [
  {
    id: 'token',
    shapes: [
      { id: 'name', is: 'text', at: '' },
      { id: 'which', is: 'pick', at: '' },
      { id: 'extensions', is: 'words', at: '' },
      { id: 'wishes', is: 'many', at: '' },
      { id: 'until', is: 'day', at: '' },
    ],
  },
];

function row(visit: Visit, { id, name, extensions, wishes, madeBy, usedAt, expiresAt }: Token): Html {
  const { f, now } = visit;
  const { tokens } = visit.t;
  const soon = expiresAt - now < TOKEN_ENDS_SOON_DAYS * DAY_MS;
  const ends = soon ? state('warn', f.date(expiresAt)) : html`${f.date(expiresAt)}`;
  return html`<tr>
    <th scope="row">${name}</th>
    <td data-label="${tokens.extensions}">${extensions === null ? tokens.all : extensions.join(', ')}</td>
    <td data-label="${tokens.may}">${wishes.map((wish) => tokens.wishes[wish]).join(', ')}</td>
    <td data-label="${tokens.used}" class="nowrap">${usedAt === null ? tokens.never : instant(usedAt, f.date(usedAt))}</td>
    <td data-label="${tokens.ends}" class="nowrap"><time datetime="${new Date(expiresAt).toISOString()}">${ends}</time></td>
    <td data-label="${tokens.madeBy}">${madeBy === 'cli' ? tokens.cli : nameOf(visit, madeBy)}</td>
    <td class="full"><form method="post" action="/tokens/${id}/revoke"><button class="danger small" aria-label="${tokens.revokeOf(name)}">${tokens.revoke}</button></form></td>
  </tr>`;
}

const headOf = ({ t }: Visit, title: string, lead: string, right: Html = nothing): Html =>
  html`<div class="head"><div><p><a href="/phones">${t.phones.back}</a></p><h1>${title}</h1><p>${lead}</p></div>${right}</div>`;

function tokensPage(visit: Visit): Html {
  const { tokens } = visit.t;
  const all = visit.services.access.tokens.list();
  const title = all.length === 0 ? tokens.none : tokens.count(all.length);
  const table = html`<section aria-label="${tokens.caption}">
      <table class="cards">
        <caption class="visually-hidden">${tokens.caption}</caption>
        <thead><tr><th scope="col">${tokens.program}</th><th scope="col">${tokens.extensions}</th><th scope="col">${tokens.may}</th><th scope="col">${tokens.used}</th><th scope="col">${tokens.ends}</th><th scope="col">${tokens.madeBy}</th><th scope="col"><span class="visually-hidden">${tokens.revoke}</span></th></tr></thead>
        <tbody>${all.map((token) => row(visit, token))}</tbody>
      </table>
      <p class="soft">${tokens.revokeLead}</p>
    </section>`;
  const body = html`${headOf(visit, title, tokens.lead, html`<a class="button" href="/tokens/new">${tokens.makeLink}</a>`)}
    ${all.length === 0 ? nothing : table}`;
  return layout(visit, { title, place: 'phones', body });
}

/** First and last day after which a token may end. */
const lastDays = ({ f, now }: Visit) => ({
  min: dayAfter(f.isoDate(now)),
  max: f.isoDate(now + (MAX_TOKEN_DAYS - 1) * DAY_MS),
});

/** Nothing is let do what its maker may not. */
const offered = (person: Person) =>
  tokenWishes.filter((wish) => wish === 'pause' || wish === 'resume' || may(person, 'control recordings'));

function newPage(visit: Visit, person: Person, typed: Typed<Name>, fault: FormFault | null): Html {
  const { t } = visit;
  const { tokens } = t;
  const whose = ['named', 'all'] as const;
  const body = html`<div class="head"><div><p><a href="/tokens">${tokens.back}</a></p><h1>${tokens.make}</h1><p>${tokens.makeLead}</p></div></div>
    <form method="post" action="/tokens" class="stack tight" novalidate>
      ${errorSummary(t, fault)}
      ${field({ id: 'name', label: tokens.name, hint: tokens.nameHint, value: typed.name ?? '', autocomplete: 'off', required: true, maxlength: MAX_NAME_LENGTH, fault })}
      ${choices({ id: 'which', legend: tokens.which, of: whose, labels: { named: tokens.some, all: tokens.all }, chosen: typed.which ?? '', fault })}
      ${field({ id: 'extensions', label: tokens.named, hint: tokens.namedHint, value: typed.extensions ?? '', autocomplete: 'off', fault })}
      ${many({ id: 'wishes', label: tokens.wish, hint: tokens.wishHint, of: offered(person).map((wish) => [wish, tokens.wishes[wish]]), chosen: (typed.wishes ?? '').split('\n'), fault })}
      ${field({ id: 'until', label: tokens.until, hint: tokens.untilHint, type: 'date', value: typed.until ?? '', autocomplete: 'off', required: true, ...lastDays(visit), fault })}
      ${field({ id: 'code', label: tokens.code, hint: tokens.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', required: true, fault })}
      <div class="row"><button class="primary">${tokens.verb}</button></div>
    </form>`;
  return layout(visit, { title: tokens.make, place: 'phones', body });
}

function madePage(visit: Visit, origin: string, { name, extensions, wishes, expiresAt }: Token, text: string): Html {
  const { f } = visit;
  const { tokens } = visit.t;
  const title = tokens.made(name);
  const example = `curl --cacert box.pem -X POST -H "Authorization: Bearer $TOKEN" ${origin}/api/v1/extensions/${extensions?.[0] ?? '214'}/${wishes[0]}`;
  const body = html`<div class="head"><div><p><a href="/tokens">${tokens.back}</a></p><h1>${title}</h1><p>${tokens.madeMore}</p></div></div>
    <div class="stack tight">
      <dl><dt>${tokens.token}</dt><dd><code class="whole">${text}</code></dd><dt>${tokens.extensions}</dt><dd>${extensions === null ? tokens.all : extensions.join(', ')}</dd><dt>${tokens.ends}</dt><dd>${instant(expiresAt, f.date(expiresAt))}</dd></dl>
      <dl><dt>${tokens.try}</dt><dd><code class="whole">${example}</code></dd></dl>
      <p class="note">${tokens.tryMore}</p>
      <p><a href="${CERTIFICATE_PATH}" download>${tokens.certificate}</a></p>
    </div>`;
  return layout(visit, { title, place: 'phones', body });
}

/** The end of the day that was typed; NaN: there is no such day, which no token ends at. */
function endOf({ services: { timeZone } }: Visit, day: string): number {
  if (dayBegins(day, timeZone) === null) return Number.NaN;
  return (dayBegins(dayAfter(day), timeZone) ?? Number.NaN) - 1;
}

async function make(c: DeskContext): Promise<Response> {
  const person = allowed(c, 'manage tokens');
  const visit = c.get('visit');
  const { access } = visit.services;
  const typed = await typedIn(c, fields);
  const { name = '', which, extensions = '', wishes = '', until = '' } = typed;
  const code = await line(c, 'code');
  try {
    const named = extensions.split(/[\s,;]+/).filter(Boolean);
    const wanted = {
      name,
      extensions: which === 'all' ? null : named,
      wishes: wishes.split('\n').filter(Boolean),
      // Today is over before a program has it.
      expiresAt: until < lastDays(visit).min ? Number.NaN : endOf(visit, until),
    };
    const { token, text } = access.tokens.add(wanted, person, () => access.checkCode(person.id, code, addressOf(c)));
    return await c.html(madePage(visit, new URL(c.req.url).origin, token, text));
  } catch (error) {
    const fault = refusal(c, error, {
      name_invalid: 'name',
      token_name_taken: 'name',
      tokens_full: 'name',
      token_extensions: 'extensions',
      token_wishes: 'wishes',
      token_right: 'wishes',
      token_end: 'until',
      code_refused: 'code',
      login_wait: 'code',
    });
    return c.html(newPage(visit, person, typed, fault));
  }
}

export const tokensRoutes = new Hono<DeskEnv>()
  .get('/tokens', (c) => {
    allowed(c, 'manage tokens');
    return c.html(tokensPage(c.get('visit')));
  })
  .get('/tokens/new', (c) => {
    const person = allowed(c, 'manage tokens');
    const visit = c.get('visit');
    const usual = { which: 'named', wishes: 'pause\nresume', until: lastDays(visit).max };
    return c.html(newPage(visit, person, usual, null));
  })
  .post('/tokens', make)
  .post('/tokens/:id/revoke', (c) => {
    const person = allowed(c, 'manage tokens');
    c.get('visit').services.access.tokens.revoke(c.req.param('id'), person.id);
    return c.redirect('/tokens', 303);
  });
