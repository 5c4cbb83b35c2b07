/** How a version stands: since when there is a newer one, and what is known to be wrong with its packages. Pure. */
import { gt, rcompare, valid } from 'semver';
import { OLD_MS } from './limits.ts';
import { type Advisory, isAffected } from './osv.ts';
import type { Component, Release } from './sbom.ts';

export interface OpenAdvisory {
  readonly id: string;
  /** The package that it is about. */
  readonly component: string;
  /** Since when it is public; wall clock, ms. */
  readonly since: number;
}

export interface SoftwareStanding {
  /**
   * `bad`: a newer release, or an advisory, is older than OLD_MS. `warn`: there is one. `unknown`: nobody has brought the list of packages of this
   * version, and no newer one is known.
   */
  readonly is: 'ok' | 'warn' | 'bad' | 'unknown';
  /** The newest release that is known; null: none is. */
  readonly newest: string | null;
  /** Since when a newer one was there; null: there is none. */
  readonly behindSince: number | null;
  /** Null: its packages are not known. Oldest first. */
  readonly advisories: readonly OpenAdvisory[] | null;
}

/** Advisories by the packages that they are about: hundreds of each would else be compared with one another. */
export type ByPackage = ReadonlyMap<string, readonly Advisory[]>;

export function byPackage(advisories: readonly Advisory[]): ByPackage {
  const found = new Map<string, Advisory[]>();
  for (const advisory of advisories)
    for (const name of new Set(advisory.affected.map((one) => one.name)))
      found.set(name, [...(found.get(name) ?? []), advisory]);
  return found;
}

/** Each advisory once, with the first package that it is about. */
function openOf(components: readonly Component[], advisories: ByPackage): readonly OpenAdvisory[] {
  const open = new Map<string, OpenAdvisory>();
  for (const component of components)
    for (const advisory of advisories.get(component[0]) ?? [])
      if (!open.has(advisory.id) && isAffected(advisory, component))
        open.set(advisory.id, { id: advisory.id, component: component[0], since: advisory.publishedAt });
  return [...open.values()].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
}

/** `version`: as a box says it. `now`: wall clock, ms. */
export function standingOf(
  version: string,
  releases: readonly Release[],
  advisories: ByPackage,
  now: number,
): SoftwareStanding {
  const own = valid(version);
  const known = releases.find((one) => one.version === own);
  const newer = own === null ? [] : releases.filter((one) => gt(one.version, own));
  const behindSince = newer.length === 0 ? null : Math.min(...newer.map(({ releasedAt }) => releasedAt));
  const open = known ? openOf(known.components, advisories) : null;
  const oldest = Math.min(behindSince ?? now, open?.[0]?.since ?? now);
  const is = () => {
    if (now - oldest > OLD_MS) return 'bad';
    if (behindSince !== null || (open !== null && open.length > 0)) return 'warn';
    return known ? 'ok' : 'unknown';
  };
  const newest = releases.map((one) => one.version).sort(rcompare)[0] ?? null;
  return { is: is(), newest, behindSince, advisories: open };
}
