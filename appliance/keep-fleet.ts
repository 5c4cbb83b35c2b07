/** What the desk does about the box's fleet by itself: asks whether its code was typed, fetches what a person confirmed, renews past the broker. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { Problem } from '@belkluis/shared/base/problem';
import { ASK_AGAIN_S } from '@belkluis/shared/contract/enrolment/limits';
import { every } from './every.ts';
import type { Enrolment } from './uplink/enrol/enrol.ts';

/** The uplink renews with 30 days left. With as many left as this it did not come to it, ms. */
const PAST_THE_BROKER_MS = 10 * 24 * 3_600_000;

/** How often that is tried, ms. */
const RENEW_EVERY_MS = 3_600_000;

/** What passes by itself, and would fill the log of a box whose code waits for a day. */
const PASSING = ['fleet_unreachable', 'fleet_locked'];

interface Parts {
  readonly fleet: Pick<Enrolment, 'status' | 'ask' | 'renew'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** Looks once: what the returned function does is due or not. @throws what asking and renewing do, but for what will pass. */
export function fleetTender({ fleet, clock }: Parts): () => Promise<void> {
  let renewedAt = -RENEW_EVERY_MS;
  return async () => {
    const status = fleet.status();
    try {
      if (status.at === 'offering' || status.at === 'confirmed') await fleet.ask();
      const due = status.at === 'enrolled' && status.renewal === 'due';
      if (!due || status.expiresAt - clock.now() > PAST_THE_BROKER_MS) return;
      if (clock.monotonic() - renewedAt < RENEW_EVERY_MS) return;
      renewedAt = clock.monotonic();
      await fleet.renew();
    } catch (error) {
      if (!(error instanceof Problem) || !PASSING.includes(error.code)) throw error;
    }
  };
}

/** Returns what ends it. */
export const keepFleet = (parts: Parts & { readonly log: Log }): (() => void) =>
  every(ASK_AGAIN_S * 1000, 'fleet', parts.log, fleetTender(parts));
