/** Channels: who is told of alerts, by mail or webhook, and what became of the messages. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { area, check, errorSummary, type FormFault, field, head, many, pick, state } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Channel, ChannelFields, Delivery } from '../../alerts/channels.ts';
import { problem as alertProblem } from '../../alerts/problems.ts';
import { type AlertLanguage, alertLanguages } from '../../alerts/words/of.ts';
import type { Scope } from '../../tenants/scope.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, fields, field as posted, type Visit } from '../visit.ts';
import { codeOptions } from './alert-parts.ts';
import { layout } from './layout.ts';
import { moment } from './parts.ts';
import { placeIn, placeOptions } from './people.ts';
import { namedField, problemText, refusal } from './problem.ts';

type Kind = Channel['kind'];

interface Typed {
  readonly kind: Kind;
  readonly name: string;
  readonly addresses: string;
  readonly url: string;
  readonly country: string;
  readonly language: string;
  readonly level: string;
  readonly within: readonly string[];
  readonly codes: readonly string[];
  readonly on: boolean;
}

const kindOf = (text: string | undefined): Kind => (text === 'webhook' ? 'webhook' : 'email');

const emptyOf = (kind: Kind, language: string): Typed => ({
  ...{ kind, name: '', addresses: '', url: '', country: '', language, level: 'warn', within: [], codes: [], on: true },
});

function typedOf(channel: Channel): Typed {
  const { kind, name, language, level, within, codes, state: is } = channel;
  const { customers, sites } = within === 'all' ? { customers: [], sites: [] } : within;
  return {
    ...{ kind, name, language, level, codes: codes ?? [], on: is === 'on' },
    addresses: channel.kind === 'email' ? channel.addresses.join('\n') : '',
    ...(channel.kind === 'webhook' ? { url: channel.url, country: channel.country } : { url: '', country: '' }),
    within: [...customers.map((id) => `customer:${id}`), ...sites.map((id) => `site:${id}`)],
  };
}

async function typedIn(c: ConsoleContext): Promise<Typed> {
  const [name, addresses] = [await posted(c, 'name'), await posted(c, 'addresses')];
  const [url, country] = [(await posted(c, 'url')).trim(), (await posted(c, 'country')).trim().toUpperCase()];
  const [language, level] = [await posted(c, 'language'), await posted(c, 'level')];
  const [within, codes] = [await fields(c, 'within'), await fields(c, 'codes')];
  const kind = kindOf(await posted(c, 'kind'));
  return { kind, name, addresses, url, country, language, level, within, codes, on: (await posted(c, 'on')) === 'on' };
}

/** What is checked is for the room to say. */
function fieldsOf({ kind, name, addresses, url, country, language, level, within, codes, on }: Typed): ChannelFields {
  const places = within.map(placeIn);
  const shared = {
    ...{ name, language: language as AlertLanguage, level: level as 'warn', on },
    within:
      places.length === 0
        ? ('all' as const)
        : {
            customers: places.flatMap(({ customer }) => customer ?? []),
            sites: places.flatMap(({ site }) => site ?? []),
          },
    codes: codes.length === 0 ? null : [...codes],
  };
  const lines = addresses
    .split(/[\n,;]/)
    .map((one) => one.trim())
    .filter(Boolean);
  return kind === 'email' ? { kind, addresses: lines, ...shared } : { kind, url, country, ...shared };
}

const named = ['name', 'addresses', 'url', 'country', 'language', 'level', 'within', 'codes'];

/** The field that a refusal is about: `channel_invalid` names it. */
function faultOf(c: ConsoleContext, error: unknown, kind: Kind): FormFault {
  return refusal(c, error, {
    channel_invalid: namedField(error, named, 'name'),
    mail_not_configured: 'addresses',
    ...{ target_unknown: 'within', channels_full: 'name' },
    ...{ region_locked: 'country', transfer_blocked: 'country', country_invalid: 'country' },
    destination_undeclared: kind === 'webhook' ? 'url' : 'addresses',
  });
}

async function formPart(
  visit: Visit,
  scope: Scope,
  typed: Typed,
  fault: FormFault | null,
  action: string,
): Promise<Html> {
  const { t, f } = visit;
  const { channels, alerts } = t;
  const { kind } = typed;
  const places = (await placeOptions(visit, scope, '')).filter(([value]) => value !== '');
  const languages = alertLanguages.map((one) => [one, f.languageName(one)] as const);
  const levels = (['warn', 'bad'] as const).map((one) => [one, alerts.levels[one]] as const);
  const target =
    kind === 'email'
      ? area({
          id: 'addresses',
          label: channels.addresses,
          hint: channels.addressesHint,
          value: typed.addresses,
          required: true,
          fault,
        })
      : html`${field({ id: 'url', label: channels.url, hint: channels.urlHint, value: typed.url, autocomplete: 'off', required: true, maxlength: 2000, fault })}${field({ id: 'country', label: channels.country, hint: channels.countryHint, value: typed.country, autocomplete: 'off', required: true, maxlength: 2, fault })}`;
  return html`<form method="post" action="${action}" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}<input type="hidden" name="kind" value="${kind}">
      ${field({ id: 'name', label: channels.name, value: typed.name, autocomplete: 'off', required: true, maxlength: 80, fault })}
      ${target}
      ${pick({ id: 'language', label: channels.language, of: languages, chosen: typed.language, fault })}
      ${pick({ id: 'level', label: channels.level, of: levels, chosen: typed.level, fault })}
      ${places.length > 0 ? html`<details${typed.within.length > 0 ? html` open` : nothing}><summary>${channels.within}</summary>${many({ id: 'within', label: channels.within, hint: channels.withinHint, of: places, chosen: typed.within, fault })}</details>` : nothing}
      <details${typed.codes.length > 0 ? html` open` : nothing}><summary>${channels.codes}</summary>${many({ id: 'codes', label: channels.codes, hint: channels.codesHint, of: codeOptions(visit), chosen: typed.codes, fault })}</details>
      ${check({ id: 'on', label: channels.on, hint: channels.onHint, checked: typed.on })}
      <div class="row"><button class="primary">${channels.save}</button><a href="/channels">${channels.back}</a></div>
    </form>`;
}

function standing({ t, f, now }: Visit, channel: Channel): Html {
  const { channels } = t;
  const { state: is, failingSince, waiting, dead } = channel;
  if (is !== 'on') return state(is === 'gone' ? 'bad' : 'off', channels.states[is]);
  if (failingSince !== null) return state('bad', channels.failing(f.momentWithin(failingSince, now)));
  const more = [waiting > 0 ? channels.waiting(f.number(waiting)) : '', dead > 0 ? channels.dead(f.number(dead)) : ''];
  return html`${channels.states.on}${more.some(Boolean) ? html`<small>${more.filter(Boolean).join(', ')}</small>` : nothing}`;
}

const targetOf = (channel: Channel): string => (channel.kind === 'email' ? channel.addresses.join(', ') : channel.url);

async function listPage(visit: Visit, scope: Scope): Promise<Html> {
  const { t, services } = visit;
  const { channels } = t;
  const all = await services.alerts.channels.list(scope);
  const add = html`<span class="row"><a href="/channels/new?kind=email">${channels.addMail}</a><a href="/channels/new?kind=webhook">${channels.addWebhook}</a></span>`;
  const rows = all.map(
    (one) =>
      html`<li><span><a href="/channels/${one.id}">${one.name}</a><small>${channels.kinds[one.kind]}: ${targetOf(one)}</small></span><span>${standing(visit, one)}</span></li>`,
  );
  const body = html`${head(channels.title, channels.lead, add)}
    <section aria-label="${channels.heading}">${all.length === 0 ? html`<div class="empty"><p>${channels.none}</p></div>` : html`<ul class="list">${rows}</ul>`}</section>`;
  return layout(visit, { title: channels.heading, place: 'channels', body });
}

/** What was wrong with a message, in the reader's language. */
function problemOf(visit: Visit, code: string): string {
  const known = alertProblem(code as Parameters<typeof alertProblem>[0]);
  return known.advice ? problemText(visit, known) : code;
}

function deliveriesPart(visit: Visit, channel: Channel, deliveries: readonly Delivery[]): Html {
  const { t, f, now } = visit;
  const { channels } = t;
  const kinds = { waiting: 'wait', done: 'ok', dead: 'bad' } as const;
  const row = ({ id, state: is, alerts, notice, madeAt, tries, dueAt, problem }: Delivery) =>
    html`<tr><th scope="row">${moment(visit, madeAt)}</th><td data-label="${channels.about}">${notice ? channels.notice : channels.alerts(f.number(alerts), alerts)}</td><td data-label="${channels.state}">${is === 'done' ? channels.deliveryStates.done : state(kinds[is], channels.deliveryStates[is])}${dueAt !== null && tries > 0 ? html`<small>${channels.nextTry(f.momentWithin(dueAt, now))}</small>` : nothing}${problem && is !== 'done' ? html`<small>${problemOf(visit, problem)}</small>` : nothing}${is === 'dead' ? html`<form method="post" action="/channels/${channel.id}/deliveries/${id}/retry"><button class="small">${channels.retry}</button></form>` : nothing}</td><td data-label="${channels.tries}" class="num">${f.number(tries)}</td></tr>`;
  return html`<section aria-labelledby="deliveries"><header><h2 id="deliveries">${channels.deliveries}</h2></header>${
    deliveries.length === 0
      ? html`<p>${channels.noDeliveries}</p>`
      : html`<table class="cards"><caption class="visually-hidden">${channels.deliveries}</caption><thead><tr><th scope="col">${channels.made}</th><th scope="col">${channels.about}</th><th scope="col">${channels.state}</th><th scope="col" class="num">${channels.tries}</th></tr></thead><tbody>${deliveries.map(row)}</tbody></table>`
  }</section>`;
}

interface Said {
  readonly typed?: Typed;
  readonly fault?: FormFault;
  /** What became of a test. */
  readonly note?: Html;
}

async function page(visit: Visit, scope: Scope, channel: Channel, { typed, fault, note }: Said = {}): Promise<Html> {
  const { t, services } = visit;
  const { channels } = t;
  const deliveries = await services.alerts.channels.deliveries(scope, channel.id);
  const at = `/channels/${channel.id}`;
  const { succeededAt } = channel;
  const body = html`${head(channel.name, `${channels.kinds[channel.kind]}: ${targetOf(channel)}`, html`<form method="post" action="${at}/test"><button>${channels.test}</button></form>`)}
    <div class="stack">${note ?? nothing}
      <dl><dt>${channels.state}</dt><dd>${standing(visit, channel)}</dd><dt>${channels.well}</dt><dd>${succeededAt === null ? t.common.never : moment(visit, succeededAt)}</dd></dl>
      ${await formPart(visit, scope, typed ?? typedOf(channel), fault ?? null, at)}
      ${deliveriesPart(visit, channel, deliveries)}
      ${channel.kind === 'webhook' ? html`<section aria-labelledby="secret"><header><h2 id="secret">${channels.newSecret}</h2><p>${channels.newSecretLead}</p></header><form method="post" action="${at}/secret"><button>${channels.newSecret}</button></form></section>` : nothing}
      <section aria-labelledby="remove"><header><h2 id="remove">${channels.remove}</h2><p>${channels.removeLead}</p></header><form method="post" action="${at}/remove"><button class="danger">${channels.remove}</button></form></section>
    </div>`;
  return layout(visit, { title: channel.name, place: 'channels', body });
}

async function newPage(visit: Visit, scope: Scope, typed: Typed, fault: FormFault | null): Promise<Html> {
  const { channels } = visit.t;
  const title = typed.kind === 'email' ? channels.addMail : channels.addWebhook;
  const body = html`${head(title, channels.lead)}${await formPart(visit, scope, typed, fault, '/channels')}`;
  return layout(visit, { title, place: 'channels', body });
}

/** The secret, told once. */
function secretPage(visit: Visit, id: string, name: string, secret: string): Html {
  const { channels } = visit.t;
  const body = html`${head(channels.secretTitle(name), channels.secretLead)}
    <div class="stack tight"><p class="fingerprint">${secret}</p><p class="note">${channels.secretNote}</p><p><a href="/channels/${id}">${channels.toChannel}</a></p></div>`;
  return layout(visit, { title: channels.heading, place: 'channels', body });
}

/** @throws Problem `channel_unknown`. */
async function channelOf({ services }: Visit, scope: Scope, id: string): Promise<Channel> {
  const found = (await services.alerts.channels.list(scope)).find((one) => one.id === id);
  if (!found) throw alertProblem('channel_unknown');
  return found;
}

/** Ways in which a test fails that are told on the page of the channel. */
const isAboutSending = (error: unknown): boolean =>
  /^(webhook_|mail_|test_wait$)/.test((error as { code?: string }).code ?? '');

export const channelsRoutes = new Hono<ConsoleEnv>()
  .get('/channels', async (c) => c.html(await listPage(c.get('visit'), allowed(c, 'manage channels').scope)))
  .get('/channels/new', async (c) => {
    const { scope } = allowed(c, 'manage channels');
    const visit = c.get('visit');
    return c.html(await newPage(visit, scope, emptyOf(kindOf(c.req.query('kind')), visit.language), null));
  })
  .post('/channels', async (c) => {
    const { scope, person } = allowed(c, 'manage channels');
    const visit = c.get('visit');
    const typed = await typedIn(c);
    try {
      const { id, secret } = await visit.services.alerts.channels.add(scope, fieldsOf(typed), person.id);
      if (secret !== null) return c.html(secretPage(visit, id, typed.name.trim(), secret));
      return c.redirect(`/channels/${id}`, 303);
    } catch (error) {
      return c.html(await newPage(visit, scope, typed, faultOf(c, error, typed.kind)));
    }
  })
  .get('/channels/:channel', async (c) => {
    const { scope } = allowed(c, 'manage channels');
    const visit = c.get('visit');
    return c.html(await page(visit, scope, await channelOf(visit, scope, c.req.param('channel'))));
  })
  .post('/channels/:channel', async (c) => {
    const { scope, person } = allowed(c, 'manage channels');
    const visit = c.get('visit');
    const channel = await channelOf(visit, scope, c.req.param('channel'));
    const typed = { ...(await typedIn(c)), kind: channel.kind };
    try {
      await visit.services.alerts.channels.change(scope, channel.id, fieldsOf(typed), person.id);
      return c.redirect(`/channels/${channel.id}`, 303);
    } catch (error) {
      return c.html(await page(visit, scope, channel, { typed, fault: faultOf(c, error, typed.kind) }));
    }
  })
  .post('/channels/:channel/test', async (c) => {
    const { scope, person } = allowed(c, 'manage channels');
    const visit = c.get('visit');
    const channel = await channelOf(visit, scope, c.req.param('channel'));
    try {
      await visit.services.alerts.channels.test(scope, channel.id, person.id);
    } catch (error) {
      if (!isAboutSending(error)) throw error;
      const text = problemOf(visit, (error as { code: string }).code);
      return c.html(await page(visit, scope, channel, { note: html`<p class="note bad" role="alert">${text}</p>` }));
    }
    const note = html`<p class="note" role="status">${visit.t.channels.tested}</p>`;
    return c.html(await page(visit, scope, channel, { note }));
  })
  .post('/channels/:channel/secret', async (c) => {
    const { scope, person } = allowed(c, 'manage channels');
    const visit = c.get('visit');
    const { id, name } = await channelOf(visit, scope, c.req.param('channel'));
    return c.html(secretPage(visit, id, name, await visit.services.alerts.channels.newSecret(scope, id, person.id)));
  })
  .post('/channels/:channel/deliveries/:delivery/retry', async (c) => {
    const { scope, person } = allowed(c, 'manage channels');
    const { channel, delivery } = c.req.param();
    await c.get('visit').services.alerts.channels.retry(scope, channel, delivery, person.id);
    return c.redirect(`/channels/${channel}#deliveries`, 303);
  })
  .post('/channels/:channel/remove', async (c) => {
    const { scope, person } = allowed(c, 'manage channels');
    await c.get('visit').services.alerts.channels.remove(scope, c.req.param('channel'), person.id);
    return c.redirect('/channels', 303);
  });
