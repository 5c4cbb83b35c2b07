/** What a REFER asks for (RFC 3515, with RFC 3891, 3892 and 4488), and the fragment in which its end is told. Pure. */
import type { SipRequest } from '../message/message.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { reasonOf } from '../message/reasons.ts';
import { formatUri, parseUri, type SipUri, uriHeaders } from '../message/uri.ts';
import { formatReplaces, parseReplaces, type Replaces } from './replaces.ts';

export interface ReferTo {
  /** Whom to call, without the headers that the URI carried. */
  readonly target: SipUri;
  /** The same as text. */
  readonly uri: string;
  /** The dialog at the target that the new call takes the place of. */
  readonly replaces: Replaces | null;
  /** Other headers for the new INVITE, unescaped, as the referrer wishes them. Nobody has checked them. */
  readonly headers: readonly (readonly [string, string])[];
  /** Value of Referred-By (RFC 3892), unchecked. */
  readonly referredBy: string | null;
  /** False: the referrer wants no NOTIFY (RFC 4488). */
  readonly wantsNotify: boolean;
}

export type ReadRefer =
  | ({ readonly ok: true } & ReferTo)
  | { readonly ok: false; readonly status: number; readonly reason: string };

const refused = (status: number, reason: string): ReadRefer => ({ ok: false, status, reason });

export function readRefer({ headers }: SipRequest): ReadRefer {
  // 2.4.2: exactly one.
  if (headers.lines('Refer-To') !== 1) return refused(400, 'One Refer-To is needed');
  const address = parseNameAddr(headers.get('Refer-To')!);
  if (!address) return refused(400, 'Bad Refer-To');
  const target = parseUri(address.uri);
  if (!target) return refused(/^(sips?|tel):/i.test(address.uri) ? 400 : 416, 'Bad Refer-To');
  const method = target.params.get('method');
  if (method !== undefined && method !== 'INVITE') return refused(501, 'Refer-To asks for more than a call');
  const carried = uriHeaders(target);
  if (!carried) return refused(400, 'Bad headers in Refer-To');
  const isReplaces = ([name]: readonly [string, string]) => name.toLowerCase() === 'replaces';
  const wished = carried.filter(isReplaces);
  const replaces = wished.length === 1 ? parseReplaces(wished[0]![1]) : null;
  if (wished.length > 0 && !replaces) return refused(400, 'Bad Replaces in Refer-To');
  const params = new Map(target.params);
  params.delete('method');
  const bare: SipUri = { ...target, params, headers: '' };
  return {
    ok: true,
    target: bare,
    uri: formatUri(bare),
    replaces,
    headers: carried.filter((header) => !isReplaces(header)),
    referredBy: headers.get('Referred-By') ?? null,
    wantsNotify: !/^false(?:[\s;]|$)/i.test(headers.get('Refer-Sub') ?? ''),
  };
}

/** Value of Refer-To. `uri`: without headers. */
export function referTo(uri: string, replaces: Replaces | null): string {
  return replaces ? `<${uri}?Replaces=${encodeURIComponent(formatReplaces(replaces))}>` : `<${uri}>`;
}

export const SIPFRAG = 'message/sipfrag';

/** Body of a NOTIFY (RFC 3515 2.4.5): how the call that was asked for stands. */
export const fragmentOf = (status: number, reason = reasonOf(status)): Buffer =>
  Buffer.from(`SIP/2.0 ${status} ${reason}\r\n`);

/** The status that a fragment tells, or null. */
export function statusOfFragment(body: Buffer): number | null {
  const [, status] = /^SIP\/2\.0 ([1-6]\d\d)(?: |\r|\n|$)/.exec(body.toString('latin1', 0, 64)) ?? [];
  return status === undefined ? null : Number(status);
}
