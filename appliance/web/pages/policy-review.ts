/** What a person's draft changes, what law and prudence say of it, what it would have done: then signed and put forward. */
import { MIN_REASON_LENGTH } from '@belkluis/shared/policy/fields';
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import type { Person } from '../../access/people.ts';
import type { PolicyDraft, PolicyEffect } from '../policy-services.ts';
import { problem } from '../problems.ts';
import {
  addressOf,
  allowed,
  type DeskContext,
  type DeskEnv,
  reasonIn,
  field as typedField,
  type Visit,
} from '../visit.ts';
import { layout } from './layout.ts';
import { area, errorSummary, type FormFault, field, head } from './parts.ts';
import { advice, isForbidden } from './policy-advice.ts';
import { changesTable, decided } from './policy-diff.ts';
import { effectSections, waitWords } from './policy-effect.ts';
import { policyNav, section } from './policy-parts.ts';
import { refusal } from './refusal.ts';

/** The reason, and the code of the authenticator: who decides about a policy says why, and is there. */
export const decision = (
  { t }: Visit,
  { reason, fault }: { readonly reason: string; readonly fault: FormFault | null },
): Html => html`<div class="stack tight narrow">${area({ id: 'reason', label: t.review.reason, hint: t.review.reasonHint, value: reason, required: true, maxlength: 500, fault })}
    ${field({ id: 'code', label: t.review.code, hint: t.login.codeHint, autocomplete: 'one-time-code', inputmode: 'numeric', required: true, fault })}</div>`;

/** Which field a refusal of a decision is about. */
export const decisionFields: Readonly<Record<string, string>> = {
  why_missing: 'reason',
  text_long: 'reason',
  approval_reason_needed: 'reason',
  code_refused: 'code',
  code_expired: 'code',
  login_wait: 'code',
};

/** The reason, once the code was right. @throws Problem `why_missing`, `text_long`, `code_refused`, `login_wait`. */
export async function decidedBy(c: DeskContext, person: Person): Promise<string> {
  const reason = await reasonIn(c, 'reason');
  if ([...reason].length < MIN_REASON_LENGTH) throw problem('approval_reason_needed');
  c.get('visit').services.access.checkCode(person.id, await typedField(c, 'code'), addressOf(c));
  return reason;
}

interface Shown {
  readonly draft: PolicyDraft;
  readonly tried: PolicyEffect;
  readonly reason: string;
  readonly fault: FormFault | null;
}

function signForm(visit: Visit, { draft, tried, reason, fault }: Shown): Html {
  const { t, services } = visit;
  const { review } = t;
  if (isForbidden(visit, draft.next))
    return html`<p class="note bad">${review.lawLead} <a href="/policy/edit">${review.back}</a></p>`;
  if (!services.policies.maySign()) return html`<p class="note">${review.noKey}</p>`;
  const { needsApproval, waitsUntil } = tried.plan;
  const atOnce = !needsApproval && waitsUntil === null;
  return html`<form method="post" action="/policy/review" class="door stack tight" novalidate>
      ${errorSummary(t, fault)}
      <h2>${atOnce ? review.sign : review.propose}</h2>
      ${waitWords(visit, tried.plan, tried.until)}
      ${decision(visit, { reason, fault })}
      <p class="soft">${review.logged}</p>
      <div class="row"><button class="primary">${atOnce ? review.sign : review.propose}</button><a href="/policy/edit">${review.back}</a></div>
    </form>`;
}

function reviewPage(visit: Visit, shown: Shown): Html {
  const { t } = visit;
  const { review } = t;
  const { draft, tried } = shown;
  const changes = decided(tried.plan.changes);
  if (changes.length === 0) {
    const body = html`${head(review.none, review.noneLead)}<div class="stack close">${policyNav(visit, 'edit')}<p><a href="/policy/edit">${review.back}</a></p></div>`;
    return layout(visit, { title: review.none, place: 'policy', body });
  }
  const policies: readonly [Policy, Policy] = [draft.base, draft.next];
  const title = review.title(changes.length);
  const body = html`${head(title, review.lead)}
    <div class="stack">${policyNav(visit, 'edit')}
      ${shown.fault === null ? nothing : signForm(visit, shown)}
      ${section('changes', review.changes, '', changesTable(visit, tried.plan.changes, ...policies))}
      ${advice(visit, draft.next, tried.unspoken)}
      ${effectSections(visit, tried, policies)}
      ${shown.fault === null ? signForm(visit, shown) : nothing}
    </div>`;
  return layout(visit, { title, place: 'policy', body });
}

/** The person's draft, which another policy has not overtaken. @throws Problem `draft_gone`, `draft_old`. */
function draftIn(c: DeskContext, person: Person): PolicyDraft {
  const draft = c.get('visit').services.policies.drafts.of(person);
  if (!draft) throw problem('draft_gone');
  if (draft.old) throw problem('draft_old');
  return draft;
}

export const policyReviewRoutes = new Hono<DeskEnv>()
  .get('/policy/review', async (c) => {
    const person = allowed(c, 'edit policy');
    const visit = c.get('visit');
    const draft = draftIn(c, person);
    const tried = await visit.services.policies.tryOut(draft.next);
    return c.html(reviewPage(visit, { draft, tried, reason: '', fault: null }));
  })
  .post('/policy/review', async (c) => {
    const person = allowed(c, 'edit policy');
    const visit = c.get('visit');
    const { policies } = visit.services;
    const draft = draftIn(c, person);
    try {
      const outcome = policies.sign(person, await decidedBy(c, person));
      return c.redirect(outcome === 'in force' ? '/policy' : '/policy/changes', 303);
    } catch (error) {
      const fault = refusal(c, error, { ...decisionFields, policy_invalid: 'reason', policy_against_law: 'reason' });
      const tried = await policies.tryOut(draft.next);
      return c.html(reviewPage(visit, { draft, tried, reason: await typedField(c, 'reason'), fault }));
    }
  });
