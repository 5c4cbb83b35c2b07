/**
 * What each level of sensitivity demands and forbids, as one bundle: whoever raises a level raises all of it (GDPR 24(1), 32(1): the higher the
 * risk, the more).
 */
import type { Level } from './purpose.ts';
import { BY_LAW, refusedOpening, type Use, uses } from './uses.ts';

export interface Controls {
  /** Custodians whom recordings are sealed to at least: one that nobody reads alone, and that one lost key does not close. */
  readonly custodians: number;
  /** Uses for which a recording may leave the box. */
  readonly leavesFor: readonly Use[];
}

/** Whoever was recorded about their health is nobody's example. */
const NOT_SENSITIVE: readonly Use[] = ['training', 'ai_training'];

const controls: Readonly<Record<Level, Controls>> = {
  standard: { custodians: 1, leavesFor: uses },
  sensitive: { custodians: 1, leavesFor: uses.filter((use) => !NOT_SENSITIVE.includes(use)) },
  high: { custodians: 2, leavesFor: BY_LAW },
};

/** Of a level that this version does not know, such as a later one's in a recording: the strictest. */
export const controlsOf = (level: string): Controls => controls[level as Level] ?? controls.high;

/** Why a recording may not leave the box for `use`; null: it may. */
export const refusedExport = (
  recording: { readonly uses: readonly string[]; readonly level: string },
  use: Use,
): 'use_not_allowed' | 'export_not_allowed' | null =>
  controlsOf(recording.level).leavesFor.includes(use) ? refusedOpening(recording, use) : 'export_not_allowed';
