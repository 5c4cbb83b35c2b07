/** Non-INVITE server transaction: RFC 3261 17.2.2. */
import type { SipResponse } from '../message/message.ts';
import { isProvisional, type ServerEffect, type ServerInput, type Stepped } from './machine.ts';
import { PATIENCE_MS } from './timers.ts';

export type NonInviteServerState =
  | { readonly at: 'trying'; readonly reliable: boolean }
  | { readonly at: 'proceeding'; readonly reliable: boolean; readonly last: SipResponse }
  | { readonly at: 'completed'; readonly response: SipResponse }
  | { readonly at: 'terminated' };

type Result = Stepped<NonInviteServerState, ServerEffect>;

/** The client gives up after 64*T1 (timer F): an answer that comes later helps nobody (RFC 4320 4.2). */
export const begin = (reliable: boolean): Result => [
  { at: 'trying', reliable },
  { do: 'start', timer: 'J', ms: PATIENCE_MS },
];

export function step(state: NonInviteServerState, input: ServerInput): Result {
  switch (state.at) {
    case 'trying':
    case 'proceeding': {
      if (input.on === 'unsendable') return [{ at: 'terminated' }, { do: 'fail', why: 'transport' }];
      if (input.on === 'timer' && input.timer === 'J') return [{ at: 'terminated' }, { do: 'fail', why: 'timeout' }];
      if (input.on === 'request' && state.at === 'proceeding') return [state, { do: 'send', response: state.last }];
      if (input.on !== 'respond') return [state];
      const { response } = input;
      const send: ServerEffect = { do: 'send', response };
      if (isProvisional(response)) return [{ at: 'proceeding', reliable: state.reliable, last: response }, send];
      // Timer J answers repetitions of the request; over a reliable transport there are none.
      if (state.reliable) return [{ at: 'terminated' }, send, { do: 'stop', timer: 'J' }];
      return [{ at: 'completed', response }, send, { do: 'start', timer: 'J', ms: PATIENCE_MS }];
    }
    case 'completed':
      if (input.on === 'request') return [state, { do: 'send', response: state.response }];
      if (input.on === 'timer' && input.timer === 'J') return [{ at: 'terminated' }];
      if (input.on === 'unsendable') return [{ at: 'terminated' }, { do: 'fail', why: 'transport' }];
      return [state];
    case 'terminated':
      return [state];
  }
}
