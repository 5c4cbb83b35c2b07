import type { Check } from '../finding.ts';

/** A restart of the call process takes less, ms. */
const DOWN_MS = 30_000;

/** Whether there is somebody who takes calls. */
export const checkCalls: Check = {
  steady: { calls_down: { raiseAfterMs: DOWN_MS, clearAfterMs: 0 } },
  look: ({ calls }) =>
    calls ? [{ code: 'calls_ok', state: 'ok', values: {} }] : [{ code: 'calls_down', state: 'bad', values: {} }],
};
