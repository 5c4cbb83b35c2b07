import { atOnce, type Check } from '../finding.ts';

/** The purge runs every 15 minutes; after this long without one something is wrong, ms. */
const LATE_MS = 2 * 3600_000;

/** Whether what is past its day has left. */
export const checkPurge: Check = {
  steady: { purge_overdue: atOnce, purge_late: atOnce },
  look({ purge, now }) {
    const { lastAt, overdue } = purge;
    const late = lastAt !== null && now - lastAt > LATE_MS;
    if (overdue > 0 && (late || lastAt === null))
      return [{ code: 'purge_overdue', state: 'bad', values: { overdue, at: lastAt } }];
    if (late) return [{ code: 'purge_late', state: 'warn', values: { at: lastAt } }];
    if (lastAt === null) return [{ code: 'purge_waits', state: 'ok', values: {} }];
    return [{ code: 'purge_ok', state: 'ok', values: { at: lastAt } }];
  },
};
