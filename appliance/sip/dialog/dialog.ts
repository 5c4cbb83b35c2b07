/** What both ends of a dialog remember, and how requests in it are made and judged: RFC 3261 12. Pure. */
import { parseCSeq } from '../message/cseq.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { formatNameAddr, parseNameAddr, tagOf } from '../message/name-addr.ts';
import { parseUri } from '../message/uri.ts';
import type { RequestDraft } from '../message/write.ts';

/** What tells one dialog from all others (12). */
export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  /** Empty for a peer of RFC 2543 that has none (12.1.1). */
  readonly remoteTag: string;
}

export interface Dialog extends DialogId {
  /** From of our requests and To of the peer's, without tag. */
  readonly local: string;
  readonly remote: string;
  readonly localSeq: number;
  /** null until the peer has sent a request. */
  readonly remoteSeq: number | null;
  /** Route values in the order in which our requests carry them. */
  readonly routeSet: readonly string[];
  /** URI of the peer's Contact. */
  readonly remoteTarget: string;
  /** Methods that the peer said it takes; null: it has not said. */
  readonly remoteAllow: readonly string[] | null;
}

export const dialogKey = (callId: string, localTag: string, remoteTag: string): string =>
  JSON.stringify([callId, localTag, remoteTag]);

export const keyOf = ({ callId, localTag, remoteTag }: DialogId): string => dialogKey(callId, localTag, remoteTag);

/** Dialog that a request from the peer names; null without a To tag. */
export function keyOfRequest({ headers }: SipRequest): string | null {
  const localTag = tagOf(headers.get('To'));
  if (localTag === null) return null;
  return dialogKey(headers.get('Call-ID') ?? '', localTag, tagOf(headers.get('From')) ?? '');
}

/** 12.1.1: the peer's INVITE, which we answer with `localTag`. */
export function dialogOfServer(invite: SipRequest, localTag: string): Dialog {
  const { headers } = invite;
  return {
    callId: headers.get('Call-ID') ?? '',
    localTag,
    remoteTag: tagOf(headers.get('From')) ?? '',
    local: untagged(headers.get('To')),
    remote: untagged(headers.get('From')),
    // 12.2.1.1: any number below 2^31.
    localSeq: 0,
    remoteSeq: parseCSeq(headers.get('CSeq'))?.number ?? null,
    routeSet: headers.all('Record-Route'),
    remoteTarget: contactOf(invite) ?? parseNameAddr(headers.get('From') ?? '')?.uri ?? '',
    remoteAllow: allowedIn(invite),
  };
}

/** 12.1.2: one peer's response, with a To tag, to our INVITE number `seq` for `uri`. */
export function dialogOfClient(uri: string, seq: number, response: SipResponse): Dialog {
  const { headers } = response;
  return {
    callId: headers.get('Call-ID') ?? '',
    localTag: tagOf(headers.get('From')) ?? '',
    remoteTag: tagOf(headers.get('To')) ?? '',
    local: untagged(headers.get('From')),
    remote: untagged(headers.get('To')),
    localSeq: seq,
    remoteSeq: null,
    routeSet: headers.all('Record-Route').toReversed(),
    remoteTarget: contactOf(response) ?? uri,
    remoteAllow: allowedIn(response),
  };
}

/** 12.2.1.2, 12.2.2: a target refresh (INVITE, UPDATE and their 2xx) may move the peer's Contact. */
export function refreshed(dialog: Dialog, message: SipMessage): Dialog {
  const remoteTarget = contactOf(message) ?? dialog.remoteTarget;
  return { ...dialog, remoteTarget, remoteAllow: allowedIn(message) ?? dialog.remoteAllow };
}

/** 13.2.2.4: the 2xx confirms an early dialog, and says anew how its peer is reached. */
export function confirmed(early: Dialog, response: SipResponse): Dialog {
  return { ...refreshed(early, response), routeSet: response.headers.all('Record-Route').toReversed() };
}

const allowedIn = ({ headers }: SipMessage): readonly string[] | null =>
  headers.has('Allow') ? headers.all('Allow').map((method) => method.toUpperCase()) : null;

/** 12.2.2: null when the request comes out of order, which is answered with 500. */
export function receivedIn(dialog: Dialog, request: SipRequest): Dialog | null {
  const number = parseCSeq(request.headers.get('CSeq'))?.number;
  if (number === undefined) return null;
  if (dialog.remoteSeq !== null && number < dialog.remoteSeq) return null;
  return { ...dialog, remoteSeq: number };
}

export interface Within {
  readonly method: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Buffer;
  /** For ACK: the number of its INVITE. Otherwise the next. */
  readonly seq?: number;
}

/** 12.2.1.1: a request inside the dialog, and the dialog after it. */
export function requestIn(dialog: Dialog, { method, headers = [], body, seq }: Within): [Dialog, RequestDraft] {
  const number = seq ?? dialog.localSeq + 1;
  const { uri, routes } = routed(dialog);
  const draft: RequestDraft = {
    method,
    uri,
    headers: [
      ...routes.map((route) => ['Route', route] as const),
      ['From', `${dialog.local};tag=${dialog.localTag}`],
      ['To', dialog.remoteTag === '' ? dialog.remote : `${dialog.remote};tag=${dialog.remoteTag}`],
      ['Call-ID', dialog.callId],
      ['CSeq', `${number} ${method}`],
      ...headers,
    ],
    ...(body === undefined ? {} : { body }),
  };
  return [seq === undefined ? { ...dialog, localSeq: number } : dialog, draft];
}

/** Request-URI and Route headers; a first hop without `lr` is a strict router of RFC 2543 and wants its own URI on top. */
function routed({ routeSet, remoteTarget }: Dialog): { uri: string; routes: readonly string[] } {
  const first = routeSet[0] === undefined ? null : parseNameAddr(routeSet[0])?.uri;
  if (!first || parseUri(first)?.params.has('lr')) return { uri: remoteTarget, routes: routeSet };
  return { uri: first, routes: [...routeSet.slice(1), `<${remoteTarget}>`] };
}

/** Where a request goes when the flow that the peer used is gone. */
export function nextHop({ routeSet, remoteTarget }: Dialog): string {
  return (routeSet[0] === undefined ? null : parseNameAddr(routeSet[0])?.uri) ?? remoteTarget;
}

function contactOf({ headers }: SipMessage): string | null {
  return parseNameAddr(headers.all('Contact')[0] ?? '')?.uri ?? null;
}

/** The same From or To without its tag; other parameters stay. */
function untagged(value: string | undefined): string {
  const parsed = parseNameAddr(value ?? '');
  if (!parsed) return value ?? '';
  const params = new Map(parsed.params);
  params.delete('tag');
  return formatNameAddr({ ...parsed, params });
}
