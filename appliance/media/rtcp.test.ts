import test from 'ava';
import fc from 'fast-check';
import { RtcpPacketConverter } from 'werift';
import { type ReceptionReport, readRtcp, type SenderInfo, writeGoodbye, writeReport } from './rtcp.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const sender: SenderInfo = {
  ntpSeconds: 3_900_000_000,
  ntpFraction: 0x8000_0000,
  rtpTimestamp: 160_000,
  packets: 1000,
  octets: 160_000,
};
const heard: ReceptionReport = {
  ssrc: 0xdead_beef,
  fractionLost: 12,
  lost: -3,
  highestSequence: 0x1_2345,
  jitter: 40,
  lastSenderReport: 0x1234_5678,
  delaySinceLast: 65_536,
};

test('what is written is read back', (t) => {
  t.deepEqual(readRtcp(writeReport(7, sender, [heard], 'box@192.0.2.50')), [
    { kind: 'sender report', ssrc: 7, sender, reports: [heard] },
    { kind: 'description', chunks: [{ ssrc: 7, cname: 'box@192.0.2.50' }] },
  ]);
  t.deepEqual(readRtcp(writeGoodbye(7, 'abc')), [
    { kind: 'receiver report', ssrc: 7, reports: [] },
    { kind: 'description', chunks: [{ ssrc: 7, cname: 'abc' }] },
    { kind: 'goodbye', ssrcs: [7], reason: null },
  ]);
});

test('names of any length close on a whole word', (t) => {
  for (let length = 0; length < 20; length++) {
    const packet = writeReport(7, null, [], 'x'.repeat(length));
    t.is(packet.length % 4, 0);
    t.deepEqual(readRtcp(packet)?.[1], { kind: 'description', chunks: [{ ssrc: 7, cname: 'x'.repeat(length) }] });
  }
});

test('another implementation reads the same in it', (t) => {
  const [report, description] = RtcpPacketConverter.deSerialize(writeReport(7, sender, [heard], 'box'));
  t.like(report, { ssrc: 7, senderInfo: { rtpTimestamp: 160_000, packetCount: 1000, octetCount: 160_000 } });
  t.like(description, { chunks: [{ source: 7, items: [{ type: 1, text: 'box' }] }] });
});

test('goodbye with a reason, padding at the end, and types that we do not read', (t) => {
  t.deepEqual(readRtcp(hex('81cb0003 00000007 0662 7573792121 00')), [
    { kind: 'goodbye', ssrcs: [7], reason: 'busy!!' },
  ]);
  t.deepEqual(readRtcp(hex('80c90001 00000007 a0cc0003 00000007 41424344 00000004')), [
    { kind: 'receiver report', ssrc: 7, reports: [] },
    { kind: 'other', type: 204 },
  ]);
});

const malformed: [string, string][] = [
  ['empty', ''],
  ['half a header', '80c9'],
  ['another version', '40c90001 00000007'],
  ['longer than the packet', '80c90002 00000007'],
  ['rest behind the last packet', '80c90001 00000007 80'],
  ['no RTCP type', '80080001 00000007'],
  ['reports that are not there', '81c90001 00000007'],
  ['sender report without its numbers', '80c80001 00000007'],
  ['padding before the last packet', 'a0c90002 00000007 00000004 80c90001 00000007'],
  ['padding of odd length', 'a0c90002 00000007 00000003'],
  ['padding over the header', 'a0c90001 00000010'],
  ['description beyond the end', '81ca0002 00000007 01ff6162'],
  ['description that is not closed', '81ca0002 00000007 01026162'],
  ['goodbye of more than there are', '83cb0001 00000007'],
  ['goodbye whose reason is cut', '81cb0002 00000007 09616263'],
];
for (const [what, packet] of malformed) test(`refused: ${what}`, (t) => t.is(readRtcp(hex(packet)), null));

test('refused: more packets than any compound', (t) => {
  t.is(readRtcp(Buffer.concat(Array.from({ length: 33 }, () => hex('80c90001 00000007')))), null);
});

test('any bytes are read or refused', (t) => {
  const type = fc.constantFrom(200, 201, 202, 203, 204);
  fc.assert(
    fc.property(fc.nat(31), type, fc.uint8Array({ maxLength: 120 }), (count, packetType, rest) => {
      const packet = Buffer.concat([Buffer.from([0x80 | count, packetType, 0, 0]), Buffer.from(rest)]);
      packet.writeUInt16BE(Math.floor(packet.length / 4) - 1, 2);
      const read = readRtcp(packet.subarray(0, packet.length - (packet.length % 4)));
      return read === null || read.length === 1;
    }),
    { numRuns: 500 },
  );
  t.pass();
});
