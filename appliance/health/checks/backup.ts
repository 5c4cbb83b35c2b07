import { atOnce, type BackupFact, type Check, type Finding } from '../finding.ts';

/** Backups that may be missed before somebody is told: one can fall into a restart of the other side. */
const MISSED = 3;

/** A drill is due every month, ms. */
const DRILL_EVERY_MS = 31 * 86_400_000;

function destination({ name, lastAt: at, fault }: BackupFact, lateMs: number, now: number): Finding {
  if (at === null || now - at > lateMs) {
    if (fault !== null) return { code: 'backup_failed', state: 'bad', values: { name, fault } };
    return { code: 'backup_late', state: 'bad', values: { name, at } };
  }
  if (fault !== null) return { code: 'backup_failing', state: 'warn', values: { name, fault } };
  return { code: 'backup_ok', state: 'ok', values: { name, at } };
}

/** Whether what is lost with the box can be had back, and whether somebody has tried. */
export const checkBackup: Check = {
  steady: {
    backup_none: atOnce,
    backup_late: atOnce,
    backup_failing: atOnce,
    backup_failed: atOnce,
    drill_due: atOnce,
    drill_failed: atOnce,
  },
  look({ backup, now }) {
    if (!backup) return [{ code: 'backup_none', state: 'warn', values: {} }];
    const { everyMs, destinations, drill } = backup;
    const found = destinations.map((fact) => destination(fact, MISSED * everyMs, now));
    if (drill && !drill.proven) return [...found, { code: 'drill_failed', state: 'bad', values: { at: drill.at } }];
    if (!drill || now - drill.at > DRILL_EVERY_MS)
      return [...found, { code: 'drill_due', state: 'warn', values: { at: drill?.at ?? null } }];
    return [...found, { code: 'drill_ok', state: 'ok', values: { at: drill.at } }];
  },
};
