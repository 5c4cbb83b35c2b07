/** A call that has been answered, seen from one end: re-INVITE and UPDATE both ways, REFER, INFO, BYE (RFC 3261 12 to 15). */
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
import type { Half } from './half.ts';
import { type ReinviteResult, refusedBy } from './our-offer.ts';
import { type Refer, type ReferOptions, type ReferResult, referrals } from './referrals.ts';
import { refresher } from './refresh.ts';
import { repeatUntilAcknowledged } from './repeat.ts';
import type { Ask } from './session-expires.ts';
import { sessionTimer } from './session-timer.ts';
import type { Standing } from './standing.ts';
import type { Reoffer } from './their-offers.ts';

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
  /** The same by UPDATE (RFC 3311), which the peer has to answer at once; 405 when it takes none. */
  update(sdp: Buffer): Promise<ReinviteResult>;
  /** Status of the answer; 408 and 503 stand for none. */
  info(contentType: string, body: Buffer): Promise<number>;
  /** An UPDATE that offers nothing and carries something else (RFC 3311 5.2). Status of the answer as of `info`; 405 when the peer takes none. */
  tell(contentType: string, body: Buffer, disposition: string): Promise<number>;
  /** Asks the peer to call `uri` (REFER, RFC 3515). Never rejects. */
  refer(uri: string, options?: ReferOptions): Promise<ReferResult>;
  /** Answers the offer that came in the 2xx to an INVITE without one. Throws `not_now` when nothing waits for it. */
  acknowledge(sdp: Buffer): void;
  onReinvite: (reoffer: Reoffer) => void;
  /** An UPDATE that offers nothing: what else it may carry (RFC 3311 5.2). Returns the status of its answer. */
  onUpdate: (request: SipRequest) => number;
  /** The peer wants us to call somebody; refused with 403 unless somebody listens. */
  onRefer: (refer: Refer) => void;
  onInfo: (request: InDialogRequest) => void;
  onMessage: (request: InDialogRequest) => void;
  onEnded: (why: Ended) => void;
  /** The ACK for our 2xx came; it holds the answer when the offer was ours. */
  onAck: (sdp: Buffer | null) => void;
  /** The session offered by itself, to refresh it or to have what `accept` was given, and this is the peer's answer. */
  onAnswer: (sdp: Buffer) => void;
}

/** What the calls that make sessions use besides. */
export interface SessionRun extends Session, Participant {
  /** Our 2xx to `transaction` has gone out: repeats it until the ACK, ends the call without one. */
  awaitAck(transaction: ServerTransaction, response: SipResponse, ourOffer: boolean): void;
  /** Our INVITE without an offer was answered: `acknowledge` sends the ACK. */
  owesAnswer(send: (sdp: Buffer) => void): void;
  /** Our 2xx cannot go out yet; `refuse` gives up the INVITE in its place. */
  withheld(refuse: (status: number) => void): void;
  /** The INVITE ended before our 2xx went out. */
  abandoned(why: Ended, status: number): void;
  /** Offers `sdp` by itself as soon as it may. */
  insist(sdp: Buffer): void;
  /** A PRACK: for what was said reliably before the answer. */
  onPrack: (transaction: ServerTransaction) => void;
  /** It has ended, whoever holds it by then. */
  onOver: () => void;
}

/** `ask`: what session interval our INVITE asked for, or a later one shall. */
export function startSession(context: Context, own: Half, ask: Ask): SessionRun {
  const { stack, clock, dialogs, supported } = context;
  const { line, talk, theirs } = own;
  const key = keyOf(line.dialog);
  let ended = false;
  let unacknowledged: { readonly seq: number; readonly ourOffer: boolean; readonly acknowledged: Cancel } | null = null;
  let answer: ((sdp: Buffer) => void) | null = null;
  let giveUp: ((status: number) => void) | null = null;
  let byeLater: (() => void) | null = null;
  /** What waits for the ACK of our 2xx: 14.1 allows no INVITE of ours before. */
  let afterAck: (() => void)[] = [];

  const references = referrals(line, clock, (refer) => session.onRefer(refer));
  /** A referral outlives the call that it was asked for in. */
  const forget = () => {
    if (references.busy) clock.after(PATIENCE_MS, forget);
    else dialogs.delete(key, session);
  };
  const finish = (why: Ended, status = 487) => {
    if (ended) return;
    ended = true;
    giveUp?.(status);
    giveUp = null;
    line.timer?.stop();
    line.timer = null;
    own.end();
    released();
    // An ACK that is still to come lets our BYE go; a referral goes on by itself.
    if (unacknowledged || references.busy) clock.after(PATIENCE_MS, forget);
    else dialogs.retire(key, session);
    session.onEnded(why);
    session.onOver();
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
    if (!giveUp) sendBye();
    finish({ by });
  };
  /** 12.2.1.2: these answers, and none, mean that the peer has no such dialog any more. */
  const judge = (status: number) => {
    if (status === 408) lost('timeout');
    else if (status === 481) finish({ by: 'remote' });
  };
  /** Status of the final response; 408 and 503 stand for none. */
  const query = (method: string, headers: readonly (readonly [string, string])[], body?: Buffer): Promise<number> =>
    new Promise((resolve) => {
      const done = (status: number) => {
        judge(status);
        resolve(status);
      };
      line.send(
        { method, headers, ...(body ? { body } : {}) },
        {
          response(response) {
            if (response.status < 200) return;
            if (method === 'UPDATE' && response.status < 300) line.refresh(response);
            done(response.status);
          },
          failed: (why) => done(why === 'timeout' ? 408 : 503),
        },
      );
    });
  const offer = async (method: 'INVITE' | 'UPDATE', sdp: Buffer | null): Promise<ReinviteResult> => {
    const result = await own.offer(method, sdp);
    if (!result.ok) judge(result.status);
    return result;
  };
  /** Offers by itself, and tells what comes of it. */
  const insist = async (sdp: Buffer): Promise<ReinviteResult> => {
    const before = talk.remoteSdp;
    const result = await session.reinvite(sdp);
    if (result.ok && result.sdp && !before?.equals(result.sdp)) session.onAnswer(result.sdp);
    return result;
  };

  const refresh = refresher({
    own,
    supported,
    inviteOpen: () => unacknowledged !== null || giveUp !== null,
    query,
    reinvite: insist,
  });
  line.timer = sessionTimer({ clock, ask, refresh, expired: () => lost('timeout') });

  own.inviteOpen = () => (unacknowledged?.ourOffer || answer ? 'ours' : null);
  theirs.offered = (reoffer) => session.onReinvite(reoffer);
  theirs.updated = (request) => session.onUpdate(request);
  theirs.answeredInvite = (transaction, response, ours) => session.awaitAck(transaction, response, ours);

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
      return talk.localSdp;
    },
    get remoteSdp() {
      return talk.remoteSdp;
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
      else if (!giveUp) sendBye(reason);
      finish({ by: 'local' }, 480);
    },
    reinvite(sdp) {
      if (ended) return Promise.resolve(refusedBy(481, 'The call has ended'));
      if (unacknowledged || giveUp) {
        return new Promise((resolve) => afterAck.push(() => session.reinvite(sdp).then(resolve, () => {})));
      }
      return offer('INVITE', sdp);
    },
    update(sdp) {
      if (ended) return Promise.resolve(refusedBy(481, 'The call has ended'));
      return line.allows('UPDATE') ? offer('UPDATE', sdp) : Promise.resolve(refusedBy(405, 'The peer takes no UPDATE'));
    },
    info(contentType, body) {
      return ended ? Promise.resolve(481) : query('INFO', [['Content-Type', contentType]], body);
    },
    tell(contentType, body, disposition) {
      if (ended) return Promise.resolve(481);
      const headers = [
        ['Content-Type', contentType],
        ['Content-Disposition', disposition],
        ...allowance(supported),
      ] as const;
      return line.allows('UPDATE') ? query('UPDATE', headers, body) : Promise.resolve(405);
    },
    refer: (uri, options = {}) =>
      ended ? Promise.resolve(refusedBy(481, 'The call has ended') as ReferResult) : references.refer(uri, options),
    acknowledge(sdp) {
      if (!answer) throw problem('not_now');
      const send = answer;
      answer = null;
      talk.answer(sdp);
      send(sdp);
    },
    awaitAck({ request, ...transaction }, response, ourOffer) {
      const seq = parseCSeq(request.headers.get('CSeq'))?.number ?? 0;
      giveUp = null;
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
      unacknowledged?.acknowledged();
      const acknowledged = () => {
        stop();
        transaction.settle();
      };
      unacknowledged = { seq, ourOffer, acknowledged };
    },
    owesAnswer(send) {
      answer = send;
    },
    withheld(refuse) {
      giveUp = refuse;
    },
    abandoned(why, status) {
      if (giveUp) finish(why, status);
    },
    insist: (sdp) => void insist(sdp),
    ack(ack, flow) {
      if (unacknowledged?.seq !== parseCSeq(ack.headers.get('CSeq'))?.number || !line.admit(ack, flow)) return;
      const { ourOffer, acknowledged } = unacknowledged!;
      acknowledged();
      unacknowledged = null;
      const sdp = sdpOf(ack);
      if (ourOffer && sdp) talk.answer(sdp);
      else if (ourOffer) talk.withdraw();
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
          return theirs.receive(transaction);
        case 'PRACK':
          return session.onPrack(transaction);
        case 'REFER':
          return references.asked(transaction);
        case 'INFO':
          return session.onInfo(handed(transaction));
        case 'MESSAGE':
          return session.onMessage(handed(transaction));
        default:
          return void transaction.respond({ status: 405, headers: allowance(supported) });
      }
    },
    onReinvite: ({ reject }) => reject(488),
    onUpdate: () => 200,
    onRefer: ({ reject }) => reject(403),
    onPrack: ({ respond }) => void respond({ status: 481 }),
    onOver: () => {},
    onInfo: ({ respond }) => respond(415),
    onMessage: ({ respond }) => respond(415),
    onEnded: () => {},
    onAck: () => {},
    onAnswer: () => {},
  };
  dialogs.set(key, session);
  return session;
}
