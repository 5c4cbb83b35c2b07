/** Another way for requests that would not fit one packet (RFC 3261 18.1.1): TCP to the same place, where that can be had quickly. */
import type { Clock } from '@belkluis/shared/base/clock';
import { BoundedMap } from '../defence/bounded-map.ts';
import { LARGE_CONNECT_MS, LARGE_RETRY_MS, MAX_REMEMBERED_REFUSALS } from '../limits.ts';
import { type Flow, formatAddress, type Target } from './flow.ts';

export interface LargeWay {
  /** A connection in place of `udp`; null at once, or after a moment, when there is none: then the packet goes in fragments. */
  insteadOf(udp: Flow): Promise<Flow | null> | Flow | null;
}

/** `connect`: null where TCP is not spoken at all. Most phones and many trunks take none, so who refused is not asked again for a while. */
export function largeWay(clock: Clock, connect: ((target: Target) => Flow | Promise<Flow>) | null): LargeWay {
  /** Place -> when it may be tried again. */
  const refused = new BoundedMap<string, number>(MAX_REMEMBERED_REFUSALS);
  return {
    insteadOf({ remote }) {
      const key = formatAddress(remote);
      if (!connect || (refused.get(key) ?? 0) > clock.monotonic()) return null;
      const flow = connect({ transport: 'TCP', ...remote });
      if (!(flow instanceof Promise)) return flow;
      return new Promise((resolve) => {
        const none = () => {
          stopWaiting();
          refused.set(key, clock.monotonic() + LARGE_RETRY_MS);
          resolve(null);
        };
        const stopWaiting = clock.after(LARGE_CONNECT_MS, none);
        flow.then((connected) => {
          stopWaiting();
          // One that came too late serves the next request.
          refused.delete(key);
          resolve(connected);
        }, none);
      });
    },
  };
}
