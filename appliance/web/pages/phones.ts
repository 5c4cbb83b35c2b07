/** Phones: who is registered and where, adding one, letting one fetch its settings, taking one out. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import type { PhoneListed } from '../../access/phones.ts';
import { may } from '../../access/roles.ts';
import { dayAfter, dayBegins } from '../i18n/formats.ts';
import { problem } from '../problems.ts';
import type { PhonesNow } from '../tools-services.ts';
import { allowed, type DeskContext, type DeskEnv, line, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, field, head, instant, state } from './parts.ts';
import { refusal } from './refusal.ts';

/** Where a phone is registered, a line for each. */
export function whereOf({ registrations }: PhonesNow, user: string): readonly string[] {
  return (registrations ?? [])
    .filter((one) => one.user === user)
    .map(
      ({ transport, remote: { address, port } }) =>
        `${transport} ${address.includes(':') ? `[${address}]` : address}:${port}`,
    );
}

export function registered({ t }: Visit, now: PhonesNow, user: string): Html {
  const { phones } = t;
  if (!now.registrations) return state('wait', phones.unknown);
  return whereOf(now, user).length > 0 ? state('ok', phones.registered) : state('off', phones.notRegistered);
}

export function exceptionOf({ t, f, now }: Visit, { plainUntil }: PhoneListed): Html {
  const { phones } = t;
  if (plainUntil === 0) return html`<span class="soft">${phones.noException}</span>`;
  return plainUntil > now
    ? state('warn', phones.exceptionUntil(f.date(plainUntil)))
    : state('off', phones.exceptionOver(f.date(plainUntil)));
}

function row(visit: Visit, now: PhonesNow, phone: PhoneListed): Html {
  const { t, f } = visit;
  const { phones } = t;
  const link = now.waiting.find(({ user }) => user === phone.user);
  return html`<tr>
    <th scope="row"><a href="/phones/${encodeURIComponent(phone.user)}">${phone.user}</a></th>
    <td data-label="${phones.state}">${registered(visit, now, phone.user)}${link ? html`<small>${phones.waits(f.momentWithin(link.expiresAt, visit.now))}</small>` : nothing}</td>
    <td data-label="${phones.where}" class="full">${whereOf(now, phone.user).map((where) => html`<span class="nowrap">${where}</span> `)}</td>
    <td data-label="${phones.seen}" class="nowrap">${instant(phone.seenAt, f.date(phone.seenAt))}</td>
    <td data-label="${phones.exception}">${exceptionOf(visit, phone)}</td>
  </tr>`;
}

function phonesPage(visit: Visit, person: Person, now: PhonesNow): Html {
  const { phones } = visit.t;
  const { phones: all, registrations } = now;
  const reachable = new Set(registrations?.map(({ user }) => user)).size;
  const title = all.length === 0 ? phones.none : phones.count(all.length);
  const lead = all.length === 0 ? phones.noneMore : registrations ? phones.lead(reachable, all.length) : phones.down;
  const add = may(person, 'manage phones') ? html`<a class="button" href="/phones/new">${phones.add}</a>` : nothing;
  const programs = may(person, 'manage tokens') ? html`<p><a href="/tokens">${visit.t.tokens.link}</a></p>` : nothing;
  const why = html`<p><a href="/registrations">${visit.t.attempts.allLink}</a></p>${programs}`;
  const body = html`${head(title, lead, add)}
    ${
      all.length === 0
        ? nothing
        : html`<section aria-label="${phones.caption}"><table class="cards">
      <caption class="visually-hidden">${phones.caption}</caption>
      <thead><tr><th scope="col">${phones.phone}</th><th scope="col">${phones.state}</th><th scope="col">${phones.where}</th><th scope="col">${phones.seen}</th><th scope="col">${phones.exception}</th></tr></thead>
      <tbody>${all.map((phone) => row(visit, now, phone))}</tbody>
    </table></section>`
    }${why}`;
  return layout(visit, { title, place: 'phones', body });
}

interface Typed {
  readonly user: string;
  readonly until: string;
}

/** Longest exception that the desk gives, days: what cannot do TLS in a year is replaced. */
const MAX_EXCEPTION_DAYS = 366;
const DAY_MS = 86_400_000;

/** First and last day that an exception may end on. */
const exceptionDays = ({ f, now }: Visit) => ({
  min: dayAfter(f.isoDate(now)),
  max: f.isoDate(now + MAX_EXCEPTION_DAYS * DAY_MS),
});

function newPage(visit: Visit, typed: Typed, fault: FormFault | null): Html {
  const { t } = visit;
  const { phones } = t;
  const body = html`${head(phones.addTitle, phones.addLead)}
    <form method="post" action="/phones" class="stack tight" novalidate>
      ${errorSummary(t, fault)}
      ${field({ id: 'user', label: phones.user, hint: phones.userHint, value: typed.user, autocomplete: 'off', required: true, maxlength: 64, fault })}
      ${field({ id: 'until', label: phones.plainUntil, hint: phones.plainHint, type: 'date', value: typed.until, autocomplete: 'off', ...exceptionDays(visit), fault })}
      <div class="row"><button class="primary">${phones.addVerb}</button></div>
    </form>`;
  return layout(visit, { title: phones.addTitle, place: 'phones', body });
}

function addedPage(visit: Visit, user: string, secret: string): Html {
  const { phones } = visit.t;
  const { domain, host, port } = visit.services.phones.server;
  const title = phones.added(user);
  const body = html`${head(title, phones.addedMore)}
    <div class="stack tight">
      <dl><dt>${phones.user}</dt><dd>${user}</dd><dt>${phones.secret}</dt><dd><code>${secret}</code></dd><dt>${phones.domain}</dt><dd>${domain}</dd><dt>${phones.server}</dt><dd>${host}, TLS, ${port}</dd></dl>
      <p class="note">${phones.settings}</p>
      <p><a href="/phones/${encodeURIComponent(user)}">${phones.onePhone(user)}</a></p>
    </div>`;
  return layout(visit, { title, place: 'phones', body });
}

/** The instant at which an exception ends: the end of the day that was typed; 0: none. @throws Problem `exception_wrong`. */
function exceptionEnd(visit: Visit, day: string): number {
  if (day === '') return 0;
  const { min, max } = exceptionDays(visit);
  const end =
    dayBegins(day, visit.services.timeZone) === null ? null : dayBegins(dayAfter(day), visit.services.timeZone);
  if (end === null || day < min || day > max) throw problem('exception_wrong');
  return end - 1;
}

async function add(c: DeskContext): Promise<Response> {
  const person = allowed(c, 'manage phones');
  const visit = c.get('visit');
  const typed: Typed = { user: await line(c, 'user'), until: await line(c, 'until') };
  try {
    const secret = visit.services.phones.add(person, typed.user, exceptionEnd(visit, typed.until));
    return await c.html(addedPage(visit, typed.user, secret));
  } catch (error) {
    const fault = refusal(c, error, { phone_name: 'user', phone_exists: 'user', exception_wrong: 'until' });
    return c.html(newPage(visit, typed, fault));
  }
}

export const phonesRoutes = new Hono<DeskEnv>()
  .get('/phones', async (c) => {
    const person = allowed(c, 'see phones');
    const visit = c.get('visit');
    return c.html(phonesPage(visit, person, await visit.services.phones.now()));
  })
  .get('/phones/new', (c) => {
    allowed(c, 'manage phones');
    return c.html(newPage(c.get('visit'), { user: '', until: '' }, null));
  })
  .post('/phones', add);
