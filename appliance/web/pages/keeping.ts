/** What stands against a recording leaving, or being opened: holds, restriction, a minimum that law sets. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { may } from '../../access/roles.ts';
import type { RecordingRow } from '../services.ts';
import type { HoldRow, RestrictionRow } from '../vault-services.ts';
import type { Visit } from '../visit.ts';
import { instant } from './parts.ts';

export interface Keeping {
  readonly holds: readonly HoldRow[];
  readonly restriction: RestrictionRow | null;
  /** Until then law demands that it stays; null: it does not. */
  readonly locked: { readonly until: number; readonly ground: string } | null;
}

export const keepingOf = ({ services, now }: Visit, { id, lockedUntil, lockGround }: RecordingRow): Keeping => ({
  holds: services.holds.of(id),
  restriction: services.restrictions.of(id),
  locked: lockedUntil > now ? { until: lockedUntil, ground: lockGround ?? '' } : null,
});

const casesOf = (holds: readonly HoldRow[]): string => holds.map(({ caseRef }) => caseRef).join(', ');

/** Why it cannot be erased at this moment, in a sentence; null: it can. */
export function blockedBecause(
  { t, f }: Visit,
  row: RecordingRow,
  { holds, restriction, locked }: Keeping,
): string | null {
  const { blocked } = t.erase;
  if (!row.end) return blocked.running;
  if (holds.length > 0) return blocked.held(casesOf(holds));
  if (restriction) return blocked.restricted;
  return locked ? blocked.locked(f.date(locked.until), locked.ground) : null;
}

/** What a person must know before anything else about this recording. */
export function keepingNotes({ t, f }: Visit, { holds, restriction }: Keeping): Html {
  const { keeping } = t;
  return html`${restriction ? html`<p class="note warn">${keeping.noticeRestricted(f.date(restriction.at), t.restriction.short[restriction.ground])}</p>` : nothing}${
    holds.length > 0 ? html`<p class="note">${keeping.noticeHeld(casesOf(holds))}</p>` : nothing
  }`;
}

/** When each class of its data leaves, and what is against it. */
export function keepingFacts(visit: Visit, row: RecordingRow, { holds, restriction, locked }: Keeping): Html {
  const { t, f, person } = visit;
  const { keeping } = t;
  const day = (at: number) =>
    holds.length > 0 ? keeping.stays : restriction ? keeping.staysRestricted : instant(at, f.date(at));
  const sees = person !== null && may(person, 'see holds');
  const cases = holds.map(
    ({ id, caseRef }, index) =>
      html`${index > 0 ? ', ' : nothing}${sees ? html`<a href="/holds/${id}">${caseRef}</a>` : caseRef}`,
  );
  return html`<section aria-labelledby="keeping">
    <header><h2 id="keeping">${keeping.title}</h2></header>
    <dl>
      <dt>${keeping.content}</dt><dd>${day(row.expiresAt)}</dd>
      <dt>${keeping.traffic}</dt><dd>${day(row.trafficExpiresAt)}</dd>
      <dt>${keeping.evidence}</dt><dd>${instant(row.evidenceExpiresAt, f.date(row.evidenceExpiresAt))}</dd>
      ${holds.length > 0 ? html`<dt>${keeping.held}</dt><dd>${cases}</dd>` : nothing}
      ${restriction ? html`<dt>${keeping.restricted}</dt><dd>${keeping.restrictedMore(f.date(restriction.at), t.restriction.short[restriction.ground])}</dd>` : nothing}
      ${locked ? html`<dt>${keeping.locked}</dt><dd>${keeping.lockedMore(f.date(locked.until), locked.ground)}</dd>` : nothing}
    </dl>
  </section>`;
}

/** Acts on it that have a page of their own, for whoever may. */
export function keepingActs({ t, person }: Visit, { id, erasedAt }: RecordingRow, { restriction }: Keeping): Html {
  const { keeping } = t;
  if (!person || erasedAt !== null) return nothing;
  return html`${may(person, 'place holds') ? html`<a class="button" href="/holds/new?recording=${id}">${keeping.hold}</a>` : nothing}${
    may(person, 'restrict')
      ? restriction
        ? html`<a class="button" href="/recordings/${id}/lift-restriction">${keeping.liftRestriction}</a>`
        : html`<a class="button" href="/recordings/${id}/restrict">${keeping.restrict}</a>`
      : nothing
  }${may(person, 'erase') ? html`<a class="button" href="/recordings/${id}/erase">${keeping.erase}</a>` : nothing}`;
}
