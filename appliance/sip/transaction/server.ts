/** Runs a server transaction's machine: its alarms, its flow, its user. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type ResponseDraft, writeResponse } from '../message/write.ts';
import { type Flow, isReliable } from '../transport/flow.ts';
import * as inviteServer from './invite-server.ts';
import { acknowledges } from './keys.ts';
import type { Failure, ServerEffect, ServerInput, Stepped } from './machine.ts';
import * as nonInviteServer from './non-invite-server.ts';
import { alarms } from './timers.ts';

/** One request that wants an answer. */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Tag that every response of ours carries in To, unless the request has one. */
  readonly localTag: string;
  /** A final response has been given. */
  readonly answered: boolean;
  /** Makes and sends a response; what comes after a final one is dropped. Returns what was made. */
  respond(draft: ResponseDraft): SipResponse;
  /** Passes on a response that somebody else made (RFC 3261 16.7), as it is; what comes after a final one is dropped. */
  pass(response: SipResponse): void;
  /** Sends a 2xx once more (RFC 3261 13.3.1.4). */
  repeat(response: SipResponse): void;
  /** The ACK for a 2xx has come: from here on the INVITE is swallowed when it comes again, and its user hears no more. */
  settle(): void;
  onCancel: (cancel: SipRequest) => void;
  /** An ACK came that carries the INVITE's own branch although it is for a 2xx. */
  onAck: (ack: SipRequest) => void;
  /** `timeout`: no ACK for a final response, or nobody here answered in time. `transport`: the flow has gone. */
  onFailed: (why: Failure) => void;
}

export interface ServerRun extends ServerTransaction {
  /** The same request again, or an ACK. */
  receive(request: SipRequest): void;
  flowClosed(): void;
  abandon(): void;
}

export interface ServerRunOptions {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly clock: Clock;
  readonly localTag: string;
  /** What Server says. */
  readonly product: string;
  readonly ended: () => void;
  /** After `ended`: what a repetition of the request is answered with for the next `ms`; null: nothing. */
  readonly settled: (response: SipResponse | null, ms: number) => void;
}

export function runServer(options: ServerRunOptions): ServerRun {
  return options.request.method === 'INVITE' ? run(inviteServer, options) : run(nonInviteServer, options);
}

function run<State extends { readonly at: string }>(
  machine: {
    begin(reliable: boolean): Stepped<State, ServerEffect>;
    step(state: State, input: ServerInput): Stepped<State, ServerEffect>;
  },
  { request, flow, clock, localTag, product, ended, settled }: ServerRunOptions,
): ServerRun {
  const timers = alarms(clock, (timer) => feed({ on: 'timer', timer }));
  const first = machine.begin(isReliable(flow.transport));
  let state = first[0];
  let over = false;
  let final: SipResponse | null = null;
  let lastAck: SipRequest | null = null;

  const finish = () => {
    if (over) return;
    over = true;
    timers.stopAll();
    ended();
  };
  const perform = (effect: ServerEffect) => {
    switch (effect.do) {
      case 'start':
        return timers.start(effect.timer, effect.ms);
      case 'stop':
        return timers.stop(effect.timer);
      case 'send':
        return flow.send(effect.response.bytes);
      case 'send trying':
        return flow.send(writeResponse(request, { status: 100 }).bytes);
      case 'settle':
        return settled(effect.response, effect.ms);
      case 'deliver ack':
        return lastAck && server.onAck(lastAck);
      case 'fail':
        return server.onFailed(effect.why);
    }
  };
  const carryOut = ([next, ...effects]: Stepped<State, ServerEffect>) => {
    state = next;
    if (state.at === 'terminated') finish();
    for (const effect of effects) if (!over || effect.do !== 'start') perform(effect);
  };
  const feed = (input: ServerInput) => {
    if (!over) carryOut(machine.step(state, input));
  };

  const server: ServerRun = {
    request,
    flow,
    localTag,
    get answered() {
      return final !== null;
    },
    respond(draft) {
      // 100 has no tag of ours: it makes no dialog (RFC 3261 8.2.6.2).
      const headers = [...(draft.headers ?? []), ['Server', product] as const];
      const response = writeResponse(request, draft.status === 100 ? draft : { toTag: localTag, ...draft, headers });
      if (final) return response;
      if (response.status >= 200) final = response;
      feed({ on: 'respond', response });
      return response;
    },
    pass(response) {
      if (final) return;
      if (response.status >= 200) final = response;
      feed({ on: 'respond', response });
    },
    repeat: (response) => feed({ on: 'respond', response }),
    settle: () => feed({ on: 'settle' }),
    receive(again) {
      if (again.method !== 'ACK') return feed({ on: 'request' });
      if (final && !acknowledges(again, final)) return;
      lastAck = again;
      feed({ on: 'ack' });
    },
    flowClosed: () => feed({ on: 'unsendable' }),
    abandon: finish,
    onCancel: () => {},
    onAck: () => {},
    onFailed: () => {},
  };
  carryOut(first);
  return server;
}
