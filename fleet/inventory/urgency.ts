/** How soon somebody has to look at a box: the order of every list. */
import type { Level } from '@belkluis/shared/contract/finding-codes';

export type BoxState = 'pending' | 'active' | 'revoked';

/** Most urgent first; what is stored is the place in this list. */
export const urgencies = ['bad', 'gone', 'warn', 'pending', 'ok', 'revoked'] as const;
export type Urgency = (typeof urgencies)[number];

export interface Standing {
  readonly state: BoxState;
  /** Whether it was ever heard. */
  readonly heard: boolean;
  /** Offline for longer than the grace. */
  readonly gone: boolean;
  /** The worst finding. */
  readonly worst: Level;
}

export function urgencyOf({ state, heard, gone, worst }: Standing): Urgency {
  if (state !== 'active') return state;
  if (worst === 'bad') return 'bad';
  if (gone) return 'gone';
  if (worst === 'warn') return 'warn';
  return heard ? 'ok' : 'pending';
}

export const rankOf = (urgency: Urgency): number => urgencies.indexOf(urgency);
export const urgencyAt = (rank: number): Urgency => urgencies[rank]!;
