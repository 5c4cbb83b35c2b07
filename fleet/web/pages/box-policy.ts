/** The policy of a box: what is in force there beside what is wanted, what waits for whom, and why. Here it is only shown: the box decides. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { state } from '@belkluis/shared/web/parts';
import type { ShownChange } from '../../policy/choose.ts';
import type { BoxPolicy } from '../../policy/standing.ts';
import type { Standing } from '../../policy/tables.ts';
import { CHANGES_SHOWN } from '../limits.ts';
import type { Visit } from '../visit.ts';
import { changesTable, pathOf, standingKind, whyWords } from './policy-words.ts';

function differences(visit: Visit, changes: readonly ShownChange[], has: string, wanted: string): Html {
  const { t, f } = visit;
  const { policy } = t.box;
  if (changes.length === 0) return html`<p>${policy.same}</p>`;
  const shown = changes.slice(0, CHANGES_SHOWN);
  const columns = { before: policy.reported(has), after: policy.desired(wanted) };
  return html`${changesTable(visit, policy.caption, shown, columns)}${changes.length > shown.length ? html`<p class="soft">${policy.more(f.number(changes.length - shown.length))}</p>` : nothing}`;
}

/** What waits for a person at the box, by the names of its fields. */
function pendingPart({ t, f, now }: Visit, { reported }: BoxPolicy): Html {
  const pending = reported?.pending;
  if (!pending) return nothing;
  const { policy } = t.box;
  const fields = (title: string, all: readonly string[]) =>
    all.length === 0 ? nothing : html`<dt>${title}</dt><dd>${all.join(', ')}</dd>`;
  const said = [
    pending.approved ? policy.approved : policy.lapses(f.longDate(pending.expiresAt)),
    pending.waitsUntil === null ? '' : policy.waitsUntil(f.momentWithin(pending.waitsUntil, now)),
  ].filter(Boolean);
  return html`<dl>${fields(policy.weakens, pending.weakens)}${fields(policy.destroys, pending.destroys)}</dl><p class="soft">${said.join(' ')}</p>`;
}

const ownState = (reported: BoxPolicy['reported']): Standing =>
  reported?.pending ? 'pending' : reported?.rejected ? 'rejected' : 'none';

export function policyPart(visit: Visit, box: string, known: BoxPolicy): Html {
  const { t, f } = visit;
  const { policy } = t.box;
  const { desired, reported, changes, next } = known;
  // Nothing was signed here: what waits or was refused there is the customer's own.
  const stands = known.state === 'none' ? ownState(reported) : known.state;
  const applied = reported?.applied ?? null;
  const has = applied ? f.number(applied.version) : policy.nothing;
  const other = desired ?? reported?.pending ?? reported?.rejected ?? null;
  const wanted = other ? f.number(other.version) : policy.nothing;
  const titles: Readonly<Record<Standing, string>> = {
    ...{ none: policy.titles.none, applied: policy.titles.applied(has), waiting: policy.titles.waiting(has, wanted) },
    ...{ pending: policy.titles.pending(has, wanted), rejected: policy.titles.rejected(has, wanted) },
    ...{ failed: policy.titles.failed(has, wanted), drift: policy.titles.drift(has, wanted) },
    altered: policy.titles.altered(has, wanted),
  };
  const why = known.why ?? reported?.rejected?.why ?? null;
  const lead = stands === 'applied' ? policy.leads.applied : state(standingKind[stands], policy.leads[stands]);
  const ahead =
    next.outcome === 'cannot' && next.cannot
      ? t.policies.cannot[next.cannot]
      : next.outcome === 'same'
        ? policy.next.same
        : policy.next.changes(f.number(next.changes.length), next.changes.length);
  const differs = desired !== null && stands !== 'applied';
  return html`<section aria-labelledby="policy" data-live id="live-policy">
      <header><h2 id="policy">${titles[stands]}</h2><p>${lead}</p></header>
      ${why && stands !== 'applied' ? html`<p class="note ${stands === 'rejected' || stands === 'failed' || stands === 'altered' ? 'bad' : 'warn'}">${policy.why(whyWords(visit, why))}</p>` : nothing}
      ${pendingPart(visit, known)}
      ${differs ? (changes === null ? html`<p>${policy.unread}</p>` : differences(visit, changes, has, wanted)) : nothing}
      ${
        applied || desired
          ? html`<dl>${applied ? html`<dt>${policy.hash}</dt><dd class="fingerprint">${applied.hash}</dd>` : nothing}${desired && desired.hash !== applied?.hash ? html`<dt>${policy.wantedHash}</dt><dd class="fingerprint">${desired.hash}</dd>` : nothing}</dl>`
          : nothing
      }
      <p class="row"><span class="soft">${ahead}</span><a href="${pathOf({ kind: 'box', of: box })}">${policy.levels}</a></p>
    </section>`;
}
