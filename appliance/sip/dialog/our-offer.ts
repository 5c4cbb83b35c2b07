/** Our new offer in a dialog, by re-INVITE or UPDATE, made again after a clash (RFC 3261 14.1, RFC 3311 5.1). */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { allowance } from '../capabilities.ts';
import { GLARE_RETRIES, MAX_RETRY_AFTER_S, REINVITE_MS } from '../limits.ts';
import type { SipResponse } from '../message/message.ts';
import type { ClientRequest } from '../send-to.ts';
import { sdpOf } from './body.ts';
import type { Line } from './line.ts';
import type { Talk } from './talk.ts';

export type ReinviteResult =
  | {
      readonly ok: true;
      /** The answer; after a re-INVITE without offer, the peer's offer. */
      readonly sdp: Buffer | null;
      /** After a re-INVITE without offer: answers the peer's. Otherwise the ACK has gone already and this does nothing. */
      acknowledge(sdp: Buffer): void;
    }
  | { readonly ok: false; readonly status: number; readonly reason: string };

export const refusedBy = (status: number, reason: string): ReinviteResult => ({ ok: false, status, reason });

export interface OurOffer {
  readonly method: 'INVITE' | 'UPDATE';
  readonly result: Promise<ReinviteResult>;
  /** On its way and not acknowledged: the peer's own offer gets 491 meanwhile. False while it waits to try again. */
  readonly pending: boolean;
  sessionEnded(): void;
}

export interface OurOfferOptions {
  readonly method: 'INVITE' | 'UPDATE';
  readonly line: Line;
  readonly talk: Talk;
  readonly caller: boolean;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly supported: readonly string[];
  /** Null, in a re-INVITE alone: asks for the peer's offer. */
  readonly sdp: Buffer | null;
  /** The peer's offer is being answered. */
  readonly busy: () => boolean;
}

/** 14.1: who owns the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms. */
export function backOffMs(ownsCallId: boolean, chance: Chance): number {
  const drawn = chance.bytes(4).readUInt32BE();
  return ownsCallId ? 2_100 + (drawn % 191) * 10 : (drawn % 201) * 10;
}

/** When to try again, ms: after a clash (491), or when the peer was not through with what came before (500, 14.2). Null: never. */
function retryMs({ status, headers }: SipResponse, caller: boolean, chance: Chance): number | null {
  if (status === 491) return backOffMs(caller, chance);
  const seconds = /^\d{1,4}/.exec(headers.get('Retry-After') ?? '')?.[0];
  return status === 500 && seconds !== undefined && Number(seconds) <= MAX_RETRY_AFTER_S
    ? Number(seconds) * 1000
    : null;
}

/** A re-INVITE is answered without ringing, and nobody here would acknowledge a reliable ringing (RFC 3262 3). */
const withoutReliable = (supported: readonly string[]) => supported.filter((tag) => tag !== '100rel');

export function ourOffer(options: OurOfferOptions): OurOffer {
  const { method, line, talk, caller, clock, chance, supported, sdp, busy } = options;
  const { promise: result, resolve: settle } = Promise.withResolvers<ReinviteResult>();
  let pending = false;
  let over = false;
  let tries = 0;
  let stopTrying: Cancel = () => {};

  /** The offer comes to nothing: it is not on its way any more. */
  const withdraw = () => {
    if (pending && sdp !== null) talk.withdraw();
    pending = false;
  };
  const fail = (status: number, reason: string) => {
    withdraw();
    over = true;
    stopTrying();
    settle(refusedBy(status, reason));
  };
  const retry = (afterMs: number) => {
    if (++tries > GLARE_RETRIES) return fail(491, 'Request Pending');
    withdraw();
    stopTrying = clock.after(afterMs, () => (busy() ? retry(backOffMs(caller, chance)) : attempt()));
  };
  const accepted = (response: SipResponse, seq: number): (() => void) => {
    line.refresh(response);
    const said = sdpOf(response);
    let again = () => {};
    const acknowledge = (answer: Buffer | null) => {
      pending = false;
      if (method === 'INVITE') again = line.ack(seq, answer && { contentType: 'application/sdp', body: answer });
    };
    if (sdp !== null) {
      // A 2xx to an offer without an answer changes nothing.
      if (said === null) talk.withdraw();
      else talk.answer(said);
    } else if (said !== null) talk.offer('them', 'response', said);
    // An offer that nobody will answer any more is acknowledged all the same; the BYE does the rest.
    if (sdp !== null || said === null || over) acknowledge(null);
    settle({
      ok: true,
      sdp: said,
      acknowledge(answer) {
        if (!pending) return;
        talk.answer(answer);
        acknowledge(answer);
      },
    });
    over = true;
    return () => again();
  };
  const attempt = () => {
    if (sdp !== null && !talk.offer('us', method, sdp)) return retry(backOffMs(caller, chance));
    pending = true;
    let repeatAck: (() => void) | null = null;
    const described: [string, string][] = sdp === null ? [] : [['Content-Type', 'application/sdp']];
    const request: ClientRequest = line.send(
      {
        method,
        headers: [...allowance(withoutReliable(supported)), ...described],
        ...(sdp === null ? {} : { body: sdp }),
      },
      {
        response(response, seq) {
          if (response.status < 200) return;
          stopTrying();
          if (response.status < 300) {
            if (repeatAck) repeatAck();
            else repeatAck = accepted(response, seq);
            return;
          }
          if (over) return;
          const again = retryMs(response, caller, chance);
          if (again === null) fail(response.status, response.reason);
          else retry(again);
        },
        failed: (why) => !over && fail(why === 'timeout' ? 408 : 503, why),
      },
    );
    if (method === 'INVITE') stopTrying = clock.after(REINVITE_MS, () => request.cancel());
  };
  attempt();

  return {
    method,
    result,
    get pending() {
      return pending;
    },
    sessionEnded() {
      if (!over) fail(487, 'The call has ended');
    },
  };
}
