/** The record layer of DTLS 1.2 (RFC 6347 4.1): records of a datagram, and their protection by AES-128-GCM (RFC 5288). */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { number } from './bytes.ts';
import { MAX_DATAGRAM } from './limits.ts';

export const CHANGE_CIPHER_SPEC = 20;
export const HANDSHAKE = 22;

/** DTLS 1.2 on the wire: one's complement, so that it counts down. */
export const DTLS_1_2 = 0xfefd;
const HEADER = 13;
const EXPLICIT_NONCE = 8;
const TAG = 16;

export interface DtlsRecord {
  readonly type: number;
  readonly epoch: 0 | 1;
  /** 48 bits. */
  readonly sequence: number;
  /** Of epoch 1 still sealed. */
  readonly fragment: Buffer;
}

/** The records of a datagram that could concern a handshake; what cannot be read ends it (RFC 6347 4.1.2.7: discarded in silence). */
export function readRecords(datagram: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  if (datagram.length > MAX_DATAGRAM) return records;
  for (let at = 0; at + HEADER <= datagram.length; ) {
    const end = at + HEADER + datagram.readUInt16BE(at + 11);
    const epoch = datagram.readUInt16BE(at + 3);
    // Major version 1, that is 254: a first hello may still say DTLS 1.0 (RFC 6347 4.2.1).
    if (datagram[at + 1] !== 0xfe || end > datagram.length) break;
    const fragment = datagram.subarray(at + HEADER, end);
    if (epoch <= 1)
      records.push({
        type: datagram[at]!,
        epoch: epoch as 0 | 1,
        sequence: datagram.readUIntBE(at + 5, 6),
        fragment,
      });
    at = end;
  }
  return records;
}

export function writeRecord({ type, epoch, sequence, fragment }: DtlsRecord): Buffer {
  const header = Buffer.alloc(HEADER);
  header[0] = type;
  header.writeUInt16BE(DTLS_1_2, 1);
  header.writeUInt16BE(epoch, 3);
  header.writeUIntBE(sequence, 5, 6);
  header.writeUInt16BE(fragment.length, 11);
  return Buffer.concat([header, fragment]);
}

/** What one side writes records of epoch 1 with. */
export interface WriteKey {
  readonly key: Buffer;
  /** Four bytes: the implicit part of the nonce (RFC 5288 3). */
  readonly iv: Buffer;
}

export function sealRecord({ key, iv }: WriteKey, plain: DtlsRecord): DtlsRecord {
  const explicit = recordNumber(plain);
  const cipher = createCipheriv('aes-128-gcm', key, Buffer.concat([iv, explicit]));
  cipher.setAAD(associated(plain, plain.fragment.length));
  const sealed = Buffer.concat([cipher.update(plain.fragment), cipher.final()]);
  return { ...plain, fragment: Buffer.concat([explicit, sealed, cipher.getAuthTag()]) };
}

/** Null: not authentic. */
export function openRecord({ key, iv }: WriteKey, sealed: DtlsRecord): DtlsRecord | null {
  const length = sealed.fragment.length - EXPLICIT_NONCE - TAG;
  if (length < 0) return null;
  const nonce = Buffer.concat([iv, sealed.fragment.subarray(0, EXPLICIT_NONCE)]);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG });
  decipher.setAAD(associated(sealed, length));
  decipher.setAuthTag(sealed.fragment.subarray(-TAG));
  const plain = decipher.update(sealed.fragment.subarray(EXPLICIT_NONCE, -TAG));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return { ...sealed, fragment: plain };
}

/** Epoch and sequence number: 64 bits that never repeat under a key. */
function recordNumber({ epoch, sequence }: DtlsRecord): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16BE(epoch, 0);
  bytes.writeUIntBE(sequence, 2, 6);
  return bytes;
}

const associated = (record: DtlsRecord, length: number): Buffer =>
  Buffer.concat([recordNumber(record), number(1, record.type), number(2, DTLS_1_2), number(2, length)]);
