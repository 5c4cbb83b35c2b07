/** Which findings of a box are open, after what it said. */
import { type FindingCode, type Level, levels } from '@belkluis/shared/contract/finding-codes';

export interface Open {
  readonly level: Level;
  /** When it came, ms. */
  readonly since: number;
}

export type Findings = ReadonlyMap<FindingCode, Open>;

/** By a whole sample: what it does not find has gone. */
export function findingsAfterHealth(
  known: Findings,
  found: readonly { readonly code: FindingCode; readonly level: Level }[],
  at: number,
): Findings {
  const after = new Map<FindingCode, Open>();
  for (const { code, level } of found) {
    if (level === 'ok') continue;
    after.set(code, { level, since: known.get(code)?.since ?? at });
  }
  return after;
}

/** By one that came or went. */
export function findingsAfterEvent(
  known: Findings,
  { code, level, on }: { readonly code: FindingCode; readonly level: Level; readonly on: boolean },
  at: number,
): Findings {
  const after = new Map(known);
  if (on && level !== 'ok') after.set(code, { level, since: known.get(code)?.since ?? at });
  else after.delete(code);
  return after;
}

export const levelRank = (level: Level): number => levels.indexOf(level);
export const levelAt = (rank: number): Level => levels[rank]!;

export const worstOf = (findings: Findings): Level =>
  levelAt(Math.max(0, ...[...findings.values()].map(({ level }) => levelRank(level))));
