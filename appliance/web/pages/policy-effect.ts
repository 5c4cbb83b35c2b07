/** What a policy would have done to the calls of last week, and would do to what is there. */
import type { Policy } from '@belkluis/shared/policy/schema';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { PolicyEffect, PolicyPlan } from '../policy-services.ts';
import type { Visit } from '../visit.ts';
import { purposeName, state } from './parts.ts';
import { section } from './policy-parts.ts';

const DAY_MS = 86_400_000;

/** What a change waits for, in a sentence; `arrivedAt`: when its days begin. */
export function waitWords({ t: { review }, f }: Visit, plan: PolicyPlan, arrivedAt: number): Html {
  const days = plan.waitsUntil === null ? 0 : Math.round((plan.waitsUntil - arrivedAt) / DAY_MS);
  const until = plan.waitsUntil === null ? '' : f.date(plan.waitsUntil);
  if (plan.needsApproval && days > 0) return html`<p class="note bad">${review.both(days, until)}</p>`;
  if (days > 0) return html`<p class="note bad">${review.destructive(days, until)}</p>`;
  return plan.needsApproval
    ? html`<p class="note warn">${review.weakening}</p>`
    : html`<p class="note">${review.atOnce}</p>`;
}

function nameOf(policies: readonly (Policy | null)[], id: string): string {
  const known = policies.flatMap((policy) => policy?.purposes ?? []).find((purpose) => purpose.id === id);
  return known?.name ?? id;
}

/** `policies`: before and after, whose purposes are named. */
export function effectSections(visit: Visit, tried: PolicyEffect, policies: readonly (Policy | null)[]): Html {
  const { t, f } = visit;
  const { review } = t;
  const { effect, earlier } = tried;
  const changed = effect.purposes.filter((one) => one.more + one.fewer + one.wouldBeRefused > 0);
  const calls =
    changed.length === 0
      ? html`<p class="soft">${review.callsSame}</p>`
      : html`<table class="cards"><caption class="visually-hidden">${review.calls}</caption>
      <thead><tr><th scope="col">${t.overview.purpose}</th><th scope="col" class="num">${review.was}</th><th scope="col" class="num">${review.would}</th><th scope="col" class="num">${review.more}</th><th scope="col" class="num">${review.fewer}</th></tr></thead>
      <tbody>${changed.map(
        (one) =>
          html`<tr><th scope="row">${purposeName(nameOf(policies, one.purpose))}${one.wouldBeRefused > 0 ? html`<small>${state('warn', review.refused(one.wouldBeRefused))}</small>` : nothing}</th><td class="num" data-label="${review.was}">${f.number(one.was)}</td><td class="num" data-label="${review.would}">${f.number(one.would)}</td><td class="num" data-label="${review.more}">${f.number(one.more)}</td><td class="num" data-label="${review.fewer}">${f.number(one.fewer)}</td></tr>`,
      )}</tbody></table>`;
  const existing =
    earlier.length === 0
      ? html`<p class="soft">${review.existingNone}</p>`
      : html`<ul class="list">${earlier.map(
          (one) =>
            html`<li><span>${purposeName(nameOf(policies, one.purpose))}</span><span>${state('bad', review.leave(one.recordings.count, one.calls.count))}</span></li>`,
        )}</ul>`;
  return html`${section('calls', review.calls, review.callsLead(f.number(effect.calls), f.number(effect.differ)), calls)}${section('existing', review.existing, '', existing)}`;
}
