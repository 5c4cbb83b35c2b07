/** The policy that waits, decided about here; and every policy before, with what changed between any two. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { Hono } from 'hono';
import { may } from '../../access/roles.ts';
import type { PendingPolicy, PolicyEffect, PolicyVersion } from '../policy-services.ts';
import { allowed, type DeskContext, type DeskEnv, nameOf, field as typedField, type Visit } from '../visit.ts';
import { layout } from './layout.ts';
import { errorSummary, type FormFault, head, instant, pick, state } from './parts.ts';
import { changesTable, decided } from './policy-diff.ts';
import { effectSections, waitWords } from './policy-effect.ts';
import { policyNav, section, signerOf } from './policy-parts.ts';
import { decidedBy, decision, decisionFields } from './policy-review.ts';
import { refusal } from './refusal.ts';

interface Shown {
  readonly pending: PendingPolicy | null;
  readonly tried: PolicyEffect | null;
  readonly reason: string;
  readonly fault: FormFault | null;
}

/** Who brought it: a person of this desk, or a part of the box. */
const bringer = (visit: Visit, by: string): string =>
  visit.services.access.people().some(({ id }) => id === by) ? nameOf(visit, by) : visit.t.changes.broughtBy(by);

function waiting(visit: Visit, { pending, tried, reason, fault }: Shown & { readonly pending: PendingPolicy }): Html {
  const { t, f, now, person, services } = visit;
  const texts = t.changes;
  const { policy, plan, approval, arrivedAt, by, hash } = pending;
  const before = services.policies.inForce()?.policy ?? null;
  const decides = person !== null && may(person, 'approve policy');
  const canApprove = plan.needsApproval && approval === null;
  const titled = plan.needsApproval && approval === null ? texts.lowers : texts.waitsDays;
  const approved = approval
    ? html`<p>${state('ok', texts.approved(approval.name, f.momentWithin(approval.at, now)))} ${approval.reason}</p>`
    : nothing;
  const acts = decides
    ? html`${decision(visit, { reason, fault })}
      <input type="hidden" name="hash" value="${hash}">
      <p class="soft">${t.review.logged}</p>
      <div class="row">${canApprove ? html`<button class="primary" name="verdict" value="approve">${texts.approve}</button>` : nothing}<button class="danger" name="verdict" value="refuse">${texts.refuse}</button></div>`
    : html`<p class="soft">${texts.dpoDecides}</p>`;
  return html`<form method="post" action="/policy/changes" class="door stack tight" novalidate aria-labelledby="pending">
      ${errorSummary(t, fault)}
      <h2 id="pending">${titled(policy.version, before?.version ?? null)}</h2>
      <p>${texts.proposed(bringer(visit, by), signerOf(visit, pending), f.momentWithin(arrivedAt, now))} ${plan.needsApproval && approval === null ? texts.lapses(f.date(plan.expiresAt)) : texts.comes(f.date(plan.waitsUntil ?? plan.expiresAt))}</p>
      <section>${changesTable(visit, plan.changes, before, policy)}</section>
      ${waitWords(visit, plan, arrivedAt)}${approved}
      ${acts}
    </form>${tried ? effectSections(visit, tried, [before, policy]) : nothing}`;
}

function versionRow(visit: Visit, { policy, since, approval, ...signed }: PolicyVersion, inForce: boolean): Html {
  const { t, f, now } = visit;
  const texts = t.changes;
  return html`<tr>
    <th scope="row">${policy.version}</th>
    <td data-label="${texts.since}">${since === 0 ? texts.always : instant(since, f.moment(since, now))}${inForce ? html`<small>${state('ok', texts.inForce)}</small>` : nothing}</td>
    <td data-label="${texts.signedBy}">${signerOf(visit, signed)}</td>
    <td data-label="${texts.approvedBy}" class="full">${approval ? html`${approval.name}<small>${approval.reason}</small>` : html`<span class="soft">${texts.nobody}</span>`}</td>
  </tr>`;
}

function compared(visit: Visit, all: readonly PolicyVersion[], from: string, to: string): Html {
  const texts = visit.t.changes;
  const [one, other] = [from, to].map((hash) => all.find((version) => version.hash === hash));
  const of = all.map(({ hash, policy }) => [hash, String(policy.version)] as const);
  const form = html`<form method="get" action="/policy/changes" class="filter">
      ${pick({ id: 'from', label: texts.from, of, chosen: from, fault: null })}
      ${pick({ id: 'to', label: texts.to, of, chosen: to, fault: null })}
      <div class="acts"><button>${texts.compare}</button></div>
    </form>`;
  if (!one || !other) return form;
  const changes = visit.services.policies.differences(one.policy, other.policy);
  return html`${form}${
    decided(changes).length === 0
      ? html`<p class="soft">${texts.same}</p>`
      : changesTable(visit, changes, one.policy, other.policy)
  }`;
}

function versions(visit: Visit, from: string, to: string): Html {
  const texts = visit.t.changes;
  const all = visit.services.policies.versions();
  if (all.length === 0) return section('versions', texts.versions, '', html`<p class="soft">${texts.noVersions}</p>`);
  const current = visit.services.policies.inForce()?.hash;
  const table = html`<table class="cards"><caption class="visually-hidden">${texts.versions}</caption>
      <thead><tr><th scope="col">${visit.t.policy.version}</th><th scope="col">${texts.since}</th><th scope="col">${texts.signedBy}</th><th scope="col">${texts.approvedBy}</th></tr></thead>
      <tbody>${all.map((version) => versionRow(visit, version, version.hash === current))}</tbody></table>`;
  return html`${section('versions', texts.versions, texts.versionsLead, table)}${
    all.length < 2 ? nothing : section('compare', texts.between, '', compared(visit, all, from, to))
  }`;
}

function changesPage(visit: Visit, shown: Shown, from = '', to = ''): Html {
  const texts = visit.t.changes;
  const { pending } = shown;
  const title = pending ? texts.waits(pending.policy.version) : texts.title;
  const all = visit.services.policies.versions();
  const body = html`${head(title, pending ? texts.waitsLead : texts.lead)}
    <div class="stack">${policyNav(visit, 'changes')}
      ${pending ? waiting(visit, { ...shown, pending }) : nothing}
      ${versions(visit, from || (all[1]?.hash ?? ''), to || (all[0]?.hash ?? ''))}
    </div>`;
  return layout(visit, { title, place: 'policy', body });
}

async function shownNow(c: DeskContext): Promise<Pick<Shown, 'pending' | 'tried'>> {
  const { policies } = c.get('visit').services;
  const pending = policies.pending();
  return { pending, tried: pending ? await policies.tryOut(pending.policy) : null };
}

export const policyChangesRoutes = new Hono<DeskEnv>()
  .get('/policy/changes', async (c) => {
    allowed(c, 'see policy');
    const shown = { ...(await shownNow(c)), reason: '', fault: null };
    return c.html(changesPage(c.get('visit'), shown, c.req.query('from'), c.req.query('to')));
  })
  .post('/policy/changes', async (c) => {
    const person = allowed(c, 'approve policy');
    const visit = c.get('visit');
    const { policies } = visit.services;
    try {
      const [hash, verdict] = [await typedField(c, 'hash'), await typedField(c, 'verdict')];
      const reason = await decidedBy(c, person);
      if (verdict === 'approve') policies.approve(person, reason, hash);
      else policies.refuse(person, reason, hash);
    } catch (error) {
      const fault = refusal(c, error, decisionFields);
      const reason = await typedField(c, 'reason');
      return c.html(changesPage(visit, { ...(await shownNow(c)), reason, fault }));
    }
    return c.redirect('/policy/changes', 303);
  });

/** The door on other pages: what waits, and where it is decided. */
export function waits(visit: Visit): Html {
  const { t, services } = visit;
  const pending = services.policies.pending();
  if (!pending) return nothing;
  const { policy } = pending;
  return html`<p class="note warn">${state('wait', t.changes.waits(policy.version))} <a href="/policy/changes">${t.policy.seePending}</a></p>`;
}
