/** The identity providers of an MSP: its owners say who may come in by them. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, check, errorSummary, type FormFault, field, head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { checkSecret, type Provider } from '../../access/oidc/providers.ts';
import { checkSettings, type Settings } from '../../access/oidc/settings.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, field as posted, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { namedField, refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove } from './proof.ts';
import { readRules, writeRules } from './provider-rules.ts';

/** A form as it was typed. */
type Typed = Readonly<Record<(typeof names)[number], string>>;

const names = [
  ...(['name', 'issuer', 'clientId', 'clientSecret', 'country', 'domains', 'subjects'] as const),
  ...(['trustsEmail', 'acr', 'amr', 'rules'] as const),
];

const empty = Object.fromEntries(names.map((name) => [name, ''])) as unknown as Typed;
const lines = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean);

const typedOf = ({ secondFactor, rules, trustsEmail, ...settings }: Settings): Typed => ({
  ...settings,
  clientSecret: '',
  domains: settings.domains.join('\n'),
  subjects: settings.subjects.join('\n'),
  trustsEmail: trustsEmail ? 'on' : '',
  acr: secondFactor?.acr.join(', ') ?? '',
  amr: secondFactor?.amr.join(', ') ?? '',
  rules: writeRules(rules),
});

/** What is checked is for the room to say. */
function settingsOf({ clientSecret: _, acr, amr, ...typed }: Typed): unknown {
  const factors = { acr: lines(acr), amr: lines(amr) };
  return {
    ...typed,
    name: typed.name.trim(),
    issuer: typed.issuer.trim(),
    clientId: typed.clientId.trim(),
    country: typed.country.trim().toUpperCase(),
    domains: lines(typed.domains).map((domain) => domain.toLowerCase()),
    subjects: lines(typed.subjects),
    trustsEmail: typed.trustsEmail === 'on',
    secondFactor: factors.acr.length + factors.amr.length > 0 ? factors : null,
    rules: readRules(typed.rules),
  };
}

async function typedIn(c: ConsoleContext): Promise<Typed> {
  const pairs = await Promise.all(names.map(async (name) => [name, await posted(c, name)] as const));
  return Object.fromEntries(pairs) as unknown as Typed;
}

/** The field that a refusal is about: `provider_invalid` names it. */
function faultOf(c: ConsoleContext, error: unknown): FormFault {
  const named = namedField(error, [...names, 'secondFactor'], 'issuer');
  const about = named === 'secondFactor' ? 'acr' : named;
  return refusal(c, error, {
    ...{ provider_invalid: about, country_invalid: 'country', providers_full: 'name', provider_unreachable: 'issuer' },
    ...{ provider_refused: 'issuer', provider_unfit: 'issuer', provider_issuer: 'issuer', provider_changed: 'name' },
    ...{ provider_last_owner: 'name', region_locked: 'country', transfer_blocked: 'country' },
    ...proofFields,
  });
}

function fields({ t }: Visit, typed: Typed, fault: FormFault | null, isNew: boolean): Html {
  const { providers: p } = t;
  const line = (id: 'name' | 'issuer' | 'clientId' | 'country', hint?: string) =>
    field({
      id,
      label: p[id],
      value: typed[id],
      autocomplete: 'off',
      required: true,
      fault,
      ...(hint ? { hint } : {}),
    });
  const many = (id: 'domains' | 'subjects' | 'rules', hint: string) =>
    area({ id, label: p[id], hint, value: typed[id], fault });
  return html`${errorSummary(t.frame, fault)}
    ${line('name', p.nameHint)}${line('issuer', p.issuerHint)}${line('clientId')}
    ${field({ id: 'clientSecret', label: p.clientSecret, hint: isNew ? p.secretHint : p.secretStays, type: 'password', value: typed.clientSecret, autocomplete: 'off', required: isNew, fault })}
    ${line('country', p.countryHint)}
    ${many('domains', p.domainsHint)}${many('subjects', p.subjectsHint)}
    ${check({ id: 'trustsEmail', label: p.trustsEmail, hint: p.trustsEmailHint, checked: typed.trustsEmail === 'on' })}
    ${field({ id: 'acr', label: 'acr', hint: p.factorHint, value: typed.acr, autocomplete: 'off', fault })}
    ${field({ id: 'amr', label: 'amr', hint: p.factorHint, value: typed.amr, autocomplete: 'off', fault })}
    ${many('rules', p.rulesHint)}`;
}

function listPage(visit: Visit, all: readonly Provider[]): Html {
  const { providers: p } = visit.t;
  const body = html`${head(p.title, p.lead)}
    <div class="stack">${
      all.length === 0
        ? html`<p class="empty">${p.none}</p>`
        : html`<ul class="list">${all.map(({ id, settings }) => html`<li><a href="/providers/${id}">${settings.name}</a> <span class="soft">${settings.issuer}</span></li>`)}</ul>`
    }<p><a href="/providers/new">${p.add}</a></p></div>`;
  return layout(visit, { title: p.title, place: 'providers', body });
}

async function formPage(visit: Visit, typed: Typed, fault: FormFault | null, one: Provider | null): Promise<Html> {
  const { providers: p } = visit.t;
  const title = one?.settings.name ?? p.add;
  const origin = visit.services.site.origin;
  const body = html`${head(title, p.formLead)}
    <div class="stack narrow">
      ${one ? html`<dl><dt>${p.redirect}</dt><dd><code>${one.redirectUri}</code></dd><dt>${p.address}</dt><dd><code>${origin}/sign-in/with/${one.id}</code></dd></dl>` : nothing}
      <form method="post" action="${one ? `/providers/${one.id}` : '/providers/new'}" class="stack tight">
        ${one ? html`<input type="hidden" name="version" value="${one.version}">` : nothing}
        ${fields(visit, typed, fault, one === null)}
        ${await proofPart(visit, p.save, fault)}
        <p><a href="/providers">${p.back}</a></p>
      </form>
      ${one ? html`<p><a href="/providers/${one.id}/remove">${p.remove}…</a></p>` : nothing}
    </div>`;
  return layout(visit, { title, place: 'providers', modules: [PROOF_MODULE], body });
}

async function removePage(visit: Visit, { id, settings }: Provider, fault: FormFault | null): Promise<Html> {
  const { providers: p } = visit.t;
  const trail = [{ href: `/providers/${id}`, text: settings.name }];
  const body = html`${head(p.remove, p.removeLead)}
    <form method="post" action="/providers/${id}/remove" class="door stack tight narrow">${errorSummary(visit.t.frame, fault)}${fault && fault.field !== 'code' ? html`<p class="error" id="${fault.field}">${fault.text}</p>` : nothing}${await proofPart(visit, p.remove, fault)}<p><a href="/providers/${id}">${p.back}</a></p></form>`;
  return layout(visit, { title: p.remove, place: 'providers', trail, modules: [PROOF_MODULE], body });
}

export const providerRoutes = new Hono<ConsoleEnv>()
  .get('/providers', async (c) => {
    const { scope } = allowed(c, 'manage sign-in');
    const visit = c.get('visit');
    return c.html(listPage(visit, await visit.services.access.providers.list(scope)));
  })
  .get('/providers/new', async (c) => {
    allowed(c, 'manage sign-in');
    return c.html(await formPage(c.get('visit'), empty, null, null));
  })
  .post('/providers/new', async (c) => {
    const { scope, person } = allowed(c, 'manage sign-in');
    const visit = c.get('visit');
    const typed = await typedIn(c);
    try {
      const { providers } = visit.services.access;
      checkSettings(settingsOf(typed));
      checkSecret(typed.clientSecret);
      await prove(c);
      const { id } = await providers.add(scope, settingsOf(typed), typed.clientSecret, person.id);
      return c.redirect(`/providers/${id}`, 303);
    } catch (error) {
      return c.html(await formPage(visit, typed, faultOf(c, error), null));
    }
  })
  .get('/providers/:provider', async (c) => {
    const { scope } = allowed(c, 'manage sign-in');
    const visit = c.get('visit');
    const one = await visit.services.access.providers.get(scope, c.req.param('provider'));
    return c.html(await formPage(visit, typedOf(one.settings), null, one));
  })
  .post('/providers/:provider', async (c) => {
    const { scope, person } = allowed(c, 'manage sign-in');
    const visit = c.get('visit');
    const { providers } = visit.services.access;
    const typed = await typedIn(c);
    const one = await providers.get(scope, c.req.param('provider'));
    try {
      const version = Number(await posted(c, 'version'));
      checkSettings(settingsOf(typed));
      await prove(c);
      await providers.change(scope, { id: one.id, version }, settingsOf(typed), typed.clientSecret || null, person.id);
      return c.redirect(`/providers/${one.id}`, 303);
    } catch (error) {
      return c.html(await formPage(visit, typed, faultOf(c, error), one));
    }
  })
  .get('/providers/:provider/remove', async (c) => {
    const { scope } = allowed(c, 'manage sign-in');
    const visit = c.get('visit');
    const one = await visit.services.access.providers.get(scope, c.req.param('provider'));
    return c.html(await removePage(visit, one, null));
  })
  .post('/providers/:provider/remove', async (c) => {
    const { scope, person } = allowed(c, 'manage sign-in');
    const visit = c.get('visit');
    const { providers } = visit.services.access;
    const one = await providers.get(scope, c.req.param('provider'));
    try {
      await prove(c);
      await providers.remove(scope, one.id, person.id);
      return c.redirect('/providers', 303);
    } catch (error) {
      return c.html(await removePage(visit, one, faultOf(c, error)));
    }
  });
