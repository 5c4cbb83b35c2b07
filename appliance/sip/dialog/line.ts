/** Our end of one dialog on the wire: sends requests in it, by the way that the peer can be reached now. */

import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ClientRequest } from '../send-to.ts';
import type { Failure } from '../transaction/machine.ts';
import type { Flow, Target } from '../transport/flow.ts';
import { type Credentials, challengeAnswer } from './challenge.ts';
import { type Context, contactOn } from './context.ts';
import { confirmed, type Dialog, nextHop, receivedIn, refreshed, requestIn } from './dialog.ts';
import type { SessionTimer } from './session-timer.ts';
import { targetOf } from './target.ts';

type Entry = readonly [string, string];

export interface LineRequest {
  readonly method: string;
  readonly headers?: readonly Entry[];
  readonly body?: Buffer;
}

export interface LineUser {
  /** Every response but the challenges that were answered. `seq`: of the request, for the ACK. */
  response(response: SipResponse, seq: number): void;
  failed(why: Failure): void;
}

export interface Line {
  readonly dialog: Dialog;
  readonly flow: Flow;
  /** Value of our Contact on the flow in use. */
  contact(): string;
  send(request: LineRequest, user: LineUser): ClientRequest;
  /** The ACK for a 2xx to our INVITE number `seq`; calling what it returns sends it again. */
  ack(seq: number, body: Entity | null): () => void;
  /** Judges a request of the peer's: false when it is out of order (12.2.2). Its flow is the way to the peer from now on. */
  admit(request: SipRequest, flow: Flow): boolean;
  /** A target refresh has been agreed on. */
  refresh(message: SipRequest | SipResponse): void;
  /** What our 2xx to a target refresh of the peer's says. */
  refreshHeaders(request: SipRequest): [string, string][];
  /** The 2xx to our INVITE: the dialog is confirmed. */
  confirm(response: SipResponse): void;
  /** Whether the peer said that it takes this method. */
  allows(method: string): boolean;
  /** Every INVITE and UPDATE of the confirmed dialog keeps this one going; null: there is none. */
  timer: SessionTimer | null;
  /** Feature tags behind our Contact (RFC 3840 9), as `;+sip.srs`; none at first. */
  features: string;
}

/** A body and what it is. */
export interface Entity {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface LineOptions {
  readonly dialog: Dialog;
  readonly flow: Flow;
  /** User part of our Contact. */
  readonly contactUser: string | null;
  readonly sips: boolean;
  readonly credentials: Credentials | undefined;
  /** The credentials that the INVITE carried, as headers: its ACK carries them too (22.1). */
  readonly proof: readonly Entry[];
}

/** Methods whose requests carry a Contact: they may move the target (12.2, RFC 3311 5.1). */
const REFRESHING = new Set(['INVITE', 'UPDATE']);

export function line({ stack, chance }: Context, options: LineOptions): Line {
  let { dialog, flow, proof } = options;
  const { contactUser, sips, credentials } = options;
  let features = '';
  const contact = (on: Flow) => `${contactOn(stack, on, contactUser, sips)}${features}`;
  /** The flow while it stands: a phone behind NAT can be reached by no other way (RFC 5626, sip-field facts 1 and 16). */
  const way = (): Flow | Target => (flow.open ? flow : (targetOf(nextHop(dialog)) ?? flow));

  let timer: SessionTimer | null = null;

  const send = (request: LineRequest, user: LineUser, challenges: number, answers: readonly Entry[]): ClientRequest => {
    const [next, draft] = requestIn(dialog, request);
    dialog = next;
    const seq = dialog.localSeq;
    if (request.method === 'INVITE') proof = answers;
    const refreshes = REFRESHING.has(request.method);
    const onFlow = (on: Flow) => {
      const own: Entry[] = refreshes ? [['Contact', contact(on)], ...(timer?.asking() ?? [])] : [];
      return { ...draft, headers: [...draft.headers, ...own, ...answers] };
    };
    let retried: ClientRequest | null = null;
    const first = stack.send(onFlow, way(), {
      response(response, on) {
        flow = flow.open ? flow : on;
        const answer = challengeAnswer(response, draft, credentials, challenges, chance);
        if (answer !== null) {
          retried = send(request, user, challenges + 1, [...answers.filter(([name]) => name !== answer[0]), answer]);
          return;
        }
        // RFC 4028 7.3.
        if (refreshes && response.status === 422 && timer?.raise(response)) {
          retried = send(request, user, challenges, answers);
          return;
        }
        if (refreshes && response.status >= 200 && response.status < 300) timer?.agreed(response);
        user.response(response, seq);
      },
      failed: (why) => user.failed(why),
    });
    return {
      cancel: (headers) => (retried ?? first).cancel(headers),
      giveUp: () => (retried ?? first).giveUp(),
      abandon: () => (retried ?? first).abandon(),
    };
  };

  return {
    get dialog() {
      return dialog;
    },
    get flow() {
      return flow;
    },
    contact: () => contact(flow),
    send: (request, user) => send(request, user, 0, []),
    ack(seq, entity) {
      const [, draft] = requestIn(dialog, {
        method: 'ACK',
        seq,
        headers: entity ? [...proof, ['Content-Type', entity.contentType]] : proof,
        ...(entity ? { body: entity.body } : {}),
      });
      return stack.sendOnce(draft, way());
    },
    admit(request, from) {
      // An ACK has the number of its INVITE, which may be lower than that of an INFO in between.
      const next = request.method === 'ACK' ? dialog : receivedIn(dialog, request);
      if (!next || !parseCSeq(request.headers.get('CSeq'))) return false;
      dialog = next;
      flow = from;
      return true;
    },
    refresh(message) {
      dialog = refreshed(dialog, message);
    },
    refreshHeaders: (request) => [['Contact', contact(flow)], ...(timer?.granting(request) ?? [])],
    confirm(response) {
      dialog = confirmed(dialog, response);
    },
    allows: (method) => dialog.remoteAllow?.includes(method) === true,
    get timer() {
      return timer;
    },
    set timer(next) {
      timer = next;
    },
    get features() {
      return features;
    },
    set features(tags) {
      features = tags;
    },
  };
}
