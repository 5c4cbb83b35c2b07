/** DTLS-SRTP in a session description (RFC 5763 5, RFC 8122, RFC 4145): which certificate, and who begins. */
import { type Fingerprint, fingerprintHashes } from '../dtls/certificate.ts';
import { MAX_FINGERPRINTS } from '../limits.ts';
import { attributes, type MediaSection, type SdpLine, type SessionDescription, sdpLine } from './description.ts';

/** Who begins the handshake: `active` does. `holdconn` (nobody, for now) is of no use to a call. */
export type Setup = 'active' | 'passive' | 'actpass';

export interface DtlsDescription {
  readonly fingerprint: Fingerprint;
  readonly setup: Setup;
}

/** `SHA-256 4A:AD:…`, in any case; null: malformed, or a hash that proves nothing any more. */
export function parseFingerprint(value: string): Fingerprint | null {
  const [name = '', digits = ''] = value
    .trim()
    .toLowerCase()
    .split(/[ \t]+/);
  const hash = fingerprintHashes.find((known) => known === name);
  const length = Number(hash?.slice(4)) / 8;
  if (hash === undefined || !/^[0-9a-f]{2}(:[0-9a-f]{2})*$/.test(digits) || digits.length !== 3 * length - 1)
    return null;
  return { hash, value: Buffer.from(digits.replaceAll(':', ''), 'hex') };
}

export const writeFingerprint = ({ hash, value }: Fingerprint): string =>
  `${hash} ${(value.toString('hex').toUpperCase().match(/../g) ?? []).join(':')}`;

/**
 * What a section says of DTLS, or the session for it. Null: nothing that we can use. Of several fingerprints the strongest counts
 * (RFC 8122 5). A browser that only names ICE candidates cannot be reached by us.
 */
export function dtlsOf(description: SessionDescription, section: MediaSection): DtlsDescription | null {
  const find = (name: string): string[] => {
    const own = attributes(section.lines, name);
    return own.length > 0 ? own : attributes(description.lines, name);
  };
  const named = find('fingerprint')
    .slice(0, MAX_FINGERPRINTS)
    .flatMap((value) => parseFingerprint(value) ?? []);
  const [fingerprint] = fingerprintHashes.flatMap((hash) => named.filter((one) => one.hash === hash));
  // RFC 4145 4: without the attribute, an offer is active. Everybody writes it.
  const setup = find('setup')[0]?.toLowerCase() ?? 'active';
  if (!fingerprint || (setup !== 'active' && setup !== 'passive' && setup !== 'actpass')) return null;
  return { fingerprint, setup };
}

/** What we say: `fingerprint` as `writeFingerprint` writes it. */
export interface OurDtls {
  readonly fingerprint: string;
  readonly setup: Setup;
}

export const dtlsLines = ({ fingerprint, setup }: OurDtls): SdpLine[] => [
  sdpLine('a', `fingerprint:${fingerprint}`),
  sdpLine('a', `setup:${setup}`),
];
