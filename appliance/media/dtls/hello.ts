/** The hellos of DTLS 1.2 (RFC 6347 4.2.1, RFC 5246 7.4.1) with the extensions that DTLS-SRTP needs (RFC 5764 4.1). */
import type { CryptoSuite } from '../srtp/key.ts';
import { list, number, Reader, vector } from './bytes.ts';
import { signatureSchemes } from './certificate.ts';
import { problem } from './problems.ts';
import { DTLS_1_2 } from './record.ts';

/** Both with ephemeral keys and AES-128-GCM; the second for a peer whose certificate is RSA. */
export const ECDHE_ECDSA = 0xc02b;
const ECDHE_RSA = 0xc02f;
const RENEGOTIATION_SCSV = 0x00ff;
export const P256 = 23;

const extensions = {
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  extendedMasterSecret: 23,
  renegotiationInfo: 0xff01,
} as const;

/** SRTP profiles of IANA's registry (RFC 5764 4.1.2, RFC 7714 14.2), the one that we like best first. */
const profiles: Readonly<Record<number, CryptoSuite>> = {
  7: 'AEAD_AES_128_GCM',
  8: 'AEAD_AES_256_GCM',
  1: 'AES_CM_128_HMAC_SHA1_80',
  2: 'AES_CM_128_HMAC_SHA1_32',
};
const preferred = [7, 8, 1, 2];

export interface ClientHello {
  readonly random: Buffer;
  readonly cookie: Buffer;
  readonly cipherSuites: readonly number[];
  readonly groups: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly srtpProfiles: readonly number[];
  readonly pointFormats: boolean;
  readonly extendedMasterSecret: boolean;
  readonly renegotiationInfo: boolean;
}

/** @throws Problem `dtls_malformed`. */
export function readClientHello(body: Buffer): ClientHello {
  const reader = new Reader(body);
  if (reader.number(2) > 0xfeff) throw problem('dtls_malformed', 'version');
  const random = reader.bytes(32);
  reader.vector(1);
  const cookie = reader.vector(1);
  const cipherSuites = reader.list(2);
  const uncompressed = reader.vector(1).includes(0);
  if (!uncompressed) throw problem('dtls_malformed', 'compression');
  const found = readExtensions(reader);
  const listed = (type: number) => {
    const extension = found.get(type);
    return extension === undefined ? [] : new Reader(extension).list(2);
  };
  return {
    random,
    cookie,
    cipherSuites,
    groups: listed(extensions.supportedGroups),
    signatureSchemes: listed(extensions.signatureAlgorithms),
    srtpProfiles: listed(extensions.useSrtp),
    pointFormats: found.has(extensions.pointFormats),
    extendedMasterSecret: found.has(extensions.extendedMasterSecret),
    renegotiationInfo: found.has(extensions.renegotiationInfo) || cipherSuites.includes(RENEGOTIATION_SCSV),
  };
}

/** Our hello as a client: everything that we speak. */
export const writeClientHello = (random: Buffer, cookie: Buffer): Buffer =>
  Buffer.concat([
    number(2, DTLS_1_2),
    random,
    vector(1),
    vector(1, cookie),
    list(2, [ECDHE_ECDSA, ECDHE_RSA]),
    vector(1, number(1, 0)),
    vector(
      2,
      extension(extensions.supportedGroups, list(2, [P256])),
      extension(extensions.pointFormats, vector(1, number(1, 0))),
      extension(extensions.signatureAlgorithms, list(2, signatureSchemes)),
      extension(extensions.useSrtp, list(2, preferred), vector(1)),
      extension(extensions.extendedMasterSecret),
      extension(extensions.renegotiationInfo, vector(1)),
    ),
  ]);

/** The SRTP profile to take of those that a client offers; null: none. */
export const chosenProfile = (offered: readonly number[]): number | null =>
  preferred.find((profile) => offered.includes(profile)) ?? null;

export const suiteOfProfile = (profile: number): CryptoSuite | undefined => profiles[profile];

export interface ServerHello {
  readonly random: Buffer;
  readonly cipherSuite: number;
  /** Null: the server does not do SRTP. */
  readonly srtpProfile: number | null;
  readonly extendedMasterSecret: boolean;
}

/** @throws Problem `dtls_malformed`; `dtls_nothing_in_common` when it chose what was not offered. */
export function readServerHello(body: Buffer): ServerHello {
  const reader = new Reader(body);
  const version = reader.number(2);
  const random = reader.bytes(32);
  reader.vector(1);
  const cipherSuite = reader.number(2);
  const compression = reader.number(1);
  const found = readExtensions(reader);
  const srtp = found.get(extensions.useSrtp);
  const chosen = srtp === undefined ? [] : new Reader(srtp).list(2);
  if (version !== DTLS_1_2 || compression !== 0 || ![ECDHE_ECDSA, ECDHE_RSA].includes(cipherSuite))
    throw problem('dtls_nothing_in_common', `version ${version}, cipher suite ${cipherSuite}`);
  return {
    random,
    cipherSuite,
    srtpProfile: chosen.length === 1 ? chosen[0]! : null,
    extendedMasterSecret: found.has(extensions.extendedMasterSecret),
  };
}

/** Our answer to a hello: no session to resume, and of the extensions those that the client sent (RFC 5246 7.4.1.4). */
export const writeServerHello = (random: Buffer, hello: ClientHello, profile: number): Buffer =>
  Buffer.concat([
    number(2, DTLS_1_2),
    random,
    vector(1),
    number(2, ECDHE_ECDSA),
    number(1, 0),
    vector(
      2,
      extension(extensions.useSrtp, list(2, [profile]), vector(1)),
      ...(hello.pointFormats ? [extension(extensions.pointFormats, vector(1, number(1, 0)))] : []),
      ...(hello.extendedMasterSecret ? [extension(extensions.extendedMasterSecret)] : []),
      ...(hello.renegotiationInfo ? [extension(extensions.renegotiationInfo, vector(1))] : []),
    ),
  ]);

/** RFC 6347 4.2.1: says DTLS 1.0 whatever will be spoken. */
export const writeHelloVerifyRequest = (cookie: Buffer): Buffer =>
  Buffer.concat([number(2, 0xfeff), vector(1, cookie)]);

/** The cookie. @throws Problem `dtls_malformed`. */
export function readHelloVerifyRequest(body: Buffer): Buffer {
  const reader = new Reader(body);
  reader.number(2);
  return reader.vector(1);
}

const extension = (type: number, ...body: readonly Buffer[]): Buffer =>
  Buffer.concat([number(2, type), vector(2, ...body)]);

/** By type; each at most once (RFC 5246 7.4.1.4). */
function readExtensions(reader: Reader): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  if (reader.done) return found;
  const inner = new Reader(reader.vector(2));
  reader.end();
  while (!inner.done) {
    const type = inner.number(2);
    if (found.has(type)) throw problem('dtls_malformed', `extension ${type} twice`);
    found.set(type, inner.vector(2));
  }
  return found;
}
