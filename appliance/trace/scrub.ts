/**
 * What a trace must never hold is removed before it is remembered: keys of the sound, answers to challenges, passwords, digits that
 * were typed in a call, and bodies that are what people wrote to each other.
 */
import { partsOf, sdpOf } from '../sip/dialog/body.ts';
import { canonicalName } from '../sip/message/headers.ts';
import type { SipMessage } from '../sip/message/message.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { type Entry, rewritten, startLineOf } from './rewrite.ts';

const REMOVED = 'removed';

/** Headers that prove something: their proof goes, realm and algorithm stay (RFC 7616). */
const proofs = new Set(['authorization', 'proxy-authorization', 'authentication-info', 'proxy-authentication-info']);
const challenges = new Set(['www-authenticate', 'proxy-authenticate']);

/** Names of headers that somebody may have made up for a secret. */
const SECRET_NAME = /auth|token|secret|passw|api-?key|cookie/i;

/** `sip:user:password@host` (RFC 3261 19.1.1). */
const withoutPassword = (text: string): string => text.replace(/(sips?:[^\s@:<>"]+):[^\s@<>"]*@/gi, '$1@');

function scrubbedHeader([name, value]: Entry): Entry {
  const long = canonicalName(name);
  if (proofs.has(long)) {
    if (!/^\s*digest\s/i.test(value) && !long.endsWith('info')) return [name, `(${REMOVED})`];
    return [name, value.replace(/\b(response|cnonce|rspauth|nextnonce)\s*=\s*("[^"]*"|[^\s,]*)/gi, `$1="${REMOVED}"`)];
  }
  if (!challenges.has(long) && SECRET_NAME.test(long)) return [name, `(${REMOVED})`];
  return [name, withoutPassword(value)];
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

/** What of the body is kept: what sets a call up, never what was said in it. */
function keptOf(message: SipMessage): Kept {
  const sdp = sdpOf(message);
  if (sdp) return { contentType: 'application/sdp', body: scrubbedSdp(sdp.toString('latin1')) };
  const [only, ...others] = partsOf(message);
  if (!only || others.length > 0) return { contentType: null, body: '' };
  const text = only.body.toString('latin1');
  switch (only.contentType) {
    case 'application/dtmf-relay':
      return { contentType: only.contentType, body: text.replace(/(signal\s*=\s*)\S+/gi, '$1x') };
    case 'message/sipfrag':
      // How a transfer goes on: the first line says it (RFC 3515 2.4.5).
      return { contentType: only.contentType, body: `${text.split(/\r?\n/)[0]}\r\n` };
    default:
      return { contentType: null, body: '' };
  }
}

/** The message as it may be remembered. */
export function scrubbed(message: SipMessage): string {
  const startLine = withoutPassword(startLineOf(message));
  const entries = message.headers.entries().map(scrubbedHeader);
  const { contentType, body } = keptOf(message);
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
