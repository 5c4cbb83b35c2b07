/** Whether an alert is to be told, and of what: the one rule, for what is told and for what is shown. Pure. */
import { GONE_AFTER_MS } from './limits.ts';
import { isWithin, type Place } from './parts.ts';
import type { AlertTables } from './tables.ts';
import { type Open, openAt, type When } from './when.ts';

type Row = AlertTables['alerts'];
export type Mute = AlertTables['alert_mutes'];

/** A maintenance window as it is looked at: what it covers, and when. */
export interface Window {
  readonly id: string;
  readonly place: Place;
  /** These boxes alone; null: all of `place`. */
  readonly boxes: ReadonlySet<string> | null;
  readonly when: When;
}

/** The mute that covers an alert at its level; null: none does. A worse one comes back. */
export function muteOver<Of extends Mute>(
  alert: Place & Pick<Row, 'code' | 'level'>,
  mutes: readonly Of[],
  now: number,
): Of | null {
  const covers = (mute: Of) =>
    mute.code === alert.code &&
    alert.level <= mute.level &&
    (mute.until_at === null || mute.until_at > now) &&
    isWithin(alert, mute);
  return mutes.find(covers) ?? null;
}

const covers = (alert: Place, { place, boxes }: Window): boolean =>
  isWithin(alert, place) && (boxes === null || (alert.box !== null && boxes.has(alert.box)));

/** The window that is open over a place; null: none is. */
export function windowOver<Of extends Window>(
  alert: Place,
  windows: readonly Of[],
  now: number,
): (Open & { window: Of }) | null {
  for (const window of windows) {
    if (!covers(alert, window)) continue;
    const open = openAt(window.when, now);
    if (open) return { ...open, window };
  }
  return null;
}

export const isAcknowledged = ({ acknowledged_by, acknowledged_level, level }: Row): boolean =>
  acknowledged_by !== null && acknowledged_level >= level;

/** `tell`: what of it; `settled`: nothing, and there is nothing more to wait for; `wait`: not now. */
export type Verdict = { readonly tell: 'opened' | 'worse' | 'cleared' } | 'settled' | 'wait';

/** About one whose level is worse than what was told, or that went and was told of. */
export function verdictOf(row: Row, mutes: readonly Mute[], windows: readonly Window[], now: number): Verdict {
  if (windowOver(row, windows, now)) return 'wait';
  if (row.cleared_at !== null) {
    if (muteOver(row, mutes, now)) return 'settled';
    return row.cleared_at + GONE_AFTER_MS > now ? 'wait' : { tell: 'cleared' };
  }
  if (muteOver(row, mutes, now)) return 'wait';
  if (isAcknowledged(row)) return 'settled';
  return { tell: row.told === 0 ? 'opened' : 'worse' };
}
