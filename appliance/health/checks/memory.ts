import { above, type Check } from '../finding.ts';

/** Percent that is taken: beyond it the system begins to look for a process to end. */
const TAKEN = { raise: 92, clear: 87 };

/** Opening a large export may take it for a moment, ms. */
const TAKEN_MS = 60_000;

/** Whether memory is left. */
export const checkMemory: Check = {
  steady: { memory_low: { raiseAfterMs: TAKEN_MS, clearAfterMs: TAKEN_MS } },
  look({ host: { memoryPercent: percent } }, stands) {
    if (percent === null) return [];
    if (above(percent, TAKEN, stands('memory_low')))
      return [{ code: 'memory_low', state: 'warn', values: { percent } }];
    return [{ code: 'memory_ok', state: 'ok', values: { percent } }];
  },
};
