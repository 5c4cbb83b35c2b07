/** The peer's new offers: a re-INVITE, or an UPDATE with a session description (RFC 3261 14.2, RFC 3311 5.2). */
import type { Chance } from '@belkluis/shared/base/chance';
import { allowance } from '../capabilities.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { sdpOf } from './body.ts';
import type { Line } from './line.ts';
import type { Glare } from './reinvite.ts';

export interface Reoffer {
  /** null: the peer wants our offer, and answers in its ACK. */
  readonly sdp: Buffer | null;
  readonly request: SipRequest;
  accept(sdp: Buffer): void;
  reject(status: number, reason?: string): void;
}

export interface TheirOffers {
  /** One has come and is not answered yet. */
  readonly pending: boolean;
  receive(transaction: ServerTransaction): void;
  sessionEnded(): void;
}

export interface TheirOffersOptions {
  readonly line: Line;
  readonly chance: Chance;
  readonly supported: readonly string[];
  /** What an offer would clash with now. */
  readonly glare: () => Glare | null;
  readonly offered: (reoffer: Reoffer) => void;
  /** Both descriptions have changed; `response` is the 2xx that went out. */
  readonly accepted: (own: Buffer, offer: Buffer | null, transaction: ServerTransaction, response: SipResponse) => void;
}

/** 14.2: seconds in Retry-After, 0 to 10. */
const retryAfter = (chance: Chance): [string, string] => ['Retry-After', String(chance.bytes(1)[0]! % 11)];

export function theirOffers({ line, chance, supported, glare, offered, accepted }: TheirOffersOptions): TheirOffers {
  let current: ServerTransaction | null = null;

  const hand = (transaction: ServerTransaction) => {
    const { request } = transaction;
    const sdp = sdpOf(request);
    current = transaction;
    transaction.onCancel = () => {
      if (!transaction.answered) transaction.respond({ status: 487 });
    };
    offered({
      sdp,
      request,
      accept(own) {
        if (transaction.answered) return;
        line.refresh(request);
        const headers: [string, string][] = [
          ['Contact', line.contact()],
          ...allowance(supported),
          ['Content-Type', 'application/sdp'],
        ];
        accepted(own, sdp, transaction, transaction.respond({ status: 200, headers, body: own }));
      },
      reject(status, reason) {
        if (!transaction.answered) transaction.respond({ status, ...(reason === undefined ? {} : { reason }) });
      },
    });
  };

  return {
    get pending() {
      return current !== null && !current.answered;
    },
    receive(transaction) {
      const { request } = transaction;
      if (request.method === 'UPDATE' && sdpOf(request) === null) {
        line.refresh(request);
        transaction.respond({ status: 200, headers: [['Contact', line.contact()]] });
        return;
      }
      const clash = glare();
      if (clash === 'ours') transaction.respond({ status: 491 });
      // 14.2: another one before the one in front of it has been answered.
      else if (clash === 'theirs') transaction.respond({ status: 500, headers: [retryAfter(chance)] });
      else hand(transaction);
    },
    sessionEnded() {
      if (current && !current.answered) current.respond({ status: 487 });
    },
  };
}
