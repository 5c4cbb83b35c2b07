/** A registration that the box keeps with a carrier: RFC 3261 10.2, as a pure machine. Its driver sends, waits and draws chance. */

export type Registration =
  | { readonly at: 'asking'; readonly expiresS: number; readonly failures: number; readonly longer: boolean }
  /** `untilMs`: monotonic. */
  | { readonly at: 'registered'; readonly expiresS: number; readonly untilMs: number }
  | {
      readonly at: 'waiting';
      readonly expiresS: number;
      readonly failures: number;
      readonly why: RegistrationFailure;
    };

/** What a person has to look at. */
export type RegistrationFailure = 'no_answer' | 'unreachable' | 'name_unknown' | 'refused' | 'wrong_password' | 'busy';

export type RegistrationInput =
  /** A final response. `expiresS`: what was granted; `minExpiresS`, `retryAfterS`: what it says of them, null: nothing. */
  | {
      readonly on: 'answer';
      readonly status: number;
      readonly expiresS: number;
      readonly minExpiresS: number | null;
      readonly retryAfterS: number | null;
      readonly nowMs: number;
    }
  | { readonly on: 'no answer'; readonly why: RegistrationFailure }
  | { readonly on: 'timer' }
  /** The connection over which it was made has gone, and with it the way to us. */
  | { readonly on: 'flow closed' };

export type RegistrationEffect =
  | { readonly do: 'register'; readonly expiresS: number }
  /** A time between the two, by chance: all boxes of a carrier lose it in the same second, and must not come back in the same. */
  | { readonly do: 'wait'; readonly fromMs: number; readonly toMs: number };

/** The state after an input, and what is to be done, if anything. */
export type Stepped = readonly [Registration, RegistrationEffect?];

/** What is asked for, s: short enough that a carrier that forgot us knows us again within minutes. */
export const WANTED_EXPIRES_S = 600;

/** Longest that a carrier may demand by 423, s. */
const MAX_EXPIRES_S = 86_400;

/** Backoff: up to the first after one failure, doubling, up to the second, ms (RFC 5626 4.5 has 30 s and 30 min). */
const FIRST_BACKOFF_MS = 4000;
export const MAX_BACKOFF_MS = 600_000;

/** A wrong password does not become right; asking on would lock the account, ms. */
export const REFUSED_BACKOFF_MS = 300_000;

/** Longest Retry-After that is obeyed, s. */
const MAX_RETRY_AFTER_S = 3600;

/** A binding is made anew when this part of its life is over, at the latest 30 s before its end. */
const REFRESH_AT = 0.8;
const REFRESH_BEFORE_MS = 30_000;

export const beginRegistration = (): Stepped => [
  { at: 'asking', expiresS: WANTED_EXPIRES_S, failures: 0, longer: false },
  { do: 'register', expiresS: WANTED_EXPIRES_S },
];

const ask = (expiresS: number, failures: number, longer = false): Stepped => [
  { at: 'asking', expiresS, failures, longer },
  { do: 'register', expiresS },
];

function failed(state: Registration, why: RegistrationFailure, fromMs = 0): Stepped {
  const failures = (state.at === 'registered' ? 0 : state.failures) + 1;
  const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20));
  return [
    { at: 'waiting', expiresS: WANTED_EXPIRES_S, failures, why },
    { do: 'wait', fromMs, toMs: fromMs + backoffMs },
  ];
}

const reasonOf = (status: number): RegistrationFailure => {
  if (status === 401 || status === 403 || status === 407) return 'wrong_password';
  return status === 503 || status === 480 ? 'busy' : 'refused';
};

export function stepRegistration(state: Registration, input: RegistrationInput): Stepped {
  switch (input.on) {
    case 'timer':
      return ask(state.expiresS, state.at === 'waiting' ? state.failures : 0);
    case 'flow closed':
      return state.at === 'registered' ? failed(state, 'unreachable') : [state];
    case 'no answer':
      return state.at === 'asking' ? failed(state, input.why) : [state];
    case 'answer': {
      if (state.at !== 'asking') return [state];
      const { status, expiresS, minExpiresS, retryAfterS, nowMs } = input;
      if (status >= 200 && status < 300 && expiresS > 0) {
        const lifeMs = expiresS * 1000;
        const refreshMs = Math.max(lifeMs / 2, Math.min(lifeMs * REFRESH_AT, lifeMs - REFRESH_BEFORE_MS));
        return [
          { at: 'registered', expiresS: state.expiresS, untilMs: nowMs + lifeMs },
          { do: 'wait', fromMs: refreshMs * 0.9, toMs: refreshMs },
        ];
      }
      // 10.2.8: once with what is demanded; a second 423 is a fault of the other side.
      if (status === 423 && minExpiresS !== null && minExpiresS <= MAX_EXPIRES_S && !state.longer) {
        return ask(Math.max(minExpiresS, state.expiresS), state.failures, true);
      }
      const why = reasonOf(status);
      const least = why === 'wrong_password' ? REFUSED_BACKOFF_MS : 0;
      return failed(state, why, Math.max(least, Math.min(retryAfterS ?? 0, MAX_RETRY_AFTER_S) * 1000));
    }
  }
}
