import { atOnce, type Check } from '../finding.ts';

/** A pass over everything takes days; after this long without a whole one it has stopped, ms. */
const LATE_MS = 45 * 86_400_000;

/** Whether what was written can still be read as it was written. */
export const checkScrub: Check = {
  steady: {
    scrub_late: atOnce,
    scrub_rot: atOnce,
  },
  look({ scrub, now }) {
    const { lastAt, since, rotten } = scrub;
    if (rotten > 0) return [{ code: 'scrub_rot', state: 'bad', values: { rotten } }];
    if (now - (lastAt ?? since) > LATE_MS) return [{ code: 'scrub_late', state: 'warn', values: { at: lastAt } }];
    if (lastAt === null) return [{ code: 'scrub_waits', state: 'ok', values: {} }];
    return [{ code: 'scrub_ok', state: 'ok', values: { at: lastAt } }];
  },
};
