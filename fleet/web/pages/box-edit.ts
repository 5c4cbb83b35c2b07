/** What is changed at a box: its name, its site, and whether anything that it says is taken. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { Box } from '../../inventory/boxes.ts';
import { tagsIn } from '../../inventory/tags.ts';
import type { Scope } from '../../tenants/scope.ts';
import { allowed, type ConsoleEnv, field as posted, type Visit } from '../visit.ts';
import { trailOf } from './box.ts';
import { layout } from './layout.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove } from './proof.ts';
import { NO_SITE_ASK, siteAskIn, siteField, siteOffer, siteSearch } from './site-pick.ts';

const nameFields = { name_invalid: 'name', name_taken: 'name' };
const tagFields = { tag_invalid: 'tags', tags_too_many: 'tags', msp_tags_too_many: 'tags' };
const siteFields = { site_unknown: 'site', archived: 'site', name_taken: 'site' };

/** What was typed; what was not is as it is. */
interface Typed {
  readonly name?: string;
  readonly tags?: string;
  readonly site?: string;
}

async function editPage(
  visit: Visit,
  scope: Scope,
  box: Box,
  { name = box.name, tags = box.tags.join(', '), site = '' }: Typed,
  fault: FormFault | null,
  ask = NO_SITE_ASK,
): Promise<Html> {
  const { t } = visit;
  const { edit } = t.box;
  const offer = await siteOffer(visit, scope, ask, { chosen: site, but: box.site });
  const search = siteSearch(visit, offer, `/boxes/${box.id}/edit`);
  const of = (one: string) => (fault?.field === one ? fault : null);
  const none = ask.where === '' && ask.after === '' ? html`<p class="soft">${edit.noSites}</p>` : nothing;
  const body = html`${head(edit.title(box.name), edit.lead)}
    <div class="stack">
      <form method="post" action="/boxes/${box.id}/name" class="stack tight narrow">
        ${errorSummary(t.frame, of('name'))}
        ${field({ id: 'name', label: edit.name, hint: edit.nameHint, value: name, autocomplete: 'off', required: true, maxlength: 80, fault })}
        <div class="row"><button class="primary">${edit.nameVerb}</button><a href="/boxes/${box.id}">${t.common.cancel}</a></div>
      </form>
      <section aria-labelledby="tag"><header><h2 id="tag">${edit.tags}</h2><p>${edit.tagsLead}</p></header>
        <form method="post" action="/boxes/${box.id}/tags" class="stack tight narrow">${errorSummary(t.frame, of('tags'))}${field({ id: 'tags', label: edit.tags, hint: edit.tagsHint, value: tags, autocomplete: 'off', maxlength: 400, fault })}<div class="row"><button>${edit.tagsVerb}</button></div></form></section>
      <section aria-labelledby="move"><header><h2 id="move">${edit.move}</h2><p>${edit.moveLead}</p></header>
        ${search}${
          offer.of.length === 0
            ? none
            : html`<form method="post" action="/boxes/${box.id}/site" class="stack tight narrow">${errorSummary(t.frame, of('site'))}${siteField(visit, offer, site, fault)}<div class="row"><button>${edit.moveVerb}</button></div></form>`
        }</section>
    </div>`;
  return layout(visit, { title: edit.title(box.name), place: 'boxes', trail: await trailOf(visit, scope, box), body });
}

async function revokePage(visit: Visit, scope: Scope, box: Box, fault: FormFault | null): Promise<Html> {
  const { t, f, services, now } = visit;
  const { summary } = t.box;
  const { revoke } = t.box;
  const trail = await trailOf(visit, scope, box);
  const policy = await services.policyOf(scope, box.id);
  const applied = policy.reported?.applied;
  const seen = box.presence
    ? (box.presence.is === 'online' ? summary.connected : summary.away)(f.momentWithin(box.presence.since, now))
    : t.common.never;
  const body = html`${head(revoke.title(box.name), revoke.lead)}
    <div class="stack">
      <section aria-labelledby="numbers"><header><h2 id="numbers">${t.boxes.numbers.title}</h2></header>
        <dl><dt>${t.boxes.customer}</dt><dd>${trail[0]!.text}</dd><dt>${t.boxes.site}</dt><dd>${trail[1]!.text}</dd><dt>${summary.uplink}</dt><dd>${seen}</dd><dt>${t.box.policy.title}</dt><dd>${applied ? t.box.policy.reported(f.number(applied.version)) : t.common.policy.none}</dd><dt>${summary.id}</dt><dd class="fingerprint">${box.id}</dd></dl></section>
      ${
        box.state === 'revoked'
          ? nothing
          : html`<form method="post" action="/boxes/${box.id}/revoke" class="door stack tight narrow">${errorSummary(t.frame, fault)}<p class="soft">${t.boxes.logged}</p>${await proofPart(visit, revoke.verb(box.name), fault)}<p><a href="/boxes/${box.id}">${t.common.cancel}</a></p></form>`
      }
    </div>`;
  const modules = [PROOF_MODULE];
  return layout(visit, { title: revoke.title(box.name), place: 'boxes', trail, modules, body });
}

export const boxEditRoutes = new Hono<ConsoleEnv>()
  .get('/boxes/:box/edit', async (c) => {
    const { scope } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const box = await visit.services.boxes.get(scope, c.req.param('box'));
    return c.html(await editPage(visit, scope, box, {}, null, siteAskIn(c)));
  })
  .post('/boxes/:box/name', async (c) => {
    const { scope, person } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const box = await visit.services.boxes.get(scope, c.req.param('box'));
    const name = await posted(c, 'name');
    try {
      await visit.services.boxes.rename(scope, box.id, name, person.id);
      return c.redirect(`/boxes/${box.id}`, 303);
    } catch (error) {
      return c.html(await editPage(visit, scope, box, { name }, refusal(c, error, nameFields)));
    }
  })
  .post('/boxes/:box/tags', async (c) => {
    const { scope, person } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const box = await visit.services.boxes.get(scope, c.req.param('box'));
    const tags = await posted(c, 'tags');
    try {
      await visit.services.tags.set(scope, box.id, tagsIn(tags), person.id);
      return c.redirect(`/boxes/${box.id}`, 303);
    } catch (error) {
      return c.html(await editPage(visit, scope, box, { tags }, refusal(c, error, tagFields)));
    }
  })
  .post('/boxes/:box/site', async (c) => {
    const { scope, person } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const box = await visit.services.boxes.get(scope, c.req.param('box'));
    const site = await posted(c, 'site');
    try {
      await visit.services.boxes.move(scope, box.id, site, person.id);
      return c.redirect(`/boxes/${box.id}`, 303);
    } catch (error) {
      return c.html(await editPage(visit, scope, box, { site }, refusal(c, error, siteFields)));
    }
  })
  .get('/boxes/:box/revoke', async (c) => {
    const { scope } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const box = await visit.services.boxes.get(scope, c.req.param('box'));
    return c.html(await revokePage(visit, scope, box, null));
  })
  .post('/boxes/:box/revoke', async (c) => {
    const { scope, person } = allowed(c, 'manage boxes');
    const visit = c.get('visit');
    const box = await visit.services.boxes.get(scope, c.req.param('box'));
    try {
      await prove(c);
    } catch (error) {
      return c.html(await revokePage(visit, scope, box, refusal(c, error, proofFields)));
    }
    if (box.state !== 'revoked') await visit.services.revoke(box.id, person.id);
    return c.redirect(`/boxes/${box.id}`, 303);
  });
