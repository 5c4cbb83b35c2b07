import type { Chance } from '@belkluis/shared/base/chance';
import { FIRST_PAUSE_MS, MAX_PAUSE_MS, MIN_PAUSE_MS } from './limits.ts';

/**
 * Pause before the next connection, ms, after `failures` that did not last: full jitter, so that boxes which lost a broker together do not come back
 * together.
 */
export function pauseAfter(failures: number, chance: Chance): number {
  const longest = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(10, failures));
  const part = chance.bytes(4).readUInt32BE() / 0x1_0000_0000;
  return Math.floor(MIN_PAUSE_MS + part * (longest - MIN_PAUSE_MS));
}
