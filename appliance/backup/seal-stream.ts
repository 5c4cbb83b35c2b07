/**
 * A stream as one OpenPGP message: PKESKs, then SEIPD (RFC 9580 5.1, 5.13.1). `gpg --decrypt | gunzip` opens it, and
 * `gpg --show-session-key` says its key.
 */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Problem } from '@belkluis/shared/base/problem';
import { createMessage, encrypt } from 'openpgp';
import { SESSION_ALGORITHM } from '../recording/recipients.ts';
import { problem } from './problems.ts';
import { unseal } from './unseal.ts';

/** A session key as gpg writes it, alone or in its whole line: algorithm 9 is AES-256 (RFC 9580 9.3). */
const SESSION_KEY = /^\s*(?:gpg: session key: )?'?9:([0-9A-Fa-f]{64})'?\s*$/;

export const sessionKeyText = (key: Uint8Array): string => `9:${Buffer.from(key).toString('hex').toUpperCase()}`;

/** @throws Problem `answer_malformed`. */
export function readSessionKey(text: string): Buffer {
  const match = SESSION_KEY.exec(text);
  if (!match) throw problem('answer_malformed');
  return Buffer.from(match[1]!, 'hex');
}

/** Databases shrink to a third at the lowest level; higher ones cost several times as long for a tenth. */
const FAST = 1;

/** Compresses and seals; `pkesk` goes first. */
export async function* sealStream(
  plain: AsyncIterable<Uint8Array>,
  sessionKey: Buffer,
  pkesk: Buffer,
): AsyncGenerator<Uint8Array> {
  yield pkesk;
  const source = Readable.from(plain, { objectMode: false });
  const compressed = source.compose(createGzip({ level: FAST })) as Readable;
  const message = await createMessage({ binary: Readable.toWeb(compressed) as never, format: 'binary' });
  const sealed = await encrypt({
    message,
    sessionKey: { data: sessionKey, algorithm: SESSION_ALGORITHM },
    format: 'binary',
  });
  yield* sealed as unknown as AsyncIterable<Uint8Array>;
}

/**
 * Opens a sealed file. What comes out is authenticated only when the stream has ended without an error: until then nobody may act on it.
 * @throws Problem `snapshot_key_wrong`, `snapshot_damaged`.
 */
export async function* openSealedFile(path: string, sessionKey: Buffer): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const file = createReadStream(path);
  const source = Readable.from(unseal(file, sessionKey), { objectMode: false });
  const fed = pipeline(source, gunzip).catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
    await fed;
  } catch (error) {
    throw error instanceof Problem ? error : problem('snapshot_damaged', (error as Error).message, error);
  } finally {
    file.destroy();
  }
}

/** PKESK packets of 32 recipients are under 20 kB, with RSA-4096. */
const MAX_PKESK_LENGTH = 64 * 1024;

/** Where the packets of tag 1 at the beginning end (RFC 9580 4.2: new format, lengths of one, two or five octets). */
function pkeskEnd(bytes: Buffer): number {
  let at = 0;
  while (at + 6 <= bytes.length && bytes[at] === (0xc0 | 1)) {
    const first = bytes[at + 1]!;
    if (first < 192) at += 2 + first;
    else if (first < 224) at += 3 + ((first - 192) << 8) + bytes[at + 2]! + 192;
    else if (first === 255) at += 6 + bytes.readUInt32BE(at + 2);
    else break;
  }
  return at;
}

/** The PKESK packets that a sealed file begins with. @throws Problem `snapshot_damaged`. */
export function pkeskOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(MAX_PKESK_LENGTH);
    const bytes = start.subarray(0, readSync(file, start));
    const end = pkeskEnd(bytes);
    if (end === 0 || end > bytes.length) throw problem('snapshot_damaged', 'it begins with no wrapped key');
    return bytes.subarray(0, end);
  } finally {
    closeSync(file);
  }
}
