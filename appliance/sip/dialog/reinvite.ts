/** Our re-INVITE: one offer, sent again after 491 with the back-off of RFC 3261 14.1. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { allowance } from '../capabilities.ts';
import { GLARE_RETRIES, REINVITE_MS } from '../limits.ts';
import type { SipResponse } from '../message/message.ts';
import type { ClientRequest } from '../send-to.ts';
import { sdpOf } from './body.ts';
import type { Line } from './line.ts';

export type ReinviteResult =
  | {
      readonly ok: true;
      readonly sdp: Buffer | null;
      /** After a re-INVITE without offer: answers the peer's. Otherwise the ACK has gone already and this does nothing. */
      acknowledge(sdp: Buffer): void;
    }
  | { readonly ok: false; readonly status: number; readonly reason: string };

/** Whose offer is under way. */
export type Glare = 'ours' | 'theirs';

export interface OurReinvite {
  readonly result: Promise<ReinviteResult>;
  /** On its way and not acknowledged: the peer's own offer gets 491 meanwhile. False while it waits to try again. */
  readonly pending: boolean;
  sessionEnded(): void;
}

export interface ReinviteOptions {
  readonly line: Line;
  readonly caller: boolean;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly supported: readonly string[];
  readonly sdp: Buffer | null;
  /** The peer's offer is being answered. */
  readonly busy: () => boolean;
}

/** 14.1: who owns the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms. */
export function backOffMs(ownsCallId: boolean, chance: Chance): number {
  const drawn = chance.bytes(4).readUInt32BE();
  return ownsCallId ? 2_100 + (drawn % 191) * 10 : (drawn % 201) * 10;
}

export function ourReinvite({ line, caller, clock, chance, supported, sdp, busy }: ReinviteOptions): OurReinvite {
  let settle: (result: ReinviteResult) => void = () => {};
  const result = new Promise<ReinviteResult>((resolve) => {
    settle = resolve;
  });
  let pending = false;
  let over = false;
  let glares = 0;
  let stopTrying: Cancel = () => {};

  const fail = (status: number, reason: string) => {
    pending = false;
    over = true;
    stopTrying();
    settle({ ok: false, status, reason });
  };
  const retry = () => {
    if (++glares > GLARE_RETRIES) return fail(491, 'Request Pending');
    pending = false;
    stopTrying = clock.after(backOffMs(caller, chance), () => (busy() ? retry() : attempt()));
  };
  const accepted = (response: SipResponse, seq: number): (() => void) => {
    line.refresh(response);
    let again = () => {};
    const acknowledge = (answer: Buffer | null) => {
      again = line.ack(seq, answer && { contentType: 'application/sdp', body: answer });
      pending = false;
    };
    // An offer that nobody will answer any more is acknowledged all the same; the BYE does the rest.
    if (sdp !== null || over) acknowledge(null);
    settle({ ok: true, sdp: sdpOf(response), acknowledge: (answer) => pending && acknowledge(answer) });
    over = true;
    return () => again();
  };
  const attempt = () => {
    pending = true;
    let repeatAck: (() => void) | null = null;
    const request: ClientRequest = line.send(
      {
        method: 'INVITE',
        headers: [...allowance(supported), ...(sdp === null ? [] : [['Content-Type', 'application/sdp'] as const])],
        ...(sdp === null ? {} : { body: sdp }),
      },
      {
        response(response, seq) {
          if (response.status < 200) return;
          stopTrying();
          if (response.status < 300) {
            if (repeatAck) repeatAck();
            else repeatAck = accepted(response, seq);
          } else if (response.status === 491 && !over) retry();
          else if (!over) fail(response.status, response.reason);
        },
        failed: (why) => !over && fail(why === 'timeout' ? 408 : 503, why),
      },
    );
    stopTrying = clock.after(REINVITE_MS, () => request.cancel());
  };
  attempt();

  return {
    result,
    get pending() {
      return pending;
    },
    sessionEnded() {
      if (!over) fail(487, 'The call has ended');
    },
  };
}
