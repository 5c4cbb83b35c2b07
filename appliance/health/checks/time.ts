import { atOnce, type Check } from '../finding.ts';

/** A time service has found its servers by then, ms: it is asked every ten minutes, and needs some after a start. */
const UNSYNCHRONISED_MS = 3600_000;

/** Whether the wall clock can be believed: erasure goes by it. */
export const checkTime: Check = {
  steady: {
    time_behind: atOnce,
    time_unconfirmed: atOnce,
    clock_unsynchronised: { raiseAfterMs: UNSYNCHRONISED_MS, clearAfterMs: 0 },
  },
  look({ time }) {
    const { state, wall, expected, synchronised } = time;
    if (state === 'unconfirmed') return [{ code: 'time_unconfirmed', state: 'bad', values: { wall, expected } }];
    if (state === 'behind') return [{ code: 'time_behind', state: 'warn', values: { wall, expected } }];
    if (synchronised === false) return [{ code: 'clock_unsynchronised', state: 'warn', values: {} }];
    return [{ code: 'time_ok', state: 'ok', values: {} }];
  },
};
