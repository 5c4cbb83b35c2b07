/** Non-INVITE client transaction: RFC 3261 17.1.2.2. */
import { type ClientEffect, type ClientInput, isProvisional, type Stepped } from './machine.ts';
import { PATIENCE_MS, T1_MS, T2_MS, T4_MS } from './timers.ts';

export type NonInviteClientState =
  | { readonly at: 'trying' | 'proceeding'; readonly reliable: boolean; readonly intervalMs: number }
  | { readonly at: 'completed' }
  | { readonly at: 'terminated' };

type Result = Stepped<NonInviteClientState, ClientEffect>;

export function begin(reliable: boolean): Result {
  const waiting: ClientEffect = { do: 'start', timer: 'F', ms: PATIENCE_MS };
  const state: NonInviteClientState = { at: 'trying', reliable, intervalMs: T1_MS };
  if (reliable) return [state, { do: 'send request' }, waiting];
  return [state, { do: 'send request' }, { do: 'start', timer: 'E', ms: T1_MS }, waiting];
}

export function step(state: NonInviteClientState, input: ClientInput): Result {
  switch (state.at) {
    case 'trying':
    case 'proceeding': {
      if (input.on === 'unsendable') return [{ at: 'terminated' }, { do: 'fail', why: 'transport' }];
      if (input.on === 'timer') {
        if (input.timer === 'F') return [{ at: 'terminated' }, { do: 'fail', why: 'timeout' }];
        if (input.timer !== 'E') return [state];
        // In proceeding the interval is T2 from the first repetition on.
        const intervalMs = state.at === 'proceeding' ? T2_MS : Math.min(state.intervalMs * 2, T2_MS);
        return [{ ...state, intervalMs }, { do: 'send request' }, { do: 'start', timer: 'E', ms: intervalMs }];
      }
      if (input.on !== 'response') return [state];
      const deliver: ClientEffect = { do: 'deliver', response: input.response };
      if (isProvisional(input.response)) return [{ ...state, at: 'proceeding' }, deliver];
      const quiet: ClientEffect[] = [
        { do: 'stop', timer: 'E' },
        { do: 'stop', timer: 'F' },
      ];
      if (state.reliable) return [{ at: 'terminated' }, ...quiet, deliver];
      // Timer K swallows repetitions of the final response.
      return [{ at: 'completed' }, ...quiet, { do: 'start', timer: 'K', ms: T4_MS }, deliver];
    }
    case 'completed':
      return input.on === 'timer' && input.timer === 'K' ? [{ at: 'terminated' }] : [state];
    case 'terminated':
      return [state];
  }
}
