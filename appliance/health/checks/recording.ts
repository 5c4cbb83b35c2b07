import type { Check } from '../finding.ts';

/** A test call is made every day; with a long weekend without calls, two of them failed or never were, ms. */
const UNPROVEN_MS = 3 * 86_400_000;

/** With a first policy comes a first test call, ms. */
const RAISE_MS = 30 * 60_000;

/** Whether anything lately has shown that this box records: a finished recording, or a test call that went well. */
export const checkRecording: Check = {
  steady: { recording_late: { raiseAfterMs: RAISE_MS, clearAfterMs: 0 } },
  look({ recording, testCall, policy, now }) {
    // Without a policy nothing is recorded; that is said by its own check.
    if (!policy) return [];
    const proofs = [recording.lastAt, testCall?.fault === null ? testCall.at : null].filter((at) => at !== null);
    const at = proofs.length > 0 ? Math.max(...proofs) : null;
    if (now - (at ?? recording.since) > UNPROVEN_MS) return [{ code: 'recording_late', state: 'bad', values: { at } }];
    if (at === null) return [{ code: 'recording_waits', state: 'ok', values: {} }];
    return [{ code: 'recording_ok', state: 'ok', values: { at } }];
  },
};
