/** The keys with which this MSP signs policies: to compare at a box, to replace, to retire; and the proof that an act asks for. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { errorSummary, type FormFault, head } from '@belkluis/shared/web/parts';
import { Hono } from 'hono';
import type { PolicyKey } from '../../policy/keys.ts';
import { problem } from '../../policy/problems.ts';
import { allowed, type ConsoleContext, type ConsoleEnv, may, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { moment } from './parts.ts';
import { policyNav } from './policy-words.ts';
import { refusal } from './problem.ts';
import { PROOF_MODULE, proofFields, proofPart, prove } from './proof.ts';
import { peopleNames } from './who.ts';

/** Groups of four, as the desk of a box shows it. */
const grouped = (hex: string): string => hex.match(/.{1,4}/g)?.join(' ') ?? hex;

function keyPart(visit: Visit, key: PolicyKey, newest: boolean, by: (id: string) => string): Html {
  const { keys } = visit.t.policies;
  return html`<section aria-labelledby="key-${key.generation}"><header><h2 id="key-${key.generation}">${newest ? keys.current : keys.former}</h2><p>${newest ? keys.currentLead : keys.formerLead}</p></header>
      <p class="fingerprint">${grouped(key.key)}</p>
      <dl><dt>${keys.generation}</dt><dd>${key.generation}</dd><dt>${keys.madeBy}</dt><dd>${by(key.by)}</dd><dt>${keys.madeAt}</dt><dd>${moment(visit, key.at)}</dd><dt>${keys.publicKey}</dt><dd class="fingerprint">${key.publicKey}</dd></dl></section>`;
}

async function keysPage(c: ConsoleContext, fault: FormFault | null): Promise<Html> {
  const { scope } = allowed(c, 'see policies');
  const visit = c.get('visit');
  const { t, services } = visit;
  const { keys } = t.policies;
  const all = await services.policies.keys.list(scope);
  const by = await peopleNames(visit, scope);
  const signs = may(visit, 'sign policies') && allowed(c, 'sign policies').scope.within === 'all';
  const asked = c.req.query('act');
  const acting = signs
    ? asked === 'retire' && all.length > 1
      ? 'retire'
      : asked === 'rotate'
        ? 'rotate'
        : null
    : null;
  const form = acting
    ? html`<form method="post" action="/policies/keys/${acting}?act=${acting}" class="door stack tight">${errorSummary(t.frame, fault)}<h2>${keys.acts[acting]}</h2>
        <ul>${keys.says[acting].map((line) => html`<li>${line}</li>`)}</ul>${await proofPart(visit, keys.verbs[acting], fault)}<p><a href="/policies/keys">${t.common.cancel}</a></p></form>`
    : nothing;
  const links = signs
    ? html`<section aria-labelledby="key-acts"><header><h2 id="key-acts">${t.rollouts.acts}</h2></header><ul class="list"><li><a href="/policies/keys?act=rotate">${keys.acts.rotate}</a></li>${all.length > 1 ? html`<li><a href="/policies/keys?act=retire">${keys.acts.retire}</a></li>` : nothing}</ul></section>`
    : html`<p class="soft">${t.policies.signersSign}</p>`;
  const body = html`${head(keys.title, keys.lead)}
    <div class="stack">${policyNav(visit, 'keys')}
      ${acting ? form : nothing}
      <div class="split"><div class="stack">${all.length === 0 ? html`<div class="empty"><p>${keys.none}</p></div>` : all.map((key, at) => keyPart(visit, key, at === 0, by))}</div>
      <div class="aside">${links}</div></div>
    </div>`;
  return layout(visit, { title: keys.title, place: 'policies', modules: acting ? [PROOF_MODULE] : [], body });
}

const acted = (name: 'rotate' | 'retireFormer') => async (c: ConsoleContext) => {
  const { scope, person } = allowed(c, 'sign policies');
  const { keys } = c.get('visit').services.policies;
  if (scope.within !== 'all') throw problem('scope_too_small');
  try {
    await prove(c);
  } catch (error) {
    return c.html(await keysPage(c, refusal(c, error, proofFields)));
  }
  await keys[name](scope, person.id);
  return c.redirect('/policies/keys', 303);
};

export const policyKeyRoutes = new Hono<ConsoleEnv>()
  .get('/policies/keys', async (c) => c.html(await keysPage(c, null)))
  .post('/policies/keys/rotate', acted('rotate'))
  .post('/policies/keys/retire', acted('retireFormer'));
