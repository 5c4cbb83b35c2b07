/** Which networks, and which ports of networks with phones, are not listened to, and until when. */
import type { Clock } from '@belkluis/shared/base/clock';
import { BoundedMap } from './bounded-map.ts';
import { BAN_GROWTH, BAN_MEMORY_MS, FIRST_BAN_MS, MAX_BAN_MS, MAX_REMEMBERED_SOURCES } from './limits.ts';

/** `scanner`: it says so itself. `names`: it claims many names and proves none. `guesses`: wrong answers. `flood`: too much of anything. */
export type BanReason = 'scanner' | 'names' | 'guesses' | 'flood';

/**
 * What a ban shuts. `datagrams`: it rests on datagrams that anybody may have sent in this network's name, so connections, which nobody can
 * forge, go on.
 */
export type BanReach = 'datagrams' | 'all';

export interface Ban {
  /** A network of source.ts, or one UDP port as `192.0.2.1:5060`. */
  readonly source: string;
  readonly why: BanReason;
  readonly reach: BanReach;
  /** Wall clock, ms. */
  readonly since: number;
  readonly until: number;
  /** Which one it is of this network: each is longer. */
  readonly times: number;
}

interface Held extends Ban {
  /** Monotonic ms. */
  readonly endsAt: number;
}

export interface Bans {
  /** What is shut to a source now; null: nothing. */
  reach(source: string): BanReach | null;
  /** Begins a ban, or widens the one in force; one that shuts as much already stays as it is. Returns whether anything changed. */
  add(source: string, why: BanReason, reach: BanReach): boolean;
  /** Ends a ban, and forgets that there was one. False: there is none. */
  lift(source: string): boolean;
  /** In force now, the newest first. */
  list(): readonly Ban[];
}

/** `kept`: of an earlier process, the newest first. */
export function openBans(clock: Clock, kept: readonly Ban[] = []): Bans {
  const held = new BoundedMap<string, Held>(MAX_REMEMBERED_SOURCES);
  for (const ban of kept.toReversed()) {
    // Never longer than it was given, whatever the wall clock did meanwhile.
    const now = clock.now();
    const leftMs = Math.min(ban.until - now, ban.until - ban.since, MAX_BAN_MS);
    if (leftMs <= 0) continue;
    const since = Math.min(ban.since, now);
    held.set(ban.source, { ...ban, since, until: now + leftMs, endsAt: clock.monotonic() + leftMs });
  }
  const inForce = (source: string): Held | null => {
    const ban = held.get(source);
    return ban && ban.endsAt > clock.monotonic() ? ban : null;
  };
  return {
    reach: (source) => inForce(source)?.reach ?? null,
    add(source, why, reach) {
      const standing = inForce(source);
      if (standing && (standing.reach === 'all' || reach === 'datagrams')) return false;
      const now = clock.monotonic();
      const before = held.get(source);
      const times = before && now - before.endsAt < BAN_MEMORY_MS ? before.times + 1 : 1;
      const lastsMs = Math.min(MAX_BAN_MS, FIRST_BAN_MS * BAN_GROWTH ** Math.min(16, times - 1));
      const since = clock.now();
      held.set(source, { source, why, reach, since, until: since + lastsMs, times, endsAt: now + lastsMs });
      return true;
    },
    lift: (source) => inForce(source) !== null && held.delete(source),
    list: () =>
      [...held.entries()]
        .flatMap(([source]) => inForce(source) ?? [])
        .map(({ endsAt: _, ...ban }) => ban)
        .reverse(),
  };
}
