import { atOnce, type Check } from '../finding.ts';

/** A day and a quarter: one may fall into a restart, ms. */
const LATE_MS = 30 * 3_600_000;

/** Whether it was proven lately that calls are recorded and can be opened. */
export const checkTestCall: Check = {
  steady: {
    test_call_late: atOnce,
    test_call_failed: atOnce,
  },
  look({ testCall, policy, now }) {
    // Without a policy nothing is recorded; that is said by its own check.
    if (!policy) return [];
    if (!testCall) return [{ code: 'test_call_waits', state: 'ok', values: {} }];
    const { at, fault, untried } = testCall;
    if (fault !== null) return [{ code: 'test_call_failed', state: 'bad', values: { at, fault } }];
    if (now - at > LATE_MS) return [{ code: 'test_call_late', state: 'warn', values: { at } }];
    return [{ code: 'test_call_ok', state: 'ok', values: { at, untried } }];
  },
};
