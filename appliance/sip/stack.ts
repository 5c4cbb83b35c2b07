/**
 * RFC 3261 from the wire up to single requests and responses: transports, transactions and the answers that need no
 * knowledge of calls. What a request means is its user's business (user-agent.ts).
 */
import { createHmac, createSecretKey } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Log } from '@belkluis/shared/base/log';
import { capabilities, extensions } from './capabilities.ts';
import { type Guard, openGuard } from './defence/guard.ts';
import { isScanner } from './defence/scanners.ts';
import { RETRY_AFTER_S } from './limits.ts';
import { parseCSeq } from './message/cseq.ts';
import { checkRequest, checkResponse } from './message/essentials.ts';
import type { SipMessage, SipRequest, SipResponse, Unusable } from './message/message.ts';
import { tagOf } from './message/name-addr.ts';
import { type RequestDraft, type ResponseDraft, writeResponse } from './message/write.ts';
import { screen } from './screen.ts';
import { type ClientRequest, sendTo } from './send-to.ts';
import type { ClientUser } from './transaction/client.ts';
import type { ServerTransaction } from './transaction/server.ts';
import { type Advertised, transactions } from './transaction/transactions.ts';
import type {
  Address,
  Flow,
  ListenOn,
  Target,
  TlsMaterial,
  TransportEvents,
  TransportName,
  Transports,
} from './transport/flow.ts';
import { sockets } from './transport/sockets.ts';
import { withSource } from './transport/symmetric.ts';

/** A message on its way; `bytes` as they were on the wire, `message` when they were read already. */
export type Observe = (direction: 'received' | 'sent', bytes: Buffer, flow: Flow, message?: SipMessage) => void;

export interface StackOptions {
  readonly listen: readonly ListenOn[];
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly log: Log;
  /** What goes into our Via and Contact for messages on this flow. */
  readonly advertised: (flow: Flow) => Advertised;
  /** What Server and User-Agent say. */
  readonly serverName: string;
  /** Option tags, lower case, that a request may require of us besides those that the stack itself understands. */
  readonly supported?: readonly string[];
  /** Whom to listen to; by default one that knows no exceptions. */
  readonly guard?: Guard;
  /** Sees every message that came in whole or went out. Nothing waits for it. */
  readonly observe?: Observe;
  /** Hears of TLS handshakes that failed: from where, and the code of Node's error. Nothing waits for it. */
  readonly unshaken?: (address: string, code: string) => void;
  /** Another network than the machine's own, for tests. */
  readonly transports?: (events: TransportEvents) => Transports;
}

/** Whom the stack tells what came in. */
export interface StackUser {
  /**
   * What a request outside of every dialog is answered with although nothing is begun for it (8.2.7): a challenge above all. Null: it is
   * worth a transaction.
   */
  refusal(request: SipRequest, flow: Flow): ResponseDraft | null;
  /** A new request, screened; never ACK or CANCEL. */
  request(transaction: ServerTransaction): void;
  /** The ACK for a 2xx, which is in no transaction (13.2.2.4). */
  ack(ack: SipRequest, flow: Flow): void;
  /** A call for help: on a flow that has proved itself it is let in where others have used up their share. */
  isUrgent(request: SipRequest): boolean;
  /** Requests in a dialog that stands are not counted against their sender. */
  inDialog(request: SipRequest): boolean;
  /** Whether a request is passed on: then it is not screened, for what it requires is required of somebody else. */
  passes(request: SipRequest, flow: Flow): boolean;
  flowClosed(flow: Flow): void;
}

/** A draft, or how to make it when its flow is known (for a Contact). */
export type Draft = RequestDraft | ((flow: Flow) => RequestDraft);

export interface SipStack {
  /** What is listened on. Throws `cannot_listen`, `tls_material_missing`, `tls_material_unusable`. */
  start(): Promise<readonly (Address & { readonly transport: TransportName })[]>;
  close(): Promise<void>;
  /** Sends in a client transaction; adds Via, Max-Forwards, User-Agent and Content-Length. */
  send(draft: Draft, to: Flow | Target, user: ClientUser): ClientRequest;
  /** Sends once, in no transaction: an ACK for a 2xx. Calling what it returns sends the same again. */
  sendOnce(draft: Draft, to: Flow | Target): () => void;
  /** A fresh random tag or Call-ID. */
  token(): string;
  advertised(flow: Flow): Advertised;
  renewTls(material: TlsMaterial): void;
  /** Transactions that go on. */
  readonly size: number;
}

export function sipStack(options: StackOptions, user: StackUser): SipStack {
  const { clock, chance, counters, log, serverName } = options;
  const supported = extensions(options.supported ?? []);
  const table = transactions({ clock, chance, advertised: options.advertised, product: serverName });
  const guard = options.guard ?? openGuard({ clock, counters });
  const secret = createSecretKey(chance.bytes(32));

  /** 8.2.7: the same request gets the same tag each time, without anything being remembered. */
  const stateless = (request: SipRequest, flow: Flow, draft: ResponseDraft) => {
    // An ACK is never answered, not even one whose method was damaged on the way.
    if (request.method === 'ACK' || parseCSeq(request.headers.get('CSeq'))?.method === 'ACK') return;
    const identity = ['Via', 'Call-ID', 'CSeq', 'From'].map((name) => request.headers.get(name) ?? '');
    const toTag = createHmac('sha256', secret).update(identity.join('\n')).digest('hex').slice(0, 24);
    const headers = [...(draft.headers ?? []), ['Server', serverName] as const];
    flow.send(writeResponse(request, { toTag, ...draft, headers }).bytes);
  };

  /** false when this address has had its share: it has been told so, or not even that. */
  const admitted = (request: SipRequest, flow: Flow): boolean => {
    if (user.isUrgent(request) && !table.full(true) && guard.admitsUrgent(flow)) return true;
    const share = guard.admit(flow);
    const verdict = share === 'admit' && table.full(false) ? 'refuse' : share;
    if (verdict === 'admit') return true;
    counters.add(verdict === 'refuse' ? 'sip.flood.refused' : 'sip.flood.ignored');
    if (verdict === 'refuse')
      stateless(request, flow, { status: 503, headers: [['Retry-After', String(RETRY_AFTER_S)]] });
    return false;
  };

  /** A refusal that costs no memory. */
  const refuse = (request: SipRequest, flow: Flow, draft: ResponseDraft) => {
    counters.add('sip.request.refused');
    stateless(request, flow, draft);
  };

  const cancel = (request: SipRequest, flow: Flow) => {
    const invite = table.cancelled(request, flow);
    if (!invite) {
      if (admitted(request, flow)) stateless(request, flow, { status: 481 });
      return;
    }
    table.serve(request, flow, invite.localTag).respond({ status: 200 });
    if (!invite.answered) invite.onCancel(request);
  };

  /** What a request outside of every dialog is answered with at once; null: it begins something. */
  const outright = (request: SipRequest, flow: Flow): ResponseDraft | null => {
    if (user.passes(request, flow)) return user.refusal(request, flow);
    if (table.isMerged(request)) return { status: 482 };
    const isPing = request.method === 'OPTIONS' && tagOf(request.headers.get('To')) === null;
    return (
      screen(request, supported) ??
      (isPing ? { status: 200, headers: capabilities(supported) } : user.refusal(request, flow))
    );
  };

  const receiveRequest = (received: SipRequest, flow: Flow) => {
    const request = withSource(received, flow.remote);
    if (isScanner(request.headers.get('User-Agent')) && !guard.trusts(flow)) return guard.scanned(flow);
    const wrong = checkRequest(request);
    if (wrong) return void (admitted(request, flow) && refuse(request, flow, wrong));
    if (table.receiveRequest(request, flow)) return;
    if (request.method === 'ACK') return user.ack(request, flow);
    if (request.method === 'CANCEL') return cancel(request, flow);
    const inDialog = user.inDialog(request);
    if (!inDialog && !admitted(request, flow)) return;
    const answer = inDialog ? screen(request, supported) : outright(request, flow);
    if (answer) return answer.status < 300 ? stateless(request, flow, answer) : refuse(request, flow, answer);
    const transaction = table.serve(request, flow);
    attempt(() => user.request(transaction), transaction);
  };

  const receiveResponse = (response: SipResponse) => {
    if (!checkResponse(response)) counters.add('sip.response.unusable');
    else if (!table.receiveResponse(response)) counters.add('sip.response.stray');
  };

  /** A bug above us must cost one request, not the process. */
  const attempt = (action: () => void, transaction?: ServerTransaction) => {
    try {
      action();
    } catch (cause) {
      counters.add('sip.handler_failed');
      // Frames only: an error's text may quote a header.
      const frames =
        cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
      log('sip.handler_failed', {
        error: cause instanceof Error ? cause.name : 'unknown',
        at: frames.slice(0, 4).join(' '),
      });
      if (transaction && !transaction.answered) transaction.respond({ status: 500 });
    }
  };

  const observe: Observe = (...seen) => options.observe && attempt(() => options.observe?.(...seen));

  const events: TransportEvents = {
    message(message: SipMessage, flow: Flow) {
      observe('received', message.bytes, flow, message);
      attempt(() => (message.kind === 'request' ? receiveRequest(message, flow) : receiveResponse(message)));
    },
    unusable({ code, answerable }: Unusable, flow: Flow) {
      counters.add(`sip.unusable.${code}`);
      if (!answerable) return;
      const { request, status, reason } = answerable;
      attempt(
        () =>
          request.method !== 'ACK' &&
          admitted(request, flow) &&
          stateless(withSource(request, flow.remote), flow, { status, reason }),
      );
    },
    sent: (bytes, flow) => observe('sent', bytes, flow),
    unshaken: (address, code) => options.unshaken && attempt(() => options.unshaken?.(address, code)),
    closed(flow: Flow) {
      attempt(() => table.flowClosed(flow));
      attempt(() => user.flowClosed(flow));
    },
  };
  const network = (options.transports ?? ((to) => sockets({ ...options, guard }, to)))(events);

  return {
    start: () => network.start(),
    async close() {
      table.close();
      await network.close();
    },
    send: (draft, to, on) => sendTo({ clock, log, network, table }, draft, to, on),
    sendOnce(draft, to) {
      let again = () => {};
      const write = (flow: Flow) => {
        const { bytes } = table.sendOnce(typeof draft === 'function' ? draft(flow) : draft, flow);
        again = () => flow.send(bytes);
      };
      const flow = 'send' in to ? to : network.flowTo(to);
      if (flow instanceof Promise) flow.then(write, () => counters.add('sip.ack.unsent'));
      else write(flow);
      return () => again();
    },
    token: table.tag,
    advertised: options.advertised,
    renewTls: (material) => network.renewTls(material),
    get size() {
      return table.size;
    },
  };
}
