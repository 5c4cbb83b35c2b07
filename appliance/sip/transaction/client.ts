/** Runs a client transaction's machine: its alarms, its flow, its user. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Flow, isReliable } from '../transport/flow.ts';
import * as inviteClient from './invite-client.ts';
import type { ClientEffect, ClientInput, Failure, Stepped } from './machine.ts';
import * as nonInviteClient from './non-invite-client.ts';
import { ackFor, cancelFor } from './requests.ts';
import { alarms, PATIENCE_MS } from './timers.ts';

export interface ClientUser {
  /** Provisional and final responses; of an INVITE also every 2xx that follows within 32 s (RFC 6026). */
  response(response: SipResponse, flow: Flow): void;
  /** Ends the transaction without a final response. */
  failed(why: Failure): void;
}

export interface ClientRun {
  readonly request: SipRequest;
  readonly flow: Flow;
  receive(response: SipResponse): void;
  /** The flow has gone. */
  flowClosed(): void;
  /**
   * Withdraws an INVITE (RFC 3261 9.1): the CANCEL waits for a provisional response; nothing happens after a final one. No
   * final response 64*T1 after the CANCEL counts as failed by `timeout`.
   */
  cancel(headers?: readonly (readonly [string, string])[]): void;
  /** The same for an INVITE that nobody waits for any more: besides, it is not sent again. */
  giveUp(): void;
  /** Forgets the transaction without a word. */
  abandon(): void;
}

export interface ClientRunOptions {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly clock: Clock;
  readonly user: ClientUser;
  /** Starts the transaction of the CANCEL. */
  readonly sendCancel: (cancel: SipRequest) => void;
  readonly ended: () => void;
}

/** Wants to hear nothing. */
export const NOBODY: ClientUser = { response: () => {}, failed: () => {} };

type Machine = { readonly at: string };

export function runClient(options: ClientRunOptions): ClientRun {
  return options.request.method === 'INVITE' ? run(inviteClient, options) : run(nonInviteClient, options);
}

function run<State extends Machine>(
  machine: {
    begin(reliable: boolean): Stepped<State, ClientEffect>;
    step(state: State, input: ClientInput): Stepped<State, ClientEffect>;
  },
  { request, flow, clock, sendCancel, ended, ...options }: ClientRunOptions,
): ClientRun {
  let { user } = options;
  const timers = alarms(clock, (timer) => feed({ on: 'timer', timer }));
  const first = machine.begin(isReliable(flow.transport));
  let state = first[0];
  let over = false;
  let provisional = false;
  let final = false;
  let cancelled = false;
  let cancelWith: readonly (readonly [string, string])[] | null = null;
  let stopGuard = () => {};

  const finish = () => {
    if (over) return;
    over = true;
    timers.stopAll();
    stopGuard();
    ended();
  };
  const perform = (effect: ClientEffect) => {
    switch (effect.do) {
      case 'start':
        return timers.start(effect.timer, effect.ms);
      case 'stop':
        return timers.stop(effect.timer);
      case 'send request':
        return flow.send(request.bytes);
      case 'send ack':
        return flow.send(ackFor(request, effect.response).bytes);
      case 'deliver':
        return user.response(effect.response, flow);
      case 'fail':
        return user.failed(effect.why);
    }
  };
  const carryOut = ([next, ...effects]: Stepped<State, ClientEffect>) => {
    state = next;
    // The table forgets the transaction before its user hears of the end: what the user starts then stands on its own.
    if (state.at === 'terminated') finish();
    for (const effect of effects) if (!over || effect.do !== 'start') perform(effect);
    // Whoever has heard all there is to hear is not kept until the last timer has run out.
    if (state.at === 'completed') user = NOBODY;
  };
  const feed = (input: ClientInput) => {
    if (!over) carryOut(machine.step(state, input));
  };
  const cancelNow = () => {
    const headers = cancelWith ?? [];
    cancelWith = null;
    sendCancel(cancelFor(request, headers));
    // 9.1: who gets no final response then considers the transaction cancelled.
    stopGuard = clock.after(PATIENCE_MS, () => {
      if (over || final) return;
      finish();
      user.failed('timeout');
    });
  };

  const client: ClientRun = {
    request,
    flow,
    receive(response) {
      if (over) return;
      if (response.status < 200) provisional = true;
      else if (!final) {
        final = true;
        cancelWith = null;
        stopGuard();
      }
      feed({ on: 'response', response });
      if (cancelWith && provisional && !over) cancelNow();
    },
    flowClosed: () => feed({ on: 'unsendable' }),
    cancel(headers = []) {
      if (request.method !== 'INVITE' || over || final || cancelled) return;
      cancelled = true;
      cancelWith = headers;
      if (provisional) cancelNow();
    },
    giveUp() {
      client.cancel();
      feed({ on: 'given up' });
    },
    abandon: finish,
  };
  carryOut(first);
  return client;
}
