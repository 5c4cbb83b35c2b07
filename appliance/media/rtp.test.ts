import test from 'ava';
import fc from 'fast-check';
import { MAX_RTP_PACKET } from './limits.ts';
import { isRtcp, readRtp, writeRtp } from './rtp.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const payload = (packet: Buffer) => {
  const header = readRtp(packet);
  return header && packet.toString('hex', header.payloadOffset, header.payloadEnd);
};

test('what is written is read back, numbers wrapped to their width', (t) => {
  fc.assert(
    fc.property(
      fc.record({
        payloadType: fc.nat(127),
        sequence: fc.nat(0xffff),
        timestamp: fc.nat(0xffff_ffff),
        ssrc: fc.nat(0xffff_ffff),
        marker: fc.boolean(),
      }),
      fc.uint8Array({ maxLength: 200 }),
      (fields, bytes) => {
        const packet = writeRtp(fields, bytes);
        t.like(readRtp(packet), {
          ...fields,
          version: 2,
          padding: false,
          extension: false,
          payloadOffset: 12,
          payloadEnd: packet.length,
        });
        return payload(packet) === Buffer.from(bytes).toString('hex');
      },
    ),
  );
  t.like(readRtp(writeRtp({ payloadType: 8, sequence: 0x1_0003, timestamp: 2 ** 32 + 5, ssrc: 1 }, Buffer.alloc(1))), {
    sequence: 3,
    timestamp: 5,
  });
});

test('sources, extension and padding are not sound', (t) => {
  t.is(payload(hex('b2 08 0001 00000000 00000007 11111111 22222222 bede 0001 33333333 aabb 000003')), 'aabb');
});

const malformed: [string, string][] = [
  ['empty', ''],
  ['too short', '80 08 0001 00000000 000000'],
  ['another version', '40 08 0001 00000000 00000007 aa'],
  ['sources beyond the end', '8f 08 0001 00000000 00000007 11111111'],
  ['extension without its length', '90 08 0001 00000000 00000007 be'],
  ['extension beyond the end', '90 08 0001 00000000 00000007 bede 0002 33333333'],
  ['padding of nothing', 'a0 08 0001 00000000 00000007 aa 00'],
  ['padding over the header', 'a0 08 0001 00000000 00000007 aa 03'],
];
for (const [what, packet] of malformed) test(`refused: ${what}`, (t) => t.is(readRtp(hex(packet)), null));

test('refused: larger than any voice', (t) => {
  t.is(readRtp(writeRtp({ payloadType: 0, sequence: 1, timestamp: 1, ssrc: 1 }, Buffer.alloc(MAX_RTP_PACKET))), null);
});

test('RTCP is told from RTP on one port', (t) => {
  for (const type of [200, 201, 202, 203, 204, 205, 206, 207]) t.true(isRtcp(Buffer.from([0x80, type, 0, 0])));
  for (const payloadType of [0, 8, 9, 13, 96, 101, 127])
    for (const marker of [true, false])
      t.is(isRtcp(writeRtp({ payloadType, marker, sequence: 1, timestamp: 1, ssrc: 1 }, Buffer.alloc(1))), false);
  t.false(isRtcp(Buffer.alloc(0)));
  t.false(isRtcp(Buffer.from([0, 200])));
});
