import { above, type Check, type Finding } from '../finding.ts';

/** Percent of packets: codecs hide one, people notice two. */
const LOST = { raise: 2, clear: 1 };

/** Percent of looks at streams that were poor: one call in five. */
const POOR = { raise: 20, clear: 10 };

/** What is measured is a mean of minutes already, ms. */
const RAISE_MS = 60_000;
const CLEAR_MS = 5 * 60_000;

/** Whether people can understand each other, and recordings what they said. */
export const checkSound: Check = {
  steady: {
    sound_lost: { raiseAfterMs: RAISE_MS, clearAfterMs: CLEAR_MS },
    sound_poor: { raiseAfterMs: RAISE_MS, clearAfterMs: CLEAR_MS },
  },
  look({ calls }, stands) {
    if (!calls) return [];
    if (!calls.sound) return [{ code: 'sound_quiet', state: 'ok', values: {} }];
    const { lossPercent, mos, poorPercent } = calls.sound;
    const found: Finding[] = [];
    if (above(lossPercent, LOST, stands('sound_lost')))
      found.push({ code: 'sound_lost', state: 'warn', values: { lossPercent } });
    if (above(poorPercent, POOR, stands('sound_poor')))
      found.push({ code: 'sound_poor', state: 'warn', values: { mos, poorPercent } });
    return found.length > 0 ? found : [{ code: 'sound_ok', state: 'ok', values: { mos, lossPercent } }];
  },
};
