/**
 * What a trace must never hold is removed before it is remembered: keys of the sound, answers to challenges, passwords, digits that
 * were typed in a call, numbers that their owners withhold, and bodies that are what people wrote to each other.
 */
import { partsOf, sdpOf } from '../sip/dialog/body.ts';
import { canonicalName } from '../sip/message/headers.ts';
import type { SipMessage, SipRequest } from '../sip/message/message.ts';
import { formatNameAddr, parseNameAddr, tagOf } from '../sip/message/name-addr.ts';
import { ANONYMOUS, ANONYMOUS_FROM, withholds } from '../sip/message/privacy.ts';
import { formatUri, parseUri } from '../sip/message/uri.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { impersonal } from './mask.ts';
import { type Entry, rewritten, startLineOf } from './rewrite.ts';

const REMOVED = 'removed';

/** Headers that prove something: their proof goes, realm and algorithm stay (RFC 7616). */
const proofs = new Set(['authorization', 'proxy-authorization', 'authentication-info', 'proxy-authentication-info']);
const challenges = new Set(['www-authenticate', 'proxy-authenticate']);

/** Names of headers that somebody may have made up for a secret. */
const SECRET_NAME = /auth|token|secret|passw|api-?key|cookie/i;

/** `sip:user:password@host` (RFC 3261 19.1.1), and what is dialled after the answer (`;postd=`, RFC 2806 2.2). */
const withoutSecrets = (text: string): string =>
  text.replace(/(sips?:[^\s@:<>"]+):[^\s@<>"]*@/gi, '$1@').replace(/;postd=[^\s;@<>"]*/gi, ';postd=x');

function scrubbedHeader([name, value]: Entry): Entry {
  const long = canonicalName(name);
  if (proofs.has(long)) {
    if (!/^\s*digest\s/i.test(value) && !long.endsWith('info')) return [name, `(${REMOVED})`];
    return [name, value.replace(/\b(response|cnonce|rspauth|nextnonce)\s*=\s*("[^"]*"|[^\s,]*)/gi, `$1="${REMOVED}"`)];
  }
  if (!challenges.has(long) && SECRET_NAME.test(long)) return [name, `(${REMOVED})`];
  return [name, withoutSecrets(value)];
}

/** Keys in a description: SDES (RFC 4568), k= (RFC 4566), MIKEY (RFC 4567), ICE (RFC 8839). Fingerprints name a key and stay. */
const scrubbedSdp = (sdp: string): string =>
  sdp
    // As long as it was, and still base64, so that Wireshark reads on: a key of nothing but zeros.
    .replace(/\binline:([^|\s;]+)/gi, (_, key: string) => `inline:${'A'.repeat(key.length)}`)
    .replace(/^k=.*$/gim, `k=${REMOVED}`)
    .replace(/^a=key-mgmt:.*\r?\n?/gim, '')
    .replace(/^(a=ice-pwd:).*$/gim, `$1${REMOVED}`);

interface Kept {
  readonly contentType: string | null;
  readonly body: string;
}

/** That a key was pressed, and for how long. Written anew: phones put the digit in many ways. */
function pressedIn(body: string): string {
  const [, ms] = /^duration\s*=\s*(\d{1,5})\s*$/im.exec(body) ?? [];
  return `Signal=x\r\n${ms === undefined ? '' : `Duration=${ms}\r\n`}`;
}

/** What of the body is kept: what sets a call up, never what was said in it. */
function keptOf(message: SipMessage): Kept {
  const sdp = sdpOf(message);
  if (sdp) return { contentType: 'application/sdp', body: scrubbedSdp(sdp.toString('latin1')) };
  const [only, ...others] = partsOf(message);
  if (!only || others.length > 0) return { contentType: null, body: '' };
  const text = only.body.toString('latin1');
  switch (only.contentType) {
    case 'application/dtmf-relay':
      return { contentType: only.contentType, body: pressedIn(text) };
    case 'message/sipfrag':
      // How a transfer goes on: the first line says it (RFC 3515 2.4.5).
      return { contentType: only.contentType, body: `${text.split(/\r?\n/)[0]}\r\n` };
    default:
      return { contentType: null, body: '' };
  }
}

/** Headers that route a message: they stay in a call whose caller is withheld. */
const routing = new Set(
  'via route record-route call-id from to contact authorization proxy-authorization reason warning'.split(' '),
);

/** A dialog of which one party is not to be known: the tag of that party. */
export interface Withheld {
  readonly tag: string;
}

/** Null: the caller of this INVITE says who it is. */
export function withheldIn(invite: SipRequest): Withheld | null {
  const tag = tagOf(invite.headers.get('From'));
  return tag !== null && withholds(invite) ? { tag } : null;
}

/** Who speaks, as its network asserts it (RFC 3325, Cisco). */
const identities = new Set(['p-asserted-identity', 'p-preferred-identity', 'remote-party-id']);

/** An answer, or a later request, may withhold who its sender is, too. */
function withoutIdentities(message: SipMessage): readonly Entry[] {
  const entries = message.headers.entries();
  if (!withholds(message)) return entries;
  return entries.map(([name, value]) => [name, identities.has(canonicalName(name)) ? REMOVED : value]);
}

/** Without who withholds that: no identity, no Contact's name, and none of the headers that nobody knows what they say of whom. */
function withoutWithheld(message: SipMessage, { tag }: Withheld): { startLine: string; entries: Entry[] } {
  const isTheirs = (value: string | undefined) => tagOf(value) === tag;
  const entries = message.headers.entries().flatMap(([name, value]): Entry[] => {
    const long = canonicalName(name);
    if ((long === 'from' || long === 'to') && isTheirs(value)) return [[name, `${ANONYMOUS_FROM};tag=${tag}`]];
    if (long === 'contact') return [[name, anonymousAt(value)]];
    return impersonal.has(long) || routing.has(long) ? [[name, value]] : [[name, REMOVED]];
  });
  const toThem = message.kind === 'request' && isTheirs(message.headers.get('To'));
  const startLine = toThem ? startLineOf({ ...message, uri: hiddenUri(message.uri) }) : startLineOf(message);
  return { startLine, entries };
}

function hiddenUri(text: string): string {
  const uri = parseUri(text);
  return uri === null || uri.user === null || uri.scheme === 'tel'
    ? `sip:${ANONYMOUS}@anonymous.invalid`
    : formatUri({ ...uri, user: ANONYMOUS });
}

function anonymousAt(contact: string): string {
  const parsed = parseNameAddr(contact);
  return parsed ? formatNameAddr({ ...parsed, display: '', uri: hiddenUri(parsed.uri) }) : REMOVED;
}

/** Who describes a session may say so in it (RFC 8866 5.2, 5.4 to 5.6). */
const anonymousSdp = (sdp: string): string =>
  sdp
    .replace(/^[iuep]=.*\r?\n?/gim, '')
    .replace(/^o=\S+/gim, 'o=-')
    .replace(/^s=.*$/gim, 's=-');

/** The message as it may be remembered. `withheld`: in a dialog with somebody who is not to be known. */
export function scrubbed(message: SipMessage, withheld: Withheld | null = null): string {
  const told = withheld
    ? withoutWithheld(message, withheld)
    : { startLine: startLineOf(message), entries: withoutIdentities(message) };
  const startLine = withoutSecrets(told.startLine);
  const entries = told.entries.map(scrubbedHeader);
  const kept = keptOf(message);
  const { contentType } = kept;
  const body = withheld && contentType === 'application/sdp' ? anonymousSdp(kept.body) : kept.body;
  const without = (): string => {
    const length = message.body.length;
    if (length === 0) return rewritten(startLine, entries, '');
    return rewritten(startLine, [...entries, ['X-Body-Not-Kept', `${length} bytes`]], '');
  };
  if (contentType === null) return without();
  const typed = entries.map(
    ([name, value]): Entry => (canonicalName(name) === 'content-type' ? [name, contentType] : [name, value]),
  );
  const text = rewritten(startLine, typed, body);
  return Buffer.byteLength(text) > MAX_MESSAGE_BYTES ? without() : text;
}
