/** Our INVITE until one peer has answered it or none will: RFC 3261 13.2, 9.1, with every fork's 2xx taken care of. */

import type { Cancel } from '@belkluis/shared/base/clock';
import { allowance } from '../capabilities.ts';
import { MAX_FORKS } from '../limits.ts';
import type { SipResponse } from '../message/message.ts';
import { parseNameAddr, tagOf } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import type { ClientRequest } from '../send-to.ts';
import type { Flow, Target } from '../transport/flow.ts';
import { sdpOf } from './body.ts';
import { type Credentials, challengeAnswer } from './challenge.ts';
import { type Context, contactOn } from './context.ts';
import { dialogOfClient } from './dialog.ts';
import { type EarlyDialog, type EarlyRun, earlyDialog } from './early-dialog.ts';
import { half } from './half.ts';
import { redirection } from './redirection.ts';
import { type Session, startSession } from './session.ts';
import { asking, FIRST_ASK, raised } from './session-expires.ts';

type Entries = readonly (readonly [string, string])[];

export interface InviteOptions {
  readonly requestUri: string;
  readonly destination: Flow | Target;
  /** From and To values without tag: `"Reception" <sip:10@box>`. */
  readonly from: string;
  readonly to: string;
  /** Our offer; null asks for the peer's. */
  readonly sdp: Buffer | null;
  /** More headers: identities, Max-Forwards of the other leg less one. */
  readonly headers?: Entries;
  readonly credentials?: Credentials;
  /** User part of our Contact; that of From when absent. */
  readonly contactUser?: string;
  /**
   * How long the peer may take to say anything at all, ms; after that it counts as a timeout. Less than timer B (32 s) where another peer
   * can be asked instead (RFC 3263 4.3).
   */
  readonly firstResponseMs?: number;
  readonly watch?: InviteWatch | undefined;
}

/** Whoever counts calls hears what becomes of one, whoever holds it by then. Each once. */
export interface InviteWatch {
  tried(): void;
  /** Nobody answered, and nothing of it is left. */
  failed(failure: CallFailure): void;
  answered(session: Session): void;
  /** The session of the answer has ended. */
  over(): void;
}

export interface CallFailure {
  /** The response's; 408, 503 or 487 when there was none. */
  readonly status: number;
  readonly reason: string;
  readonly response?: SipResponse;
  readonly why?: 'timeout' | 'transport' | 'cancelled';
  /** Of a 3xx: URIs to try in its place, the most wanted first (RFC 3261 8.1.3.4). Nobody has checked them. */
  readonly contacts: readonly string[];
}

export interface OutgoingCall {
  readonly callId: string;
  /** Withdraws the call; `onFailed` tells when that is done. After the answer: nothing happens. */
  cancel(reason?: string): void;
  /** The forks that have spoken and may still answer, in the order in which they did. */
  readonly forks: readonly EarlyDialog[];
  /** 101 to 199. `sdp`: the description that this response brought, unless it means nothing; `fork` remembers the last. */
  onProgress: (response: SipResponse, sdp: Buffer | null, fork: EarlyDialog) => void;
  /**
   * Once. When the offer was left to the peer and is not answered yet, `session.remoteSdp` is it and `session.acknowledge` answers.
   * What a fork answered reliably before is `session.remoteSdp` here.
   */
  onAnswered: (session: Session, response: SipResponse) => void;
  /** Once, and never after `onAnswered`. */
  onFailed: (failure: CallFailure) => void;
}

/** Sends it once more. Of the session that it belongs to, nothing is kept by it. */
interface Acknowledged {
  again: () => void;
}

const UNHEARD: Pick<OutgoingCall, 'onProgress' | 'onAnswered' | 'onFailed'> = {
  onProgress: () => {},
  onAnswered: (session) => session.bye(),
  onFailed: () => {},
};

export function outgoingCall(context: Context, options: InviteOptions): OutgoingCall {
  const { stack, clock, chance, supported } = context;
  const { requestUri, destination, from, to, sdp, headers = [], credentials } = options;
  let { watch } = options;
  const callId = stack.token();
  const fromTag = stack.token();
  const sips = requestUri.startsWith('sips:');
  const contactUser = options.contactUser ?? parseUri(parseNameAddr(from)?.uri ?? '')?.user ?? null;
  const forks = new Map<string, EarlyRun>();
  /** To tag -> the ACK of that fork's 2xx. */
  const answered = new Map<string, Acknowledged>();
  /** To tags of forks that hung up before their 2xx reached us: UDP keeps no order. */
  const gone = new Set<string>();
  let ask = FIRST_ASK;
  let over = false;
  let cancelled = false;
  let client: ClientRequest;
  let stopWaiting: Cancel = () => {};

  const forgetForks = () => {
    for (const fork of forks.values()) fork.close(false);
    forks.clear();
  };
  /** Nothing more will be told. The transaction stays for forks that answer late, and must not keep whoever waited. */
  const concluded = () => {
    over = true;
    stopWaiting();
    forgetForks();
    const told = { watch, onAnswered: call.onAnswered, onFailed: call.onFailed };
    watch = undefined;
    Object.assign(call, UNHEARD);
    return told;
  };
  const fail = (failure: Omit<CallFailure, 'contacts'>) => {
    if (over) return;
    const { watch, onFailed } = concluded();
    const told = { ...failure, contacts: failure.response ? redirection(failure.response) : [] };
    watch?.failed(told);
    onFailed(told);
  };
  const failedBy = (why: 'timeout' | 'transport') => {
    if (cancelled) return fail({ status: 487, reason: 'Request Terminated', why: 'cancelled' });
    fail(why === 'timeout' ? { status: 408, reason: 'No answer', why } : { status: 503, reason: 'Not reachable', why });
  };

  const newHalf = (response: SipResponse, seq: number, answers: Entries, flow: Flow) => {
    const dialog = dialogOfClient(requestUri, seq, response);
    const own = half(context, true, { dialog, flow, contactUser, sips, credentials, proof: answers });
    if (sdp) own.talk.offer('us', 'INVITE', sdp);
    return own;
  };

  const progress = (seq: number, answers: Entries, response: SipResponse, flow: Flow) => {
    if (over || response.status === 100) return;
    const tag = tagOf(response.headers.get('To')) ?? '';
    let fork = forks.get(tag);
    if (!fork) {
      if (forks.size >= MAX_FORKS || gone.has(tag)) return;
      const own = newHalf(response, seq, answers, flow);
      fork = earlyDialog(context, own, { seq, late: sdp === null, call }, () => gone.add(tag));
      forks.set(tag, fork);
    }
    const heard = fork.heard(response);
    if (!heard) return;
    if (fork.ended) {
      fork.close(false);
      forks.delete(tag);
    }
    call.onProgress(response, heard.sdp, fork);
  };

  const success = (seq: number, answers: Entries, response: SipResponse, flow: Flow) => {
    const tag = tagOf(response.headers.get('To')) ?? '';
    const before = answered.get(tag);
    // 13.2.2.4: the 2xx once more, so our ACK was lost.
    if (before) return before.again();
    if (answered.size >= MAX_FORKS) return;
    const early = forks.get(tag);
    early?.close(true);
    forks.delete(tag);
    const own = early?.half ?? newHalf(response, seq, answers, flow);
    const { line, talk } = own;
    line.confirm(response);
    const wanted = !over && !cancelled && !gone.has(tag);
    const acknowledged: Acknowledged = { again: () => {} };
    answered.set(tag, acknowledged);
    const said = sdpOf(response);
    // A reliable response may have brought the answer, or all of an offer and its answer, before.
    if (said && sdp && talk.open?.via === 'INVITE') talk.answer(said);
    else if (said && !sdp && !talk.agreed) talk.offer('them', 'response', said);
    const owed = talk.open?.by === 'them' && talk.open.via === 'response';
    const session = startSession(context, own, ask);
    if (wanted && watch) session.onOver = watch.over;
    line.timer?.agreed(response);
    if (owed && wanted) {
      session.owesAnswer((answer) => {
        acknowledged.again = line.ack(seq, { contentType: 'application/sdp', body: answer });
      });
    } else acknowledged.again = line.ack(seq, null);
    if (wanted) {
      const { watch, onAnswered } = concluded();
      watch?.answered(session);
      return onAnswered(session, response);
    }
    // Another fork was faster, or the 2xx crossed our CANCEL (9.1): answered, then ended.
    session.bye();
    if (gone.has(tag)) return fail({ status: 480, reason: 'Hung up' });
    if (cancelled) fail({ status: 487, reason: 'Request Terminated', why: 'cancelled' });
  };

  const send = (seq: number, challenges: number, answers: Entries): ClientRequest => {
    const draft = (flow: Flow) => ({
      method: 'INVITE',
      uri: requestUri,
      headers: [
        ...headers,
        ['From', `${from};tag=${fromTag}`],
        ['To', to],
        ['Call-ID', callId],
        ['CSeq', `${seq} INVITE`],
        ['Contact', contactOn(stack, flow, contactUser, sips)],
        ...allowance(supported),
        ...asking(ask, true),
        ...answers,
        ...(sdp === null ? [] : [['Content-Type', 'application/sdp'] as const]),
      ] as Entries,
      ...(sdp === null ? {} : { body: sdp }),
    });
    return stack.send(draft, destination, {
      response(response, flow) {
        stopWaiting();
        if (response.status < 200) return progress(seq, answers, response, flow);
        if (response.status < 300) return success(seq, answers, response, flow);
        if (over) return;
        const invite = { method: 'INVITE', uri: requestUri };
        const answer = cancelled ? null : challengeAnswer(response, invite, credentials, challenges, chance);
        if (answer !== null) {
          const kept = answers.filter(([name]) => name !== answer[0]);
          client = send(seq + 1, challenges + 1, [...kept, answer]);
          return;
        }
        // RFC 4028 7.3: each time with a larger interval, until the peer or we have no more to say.
        const before = ask;
        if (response.status === 422 && !cancelled) ask = raised(ask, response.headers);
        if (ask !== before) {
          client = send(seq + 1, challenges, answers);
          return;
        }
        const { status, reason } = response;
        fail({ status, reason, response, ...(cancelled ? { why: 'cancelled' as const } : {}) });
      },
      failed: failedBy,
    });
  };

  const call: OutgoingCall = {
    callId,
    cancel(reason) {
      if (over || cancelled) return;
      cancelled = true;
      client.cancel(reason === undefined ? [] : [['Reason', reason]]);
    },
    get forks() {
      return [...forks.values()];
    },
    ...UNHEARD,
  };
  watch?.tried();
  client = send(1, 0, []);
  const { firstResponseMs } = options;
  if (firstResponseMs !== undefined) {
    stopWaiting = clock.after(firstResponseMs, () => {
      // Should it wake up after all, it is told that nobody waits any more.
      client.giveUp();
      failedBy('timeout');
    });
  }
  return call;
}
