/** People of the MSP: who may what, and who is invited. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head, many, pick, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Person } from '../../access/parts.ts';
import { checkEmail, checkGrants } from '../../access/people.ts';
import { problem as accessProblem } from '../../access/problems.ts';
import { type Grant, type Role, roles } from '../../access/rights.ts';
import type { Scope } from '../../tenants/scope.ts';
import { PLACES_OFFERED } from '../limits.ts';
import {
  allowed,
  type ConsoleContext,
  type ConsoleEnv,
  fields as manyPosted,
  may,
  field as posted,
  type Visit,
} from '../visit.ts';
import { layout } from './layout.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove, refusedProof } from './proof.ts';

type Names = ReadonlyMap<string, { readonly name: string }>;

const placesOf = (grants: readonly Grant[]): string[] => grants.flatMap(({ customer, site }) => customer ?? site ?? []);

function grantText({ t }: Visit, { role, customer, site }: Grant, names: Names): string {
  const place = customer ?? site;
  const where = place === null ? t.people.everything : (names.get(place)?.name ?? t.people.gone);
  return t.people.grant(t.frame.roles[role], where);
}

const grantList = (visit: Visit, grants: readonly Grant[], names: Names): Html =>
  html`${grants.map((grant, at) => html`${at > 0 ? html`<br>` : nothing}${grantText(visit, grant, names)}`)}`;

/** What a form writes for a place: empty for all of the MSP. */
const placeValue = ({ customer, site }: Pick<Grant, 'customer' | 'site'>): string =>
  customer ? `customer:${customer}` : site ? `site:${site}` : '';

export function placeIn(text: string): Pick<Grant, 'customer' | 'site'> {
  if (text.startsWith('customer:')) return { customer: text.slice(9), site: null };
  return { customer: null, site: text.startsWith('site:') ? text.slice(5) : null };
}

/** All of the MSP, then customers with their sites, by name; and what was chosen, wherever it stands. */
export async function placeOptions(visit: Visit, scope: Scope, chosen: string): Promise<(readonly [string, string])[]> {
  const { t, services } = visit;
  const customers = await services.tenants.customers(scope, { limit: PLACES_OFFERED });
  const sites = await services.tenants.sites(scope, { limit: PLACES_OFFERED });
  const options: (readonly [string, string])[] = [['', t.people.everything]];
  for (const { id, name } of customers.rows) {
    options.push([`customer:${id}`, name]);
    for (const site of sites.rows) if (site.customer === id) options.push([`site:${site.id}`, `${name}, ${site.name}`]);
  }
  if (!options.some(([value]) => value === chosen)) {
    const { customer, site } = placeIn(chosen);
    const id = customer ?? site ?? '';
    const named = (await services.glance.names(scope, [id])).get(id);
    if (named) options.push([chosen, named.name]);
  }
  return options;
}

interface InviteTyped {
  readonly email: string;
  readonly roles: readonly string[];
  readonly place: string;
}

async function invitePage(visit: Visit, scope: Scope, typed: InviteTyped, fault: FormFault | null): Promise<Html> {
  const { t } = visit;
  const { people } = t;
  const body = html`${head(people.invite, people.inviteLead)}
    <form method="post" action="/people/invite" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}
      ${field({ id: 'email', label: people.email, value: typed.email, autocomplete: 'off', required: true, maxlength: 254, fault })}
      ${many({ id: 'role', label: people.roles, of: roles.map((role) => [role, people.roleSays[role]] as const), chosen: typed.roles, fault })}
      ${pick({ id: 'place', label: people.place, hint: people.placeHint, of: await placeOptions(visit, scope, typed.place), chosen: typed.place, fault })}
      ${await proofPart(visit, people.inviteVerb, fault)}
      <p><a href="/people">${t.common.cancel}</a></p>
    </form>`;
  return layout(visit, { title: people.invite, place: 'people', modules: [PROOF_MODULE], body });
}

/** The link, told once. */
function invitedPage(visit: Visit, email: string, token: string): Html {
  const { t, services } = visit;
  const { people } = t;
  const body = html`${head(people.invitedTitle(email), people.invitedLead)}
    <div class="stack tight"><p class="fingerprint">${services.site.origin}/invitation#${token}</p><p class="note">${people.invitedNote}</p><p><a href="/people">${people.toPeople}</a></p></div>`;
  return layout(visit, { title: people.invite, place: 'people', body });
}

interface Given {
  readonly role: string;
  readonly place: string;
}

async function personPage(
  c: ConsoleContext,
  scope: Scope,
  person: Person,
  fault: FormFault | null = null,
  given: Given = { role: 'read_only', place: '' },
): Promise<Html> {
  const visit = c.get('visit');
  const { t, services } = visit;
  const { people } = t;
  const names = await services.glance.names(scope, placesOf(person.grants));
  const manages = may(visit, 'manage people');
  const rows = person.grants.map((grant, at) => {
    const said = grantText(visit, grant, names);
    return html`<li><span>${said}</span>${
      manages && person.grants.length > 1
        ? html`<a href="/people/${person.id}/grants/${at}/remove">${people.takeRole}…<span class="visually-hidden"> ${said}</span></a>`
        : nothing
    }</li>`;
  });
  const add = manages
    ? html`<section aria-labelledby="add"><header><h2 id="add">${people.addRole}</h2><p>${people.changeNote}</p></header>
        <form method="post" action="/people/${person.id}/grants" class="stack tight narrow">
          ${errorSummary(t.frame, fault)}
          ${pick({ id: 'role', label: people.role, of: roles.map((role) => [role, people.roleSays[role]] as const), chosen: given.role, fault })}
          ${pick({ id: 'place', label: people.place, hint: people.placeHint, of: await placeOptions(visit, scope, given.place), chosen: given.place, fault })}
          ${await proofPart(visit, people.addRoleVerb, fault)}
        </form></section>
      <p><a href="/people/${person.id}/remove">${people.remove(person.name)}…</a></p>`
    : nothing;
  const body = html`${head(person.name, person.email)}
    <div class="stack">
      <section aria-labelledby="roles"><header><h2 id="roles">${people.roles}</h2></header><ul class="list">${rows}</ul></section>
      ${add}
    </div>`;
  return layout(visit, { title: person.name, place: 'people', modules: manages ? [PROOF_MODULE] : [], body });
}

interface Taken {
  readonly title: string;
  readonly lead: string;
  readonly verb: string;
  /** What the form says besides. */
  readonly more?: Html;
}

/** A role or a person less, on a page of its own. */
async function takePage(
  c: ConsoleContext,
  { id, name }: Person,
  { title, lead, verb, more = nothing }: Taken,
  fault: FormFault | null,
): Promise<Html> {
  const visit = c.get('visit');
  const { t } = visit;
  const at = `/people/${id}`;
  const body = html`${head(title, lead)}
    <form method="post" action="${c.req.path}" class="door stack tight narrow">${errorSummary(t.frame, fault)}${more}${await proofPart(visit, verb, fault)}<p><a href="${at}">${t.common.cancel}</a></p></form>`;
  return layout(visit, { title, place: 'people', trail: [{ href: at, text: name }], modules: [PROOF_MODULE], body });
}

/** Which role of theirs is taken. `was`: what they had when the page was made. @throws Problem `grants_invalid`. */
async function takingRole(visit: Visit, scope: Scope, { grants }: Person, at: number, was: string): Promise<Taken> {
  const { people } = visit.t;
  const grant = grants[at];
  if (!grant || grants.length === 1) throw accessProblem('grants_invalid');
  const said = grantText(visit, grant, await visit.services.glance.names(scope, placesOf(grants)));
  const more = html`<input type="hidden" name="was" value="${was}">`;
  return { title: people.takeRoleTitle(said), lead: people.changeNote, verb: people.takeRole, more };
}

const removing = ({ t }: Visit, { name }: Person): Taken => ({
  title: t.people.remove(name),
  lead: t.people.removeLead,
  verb: t.people.removeVerb,
});

/** @throws Problem `person_unknown`. */
async function personOf({ services }: Visit, scope: Scope, id: string): Promise<Person> {
  const person = (await services.access.people.list(scope)).find((one) => one.id === id);
  if (!person) throw accessProblem('person_unknown');
  return person;
}

const inviteFields = {
  email_invalid: 'email',
  grants_invalid: 'role',
  invitations_full: 'email',
  customer_unknown: 'place',
  site_unknown: 'place',
  ...proofFields,
};

/** Only what is there, and theirs, may be the place of a role. @throws Problem `customer_unknown`, `site_unknown`. */
async function checkPlace(
  { services }: Visit,
  scope: Scope,
  { customer, site }: Pick<Grant, 'customer' | 'site'>,
): Promise<void> {
  if (customer !== null) await services.tenants.customer(scope, customer);
  if (site !== null) await services.tenants.site(scope, site);
}

const isRole = (text: string): text is Role => roles.some((role) => role === text);

export const peopleRoutes = new Hono<ConsoleEnv>()
  .get('/people', async (c) => {
    const { scope } = allowed(c, 'see people');
    const visit = c.get('visit');
    const { t, f, now, services } = visit;
    const { people } = t;
    const [all, invitations] = await Promise.all([
      services.access.people.list(scope),
      services.access.people.invitations(scope),
    ]);
    const names = await services.glance.names(
      scope,
      [...all, ...invitations].flatMap(({ grants }) => placesOf(grants)),
    );
    const manages = may(visit, 'manage people');
    const body = html`${head(people.title(f.number(all.length), all.length), people.lead, manages ? html`<a href="/people/invite">${people.invite}</a>` : nothing)}
      <div class="stack">
        <section aria-label="${people.heading}">
          <table class="cards"><caption class="visually-hidden">${people.heading}</caption>
            <thead><tr><th scope="col">${people.name}</th><th scope="col">${people.email}</th><th scope="col">${people.roles}</th><th scope="col">${people.factor}</th></tr></thead>
            <tbody>${all.map(
              (person) =>
                html`<tr><th scope="row"><a href="/people/${person.id}">${person.name}</a></th><td data-label="${people.email}" class="whole">${person.email}</td><td data-label="${people.roles}">${grantList(visit, person.grants, names)}</td><td data-label="${people.factor}">${person.enrolled ? people.enrolled : state('wait', people.notEnrolled)}</td></tr>`,
            )}</tbody></table>
        </section>
        ${
          invitations.length === 0
            ? nothing
            : html`<section aria-labelledby="invited"><header><h2 id="invited">${people.invited}</h2></header><ul class="list">${invitations.map(
                ({ id, email, grants, expiresAt }) =>
                  html`<li><span class="whole">${email}<small>${grantList(visit, grants, names)}</small></span><time datetime="${new Date(expiresAt).toISOString()}">${people.goodUntil(f.momentWithin(expiresAt, now))}</time>${
                    manages
                      ? html`<form method="post" action="/people/invitations/${id}/withdraw"><button class="small">${people.withdraw}<span class="visually-hidden">: ${email}</span></button></form>`
                      : nothing
                  }</li>`,
              )}</ul></section>`
        }
      </div>`;
    return c.html(layout(visit, { title: people.heading, place: 'people', body }));
  })
  .get('/people/invite', async (c) => {
    const { scope } = allowed(c, 'manage people');
    const [customer, site] = [c.req.query('customer') ?? null, c.req.query('site') ?? null];
    const typed = { email: '', roles: [], place: placeValue({ customer, site: customer ? null : site }) };
    return c.html(await invitePage(c.get('visit'), scope, typed, null));
  })
  .post('/people/invite', async (c) => {
    const { scope, person } = allowed(c, 'manage people');
    const visit = c.get('visit');
    const typed = {
      email: await posted(c, 'email'),
      roles: await manyPosted(c, 'role'),
      place: await posted(c, 'place'),
    };
    try {
      const place = placeIn(typed.place);
      await checkPlace(visit, scope, place);
      checkEmail(typed.email);
      const grants = checkGrants(typed.roles.filter(isRole).map((role) => ({ role, ...place })));
      await prove(c);
      const { token } = await visit.services.access.people.invite(scope, { email: typed.email, grants }, person.id);
      return c.html(invitedPage(visit, typed.email.trim(), token));
    } catch (error) {
      return c.html(await invitePage(visit, scope, typed, refusal(c, error, inviteFields)));
    }
  })
  .post('/people/invitations/:id/withdraw', async (c) => {
    const { scope, person } = allowed(c, 'manage people');
    await c.get('visit').services.access.people.withdraw(scope, c.req.param('id'), person.id);
    return c.redirect('/people', 303);
  })
  .get('/people/:id', async (c) => {
    const { scope } = allowed(c, 'see people');
    return c.html(await personPage(c, scope, await personOf(c.get('visit'), scope, c.req.param('id'))));
  })
  .post('/people/:id/grants', async (c) => {
    const { scope, person: actor } = allowed(c, 'manage people');
    const visit = c.get('visit');
    const id = c.req.param('id');
    const person = await personOf(visit, scope, id);
    const given = { role: await posted(c, 'role'), place: await posted(c, 'place') };
    try {
      const place = placeIn(given.place);
      await checkPlace(visit, scope, place);
      const grants = checkGrants([...person.grants, { role: given.role, ...place }]);
      await prove(c);
      await visit.services.access.people.changeGrants(scope, id, grants, actor.id, person.grants);
      return c.redirect(`/people/${id}`, 303);
    } catch (error) {
      const fault = refusal(c, error, { ...inviteFields, grants_changed: 'roles' });
      return c.html(await personPage(c, scope, await personOf(visit, scope, id), fault, given));
    }
  })
  .get('/people/:id/grants/:at/remove', async (c) => {
    const { scope } = allowed(c, 'manage people');
    const visit = c.get('visit');
    const person = await personOf(visit, scope, c.req.param('id'));
    const was = JSON.stringify(person.grants);
    const taking = await takingRole(visit, scope, person, Number(c.req.param('at')), was);
    return c.html(await takePage(c, person, taking, null));
  })
  .post('/people/:id/grants/:at/remove', async (c) => {
    const { scope, person: actor } = allowed(c, 'manage people');
    const visit = c.get('visit');
    const id = c.req.param('id');
    const person = await personOf(visit, scope, id);
    const at = Number(c.req.param('at'));
    const was = await posted(c, 'was');
    try {
      // Somebody else changed them since the page was read: the place in the list is another's now.
      if (was !== JSON.stringify(person.grants)) throw accessProblem('grants_changed');
      const taking = await takingRole(visit, scope, person, at, was);
      const refused = await refusedProof(c);
      if (refused) return c.html(await takePage(c, person, taking, refused));
      const left = person.grants.toSpliced(at, 1);
      await visit.services.access.people.changeGrants(scope, id, left, actor.id, person.grants);
      return c.redirect(`/people/${id}`, 303);
    } catch (error) {
      const fault = refusal(c, error, { grants_changed: 'roles' });
      return c.html(await personPage(c, scope, await personOf(visit, scope, id), fault));
    }
  })
  .get('/people/:id/remove', async (c) => {
    const { scope } = allowed(c, 'manage people');
    const visit = c.get('visit');
    const person = await personOf(visit, scope, c.req.param('id'));
    return c.html(await takePage(c, person, removing(visit, person), null));
  })
  .post('/people/:id/remove', async (c) => {
    const { scope, person: actor } = allowed(c, 'manage people');
    const visit = c.get('visit');
    const person = await personOf(visit, scope, c.req.param('id'));
    const refused = await refusedProof(c);
    if (refused) return c.html(await takePage(c, person, removing(visit, person), refused));
    await visit.services.access.people.remove(scope, person.id, actor.id);
    return c.redirect('/people', 303);
  });
