/** How the program of a box stands, in words. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { state } from '@belkluis/shared/web/parts';
import type { SoftwareStanding } from '../../software/standing.ts';
import type { Visit } from '../visit.ts';

const DAY_MS = 86_400_000;

/** Days and advisories, as far as there are any. */
function wrong({ t, f, now }: Visit, { behindSince, advisories }: SoftwareStanding): readonly string[] {
  const days = behindSince === null ? null : Math.floor((now - behindSince) / DAY_MS);
  const open = advisories?.length ?? 0;
  return [
    ...(days === null ? [] : [t.common.softwareBehind(f.unit(days, 'day'))]),
    ...(open === 0 ? [] : [t.common.softwareOpen(f.number(open), open)]),
  ];
}

/** Null and what is in order: nothing. */
function softwareMark(visit: Visit, standing: SoftwareStanding | undefined): Html {
  if (standing?.is !== 'warn' && standing?.is !== 'bad') return nothing;
  return state(standing.is, wrong(visit, standing).join(', '));
}

/** A version, and under it what is wrong with it. */
export function softwareCell(visit: Visit, version: string | null, standing: SoftwareStanding | undefined): Html {
  if (version === null) return html`–`;
  const mark = softwareMark(visit, standing);
  return mark === nothing ? html`${version}` : html`${version}<small>${mark}</small>`;
}

/** The same with the advisories by name. */
export function softwareFact(visit: Visit, version: string | null, standing: SoftwareStanding | undefined): Html {
  const ids = (standing?.advisories ?? []).map(({ id, component }) => `${id} (${component})`);
  const unknown = standing?.is === 'unknown' ? html`<small>${visit.t.common.softwareUnknown}</small>` : nothing;
  return html`${softwareCell(visit, version, standing)}${unknown}${ids.map((id) => html`<small>${id}</small>`)}`;
}
