/** A call that has been answered, seen from one end: re-INVITE and UPDATE both ways, INFO, BYE (RFC 3261 12 to 15). */
import type { Cancel } from '@belkluis/shared/base/clock';
import { allowance, capabilities } from '../capabilities.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { problem } from '../problems.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { PATIENCE_MS } from '../transaction/timers.ts';
import type { Flow } from '../transport/flow.ts';
import { partsOf, sdpOf } from './body.ts';
import type { Context, Participant } from './context.ts';
import { type DialogId, keyOf } from './dialog.ts';
import type { Line } from './line.ts';
import { type Refer, type ReferOptions, type ReferResult, referrals } from './referrals.ts';
import { type Glare, type OurReinvite, ourReinvite, type ReinviteResult } from './reinvite.ts';
import { type Reoffer, theirOffers } from './reoffer.ts';
import { repeatUntilAcknowledged } from './repeat.ts';
import type { Standing } from './replaces.ts';

export interface Ended {
  readonly by: 'remote' | 'local' | 'timeout' | 'transport';
  /** Value of the peer's Reason header (RFC 3326). */
  readonly reason?: string;
}

export interface InDialogRequest {
  readonly contentType: string;
  readonly body: Buffer;
  readonly request: SipRequest;
  respond(status: number): void;
}

export interface Session {
  readonly id: string;
  /** What the peer's Replaces, or ours, names this call by. */
  readonly dialogId: DialogId;
  readonly localSdp: Buffer | null;
  readonly remoteSdp: Buffer | null;
  /** The flow that the peer uses now. */
  readonly flow: Flow;
  readonly ended: boolean;
  /** Ends the call; `reason` is the value of a Reason header. A second call does nothing. */
  bye(reason?: string): void;
  /** Offers again (null: asks for the peer's offer). Tries again by itself after 491; never rejects. */
  reinvite(sdp: Buffer | null): Promise<ReinviteResult>;
  /** Status of the answer; 408 and 503 stand for none. */
  info(contentType: string, body: Buffer): Promise<number>;
  /** Asks the peer to call `uri` (REFER, RFC 3515). Never rejects. */
  refer(uri: string, options?: ReferOptions): Promise<ReferResult>;
  /** Answers the offer that came in the 2xx to an INVITE without one. Throws `not_now` when nothing waits for it. */
  acknowledge(sdp: Buffer): void;
  onReinvite: (reoffer: Reoffer) => void;
  /** The peer wants us to call somebody; refused with 403 unless somebody listens. */
  onRefer: (refer: Refer) => void;
  onInfo: (request: InDialogRequest) => void;
  onMessage: (request: InDialogRequest) => void;
  onEnded: (why: Ended) => void;
  /** The ACK for our 2xx came; it holds the answer when the offer was ours. */
  onAck: (sdp: Buffer | null) => void;
}

export interface SessionOptions {
  readonly line: Line;
  /** We sent the INVITE, so the Call-ID is ours (14.1). */
  readonly caller: boolean;
  readonly localSdp: Buffer | null;
  readonly remoteSdp: Buffer | null;
}

/** What the calls that make sessions use besides. */
export interface SessionRun extends Session, Participant {
  /** Our 2xx to `transaction` has gone out: repeats it until the ACK, ends the call without one. */
  awaitAck(transaction: ServerTransaction, response: SipResponse, ourOffer: boolean): void;
  /** Our INVITE without an offer was answered: `acknowledge` sends the ACK. */
  owesAnswer(send: (sdp: Buffer) => void): void;
}

export function startSession(context: Context, { line, caller, localSdp, remoteSdp }: SessionOptions): SessionRun {
  const { clock, chance, dialogs, stack, supported } = context;
  const key = keyOf(line.dialog);
  let ended = false;
  let unacknowledged: { readonly seq: number; readonly ourOffer: boolean; readonly stop: Cancel } | null = null;
  let ours: OurReinvite | null = null;
  let answer: ((sdp: Buffer) => void) | null = null;
  let byeLater: (() => void) | null = null;
  /** What waits for the ACK of our 2xx: 14.1 allows no INVITE of ours before. */
  let afterAck: (() => void)[] = [];

  const references = referrals(line, clock, (refer) => session.onRefer(refer));
  /** A referral outlives the call that it was asked for in. */
  const forget = () => {
    if (references.busy) clock.after(PATIENCE_MS, forget);
    else dialogs.delete(key, session);
  };
  const finish = (why: Ended) => {
    if (ended) return;
    ended = true;
    ours?.sessionEnded();
    released();
    offers.sessionEnded();
    // Stragglers of the peer's, a BYE that crossed ours above all, are still answered properly.
    clock.after(PATIENCE_MS, forget);
    session.onEnded(why);
  };
  const released = () => {
    const waiting = afterAck;
    afterAck = [];
    for (const action of waiting) action();
  };
  const sendBye = (reason?: string) =>
    void line.send(
      { method: 'BYE', headers: reason === undefined ? [] : [['Reason', reason]] },
      { response: () => {}, failed: () => {} },
    );
  const lost = (by: 'timeout' | 'transport') => {
    if (ended) return;
    sendBye();
    finish({ by });
  };
  /** 12.2.1.2: these answers, and none, mean that the peer has no such dialog any more. */
  const judge = (status: number) => {
    if (status === 408) lost('timeout');
    else if (status === 481) finish({ by: 'remote' });
  };

  const glare = (): Glare | null => {
    if (ours?.pending) return 'ours';
    if (offers.pending) return 'theirs';
    return unacknowledged?.ourOffer || answer ? 'ours' : null;
  };

  const offers = theirOffers({
    line,
    chance,
    supported,
    glare,
    offered: (reoffer) => session.onReinvite(reoffer),
    accepted(own, offer, transaction, response) {
      localSdp = own;
      if (offer) remoteSdp = offer;
      if (transaction.request.method === 'INVITE') session.awaitAck(transaction, response, offer === null);
    },
  });

  const handed = ({ request, ...transaction }: Pick<ServerTransaction, 'request' | 'respond'>): InDialogRequest => {
    const [part] = partsOf(request);
    return {
      contentType: part?.contentType ?? '',
      body: part?.body ?? Buffer.alloc(0),
      request,
      respond: (status) => void transaction.respond({ status }),
    };
  };

  const session: SessionRun = {
    id: stack.token(),
    get dialogId() {
      return line.dialog;
    },
    get standing(): Standing {
      return ended ? { at: 'ended' } : { at: 'confirmed', session };
    },
    get localSdp() {
      return localSdp;
    },
    get remoteSdp() {
      return remoteSdp;
    },
    get flow() {
      return line.flow;
    },
    get ended() {
      return ended;
    },
    bye(reason) {
      if (ended) return;
      // 15: not before the ACK for our 2xx, or the wait for it, is over.
      if (unacknowledged) byeLater = () => sendBye(reason);
      else sendBye(reason);
      finish({ by: 'local' });
    },
    reinvite(sdp) {
      if (ended) return Promise.resolve({ ok: false, status: 481, reason: 'The call has ended' });
      if (unacknowledged) {
        return new Promise((resolve) => afterAck.push(() => session.reinvite(sdp).then(resolve, () => {})));
      }
      if (glare() !== null) return Promise.resolve({ ok: false, status: 491, reason: 'Request Pending' });
      ours = ourReinvite({
        line,
        caller,
        clock,
        chance,
        supported,
        sdp,
        busy: () => glare() === 'theirs' || unacknowledged !== null,
      });
      return ours.result.then((result) => {
        if (!result.ok) judge(result.status);
        else {
          remoteSdp = result.sdp ?? remoteSdp;
          localSdp = sdp ?? localSdp;
        }
        return result;
      });
    },
    info(contentType, body) {
      if (ended) return Promise.resolve(481);
      return new Promise((resolve) => {
        const done = (status: number) => {
          judge(status);
          resolve(status);
        };
        line.send(
          { method: 'INFO', headers: [['Content-Type', contentType]], body },
          {
            response: ({ status }) => {
              if (status >= 200) done(status);
            },
            failed: (why) => done(why === 'timeout' ? 408 : 503),
          },
        );
      });
    },
    refer: (uri, options = {}) =>
      ended
        ? Promise.resolve({ ok: false, status: 481, reason: 'The call has ended' })
        : references.refer(uri, options),
    acknowledge(sdp) {
      if (!answer) throw problem('not_now');
      localSdp = sdp;
      answer(sdp);
      answer = null;
    },
    awaitAck({ request, ...transaction }, response, ourOffer) {
      const seq = parseCSeq(request.headers.get('CSeq'))?.number ?? 0;
      const stop = repeatUntilAcknowledged(
        clock,
        () => transaction.repeat(response),
        () => {
          unacknowledged = null;
          if (byeLater) byeLater();
          else lost('timeout');
          byeLater = null;
        },
      );
      unacknowledged?.stop();
      unacknowledged = { seq, ourOffer, stop };
    },
    owesAnswer(send) {
      answer = send;
    },
    ack(ack, flow) {
      if (unacknowledged?.seq !== parseCSeq(ack.headers.get('CSeq'))?.number || !line.admit(ack, flow)) return;
      const { ourOffer, stop } = unacknowledged!;
      stop();
      unacknowledged = null;
      const sdp = sdpOf(ack);
      if (ourOffer && sdp) remoteSdp = sdp;
      if (!ended) session.onAck(sdp);
      byeLater?.();
      byeLater = null;
      released();
    },
    receive(transaction) {
      const { request, flow } = transaction;
      if (!line.admit(request, flow)) return void transaction.respond({ status: 500, reason: 'Out of order' });
      if (request.method === 'BYE') {
        transaction.respond({ status: 200 });
        const reason = request.headers.get('Reason');
        return finish({ by: 'remote', ...(reason === undefined ? {} : { reason }) });
      }
      if (request.method === 'OPTIONS')
        return void transaction.respond({ status: 200, headers: capabilities(supported) });
      if (request.method === 'SUBSCRIBE' || request.method === 'NOTIFY') return references.event(transaction);
      if (ended) return void transaction.respond({ status: 481 });
      switch (request.method) {
        case 'INVITE':
        case 'UPDATE':
          return offers.receive(transaction);
        case 'INFO':
          return session.onInfo(handed(transaction));
        case 'MESSAGE':
          return session.onMessage(handed(transaction));
        case 'REFER':
          return references.asked(transaction);
        default:
          return void transaction.respond({ status: 405, headers: allowance(supported) });
      }
    },
    onReinvite: ({ reject }) => reject(488),
    onRefer: ({ reject }) => reject(403),
    onInfo: ({ respond }) => respond(415),
    onMessage: ({ respond }) => respond(415),
    onEnded: () => {},
    onAck: () => {},
  };
  dialogs.set(key, session);
  return session;
}
