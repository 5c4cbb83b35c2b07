/** Messages of each dialect (test/vectors/siprec), and those of vendors where they are at hand: they are not in this tree. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SipRequest } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';

const root = join(import.meta.dirname, '../../../..');
const own = join(root, 'test/vectors/siprec');
const vendors = join(root, '../shared/vectors/siprec');

export const vendorsAtHand = existsSync(vendors);

function parsed(bytes: Buffer): SipRequest {
  const message = parseMessage(bytes);
  if (message.kind !== 'request') throw new Error(`no request: ${message.kind}`);
  return message;
}

/** `rfc7865`, `draft-nested`, … */
export const vector = (name: string): SipRequest => parsed(readFileSync(join(own, `${name}.sip`)));

/** An INVITE as a vendor's SBC sent it, or around the body that one sent. */
export function vendorVector(path: string): SipRequest {
  const bytes = readFileSync(join(vendors, path));
  if (bytes.toString('latin1', 0, 7) === 'INVITE ') return parsed(withLength(bytes));
  const boundary = /^--(\S+)/m.exec(bytes.toString('latin1'))![1]!;
  const head = [
    'INVITE sip:srs@box.example SIP/2.0',
    'Via: SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bKvendor',
    'Max-Forwards: 70',
    'From: <sip:sbc@192.0.2.9>;tag=v1',
    'To: <sip:srs@box.example>',
    'Call-ID: vendor',
    'CSeq: 1 INVITE',
    'Contact: <sip:sbc@192.0.2.9;transport=tcp>;+sip.src',
    `Content-Type: multipart/mixed;boundary=${boundary}`,
    `Content-Length: ${bytes.length}`,
    '\r\n',
  ];
  return parsed(Buffer.concat([Buffer.from(head.join('\r\n')), bytes]));
}

/** The file may have been stored with other line ends than it was sent with. */
function withLength(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const split = /\r?\n\r?\n/.exec(text)!;
  const body = text.slice(split.index + split[0].length);
  const head = text.slice(0, split.index).replace(/\r?\n/g, '\r\n');
  return Buffer.from(
    `${head.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)}\r\n\r\n${body}`,
    'latin1',
  );
}

export const vendorFile = (path: string): Buffer => readFileSync(join(vendors, path));
