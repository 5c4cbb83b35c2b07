import { atOnce, below, type Check, type Finding } from '../finding.ts';

const DAY_MS = 86_400_000;

/** A certificate of 90 days is renewed with 30 left; so much later something keeps it from being so, ms. */
const RENEWAL = { raise: 20 * DAY_MS, clear: 25 * DAY_MS };

/** A line that restarts is back by then, and so is a broker, ms. */
const DOWN_MS = 15 * 60_000;
const BACK_MS = 60_000;

/** Whether the fleet hears of this box. A box without fleet is whole. */
export const checkUplink: Check = {
  steady: {
    uplink_down: { raiseAfterMs: DOWN_MS, clearAfterMs: BACK_MS },
    uplink_certificate_expires: atOnce,
  },
  look({ uplink, now }, stands) {
    if (!uplink) return [{ code: 'uplink_off', state: 'ok', values: {} }];
    const { connected, lastAt, certificateExpiresAt: at } = uplink;
    const found: Finding[] = [];
    if (!connected) found.push({ code: 'uplink_down', state: 'warn', values: { at: lastAt } });
    if (below(at - now, RENEWAL, stands('uplink_certificate_expires')))
      found.push({ code: 'uplink_certificate_expires', state: 'warn', values: { at } });
    return found.length > 0 ? found : [{ code: 'uplink_ok', state: 'ok', values: {} }];
  },
};
