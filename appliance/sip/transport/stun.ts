/**
 * STUN binding requests on the SIP port: how phones keep a NAT open over UDP (RFC 5626 4.4.2 and 8, RFC 5389). Only what
 * that needs: no credentials, no fingerprint check.
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { Address } from './flow.ts';

const HEADER = 20;
const COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const XOR_MAPPED_ADDRESS = 0x0020;
/** USERNAME, MESSAGE-INTEGRITY, REALM, NONCE: understood as "not asked of you", so no reason to refuse. */
const TOLERATED = new Set([0x0006, 0x0008, 0x0014, 0x0015]);

/** SIP begins with a letter; STUN with two zero bits, a length and the magic cookie (RFC 5389 8). */
export function isStun(datagram: Buffer): boolean {
  return datagram.length >= HEADER && (datagram[0]! & 0xc0) === 0 && datagram.readUInt32BE(4) === COOKIE;
}

/** The response to a binding request from `source`; null for everything that deserves none (RFC 5389 7.3). */
export function answerStun(datagram: Buffer, source: Address): Buffer | null {
  if (!isStun(datagram) || datagram.readUInt16BE(0) !== BINDING_REQUEST) return null;
  const length = datagram.readUInt16BE(2);
  if (length % 4 !== 0 || length + HEADER !== datagram.length) return null;
  const transaction = datagram.subarray(4, HEADER);
  const unknown = requiredAttributes(datagram.subarray(HEADER));
  if (unknown === null) return null;
  if (unknown.length > 0) return message(BINDING_ERROR, transaction, refusal(unknown));
  return message(BINDING_SUCCESS, transaction, attribute(XOR_MAPPED_ADDRESS, xorAddress(source, transaction)));
}

/** Attributes that must be understood (below 0x8000) and are not; null when the attributes are cut short. */
function requiredAttributes(attributes: Buffer): number[] | null {
  const unknown: number[] = [];
  for (let at = 0; at < attributes.length; ) {
    if (at + 4 > attributes.length) return null;
    const type = attributes.readUInt16BE(at);
    const padded = (attributes.readUInt16BE(at + 2) + 3) & ~3;
    if (at + 4 + padded > attributes.length) return null;
    if (type < 0x8000 && !TOLERATED.has(type)) unknown.push(type);
    at += 4 + padded;
  }
  return unknown;
}

/** Types listed in a refusal: it must not be much longer than what it answers. */
const MAX_LISTED = 8;

function refusal(unknown: readonly number[]): Buffer {
  const listed = unknown.slice(0, MAX_LISTED);
  const types = Buffer.alloc(listed.length * 2);
  listed.forEach((type, index) => {
    types.writeUInt16BE(type, index * 2);
  });
  const code = Buffer.concat([Buffer.from([0, 0, 4, 20]), Buffer.from('Unknown Attribute')]);
  return Buffer.concat([attribute(ERROR_CODE, code), attribute(UNKNOWN_ATTRIBUTES, types)]);
}

function xorAddress({ address, port }: Address, transaction: Buffer): Buffer {
  const bytes = addressBytes(address);
  const value = Buffer.alloc(4 + bytes.length);
  value[1] = bytes.length === 4 ? 1 : 2;
  value.writeUInt16BE(port ^ (COOKIE >>> 16), 2);
  // The key is the cookie followed by the transaction id, which is how both stand in the header.
  for (let i = 0; i < bytes.length; i++) value[4 + i] = bytes[i]! ^ transaction[i]!;
  return value;
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const plain = address.split('%')[0]!;
  if (!isIPv6(plain)) return Buffer.alloc(4);
  const [head, tail] = plain.split('::') as [string, string | undefined];
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const before = groups(head);
  const after = groups(tail);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...new Array<string>(zeros).fill('0'), ...after].map((group) => Number.parseInt(group, 16));
  const bytes = Buffer.alloc(16);
  all.forEach((group, index) => {
    bytes.writeUInt16BE(group, index * 2);
  });
  return bytes;
}

function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** `transaction`: cookie and id, as they came. */
function message(type: number, transaction: Buffer, attributes: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(attributes.length, 2);
  return Buffer.concat([head, transaction, attributes]);
}
