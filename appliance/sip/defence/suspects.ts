/** What networks, or single peers of them, did that honest phones do not do, until it is enough for a ban. */
import type { Clock } from '@belkluis/shared/base/clock';
import { BoundedMap } from './bounded-map.ts';
import { buckets } from './buckets.ts';
import {
  GUESS_BURST,
  GUESS_MEMORY_MS,
  GUESSES_PER_MINUTE,
  MAX_GUESSED_USERS,
  MAX_REMEMBERED_NAMES,
  MAX_REMEMBERED_SOURCES,
  MAX_UNPROVEN_NAMES,
  NAME_MEMORY_MS,
  UNPROVEN_PATIENCE_MS,
} from './limits.ts';

interface Suspect {
  /** Names that were claimed and not proved, as hashes: the flow that claimed each, and when, monotonic ms. */
  readonly names: Map<number, { readonly flow: string; readonly at: number }>;
  /** Since when there are too many of them, monotonic ms; null: there are not. */
  crowdedSince: number | null;
  /** Users for whom a wrong answer came, as hashes, and when it came last, monotonic ms. */
  readonly guessed: Map<number, number>;
}

export interface Suspects {
  /** A name was claimed on a flow that has proved nothing. True: that was one too many. */
  claimed(source: string, name: string, flow: string): boolean;
  /** A wrong answer came to a challenge that this source received. Not null: one too many, of users or in so short a time. */
  guessed(source: string, user: string): 'users' | 'speed' | null;
  /** A flow has proved itself: what it claimed before was honest. */
  cleared(source: string, flow: string): void;
  forget(source: string): void;
}

/** FNV-1a, 32 bits: names are counted, not kept. Two that fall together are counted as one, which costs an attacker's tries, no phone's. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

export function openSuspects(clock: Clock): Suspects {
  const suspects = new BoundedMap<string, Suspect>(MAX_REMEMBERED_SOURCES);
  const rule = { burst: GUESS_BURST, perSecond: GUESSES_PER_MINUTE / 60, maxKeys: MAX_REMEMBERED_SOURCES };
  const guesses = buckets(clock, rule);
  const suspect = (source: string): Suspect => {
    const known = suspects.get(source) ?? { names: new Map(), crowdedSince: null, guessed: new Map() };
    suspects.set(source, known);
    return known;
  };
  return {
    claimed(source, name, flow) {
      const one = suspect(source);
      const now = clock.monotonic();
      for (const [hash, { at }] of one.names) if (now - at > NAME_MEMORY_MS) one.names.delete(hash);
      if (one.names.size < MAX_REMEMBERED_NAMES) one.names.set(hashOf(name), { flow, at: now });
      if (one.names.size < MAX_UNPROVEN_NAMES) {
        one.crowdedSince = null;
        return false;
      }
      let here = 0;
      for (const claimed of one.names.values()) if (claimed.flow === flow) here++;
      one.crowdedSince ??= now;
      return here >= MAX_UNPROVEN_NAMES || now - one.crowdedSince > UNPROVEN_PATIENCE_MS;
    },
    guessed(source, user) {
      const { guessed } = suspect(source);
      const now = clock.monotonic();
      guessed.set(hashOf(user), now);
      for (const [hash, at] of guessed) if (now - at > GUESS_MEMORY_MS) guessed.delete(hash);
      const tooFast = !guesses.take(source);
      if (guessed.size >= MAX_GUESSED_USERS) return 'users';
      return tooFast ? 'speed' : null;
    },
    cleared(source, flow) {
      const one = suspects.get(source);
      if (!one) return;
      for (const [hash, claimed] of one.names) if (claimed.flow === flow) one.names.delete(hash);
      if (one.names.size < MAX_UNPROVEN_NAMES) one.crowdedSince = null;
    },
    forget: (source) => void suspects.delete(source),
  };
}
