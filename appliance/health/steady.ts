/** What was found over time becomes what stands: a finding is raised and leaves only after a while, so that nobody is called twice for one thing. */
import type { HealthCheck, HealthCode } from '@belkluis/shared/contract/health-codes';
import { atOnce, checkOf, type Finding, type Steadiness } from './finding.ts';

/**
 * Who comes back within this time of leaving stays for as long, ms: so a finding is raised at most twice and then once in this time, however
 * much what it looks at changes.
 */
export const REST_MS = 10 * 60_000;

export type Trouble = Exclude<Finding, { readonly state: 'ok' }>;

/** One finding, by its code and what it is about. Instants are monotonic, ms. */
interface Track {
  readonly finding: Trouble;
  /** Seen in every look since; null: not in the last one. */
  readonly seenSince: number | null;
  /** In none since; null: it was in the last one. */
  readonly missingSince: number | null;
  readonly stands: boolean;
  /** When it stopped standing; null: it never did. */
  readonly leftAt: number | null;
  /** It had come back soon after it left. */
  readonly restless: boolean;
}

export interface SteadyState {
  readonly tracks: ReadonlyMap<string, Track>;
  /** What each check last said when all was well. */
  readonly calm: ReadonlyMap<HealthCheck, readonly Finding[]>;
}

export const STEADY: SteadyState = { tracks: new Map(), calm: new Map() };

const isTrouble = (finding: Finding): finding is Trouble => finding.state !== 'ok';

/** What a finding is about, among others of its code. */
function subjectOf({ values }: Finding): string {
  if ('name' in values) return values.name;
  if ('purpose' in values) return values.purpose;
  return 'path' in values ? values.path : '';
}

const keyOf = (finding: Finding): string => `${finding.code} ${subjectOf(finding)}`;

function seen(track: Track | undefined, finding: Trouble, { raiseAfterMs }: Steadiness, now: number): Track {
  const seenSince = track?.seenSince ?? now;
  const leftAt = track?.leftAt ?? null;
  const stood = track?.stands ?? false;
  const stands = stood || now - seenSince >= raiseAfterMs;
  const restless = stood ? track!.restless : leftAt !== null && now - leftAt < REST_MS;
  return { finding, seenSince, missingSince: null, stands, leftAt, restless };
}

/** Null: it can be forgotten. */
function missed(track: Track, { clearAfterMs }: Steadiness, now: number): Track | null {
  const gone = { ...track, seenSince: null };
  if (!track.stands) return track.leftAt !== null && now - track.leftAt < REST_MS ? gone : null;
  const missingSince = track.missingSince ?? now;
  const wait = track.restless ? Math.max(clearAfterMs, REST_MS) : clearAfterMs;
  if (now - missingSince < wait) return { ...gone, missingSince };
  return { ...gone, missingSince, stands: false, leftAt: now };
}

/** What a check said to be well stays unsaid while what stood before lingers, and is said on while something new has not settled. */
function well(found: readonly Finding[], tracks: ReadonlyMap<string, Track>, before: SteadyState['calm']) {
  const all = [...tracks.values()];
  const lingering = new Set(all.flatMap((t) => (t.stands && t.seenSince === null ? [checkOf(t.finding.code)] : [])));
  const standing = new Set(all.flatMap((t) => (t.stands ? [checkOf(t.finding.code)] : [])));
  const calm = new Map<HealthCheck, readonly Finding[]>();
  const said: Finding[] = [];
  for (const [check, findings] of Map.groupBy(found, ({ code }) => checkOf(code))) {
    const good = findings.filter((finding) => !isTrouble(finding));
    const last = good.length > 0 ? good : before.get(check);
    if (last) calm.set(check, last);
    if (good.length > 0 ? !lingering.has(check) : !standing.has(check)) said.push(...(last ?? []));
  }
  return { calm, said };
}

/** One look: what stands after it, and what is said of every check. `steadiness`: of each code. */
export function steadied(
  before: SteadyState,
  found: readonly Finding[],
  steadiness: (code: HealthCode) => Steadiness,
  now: number,
): readonly [SteadyState, readonly Finding[]] {
  const tracks = new Map<string, Track>();
  for (const finding of found) {
    if (!isTrouble(finding)) continue;
    const key = keyOf(finding);
    tracks.set(key, seen(before.tracks.get(key), finding, steadiness(finding.code), now));
  }
  for (const [key, track] of before.tracks) {
    if (tracks.has(key)) continue;
    const kept = missed(track, steadiness(track.finding.code), now);
    if (kept) tracks.set(key, kept);
  }
  const { calm, said } = well(found, tracks, before.calm);
  const standing = [...tracks.values()].flatMap((track) => (track.stands ? [track.finding] : []));
  return [{ tracks, calm }, [...standing, ...said]];
}

/** Codes that stand. */
export const standingIn = ({ tracks }: SteadyState): ReadonlySet<HealthCode> =>
  new Set([...tracks.values()].flatMap(({ stands, finding }) => (stands ? [finding.code] : [])));

/** A code that no check declares leaves as it came. */
export const steadinessOf =
  (table: Readonly<Partial<Record<HealthCode, Steadiness>>>) =>
  (code: HealthCode): Steadiness =>
    table[code] ?? atOnce;
