/**
 * Pages that follow: a stream of server-sent events (HTML 9.2) that says no more than that something in somebody's scope is another now. The browser then
 * fetches its page again, and shows those parts of it that differ.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Change } from '../inventory/heard.ts';
import type { Scope } from '../tenants/scope.ts';
import { LIVE_PAUSE_MS, MAX_FOLLOWERS, MAX_FOLLOWERS_PER_PERSON } from './limits.ts';

/** Where something is another now. */
export type Touched = Pick<Change, 'box' | 'msp' | 'customer' | 'site'>;

interface Follower {
  readonly person: string;
  readonly scope: Scope;
  readonly tell: (id: string) => void;
  /** When it was told last, monotonic ms, and whether it will be told when the pause is over. */
  toldAt: number;
  waits: boolean;
}

export type Live = ReturnType<typeof openLive>;

const concerns = ({ msp, within }: Scope, change: Touched): boolean =>
  msp === change.msp &&
  (within === 'all' || within.customers.includes(change.customer) || within.sites.includes(change.site));

export function openLive(clock: Clock) {
  const followers = new Set<Follower>();
  /** By MSP, how many changes there were. */
  const counts = new Map<string, number>();
  // Numbers of another start of this process mean nothing here.
  const start = clock.now().toString(36);
  const idOf = (msp: string): string => `${start}-${counts.get(msp) ?? 0}`;

  const tell = (follower: Follower): void => {
    follower.toldAt = clock.monotonic();
    follower.waits = false;
    follower.tell(idOf(follower.scope.msp));
  };

  /** Once in LIVE_PAUSE_MS at most. */
  function tellSoon(follower: Follower): void {
    if (follower.waits) return;
    const pause = LIVE_PAUSE_MS - (clock.monotonic() - follower.toldAt);
    follower.waits = true;
    if (pause <= 0) {
      tell(follower);
      return;
    }
    clock.after(pause, () => {
      if (followers.has(follower)) tell(follower);
    });
  }
  const counted = (msp: string) => counts.set(msp, (counts.get(msp) ?? 0) + 1);

  return {
    /** Something is another now. A follower is told at most once in LIVE_PAUSE_MS. */
    changed(changes: readonly (Change | Touched)[]): void {
      for (const { msp } of changes) counted(msp);
      for (const follower of followers)
        if (changes.some((change) => concerns(follower.scope, change))) tellSoon(follower);
    },

    /** Something of an MSP, or of anybody (null), is another now that is of no box alone: a rollout moved, or policies were answered. */
    touched(msp: string | null): void {
      const those = [...followers].filter(({ scope }) => msp === null || scope.msp === msp);
      for (const one of new Set(msp === null ? those.map(({ scope }) => scope.msp) : [msp])) counted(one);
      for (const follower of those) tellSoon(follower);
    },

    /**
     * Tells of what changes from now on, and at once when something has changed since `last`. Returns what ends it; null: too many follow.
     */
    follow(
      { person, scope, last }: { readonly person: string; readonly scope: Scope; readonly last: string | null },
      told: (id: string) => void,
    ): (() => void) | null {
      const own = [...followers].filter((one) => one.person === person).length;
      if (followers.size >= MAX_FOLLOWERS || own >= MAX_FOLLOWERS_PER_PERSON) return null;
      const follower = { person, scope, tell: told, toldAt: Number.NEGATIVE_INFINITY, waits: false };
      followers.add(follower);
      if (last !== null && last !== idOf(scope.msp)) tell(follower);
      return () => {
        followers.delete(follower);
      };
    },

    /** Where a page that is shown now stands. */
    idOf,
    followers: (): number => followers.size,
  };
}
