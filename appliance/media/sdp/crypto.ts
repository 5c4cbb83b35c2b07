/** SRTP keys in a session description: `a=crypto` (RFC 4568, RFC 6188, RFC 7714 14.2). They are secrets: a description that has them goes over TLS only. */
import { MAX_CRYPTO_LINES, MAX_KEY_LIFETIME, MAX_MKI_LENGTH, MIN_KEY_LIFETIME } from '../limits.ts';
import { type CryptoSuite, cryptoSuites, type SrtpKey, suiteOf } from '../srtp/key.ts';
import { attributes, type MediaSection } from './description.ts';

export interface CryptoLine {
  /** Given by the offer, repeated by the answer that takes it. */
  readonly tag: number;
  readonly key: SrtpKey;
  /** The suite as the line spells it; an answer repeats the offer's spelling. */
  readonly spelling: string;
  /** Packets that the key may seal; null: as many as SRTP allows. */
  readonly lifetime: number | null;
}

/** Why a line cannot be used. */
export type Unusable = 'malformed' | 'suite' | 'key length' | 'lifetime' | 'mki' | 'several keys' | 'session parameter';

/** The lines of a section that can be used, in the party's order, each tag once. */
export function cryptoLines(section: MediaSection): CryptoLine[] {
  const usable = new Map<number, CryptoLine>();
  for (const value of attributes(section.lines, 'crypto').slice(0, MAX_CRYPTO_LINES)) {
    const line = parseCrypto(value);
    if (typeof line !== 'string' && !usable.has(line.tag)) usable.set(line.tag, line);
  }
  return [...usable.values()];
}

export const hasCrypto = (section: MediaSection): boolean => attributes(section.lines, 'crypto').length > 0;

/** The line to take: the offerer's first, but a tag of 32 bits only where there is nothing better. */
export const preferredCrypto = (lines: readonly CryptoLine[]): CryptoLine | null =>
  lines.find(({ key }) => suiteOf(key.suite).tag > 4) ?? lines[0] ?? null;

/** `1 AES_CM_128_HMAC_SHA1_80 inline:<base64>|2^31`, without `a=crypto:`. */
export function parseCrypto(value: string): CryptoLine | Unusable {
  const [tag = '', name, keyParams = '', ...sessionParams] = value.split(/[ \t]+/);
  if (!/^\d{1,9}$/.test(tag) || !keyParams.startsWith('inline:')) return 'malformed';
  // Zoiper and others turn the name around that RFC 6188 gave the longer keys.
  const suite = cryptoSuites.find((known) => known === name?.replace(/^AES_CM_(192|256)_/, 'AES_$1_CM_'));
  if (name === undefined || suite === undefined) return 'suite';
  // What would make us send less protected than the suite says, or in another way, is refused; WSH is only a hint.
  if (sessionParams.some((param) => !/^(WSH=\d+|KDR=0|-.*|)$/.test(param))) return 'session parameter';
  // Several keys that follow one another (RFC 4568 6.1): a call is over long before the first is spent, so nobody offers them for it.
  if (keyParams.includes(';')) return 'several keys';
  const [inline = '', ...more] = keyParams.slice('inline:'.length).split('|');
  const named = more.at(-1)?.includes(':') ? more.pop()! : null;
  if (more.length > 1) return 'malformed';
  const lifetime = more[0] === undefined ? null : lifetimeOf(more[0]);
  if (Number.isNaN(lifetime)) return 'lifetime';
  const mki = named === null ? undefined : mkiOf(named);
  if (mki === null) return 'mki';
  const key = keyOf(suite, inline);
  return key === null
    ? 'key length'
    : { tag: Number(tag), key: { ...key, ...(mki && { mki }) }, spelling: name, lifetime };
}

/** A line of ours. */
export type OurCrypto = Pick<CryptoLine, 'tag' | 'key'> & Partial<Pick<CryptoLine, 'spelling'>>;

/** The value of an `a=crypto` line. */
export function writeCrypto({ tag, key, spelling }: OurCrypto): string {
  const mki = key.mki ? `|${BigInt(`0x${key.mki.toString('hex')}`)}:${key.mki.length}` : '';
  return `${tag} ${spelling ?? key.suite} inline:${Buffer.concat([key.masterKey, key.masterSalt]).toString('base64')}${mki}`;
}

/** `1:4`: the number 1 in four bytes (RFC 4568 6.1). Null: malformed, or longer than it says. */
function mkiOf(text: string): Buffer | null {
  const [, value = '', length = ''] = /^(\d{1,39}):(\d{1,3})$/.exec(text) ?? [];
  const bytes = Number(length);
  if (bytes < 1 || bytes > MAX_MKI_LENGTH) return null;
  const hex = BigInt(value)
    .toString(16)
    .padStart(2 * bytes, '0');
  return hex.length > 2 * bytes ? null : Buffer.from(hex, 'hex');
}

/** NaN: malformed, or not one that we take. */
function lifetimeOf(text: string): number {
  const power = /^2\^(\d{1,2})$/.exec(text)?.[1];
  const packets = power === undefined ? (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN) : 2 ** Number(power);
  return packets >= MIN_KEY_LIFETIME && packets <= MAX_KEY_LIFETIME ? packets : Number.NaN;
}

function keyOf(suite: CryptoSuite, base64: string): SrtpKey | null {
  if (!/^[A-Za-z0-9+/]{36,64}={0,2}$/.test(base64)) return null;
  const bytes = Buffer.from(base64, 'base64');
  const { key, salt } = suiteOf(suite);
  if (bytes.length !== key + salt) return null;
  return { suite, masterKey: bytes.subarray(0, key), masterSalt: bytes.subarray(key) };
}
