/** One's own API tokens. */
import { type Html, html } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, field, head, many } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import { type Act, acts, byToken } from '../../access/rights.ts';
import { checkToken } from '../../access/tokens.ts';
import { TOKEN_DAYS } from '../limits.ts';
import { allowed, type ConsoleEnv, fields as manyPosted, may, field as posted, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove } from './proof.ts';

interface Typed {
  readonly name: string;
  readonly acts: readonly string[];
  readonly days: string;
}

async function newPage(visit: Visit, typed: Typed, fault: FormFault | null): Promise<Html> {
  const { t } = visit;
  const { tokens } = t;
  const offered = acts.filter((act) => byToken(act) && may(visit, act));
  const body = html`${head(tokens.make, tokens.makeLead)}
    <form method="post" action="/tokens" class="stack tight narrow">
      ${errorSummary(t.frame, fault)}
      ${field({ id: 'name', label: tokens.name, hint: tokens.nameHint, value: typed.name, autocomplete: 'off', required: true, maxlength: 80, fault })}
      ${many({ id: 'acts', label: tokens.acts, of: offered.map((act) => [act, tokens.actSays[act]] as const), chosen: typed.acts, fault })}
      ${field({ id: 'days', label: tokens.days, hint: tokens.daysHint, value: typed.days, autocomplete: 'off', inputmode: 'numeric', required: true, fault })}
      ${await proofPart(visit, tokens.makeVerb, fault)}
      <p><a href="/tokens">${t.common.cancel}</a></p>
    </form>`;
  return layout(visit, { title: tokens.make, place: 'tokens', modules: [PROOF_MODULE], body });
}

function madePage(visit: Visit, name: string, token: string): Html {
  const { tokens } = visit.t;
  const body = html`${head(tokens.madeTitle(name), tokens.madeLead)}
    <div class="stack tight"><p class="fingerprint">${token}</p><p class="note">${tokens.madeNote}</p><p><a href="/tokens">${tokens.toTokens}</a></p></div>`;
  return layout(visit, { title: tokens.make, place: 'tokens', body });
}

export const tokensRoutes = new Hono<ConsoleEnv>()
  .get('/tokens', async (c) => {
    const { person } = allowed(c, 'make tokens');
    const visit = c.get('visit');
    const { t, f, now, services } = visit;
    const { tokens } = t;
    const rows = await services.access.tokens.list(person);
    const body = html`${head(tokens.title(f.number(rows.length), rows.length), tokens.lead, html`<a href="/tokens/new">${tokens.make}</a>`)}
      <section aria-label="${tokens.heading}">${
        rows.length === 0
          ? html`<div class="empty"><p>${tokens.none}</p><p><a href="/tokens/new">${tokens.make}</a></p></div>`
          : html`<ul class="list">${rows.map(
              ({ id, name, acts: may, expiresAt }) =>
                html`<li><span><strong>${name}</strong><small>${may.map((act) => tokens.actSays[act]).join(', ')}</small></span><time datetime="${new Date(expiresAt).toISOString()}">${tokens.until(f.momentWithin(expiresAt, now))}</time><form method="post" action="/tokens/${id}/end"><button class="small">${tokens.end}<span class="visually-hidden">: ${name}</span></button></form></li>`,
            )}</ul>`
      }</section>`;
    return c.html(layout(visit, { title: tokens.heading, place: 'tokens', body }));
  })
  .get('/tokens/new', async (c) => {
    allowed(c, 'make tokens');
    return c.html(await newPage(c.get('visit'), { name: '', acts: [], days: String(TOKEN_DAYS) }, null));
  })
  .post('/tokens', async (c) => {
    const { person } = allowed(c, 'make tokens');
    const visit = c.get('visit');
    const typed = { name: await posted(c, 'name'), acts: await manyPosted(c, 'acts'), days: await posted(c, 'days') };
    try {
      const days = /^\d{1,3}$/.test(typed.days.trim()) ? Number(typed.days) : 0;
      const may = typed.acts.filter((act): act is Act => acts.some((one) => one === act));
      const wanted = { name: typed.name, acts: may, days };
      checkToken(person, wanted);
      await prove(c);
      const { token } = await visit.services.access.tokens.make(person, wanted);
      return c.html(madePage(visit, typed.name.trim(), token));
    } catch (error) {
      const fault = refusal(c, error, {
        name_invalid: 'name',
        token_acts: 'acts',
        token_days: 'days',
        tokens_full: 'name',
        ...proofFields,
      });
      return c.html(await newPage(visit, typed, fault));
    }
  })
  .post('/tokens/:id/end', async (c) => {
    const { person } = allowed(c, 'make tokens');
    await c.get('visit').services.access.tokens.end(person, c.req.param('id'));
    return c.redirect('/tokens', 303);
  });
