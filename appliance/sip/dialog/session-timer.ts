/** Keeps a session alive, or ends it when its other side is silent (RFC 4028 7.2, 10). */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Ask, agreedIn, asking, granting, type Interval, raised } from './session-expires.ts';

export interface SessionTimer {
  /** Headers of an INVITE or UPDATE of ours. */
  asking(): [string, string][];
  /** A 422 came: true when asking again may help. */
  raise(response: SipResponse): boolean;
  /** A 2xx to a request of ours. */
  agreed(response: SipResponse): void;
  /** Headers of our 2xx to an INVITE or UPDATE of the peer's. */
  granting(request: SipRequest): [string, string][];
  /** The refresh did not come about; it is tried again while there is time. */
  failed(): void;
  stop(): void;
}

export interface SessionTimerOptions {
  readonly clock: Clock;
  readonly ask: Ask;
  readonly refresh: () => void;
  /** Nobody has refreshed the session in time. */
  readonly expired: () => void;
}

type TimerState = { readonly interval: Interval | null };
type TimerInput =
  | { readonly on: 'agreed'; readonly interval: Interval | null }
  | { readonly on: 'refresh due' }
  | { readonly on: 'refresh failed' }
  | { readonly on: 'expiry' };
type TimerEffect =
  | { readonly do: 'start'; readonly alarm: 'refresh due' | 'expiry'; readonly ms: number }
  | { readonly do: 'stop' }
  | { readonly do: 'refresh' }
  | { readonly do: 'end' };

/** 10: who has heard nothing says BYE a little before the end, so that the other side still has the session then. */
const expiryMs = ({ seconds }: Interval): number => 1000 * (seconds - Math.min(32, Math.floor(seconds / 3)));

function step(state: TimerState, input: TimerInput): readonly [TimerState, ...TimerEffect[]] {
  const { interval } = state;
  switch (input.on) {
    case 'agreed': {
      const next = input.interval;
      if (!next) return [{ interval: null }, { do: 'stop' }];
      const expiry: TimerEffect = { do: 'start', alarm: 'expiry', ms: expiryMs(next) };
      // 7.2: halfway, so that a refresh that fails can be tried again.
      const due: TimerEffect = { do: 'start', alarm: 'refresh due', ms: next.seconds * 500 };
      return [{ interval: next }, { do: 'stop' }, expiry, ...(next.ours ? [due] : [])];
    }
    case 'refresh due':
      return interval ? [state, { do: 'refresh' }] : [state];
    case 'refresh failed':
      return interval ? [state, { do: 'start', alarm: 'refresh due', ms: interval.seconds * 125 }] : [state];
    case 'expiry':
      return interval ? [{ interval: null }, { do: 'stop' }, { do: 'end' }] : [state];
  }
}

export function sessionTimer({ clock, refresh, expired, ...options }: SessionTimerOptions): SessionTimer {
  let state: TimerState = { interval: null };
  let ask = options.ask;
  const alarms = new Map<string, Cancel>();
  const feed = (input: TimerInput) => {
    const [next, ...effects] = step(state, input);
    state = next;
    for (const effect of effects) perform(effect);
  };
  const perform = (effect: TimerEffect) => {
    switch (effect.do) {
      case 'start':
        alarms.get(effect.alarm)?.();
        return void alarms.set(
          effect.alarm,
          clock.after(effect.ms, () => feed({ on: effect.alarm })),
        );
      case 'stop':
        for (const cancel of alarms.values()) cancel();
        return alarms.clear();
      case 'refresh':
        return refresh();
      case 'end':
        return expired();
    }
  };
  return {
    asking: () => asking(ask, state.interval?.ours ?? true),
    raise(response) {
      const before = ask;
      ask = raised(ask, response.headers);
      return ask !== before;
    },
    agreed: (response) => feed({ on: 'agreed', interval: agreedIn(response.headers) }),
    granting(request) {
      const { interval, headers } = granting(request.headers);
      feed({ on: 'agreed', interval });
      return headers;
    },
    failed: () => feed({ on: 'refresh failed' }),
    stop: () => feed({ on: 'agreed', interval: null }),
  };
}
