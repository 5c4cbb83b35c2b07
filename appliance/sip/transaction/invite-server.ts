/** INVITE server transaction: RFC 3261 17.2.1 as changed by RFC 6026 7.1 (a 2xx leads to Accepted, where ACKs pass). */
import type { SipResponse } from '../message/message.ts';
import { isProvisional, isSuccess, type ServerEffect, type ServerInput, type Stepped } from './machine.ts';
import { PATIENCE_MS, T1_MS, T2_MS, T4_MS, TRYING_MS } from './timers.ts';

export type InviteServerState =
  | { readonly at: 'proceeding'; readonly reliable: boolean; readonly last: SipResponse | 'trying' | null }
  | {
      readonly at: 'completed';
      readonly reliable: boolean;
      readonly response: SipResponse;
      readonly intervalMs: number;
    }
  | { readonly at: 'confirmed' }
  | { readonly at: 'accepted' }
  | { readonly at: 'terminated' };

type Result = Stepped<InviteServerState, ServerEffect>;

export function begin(reliable: boolean): Result {
  return [
    { at: 'proceeding', reliable, last: null },
    { do: 'start', timer: 'trying', ms: TRYING_MS },
  ];
}

export function step(state: InviteServerState, input: ServerInput): Result {
  switch (state.at) {
    case 'proceeding':
      return proceeding(state, input);
    case 'completed':
      return completed(state, input);
    case 'confirmed':
      // Timer I swallows further ACKs.
      return input.on === 'timer' && input.timer === 'I' ? [{ at: 'terminated' }] : [state];
    case 'accepted':
      if (input.on === 'ack') return [state, { do: 'deliver ack' }];
      // The user repeats its 2xx until the ACK comes (13.3.1.4); the transaction only carries it.
      if (input.on === 'respond' && isSuccess(input.response)) return [state, { do: 'send', response: input.response }];
      if (input.on === 'timer' && input.timer === 'L') return [{ at: 'terminated' }];
      // The ACK has come: what is left of Accepted is to swallow the INVITE.
      if (input.on === 'settle') {
        const swallow: ServerEffect = { do: 'settle', response: null, ms: PATIENCE_MS };
        return [{ at: 'terminated' }, { do: 'stop', timer: 'L' }, swallow];
      }
      return [state];
    case 'terminated':
      return [state];
  }
}

function proceeding(state: InviteServerState & { readonly at: 'proceeding' }, input: ServerInput): Result {
  switch (input.on) {
    case 'request':
      if (state.last === null) return [state];
      return [state, state.last === 'trying' ? { do: 'send trying' } : { do: 'send', response: state.last }];
    case 'timer':
      if (input.timer !== 'trying' || state.last !== null) return [state];
      return [{ ...state, last: 'trying' }, { do: 'send trying' }];
    case 'unsendable':
      return [{ at: 'terminated' }, { do: 'fail', why: 'transport' }];
    case 'ack':
    case 'settle':
      return [state];
    case 'respond': {
      const { response } = input;
      const send: ServerEffect = { do: 'send', response };
      const quiet: ServerEffect = { do: 'stop', timer: 'trying' };
      if (isProvisional(response)) return [{ ...state, last: response }, quiet, send];
      if (isSuccess(response)) {
        return [{ at: 'accepted' }, quiet, send, { do: 'start', timer: 'L', ms: PATIENCE_MS }];
      }
      const next: InviteServerState = { at: 'completed', reliable: state.reliable, response, intervalMs: T1_MS };
      const patience: ServerEffect = { do: 'start', timer: 'H', ms: PATIENCE_MS };
      if (state.reliable) return [next, quiet, send, patience];
      return [next, quiet, send, { do: 'start', timer: 'G', ms: T1_MS }, patience];
    }
  }
}

function completed(state: InviteServerState & { readonly at: 'completed' }, input: ServerInput): Result {
  switch (input.on) {
    case 'request':
      return [state, { do: 'send', response: state.response }];
    case 'ack': {
      const quiet: ServerEffect[] = [
        { do: 'stop', timer: 'G' },
        { do: 'stop', timer: 'H' },
      ];
      if (state.reliable) return [{ at: 'terminated' }, ...quiet];
      return [{ at: 'confirmed' }, ...quiet, { do: 'start', timer: 'I', ms: T4_MS }];
    }
    case 'timer': {
      if (input.timer === 'H') return [{ at: 'terminated' }, { do: 'fail', why: 'timeout' }];
      if (input.timer !== 'G') return [state];
      const intervalMs = Math.min(state.intervalMs * 2, T2_MS);
      return [
        { ...state, intervalMs },
        { do: 'send', response: state.response },
        { do: 'start', timer: 'G', ms: intervalMs },
      ];
    }
    case 'unsendable':
      return [{ at: 'terminated' }, { do: 'fail', why: 'transport' }];
    case 'respond':
    case 'settle':
      return [state];
  }
}
