import { atOnce, type Check } from '../finding.ts';

/** Half a year: every release mends something that somebody may use against a box, ms. */
const OLD_MS = 183 * 86_400_000;

/** Whether what was mended is mended here. */
export const checkSoftware: Check = {
  steady: { software_old: atOnce },
  look({ software: { version, releasedAt: at }, now }) {
    if (now - at > OLD_MS) return [{ code: 'software_old', state: 'warn', values: { version, at } }];
    return [{ code: 'software_ok', state: 'ok', values: { version, at } }];
  },
};
