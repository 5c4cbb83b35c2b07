/** One user agent (RFC 3261 8, 12 to 15): gives calls, sessions and single requests to whoever stands on it. */

import { allowance, extensions } from './capabilities.ts';
import { type Credentials, challengeAnswer } from './dialog/challenge.ts';
import { type Context, contactOn, dialogTable } from './dialog/context.ts';
import { keyOfRequest } from './dialog/dialog.ts';
import { type IncomingCall, incomingCall } from './dialog/incoming-call.ts';
import { type InviteOptions, type OutgoingCall, outgoingCall } from './dialog/outgoing-call.ts';
import type { Refer } from './dialog/referrals.ts';
import { referred } from './dialog/referred.ts';
import { type Replaces, replacedKeys } from './dialog/replaces.ts';
import { type Replaced, replaced } from './dialog/standing.ts';
import { MAX_DIALOGS } from './limits.ts';
import type { SipRequest, SipResponse } from './message/message.ts';
import { tagOf } from './message/name-addr.ts';
import type { RequestDraft, ResponseDraft } from './message/write.ts';
import { problem } from './problems.ts';
import { type SipStack, type StackOptions, sipStack } from './stack.ts';
import type { ClientUser } from './transaction/client.ts';
import type { ServerTransaction } from './transaction/server.ts';
import type { Address, Flow, Target, TlsMaterial, TransportName } from './transport/flow.ts';

type Entries = readonly (readonly [string, string])[];

/** A request outside of any call. */
export interface IncomingRequest {
  readonly request: SipRequest;
  readonly flow: Flow;
  respond(draft: ResponseDraft): void;
}

export interface RequestOptions {
  readonly method: string;
  readonly requestUri: string;
  readonly destination: Flow | Target;
  /** Values without tag. */
  readonly from: string;
  readonly to: string;
  /** A function when they need the flow: a Contact, by `contact`. */
  readonly headers?: Entries | ((flow: Flow) => Entries);
  readonly body?: Buffer;
  readonly credentials?: Credentials;
  /** Registrations of one client keep their Call-ID and count up (RFC 3261 10.2). */
  readonly callId?: string;
  readonly seq?: number;
}

/** A proxy that stands beside the user agent: what it takes is passed on and means nothing to us. */
export interface Relay {
  /** Never asked about requests in a dialog of ours. */
  takes(request: SipRequest, flow: Flow): boolean;
  /** Asked of what it takes, before anything is begun for it (RFC 3261 8.2.7). Null: it is taken. */
  refusal(request: SipRequest, flow: Flow): ResponseDraft | null;
  take(transaction: ServerTransaction): void;
}

export interface UserAgent {
  /** What is listened on. Rejects with `cannot_listen`, `tls_material_missing`, `tls_material_unusable`. */
  start(): Promise<readonly (Address & { readonly transport: TransportName })[]>;
  /** Closes every socket without a word to any peer; what waits for a response fails by `transport`. */
  close(): Promise<void>;
  invite(options: InviteOptions): OutgoingCall;
  /** The final response, challenges answered; rejects with `no_answer` or `unreachable`. */
  request(options: RequestOptions): Promise<SipResponse>;
  /** Sends in a client transaction what a relay passes on. */
  passOn(draft: RequestDraft, to: Flow | Target, user: ClientUser): void;
  /** Value of our Contact on a flow. */
  contact(flow: Flow, user: string | null): string;
  /** The dialog that an INVITE with Replaces, or a REFER for one, means (RFC 3891 3). Who may replace it is not asked here. */
  sessionOf(replaces: Replaces): Replaced;
  renewTls(material: TlsMaterial): void;
  readonly dialogs: number;
  /**
   * Asked of each request outside of calls before anything is begun for it: what it returns is said without a transaction, again for each
   * copy (RFC 3261 8.2.7). For challenges, so that nobody costs memory before it is known who they are. Null: go on.
   */
  onStranger: (request: SipRequest, flow: Flow) => ResponseDraft | null;
  /** Whether a request is a call for help, which what is kept for such is for. By its looks alone: nobody has authenticated it. */
  isUrgent: (request: SipRequest) => boolean;
  /** Null: nothing is passed on. */
  relay: Relay | null;
  onInvite: (call: IncomingCall) => void;
  /** A REFER outside of any dialog. Nobody has authenticated it; refused with 403 unless somebody listens. */
  onRefer: (refer: Refer, flow: Flow) => void;
  onRequest: (request: IncomingRequest) => void;
  /** A connection has gone, and with it every way to a phone that registered over it. */
  onFlowClosed: (flow: Flow) => void;
}

/** Methods that belong to the box itself: they are never passed on, so Max-Forwards says nothing about them. */
const ENDS_HERE = new Set(['REGISTER', 'OPTIONS']);

/** Methods that mean nothing where no call is. */
const IN_CALLS_ALONE = new Set(['BYE', 'INFO', 'UPDATE', 'PRACK']);

/** Methods that live in dialogs of their own, which their users keep, or in none. */
const OUTSIDE_CALLS = new Set(['REGISTER', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH']);

export function userAgent(options: StackOptions): UserAgent {
  const { clock, chance, counters } = options;
  const supported = extensions(options.supported ?? []);
  const dialogs = dialogTable(clock, supported);

  const participant = (request: SipRequest) => {
    const key = keyOfRequest(request);
    return key === null ? undefined : dialogs.get(key);
  };

  const outside = (transaction: ServerTransaction) => {
    const { request, flow } = transaction;
    if (request.method === 'INVITE') {
      if (dialogs.full(agent.isUrgent(request)))
        return void transaction.respond({ status: 503, reason: `More than ${MAX_DIALOGS} dialogs` });
      return agent.onInvite(incomingCall(context, transaction));
    }
    if (request.method === 'REFER') return referred(context, transaction, (refer) => agent.onRefer(refer, flow));
    agent.onRequest({ request, flow, respond: (draft) => void transaction.respond(draft) });
  };

  const passes = (request: SipRequest, flow: Flow): boolean =>
    participant(request) === undefined && agent.relay?.takes(request, flow) === true;

  const refusal = (request: SipRequest, flow: Flow): ResponseDraft | null => {
    if (passes(request, flow)) return agent.relay!.refusal(request, flow);
    const { method, headers } = request;
    if (IN_CALLS_ALONE.has(method)) return { status: 481 };
    if (tagOf(headers.get('To')) !== null && !OUTSIDE_CALLS.has(method)) return { status: 481 };
    if (!ENDS_HERE.has(method) && Number(headers.get('Max-Forwards') ?? 1) === 0) return { status: 483 };
    return agent.onStranger(request, flow);
  };

  const stack: SipStack = sipStack(options, {
    refusal,
    request(transaction) {
      const known = participant(transaction.request);
      if (known) known.receive(transaction);
      else if (passes(transaction.request, transaction.flow)) agent.relay?.take(transaction);
      else outside(transaction);
    },
    ack: (ack, flow) => participant(ack)?.ack(ack, flow),
    isUrgent: (request) => agent.isUrgent(request),
    inDialog: (request) => participant(request) !== undefined,
    passes,
    flowClosed: (flow) => agent.onFlowClosed(flow),
  });
  const context: Context = { stack, clock, chance, counters, supported, dialogs };

  const request = (asked: RequestOptions): Promise<SipResponse> => {
    const { method, requestUri, destination, from, to, headers = [], body, credentials } = asked;
    const fromTag = stack.token();
    const callId = asked.callId ?? stack.token();
    return new Promise((resolve, reject) => {
      const send = (seq: number, challenges: number, answers: Entries): void => {
        const draft = (flow: Flow) => ({
          method,
          uri: requestUri,
          headers: [
            ['From', `${from};tag=${fromTag}`],
            ['To', to],
            ['Call-ID', callId],
            ['CSeq', `${seq} ${method}`],
            ...(typeof headers === 'function' ? headers(flow) : headers),
            ...answers,
          ] as Entries,
          ...(body === undefined ? {} : { body }),
        });
        stack.send(draft, destination, {
          response(response) {
            if (response.status < 200) return;
            const answer = challengeAnswer(response, { method, uri: requestUri }, credentials, challenges, chance);
            if (answer === null) return resolve(response);
            send(seq + 1, challenges + 1, [...answers.filter(([name]) => name !== answer[0]), answer]);
          },
          failed: (why) => reject(problem(why === 'timeout' ? 'no_answer' : 'unreachable')),
        });
      };
      send(asked.seq ?? 1, 0, []);
    });
  };

  const agent: UserAgent = {
    start: () => stack.start(),
    close: () => stack.close(),
    invite: (invite) => outgoingCall(context, invite),
    request,
    passOn: (draft, to, user) => void stack.send(draft, to, user),
    contact: (flow, user) => contactOn(stack, flow, user),
    sessionOf(wanted) {
      const key = replacedKeys(wanted).find((key) => dialogs.get(key));
      return replaced(key === undefined ? undefined : dialogs.get(key)?.standing, wanted);
    },
    renewTls: (material) => stack.renewTls(material),
    get dialogs() {
      return dialogs.size;
    },
    onStranger: () => null,
    isUrgent: () => false,
    relay: null,
    onInvite: (call) => call.reject(480),
    onRefer: ({ reject }) => reject(403),
    onRequest: ({ respond }) => respond({ status: 405, headers: allowance(supported) }),
    onFlowClosed: () => {},
  };
  return agent;
}
