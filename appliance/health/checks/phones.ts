import { below, type Check } from '../finding.ts';

/** Part of the day's most that is still registered: people go home, and their phones mostly stay. */
const PART_LEFT = { raise: 0.5, clear: 0.75 };

/** With fewer than these, one phone that is switched off would be news. */
const MIN_PHONES = 4;

/** Phones that lost their switch or the box are back by then, ms. */
const GONE_MS = 5 * 60_000;
const NONE_MS = 10 * 60_000;
const BACK_MS = 60_000;

/** Whether the phones are there. */
export const checkPhones: Check = {
  steady: {
    phones_none: { raiseAfterMs: NONE_MS, clearAfterMs: 0 },
    phones_few: { raiseAfterMs: GONE_MS, clearAfterMs: BACK_MS },
  },
  look({ calls }, stands) {
    if (!calls) return [];
    const { registered, most, accounts } = calls.phones;
    if (registered === 0 && accounts > 0) return [{ code: 'phones_none', state: 'warn', values: { accounts } }];
    if (most >= MIN_PHONES && below(registered / most, PART_LEFT, stands('phones_few')))
      return [{ code: 'phones_few', state: 'warn', values: { registered, most } }];
    return [{ code: 'phones_ok', state: 'ok', values: { registered } }];
  },
};
