/** What of a call's headers goes from the phone to the PBX and back: what concerns people and not the hop. */
import type { SipRequest } from '../../sip/message/message.ts';
import { formatNameAddr, parseNameAddr } from '../../sip/message/name-addr.ts';
import { isAnonymous, withholds } from '../../sip/message/privacy.ts';
import { parseUri, type SipUri } from '../../sip/message/uri.ts';
import { userIn } from '../numbers.ts';

type Entry = readonly [string, string];

/** Longest name of a queue that is kept, characters: a PBX chooses it. */
const MAX_QUEUE = 64;

/**
 * Identities (RFC 3325, 3323, Cisco's Remote-Party-ID), history (RFC 5806, 7044), how to ring and to answer (RFC 3261 20.4, 20.9, RFC
 * 5373), transfers (RFC 3892), and what applications tell each other (RFC 7433).
 */
const CARRIED = [
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'P-Called-Party-ID',
  'Privacy',
  'Remote-Party-ID',
  'Diversion',
  'History-Info',
  'Alert-Info',
  'Call-Info',
  'Answer-Mode',
  'Priv-Answer-Mode',
  'Subject',
  'Priority',
  'Accept-Language',
  'Referred-By',
  'User-to-User',
];

/** The caller's password is the PBX's business: its answer to the PBX's challenge passes as it is. */
const CREDENTIALS = ['Authorization', 'Proxy-Authorization'];

const taken = ({ headers }: SipRequest, names: readonly string[]): Entry[] =>
  names.flatMap((name) => headers.all(name).map((value): Entry => [name, value]));

/** Headers of the applications at both ends, whatever they mean. */
const applications = ({ headers }: SipRequest): Entry[] =>
  headers
    .entries()
    .filter(([name]) => /^x-/i.test(name))
    .map(([name, value]): Entry => [name, value.trim()]);

/** RFC 3325 5: these do not leave those who trust each other when the caller withholds who they are, and a phone is not of them. */
const OF_CALLERS = ['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID'];

export const toPhone = (invite: SipRequest): readonly Entry[] => {
  const names = withholds(invite) ? CARRIED.filter((name) => !OF_CALLERS.includes(name)) : CARRIED;
  return [...taken(invite, names), ...applications(invite)];
};

export const toPbx = (invite: SipRequest): readonly Entry[] => [
  ...taken(invite, CREDENTIALS),
  ...taken(invite, CARRIED),
  ...applications(invite),
];

/** Who calls, by what the PBX asserts, else by From; null: it is not to be told (RFC 3323 4.2). */
export function callerOf(invite: SipRequest): SipUri | null {
  if (withholds(invite)) return null;
  const { headers } = invite;
  const texts = [...headers.all('P-Asserted-Identity'), headers.get('From') ?? ''];
  const uris = texts.map((text) => parseUri(parseNameAddr(text)?.uri ?? ''));
  return uris.find((one) => one?.user) ?? null;
}

/**
 * What was called first, before the PBX or somebody at it sent the call on: the first entry of History-Info (RFC 7044), or the last
 * Diversion (RFC 5806 4: the latest comes first). Null: nobody says, or whose number it is keeps that to itself.
 */
export function firstCalled(invite: SipRequest): string | null {
  const { headers } = invite;
  const told = [headers.all('History-Info')[0], headers.all('Diversion').at(-1)].find((value) => value !== undefined);
  const first = parseNameAddr(told ?? '');
  const isOpen = ['', 'off', 'none'].includes(first?.params.get('privacy')?.toLowerCase() ?? '');
  const keeps = headers.all('Privacy').some((value) => /history/i.test(value)) || /[?&]privacy=/i.test(told ?? '');
  const uri = parseUri(first?.uri ?? '');
  if (keeps || !isOpen || isAnonymous(uri)) return null;
  return userIn(uri)?.slice(0, MAX_QUEUE) ?? null;
}

/** Whether somebody wrote that the caller is not to be named. */
export const saysNobody = ({ headers }: SipRequest): boolean =>
  parseUri(parseNameAddr(headers.get('From') ?? '')?.uri ?? '')?.host === 'anonymous.invalid';

/** A From or To without what belongs to its dialog. */
export function withoutTag(value: string): string {
  const parsed = parseNameAddr(value);
  if (!parsed) return value;
  return formatNameAddr({ ...parsed, params: new Map([...parsed.params].filter(([name]) => name !== 'tag')) });
}

/** RFC 7989 5: names a session from end to end, so a PBX passes it on; the other end's half is not known yet. */
export const sessionId = (id: string): Entry => ['Session-ID', `${id};remote=${'0'.repeat(32)}`];

/** Both halves of what a PBX says, whichever it calls its own. */
export const sessionIds = ({ headers }: SipRequest): readonly string[] =>
  headers.all('Session-ID').flatMap((value) => value.toLowerCase().match(/\b[0-9a-f]{32}\b/g) ?? []);
