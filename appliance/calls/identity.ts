/**
 * Who calls, as SIP says it in five ways (RFC 3261 From, RFC 3325, RFC 3323, Remote-Party-ID), and what of that another peer may know.
 * A number that its owner withholds stays withheld: from phones, and from the box's own records. Pure.
 */
import type { Trunk } from '../lines/trunk.ts';
import type { SipRequest } from '../sip/message/message.ts';
import { formatNameAddr, type NameAddr, parseNameAddr } from '../sip/message/name-addr.ts';
import { ANONYMOUS, ANONYMOUS_FROM, isAnonymous, withholds } from '../sip/message/privacy.ts';
import { formatUri, parseUri } from '../sip/message/uri.ts';
import { isE164, type Numbering, normalise, userInText, written } from './numbers.ts';

type Entry = readonly [string, string];

/** Longest name and number of a caller that are kept or shown, characters: a caller chooses both. */
const MAX_LENGTH = 64;

export interface Caller {
  /** As it came; null: not said, or not to be believed. */
  readonly user: string | null;
  readonly display: string;
  readonly withheld: boolean;
}

/** The first identity with a number or user; networks send a sip and a tel URI of the same (RFC 3325 9.1). */
function identityIn(values: readonly string[]): NameAddr | null {
  const all = values.flatMap((value) => parseNameAddr(value) ?? []);
  return all.find(({ uri }) => userInText(uri) !== null) ?? null;
}

/** Who calls by what is in a request. `believe`: whether its sender is trusted to assert identities (RFC 3325 5). */
export function callerOf(request: SipRequest, believe: boolean): Caller {
  const { headers } = request;
  const from = parseNameAddr(headers.get('From') ?? '');
  const remoteParty = believe ? parseNameAddr(headers.get('Remote-Party-ID') ?? '') : null;
  const asserted = believe ? (identityIn(headers.all('P-Asserted-Identity')) ?? remoteParty) : null;
  const uri = parseUri(from?.uri ?? '');
  const who = asserted ?? (uri === null || isAnonymous(uri) ? null : from);
  // A name that only a From says is what its sender typed; beside an asserted number it would borrow its credit.
  return {
    user: who === null ? null : (userInText(who.uri)?.slice(0, MAX_LENGTH) ?? null),
    display: who?.display.slice(0, MAX_LENGTH) ?? '',
    withheld: withholds(request),
  };
}

/** How records and rules name the caller: E.164 where it is a number. */
export const nameOf = ({ user, withheld }: Caller, numbering: Numbering): string =>
  withheld || user === null ? ANONYMOUS : normalise(user, numbering);

const address = (display: string, user: string, host: string): string =>
  formatNameAddr({
    display,
    uri: formatUri({ scheme: 'sip', user, host, port: null, params: new Map(), headers: '' }),
    params: new Map(),
  });

/** Diversion (RFC 5806) and History-Info (RFC 7044) as they came, without what whoever diverted keeps to itself. */
function history({ headers }: SipRequest): Entry[] {
  const open = (value: string) => {
    const params = parseNameAddr(value)?.params;
    return params !== undefined && ['', 'off', 'none'].includes(params.get('privacy')?.toLowerCase() ?? '');
  };
  const diversions = headers.all('Diversion').filter(open);
  const wishes = headers.all('Privacy').some((value) => /history/i.test(value));
  const infos = wishes ? [] : headers.all('History-Info').filter((value) => !/[?&]privacy=/i.test(value));
  return [
    ...diversions.map((value): Entry => ['Diversion', value]),
    ...infos.map((value): Entry => ['History-Info', value]),
  ];
}

const passed = ({ headers }: SipRequest, names: readonly string[]): Entry[] =>
  names.flatMap((name) => headers.all(name).map((value): Entry => [name, value]));

/** What names the call from end to end and nobody in it (RFC 7989). */
const sessionId = (request: SipRequest): Entry[] => passed(request, ['Session-ID']).slice(0, 1);

export interface Shown {
  /** Value of From, without tag. */
  readonly from: string;
  /** User part of our Contact. */
  readonly contactUser: string;
  readonly headers: readonly Entry[];
}

/** A call from outside as a phone sees it: a number as people here write it, or none. */
export function shownToPhone(
  request: SipRequest,
  caller: Caller,
  trunk: Trunk,
  numbering: Numbering,
  domain: string,
): Shown {
  const { identity, pass } = trunk;
  const along = [...sessionId(request), ...(identity.history.in ? history(request) : []), ...passed(request, pass.in)];
  const name = nameOf(caller, numbering);
  if (name === ANONYMOUS)
    return { from: ANONYMOUS_FROM, contactUser: ANONYMOUS, headers: [['Privacy', 'id'], ...along] };
  const number = written(name, numbering.shown, numbering);
  const from = address(caller.display, number, domain);
  return {
    from,
    contactUser: number,
    headers: identity.believe ? [['P-Asserted-Identity', from], ...along] : along,
  };
}

/** Whose number goes out, and whether it may be shown. */
export interface Outgoing {
  /** E.164, or what else the trunk knows the caller by. */
  readonly number: string;
  readonly withheld: boolean;
  /** Null: a call that nobody dialled, such as a transfer. */
  readonly request: SipRequest | null;
}

/** A call to outside as a trunk sees it. Names of people stay here: a network passes them on to anybody. */
export function shownToTrunk({ number, withheld, request }: Outgoing, trunk: Trunk, numbering: Numbering): Shown {
  const { identity, pass, domain = trunk.host } = trunk;
  const calling = written(number, trunk.numbers.calling, numbering);
  const own = address('', calling, hostOf(domain));
  const headers: Entry[] = [];
  if (identity.send === 'Remote-Party-ID') {
    headers.push([identity.send, `${own};party=calling;screen=yes;privacy=${withheld ? 'full' : 'off'}`]);
  } else if (identity.send !== 'none') headers.push([identity.send, own]);
  if (withheld) headers.push(['Privacy', 'id']);
  if (request) {
    headers.push(
      ...sessionId(request),
      ...(identity.history.out ? history(request) : []),
      ...passed(request, pass.out),
    );
  }
  return {
    from: withheld ? ANONYMOUS_FROM : own,
    contactUser: trunk.account?.user ?? (withheld ? ANONYMOUS : calling),
    headers,
  };
}

/** As it stands in a URI. */
export const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * Number that a phone shows outside: its own account when that is a number; else one whose calls ring at it alone; else the trunk's; else
 * the trunk's account, by which the carrier at least knows whom it bills.
 */
export function numberOf(user: string, trunk: Trunk, numbering: Numbering): string {
  const account = normalise(user, numbering);
  if (isE164(account)) return account;
  const direct = trunk.inbound.find(({ did, to }) => to.length === 1 && to[0] === user && isE164(did));
  return direct?.did ?? trunk.callerId ?? trunk.account?.user ?? user;
}
