/** Non-INVITE server transaction: RFC 3261 17.2.2; its Completed state is a line in a table (settled.ts). */
import type { SipResponse } from '../message/message.ts';
import { isProvisional, type ServerEffect, type ServerInput, type Stepped } from './machine.ts';
import { PATIENCE_MS } from './timers.ts';

export type NonInviteServerState =
  | { readonly at: 'trying'; readonly reliable: boolean }
  | { readonly at: 'proceeding'; readonly reliable: boolean; readonly last: SipResponse }
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
      const ended: Result = [{ at: 'terminated' }, { do: 'stop', timer: 'J' }, send];
      // Completed: for timer J a repetition gets the same answer. Over a reliable transport there are none.
      return state.reliable ? ended : [...ended, { do: 'settle', response, ms: PATIENCE_MS }];
    }
    case 'terminated':
      return [state];
  }
}
