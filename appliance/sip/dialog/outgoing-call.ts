/** Our INVITE until one peer has answered it or none will: RFC 3261 13.2, 9.1, with every fork's 2xx taken care of. */

import { allowance, capabilities } from '../capabilities.ts';
import { MAX_FORKS } from '../limits.ts';
import type { SipResponse } from '../message/message.ts';
import { parseNameAddr, tagOf } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import type { ClientRequest } from '../send-to.ts';
import type { Flow, Target } from '../transport/flow.ts';
import { sdpOf } from './body.ts';
import { type Credentials, challengeAnswer } from './challenge.ts';
import { type Context, contactOn, type Participant } from './context.ts';
import { dialogKey, dialogOfClient } from './dialog.ts';
import { line } from './line.ts';
import { type Session, startSession } from './session.ts';

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
}

export interface CallFailure {
  /** The response's; 408, 503 or 487 when there was none. */
  readonly status: number;
  readonly reason: string;
  readonly response?: SipResponse;
  readonly why?: 'timeout' | 'transport' | 'cancelled';
}

export interface OutgoingCall {
  /** Withdraws the call; `onFailed` tells when that is done. After the answer: nothing happens. */
  cancel(reason?: string): void;
  /** 101 to 199; each To tag is another fork. */
  onProgress: (response: SipResponse, sdp: Buffer | null, toTag: string) => void;
  /** Once. When the offer was left to the peer, `session.remoteSdp` is it and `session.acknowledge` answers. */
  onAnswered: (session: Session, response: SipResponse) => void;
  /** Once, and never after `onAnswered`. */
  onFailed: (failure: CallFailure) => void;
}

export function outgoingCall(context: Context, options: InviteOptions): OutgoingCall {
  const { stack, chance, dialogs, supported } = context;
  const { requestUri, destination, from, to, sdp, headers = [], credentials } = options;
  const callId = stack.token();
  const fromTag = stack.token();
  const sips = requestUri.startsWith('sips:');
  const contactUser = options.contactUser ?? parseUri(parseNameAddr(from)?.uri ?? '')?.user ?? null;
  const forks = new Map<string, Participant>();
  /** To tag -> sends the ACK of that fork's 2xx again. */
  const answered = new Map<string, () => void>();
  /** To tags of forks that hung up before their 2xx reached us: UDP keeps no order. */
  const gone = new Set<string>();
  let over = false;
  let cancelled = false;
  let client: ClientRequest;

  const forgetForks = () => {
    for (const [tag, early] of forks) dialogs.delete(dialogKey(callId, fromTag, tag), early);
    forks.clear();
  };
  const fail = (failure: CallFailure) => {
    if (over) return;
    over = true;
    forgetForks();
    call.onFailed(failure);
  };
  const failedBy = (why: 'timeout' | 'transport') => {
    if (cancelled) return fail({ status: 487, reason: 'Request Terminated', why: 'cancelled' });
    fail(why === 'timeout' ? { status: 408, reason: 'No answer', why } : { status: 503, reason: 'Not reachable', why });
  };

  const progress = (response: SipResponse) => {
    const tag = tagOf(response.headers.get('To'));
    if (over || response.status === 100) return;
    if (tag !== null && !forks.has(tag) && forks.size < MAX_FORKS) {
      const early = earlyDialog(supported, call, () => gone.add(tag));
      forks.set(tag, early);
      dialogs.set(dialogKey(callId, fromTag, tag), early);
    }
    call.onProgress(response, sdpOf(response), tag ?? '');
  };

  const success = (seq: number, answers: Entries, response: SipResponse, flow: Flow) => {
    const tag = tagOf(response.headers.get('To')) ?? '';
    const again = answered.get(tag);
    // 13.2.2.4: the 2xx once more, so our ACK was lost.
    if (again) return again();
    if (answered.size >= MAX_FORKS) return;
    const dialog = dialogOfClient(requestUri, seq, response);
    const own = line(context, { dialog, flow, contactUser, sips, credentials, proof: answers });
    const wanted = !over && !cancelled && !gone.has(tag);
    let sendAgain = () => {};
    answered.set(tag, () => sendAgain());
    const remoteSdp = sdpOf(response);
    const session = startSession(context, { line: own, caller: true, localSdp: sdp, remoteSdp });
    if (sdp === null && wanted) {
      session.owesAnswer((answer) => {
        sendAgain = own.ack(seq, { contentType: 'application/sdp', body: answer });
      });
    } else sendAgain = own.ack(seq, null);
    if (wanted) {
      over = true;
      forgetForks();
      return call.onAnswered(session, response);
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
        ...answers,
        ...(sdp === null ? [] : [['Content-Type', 'application/sdp'] as const]),
      ] as Entries,
      ...(sdp === null ? {} : { body: sdp }),
    });
    return stack.send(draft, destination, {
      response(response, flow) {
        if (response.status < 200) return progress(response);
        if (response.status < 300) return success(seq, answers, response, flow);
        if (over) return;
        const invite = { method: 'INVITE', uri: requestUri };
        const answer = cancelled ? null : challengeAnswer(response, invite, credentials, challenges, chance);
        if (answer !== null) {
          const kept = answers.filter(([name]) => name !== answer[0]);
          client = send(seq + 1, challenges + 1, [...kept, answer]);
          return;
        }
        const { status, reason } = response;
        fail({ status, reason, response, ...(cancelled ? { why: 'cancelled' as const } : {}) });
      },
      failed: failedBy,
    });
  };

  const call: OutgoingCall = {
    cancel(reason) {
      if (over || cancelled) return;
      cancelled = true;
      client.cancel(reason === undefined ? [] : [['Reason', reason]]);
    },
    onProgress: () => {},
    onAnswered: (session) => session.bye(),
    onFailed: () => {},
  };
  client = send(1, 0, []);
  return call;
}

/** What a peer may ask before it has answered our INVITE: nothing that we could do yet. */
function earlyDialog(supported: readonly string[], call: OutgoingCall, hungUp: () => void): Participant {
  return {
    standing: { at: 'early', call },
    receive({ request, respond }) {
      if (request.method === 'OPTIONS') respond({ status: 200, headers: capabilities(supported) });
      else if (request.method === 'BYE') {
        respond({ status: 200 });
        hungUp();
      } else respond({ status: 500, headers: [['Retry-After', '2']], reason: 'The call is not answered yet' });
    },
    ack() {},
  };
}
