/** INVITE client transaction: RFC 3261 17.1.1.2 as changed by RFC 6026 7.2 (a 2xx leads to Accepted, not to the end). */
import { type ClientEffect, type ClientInput, isProvisional, isSuccess, type Stepped } from './machine.ts';
import { PATIENCE_MS, T1_MS, TIMER_D_MS } from './timers.ts';

export type InviteClientState =
  | { readonly at: 'calling'; readonly reliable: boolean; readonly intervalMs: number }
  | { readonly at: 'proceeding'; readonly reliable: boolean }
  | { readonly at: 'completed' }
  | { readonly at: 'accepted' }
  | { readonly at: 'terminated' };

type Result = Stepped<InviteClientState, ClientEffect>;

/** `reliable`: the transport repeats by itself, so nothing is sent twice. */
export function begin(reliable: boolean): Result {
  const waiting: ClientEffect = { do: 'start', timer: 'B', ms: PATIENCE_MS };
  const state: InviteClientState = { at: 'calling', reliable, intervalMs: T1_MS };
  if (reliable) return [state, { do: 'send request' }, waiting];
  return [state, { do: 'send request' }, { do: 'start', timer: 'A', ms: T1_MS }, waiting];
}

function failed(why: 'timeout' | 'transport'): Result {
  return [{ at: 'terminated' }, { do: 'fail', why }];
}

export function step(state: InviteClientState, input: ClientInput): Result {
  switch (state.at) {
    case 'calling':
    case 'proceeding':
      if (input.on === 'unsendable') return failed('transport');
      if (input.on === 'response') return answered(state, input.response);
      if (state.at !== 'calling') return [state];
      // Whoever has not heard it by now must not begin to ring for nobody.
      if (input.on === 'given up') return [state, { do: 'stop', timer: 'A' }];
      if (input.timer === 'B') return failed('timeout');
      if (input.timer !== 'A') return [state];
      return [
        { ...state, intervalMs: state.intervalMs * 2 },
        { do: 'send request' },
        { do: 'start', timer: 'A', ms: state.intervalMs * 2 },
      ];
    case 'completed':
      if (input.on === 'timer' && input.timer === 'D') return [{ at: 'terminated' }];
      // The final response again: our ACK was lost.
      if (input.on === 'response' && input.response.status >= 300) {
        return [state, { do: 'send ack', response: input.response }];
      }
      return [state];
    case 'accepted':
      if (input.on === 'timer' && input.timer === 'M') return [{ at: 'terminated' }];
      // Another 2xx: the same one again, or another fork's (RFC 6026 7.2). The user acknowledges either.
      if (input.on === 'response' && isSuccess(input.response)) {
        return [state, { do: 'deliver', response: input.response }];
      }
      return [state];
    case 'terminated':
      return [state];
  }
}

function answered(
  state: InviteClientState & { readonly reliable: boolean },
  response: Parameters<typeof isSuccess>[0],
): Result {
  const deliver: ClientEffect = { do: 'deliver', response };
  const quiet: ClientEffect[] = [
    { do: 'stop', timer: 'A' },
    { do: 'stop', timer: 'B' },
  ];
  if (isProvisional(response)) return [{ at: 'proceeding', reliable: state.reliable }, ...quiet, deliver];
  if (isSuccess(response)) {
    return [{ at: 'accepted' }, ...quiet, { do: 'start', timer: 'M', ms: PATIENCE_MS }, deliver];
  }
  const ack: ClientEffect = { do: 'send ack', response };
  // 17.1.1.2: over a reliable transport timer D is zero.
  if (state.reliable) return [{ at: 'terminated' }, ...quiet, ack, deliver];
  return [{ at: 'completed' }, ...quiet, ack, { do: 'start', timer: 'D', ms: TIMER_D_MS }, deliver];
}
