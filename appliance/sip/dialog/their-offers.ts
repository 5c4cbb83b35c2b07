/** The peer's new offers: a re-INVITE, an UPDATE or a PRACK with a description (RFC 3261 14.2, RFC 3311 5.2, RFC 3262 5). */
import type { Chance } from '@belkluis/shared/base/chance';
import { allowance } from '../capabilities.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { sdpOf } from './body.ts';
import type { Line } from './line.ts';
import type { Glare, Talk } from './talk.ts';

type Entries = readonly (readonly [string, string])[];

export interface Reoffer {
  /** null: the peer wants our offer, and answers in its ACK. */
  readonly sdp: Buffer | null;
  readonly request: SipRequest;
  accept(sdp: Buffer): void;
  reject(status: number, reason?: string, headers?: Entries): void;
}

export interface TheirOffers {
  /** A re-INVITE has come and is not answered yet. */
  readonly pending: boolean;
  receive(transaction: ServerTransaction): void;
  /** The call is over before one was answered. */
  sessionEnded(): void;
  /** What an offer would clash with now. */
  glare: () => Glare | null;
  offered: (reoffer: Reoffer) => void;
  /** An UPDATE without an offer has come; answered with this status. */
  updated: (request: SipRequest) => number;
  /** A re-INVITE was answered with `response`; `ours`: the offer was in it. */
  answeredInvite: (transaction: ServerTransaction, response: SipResponse, ours: boolean) => void;
}

/** 14.2: seconds in Retry-After, 0 to 10. */
export const retryAfter = (chance: Chance): [string, string] => ['Retry-After', String(chance.bytes(1)[0]! % 11)];

export function theirOffers(line: Line, talk: Talk, chance: Chance, supported: readonly string[]): TheirOffers {
  const open = new Set<ServerTransaction>();

  const hand = (transaction: ServerTransaction, sdp: Buffer | null) => {
    const { request } = transaction;
    const isInvite = request.method === 'INVITE';
    const via = isInvite ? 'INVITE' : request.method === 'PRACK' ? 'PRACK' : 'UPDATE';
    if (sdp) talk.offer('them', via, sdp);
    open.add(transaction);
    const refuse = (status: number, reason?: string, headers: Entries = []) => {
      if (!open.delete(transaction)) return;
      transaction.respond({ status, headers, ...(reason === undefined ? {} : { reason }) });
      if (sdp) talk.withdraw();
    };
    transaction.onCancel = () => refuse(487);
    // Nobody can be told any more.
    transaction.onFailed = () => refuse(500);
    offers.offered({
      sdp,
      request,
      accept(own) {
        if (!open.delete(transaction)) return;
        line.refresh(request);
        const more = request.method === 'PRACK' ? [] : line.refreshHeaders(request);
        const headers: [string, string][] = [...more, ...allowance(supported), ['Content-Type', 'application/sdp']];
        const response = transaction.respond({ status: 200, headers, body: own });
        if (sdp) talk.answer(own);
        else talk.offer('us', 'response', own);
        if (isInvite) offers.answeredInvite(transaction, response, sdp === null);
      },
      reject: refuse,
    });
  };

  const offers: TheirOffers = {
    get pending() {
      return [...open].some(({ request }) => request.method === 'INVITE');
    },
    receive(transaction) {
      const { request } = transaction;
      const sdp = sdpOf(request);
      if (request.method === 'UPDATE' && sdp === null) {
        const status = offers.updated(request);
        if (status >= 300) return void transaction.respond({ status });
        line.refresh(request);
        return void transaction.respond({
          status,
          headers: [...line.refreshHeaders(request), ...allowance(supported)],
        });
      }
      const clash = offers.glare();
      if (clash === 'ours') transaction.respond({ status: 491 });
      // 14.2: another one before the one in front of it has been answered.
      else if (clash === 'theirs') transaction.respond({ status: 500, headers: [retryAfter(chance)] });
      else hand(transaction, sdp);
    },
    sessionEnded() {
      for (const transaction of open) transaction.respond({ status: 487 });
      open.clear();
    },
    glare: () => null,
    offered: ({ reject }) => reject(488),
    updated: () => 200,
    answeredInvite: () => {},
  };
  return offers;
}
