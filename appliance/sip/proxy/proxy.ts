/**
 * A transaction-stateful proxy (RFC 3261 16) for requests other than INVITE: one request, one place it goes to, its response back. Calls
 * never pass through here: the box is their back-to-back user agent. What is passed on stays as it came, byte for byte, but for Via,
 * Route, Record-Route, Max-Forwards and what the caller of `pass` changes.
 */
import { MAX_FORWARDS } from '../limits.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { encodingOf, entriesOf, type RequestDraft, type ResponseDraft, writeAgain } from '../message/write.ts';
import type { ClientUser } from '../transaction/client.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { Flow, Target } from '../transport/flow.ts';
import { isLoop, loopMark } from './loop.ts';

export type Entries = readonly (readonly [string, string])[];

/** Where one request goes, and what becomes of it on its way. */
export interface Way {
  readonly to: Flow | Target;
  /** Request-URI when it is not to stay as it came. */
  readonly uri?: string;
  /** What is left of Route when our own entries are gone. */
  readonly routes: readonly string[];
  /** Ours, the top one first; empty where no dialog begins. */
  readonly recordRoute: readonly string[];
  /** Last change to the headers. */
  readonly edit?: (headers: Entries) => Entries;
  /** A final response has come: what it says to the sender. */
  readonly answered?: (response: SipResponse, headers: Entries) => Entries;
  /** The sender is told this when the request could not be sent. */
  readonly unreachable: ResponseDraft;
  /** The other side did not answer, or could not be reached. The sender of an unanswered request is told nothing (RFC 4320 4.2). */
  readonly onSilence?: () => void;
}

export interface ProxyParts {
  readonly send: (draft: RequestDraft, to: Flow | Target, user: ClientUser) => void;
  /** Of this process alone: marks requests that have been here. */
  readonly secret: Buffer;
}

/** Passes a request on, or answers why it is not. */
export type Pass = (transaction: ServerTransaction, way: Way) => void;

const isA = (...names: readonly string[]) => {
  const set = new Set(names);
  return ([name]: readonly [string, string]): boolean => set.has(name.toLowerCase());
};
const isRouting = isA('route', 'max-forwards');
const isVia = isA('via', 'v');

/** 16.3: what is refused before anybody asks where it should go. Null: it may go on. */
function refusalOf({ headers }: SipRequest): ResponseDraft | null {
  if (Number(headers.get('Max-Forwards') ?? MAX_FORWARDS) === 0) return { status: 483 };
  const required = headers.all('Proxy-Require').join(', ');
  return required === '' ? null : { status: 420, headers: [['Unsupported', required]] };
}

/** 16.6 steps 3 to 6 and 8: the request as it goes on. Its Via is added where it is sent. */
function forwarded(request: SipRequest, way: Way, mark: string): RequestDraft {
  const hops = Math.max(0, Number(request.headers.get('Max-Forwards') ?? MAX_FORWARDS + 1) - 1);
  const kept = entriesOf(request).filter((entry) => !isRouting(entry));
  const headers: Entries = [
    ['Max-Forwards', String(hops)],
    ...way.routes.map((route) => ['Route', route] as const),
    ...way.recordRoute.map((route) => ['Record-Route', route] as const),
    ...kept,
  ];
  return {
    method: request.method,
    uri: way.uri ?? request.uri,
    headers: way.edit?.(headers) ?? headers,
    body: request.body,
    passedOn: { loopMark: mark, encoding: encodingOf(request) },
  };
}

/** 16.7 steps 3 and 8: our Via is off. */
function withoutTopVia(response: SipResponse): Entries {
  const [, ...below] = response.headers.all('Via');
  return [...below.map((via) => ['Via', via] as const), ...entriesOf(response).filter((entry) => !isVia(entry))];
}

export function createProxy({ send, secret }: ProxyParts): Pass {
  return (transaction, way) => {
    const { request } = transaction;
    const refusal = refusalOf(request);
    if (refusal) return void transaction.respond(refusal);
    const mark = loopMark(request, secret);
    if (isLoop(request, mark)) return void transaction.respond({ status: 482, reason: 'Loop Detected' });
    return send(forwarded(request, way, mark), way.to, {
      response(response) {
        // 100 concerns this hop alone (16.7 step 5). A 408 that comes late helps nobody, and does harm (RFC 4320 4.2).
        if (response.status === 100) return;
        if (response.status === 408) return way.onSilence?.();
        const headers = withoutTopVia(response);
        const edited = response.status >= 200 ? (way.answered?.(response, headers) ?? headers) : headers;
        transaction.pass(writeAgain(response, edited));
      },
      failed(why) {
        way.onSilence?.();
        if (why === 'transport') transaction.respond(way.unreachable);
      },
    });
  };
}
