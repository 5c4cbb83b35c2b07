import { above, type Check } from '../finding.ts';

/** Percent of all cores: beyond it sound waits for its turn. */
const BUSY = { raise: 85, clear: 70 };

/** A backup or a scrub may keep it busy for a minute, ms. */
const BUSY_MS = 3 * 60_000;

/** Whether the machine has time for calls. */
export const checkProcessor: Check = {
  steady: { cpu_busy: { raiseAfterMs: BUSY_MS, clearAfterMs: BUSY_MS } },
  look({ host: { cpuPercent: percent } }, stands) {
    if (percent === null) return [];
    if (above(percent, BUSY, stands('cpu_busy'))) return [{ code: 'cpu_busy', state: 'warn', values: { percent } }];
    return [{ code: 'cpu_ok', state: 'ok', values: { percent } }];
  },
};
