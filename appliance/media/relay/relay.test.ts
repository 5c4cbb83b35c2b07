import test from 'ava';
import { writeReport } from '../rtcp.ts';
import type { CryptoSuite } from '../srtp/key.ts';
import { SrtpSealer } from '../srtp/sealer.ts';
import { bench, done, twoParties } from '../testing/bench.ts';
import { codec, generation, Peer, type PeerKeys, pcma, read, rtp, testKey, voice } from '../testing/peer.ts';

const keys = (suite: CryptoSuite, fill: number): PeerKeys => ({
  own: testKey(suite, fill),
  ours: testKey(suite, fill + 10),
});

/** In each packet, both ways (RFC 3711 8.1). */
const named = (suite: CryptoSuite, fill: number): PeerKeys => {
  const mki = Buffer.from([0, 0, 0, 1]);
  const { own, ours } = keys(suite, fill);
  return { own: { ...own, mki }, ours: { ...ours, mki } };
};

const ways: [string, PeerKeys | null, PeerKeys | null][] = [
  ['plain to plain', null, null],
  ['SRTP to plain', keys('AES_CM_128_HMAC_SHA1_80', 1), null],
  ['AES-CM with 80-bit tags to 32-bit tags', keys('AES_CM_128_HMAC_SHA1_80', 1), keys('AES_CM_128_HMAC_SHA1_32', 3)],
  ['AES-GCM to AES-CM', keys('AEAD_AES_128_GCM', 1), keys('AES_CM_128_HMAC_SHA1_80', 3)],
  ['AES-256-GCM to AES-192', keys('AEAD_AES_256_GCM', 1), keys('AES_192_CM_HMAC_SHA1_80', 3)],
  ['AES-CM that names its key to AES-GCM', named('AES_CM_128_HMAC_SHA1_80', 1), keys('AEAD_AES_128_GCM', 3)],
  ['AES-GCM to AES-GCM', keys('AEAD_AES_128_GCM', 1), keys('AEAD_AES_128_GCM', 3)],
];

for (const [name, keysA, keysB] of ways) {
  test(`both parties hear each other bit for bit: ${name}`, async (t) => {
    const { a, b, legA, legB } = await twoParties(t, bench(t).pool, keysA, keysB);
    const numbers = [65_534, 65_535, 0, 1, 2];
    for (const sequence of numbers) a.send(legA, rtp({ sequence, ssrc: 1 }));
    for (const sequence of numbers) b.send(legB, rtp({ sequence: sequence ^ 0x100, ssrc: 2 }));
    for (const [packets, ssrc, flip] of [
      [await b.heard(5), 1, 0],
      [await a.heard(5), 2, 0x100],
    ] as const) {
      t.deepEqual(
        packets.map((packet) => read(packet).sequence),
        numbers.map((number) => number ^ flip),
      );
      for (const packet of packets) {
        const { payload, sequence, timestamp } = read(packet);
        t.deepEqual(payload, voice(sequence));
        t.is(timestamp, sequence * 160);
        t.is(read(packet).ssrc, ssrc);
      }
    }
    t.is(a.unopened + b.unopened, 0);
  });
}

test('a party on IPv6 and one on IPv4 hear each other, each at an address of its own kind', async (t) => {
  const { pool } = bench(t);
  const six = await Peer.open(keys('AES_256_CM_HMAC_SHA1_80', 1), '::1');
  const four = await Peer.open();
  for (const peer of [six, four]) t.teardown(() => peer.close());
  const call = await pool.openCall();
  const [legSix, legFour] = [await call.openLeg('::1'), await call.openLeg()];
  // Written as nobody's packets show it.
  const remote = { address: '0:0:0:0:0:0:0:1', rtp: six.rtpPort, rtcp: six.rtcpPort };
  legSix.configure(generation(six, { remote }));
  legFour.configure(generation(four));
  call.join(legSix, legFour);
  await done(pool);
  // To the signalled address, before anything was heard from there.
  for (const sequence of [1, 2]) four.send(legFour, rtp({ sequence }));
  t.deepEqual(read((await six.heard(2))[1]!).payload, voice(2));
  for (const sequence of [1, 2]) six.send(legSix, rtp({ sequence }));
  t.deepEqual(read((await four.heard(2))[1]!).payload, voice(2));
  six.sendRtcp(legSix, writeReport(7, null, [], 'six'));
  await four.until(() => four.rtcp.length > 0);
  t.is((await pool.counters())['media.unlatched'] ?? 0, 0);
});

test('a forged packet is dropped, counted, and leaves the stream whole', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA } = await twoParties(t, pool, keys('AES_CM_128_HMAC_SHA1_80', 1), null);
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  // From the right address, but sealed with a key that is not the peer's; and one that is not even RTP.
  a.sendRaw(legA, Buffer.concat([rtp({ sequence: 3, payload: voice(9) }), Buffer.alloc(10, 9)]));
  a.sendRaw(legA, Buffer.from('hello'));
  a.send(legA, rtp({ sequence: 2 }));
  t.deepEqual(
    (await b.heard(2)).map((packet) => read(packet).sequence),
    [1, 2],
  );
  const counters = await pool.counters();
  t.is(counters['media.auth'], 1);
  t.is(counters['media.malformed'], 1);
});

test('a phone that sends plain RTCP beside SRTP is heard; its RTCP is dropped and counted', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA } = await twoParties(t, pool, keys('AES_CM_128_HMAC_SHA1_80', 1));
  a.sendTo(legA, writeReport(1, null, [], 'a long name of a Cisco phone'), 'rtcpPort');
  while (((await pool.counters())['media.auth'] ?? 0) < 1) await done(pool);
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  t.is(b.rtcp.length, 0);
});

test('a stranger who sends without the key does not get the latch, although the phone is not where its SDP says', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool, keys('AES_CM_128_HMAC_SHA1_80', 1), null);
  const stranger = await Peer.open();
  t.teardown(() => stranger.close());
  legA.configure(generation(a, { remote: { address: '127.0.0.9', rtp: 4000, rtcp: 4001 } }));
  await done(pool);
  stranger.sendRaw(legA, Buffer.concat([rtp({ sequence: 1 }), Buffer.alloc(10)]));
  stranger.sendRaw(legA, rtp({ sequence: 1 }));
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  b.send(legB, rtp({ sequence: 1 }));
  await a.heard(1);
  t.is(stranger.rtp.length, 0);
});

test('a phone behind NAT is heard and answered where it really is, and a third party is not', async (t) => {
  const { pool } = bench(t);
  const { a, b, call, legA, legB } = await twoParties(t, pool);
  const third = await Peer.open();
  t.teardown(() => third.close());
  // The address in the SDP is not where its packets come from; its signalling comes from there too.
  legA.configure(generation(a, { remote: { address: '127.0.0.9', rtp: 4000, rtcp: 4001 }, heardFrom: ['127.0.0.1'] }));
  await done(pool);
  // Noise that is no audio of this call does not get the latch.
  third.send(legA, rtp({ sequence: 1, payloadType: 77 }));
  third.sendRaw(legA, Buffer.alloc(40, 0xff));
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  third.send(legA, rtp({ sequence: 2, payload: voice(99) }));
  a.send(legA, rtp({ sequence: 2 }));
  b.send(legB, rtp({ sequence: 5 }));
  await a.heard(1);
  t.deepEqual(read((await b.heard(2))[1]!).payload, voice(2));
  t.is(third.rtp.length, 0);
  t.is((await call.close()).legs[0]!.packetsReceived, 2);
});

test('a fax is not recorded; the recording says that there was one, and has lost nothing', async (t) => {
  const { pool, recorder } = bench(t);
  const { a, b, call, legA, legB } = await twoParties(t, pool);
  call.record('r');
  await done(pool);
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  const fax = { receive: [], send: [], fax: true };
  legA.configure(generation(a, fax));
  legB.configure(generation(b, fax));
  await done(pool);
  // A page that happens to look like the sound of before.
  a.sendRaw(legA, rtp({ sequence: 2 }));
  t.deepEqual((await b.heard(2))[1], rtp({ sequence: 2 }));
  legA.configure(generation(a));
  legB.configure(generation(b));
  await done(pool);
  a.send(legA, rtp({ sequence: 3 }));
  await b.heard(3);
  t.deepEqual(await call.stopRecording(), { frames: [2, 0], dropped: 0 });
  await recorder.until(() => recorder.ended.length > 0);
  t.deepEqual(
    recorder.frames.map(({ sequence }) => sequence),
    [1, 3],
  );
  t.deepEqual(
    recorder.gaps.map(({ side, why, lost }) => [side, why, lost]),
    [
      [0, 'fax', 0],
      [1, 'fax', 0],
    ],
  );
  t.true(recorder.gaps.every(({ fromUs, toUs }) => fromUs > recorder.frames[0]!.arrivedUs && toUs >= fromUs));
});

test('who scans the ports of a plain call neither hears it nor is heard, although its phone is silent', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool);
  const scanner = await Peer.open(null, '127.0.0.66');
  t.teardown(() => scanner.close());
  for (const sequence of [1, 2, 3]) scanner.sendTo(legA, rtp({ sequence, ssrc: 666 }));
  scanner.sendTo(legA, writeReport(666, null, [], 'x'), 'rtcpPort');
  while (((await pool.counters())['media.stranger'] ?? 0) < 4) await done(pool);
  b.send(legB, rtp({ sequence: 1 }));
  await a.heard(1);
  a.send(legA, rtp({ sequence: 9, ssrc: 1 }));
  t.is(read((await b.heard(1))[0]!).ssrc, 1);
  t.is(scanner.rtp.length, 0);
});

test('a plain source that falls silent gives way to another, and may come back', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA } = await twoParties(t, pool);
  a.send(legA, rtp({ sequence: 1, ssrc: 1 }));
  await b.heard(1);
  let sequence = 50;
  const again = setInterval(() => a.send(legA, rtp({ sequence: ++sequence, ssrc: 2 })), 20);
  t.teardown(() => clearInterval(again));
  await b.until(() => b.rtp.some((packet) => read(packet).ssrc === 2));
  clearInterval(again);
  a.send(legA, rtp({ sequence: 2, ssrc: 1 }));
  await b.until(() => read(b.rtp.at(-1)!).ssrc === 1);
  t.pass();
});

test('after a new offer the party is looked for again', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool);
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  const moved = await Peer.open();
  t.teardown(() => moved.close());
  legA.configure(generation(moved));
  await done(pool);
  moved.send(legA, rtp({ sequence: 2, ssrc: 77 }));
  await b.heard(2);
  b.send(legB, rtp({ sequence: 9 }));
  t.is(read((await moved.heard(1))[0]!).sequence, 9);
  t.is(a.rtp.length, 0);
});

test('a source that changes is followed, and begins with a marker', async (t) => {
  const { a, b, legA } = await twoParties(t, bench(t).pool, keys('AES_CM_128_HMAC_SHA1_80', 1));
  a.send(legA, rtp({ sequence: 100, ssrc: 1 }));
  a.send(legA, rtp({ sequence: 101, ssrc: 1 }));
  a.send(legA, rtp({ sequence: 7, ssrc: 2, timestamp: 5 }));
  const heard = (await b.heard(3)).map(read);
  t.deepEqual(
    heard.map(({ sequence, ssrc, marker }) => [sequence, ssrc, marker]),
    [
      [100, 1, true],
      [101, 1, false],
      [7, 2, true],
    ],
  );
});

test('each party gets the payload numbers that it asked for, and nothing that it did not', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool);
  const event = (payloadType: number) => ({ payloadType, codec: codec('telephone-event') });
  legA.configure(
    generation(a, { receive: [pcma, event(101), { payloadType: 9, codec: codec('G722') }], send: [pcma, event(96)] }),
  );
  legB.configure(
    generation(b, { receive: [pcma, event(97)], send: [{ payloadType: 108, codec: codec('PCMA') }, event(97)] }),
  );
  await done(pool);
  a.send(legA, rtp({ sequence: 1 }));
  a.send(legA, rtp({ sequence: 2, payloadType: 9 }));
  a.send(legA, rtp({ sequence: 3, payloadType: 55 }));
  a.send(legA, rtp({ sequence: 4, payloadType: 101, payload: Buffer.from([5, 10, 0, 160]) }));
  t.deepEqual(
    (await b.heard(2)).map((packet) => read(packet).payloadType),
    [108, 97],
  );
  b.send(legB, rtp({ sequence: 4, payloadType: 97, payload: Buffer.from([5, 10, 0, 160]) }));
  t.is(read((await a.heard(1))[0]!).payloadType, 96);
  t.is((await pool.counters())['media.unknown_payload'], 2);
});

test('the digits that a party presses are told', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool);
  const events = [pcma, { payloadType: 101, codec: codec('telephone-event') }];
  legA.configure(generation(a, { receive: events }));
  legB.configure(generation(b, { send: events }));
  await done(pool);
  const digits: [string, number][] = [];
  const told = new Promise<void>((resolve) => {
    legA.onDtmf = (digit, durationMs) => {
      digits.push([digit, durationMs]);
      if (digits.length === 2) resolve();
    };
  });
  const press = (event: number, timestamp: number, sequence: number) => {
    const payload = (end: boolean, duration: number) =>
      Buffer.from([event, (end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff]);
    const parts = { payloadType: 101, timestamp };
    a.send(legA, rtp({ ...parts, sequence, marker: true, payload: payload(false, 160) }));
    a.send(legA, rtp({ ...parts, sequence: sequence + 1, payload: payload(false, 480) }));
    for (let i = 2; i < 5; i++) a.send(legA, rtp({ ...parts, sequence: sequence + i, payload: payload(true, 800) }));
  };
  press(4, 1000, 1);
  press(11, 5000, 6);
  await told;
  t.deepEqual(digits, [
    ['4', 100],
    ['#', 100],
  ]);
  t.is((await b.heard(10)).length, 10);
});

test('a digit whose last packets are lost is told all the same', async (t) => {
  const { pool } = bench(t);
  const { a, legA } = await twoParties(t, pool);
  legA.configure(generation(a, { receive: [{ payloadType: 101, codec: codec('telephone-event') }] }));
  await done(pool);
  const told = new Promise<[string, number]>((resolve) => {
    legA.onDtmf = (digit, durationMs) => resolve([digit, durationMs]);
  });
  a.send(legA, rtp({ sequence: 1, payloadType: 101, payload: Buffer.from([7, 10, 320 >> 8, 320 & 0xff]) }));
  t.deepEqual(await told, ['7', 40]);
});

test('a party on hold gets nothing, and nothing is taken from one that may not send', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool);
  legA.configure(generation(a, { maySend: false }));
  legB.configure(generation(b, { mayReceive: false }));
  await done(pool);
  b.send(legB, rtp({ sequence: 1 }));
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  legB.configure(generation(b));
  await done(pool);
  b.send(legB, rtp({ sequence: 2 }));
  b.sendRtcp(legB, Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 7]));
  // RTCP goes on: it shows that the call lives.
  await a.until(() => a.rtcp.length === 1);
  t.is(a.rtp.length, 0);
  t.is((await pool.counters())['media.on_hold'], 1);
  legA.configure(generation(a));
  await done(pool);
  b.send(legB, rtp({ sequence: 3 }));
  t.is(read((await a.heard(1))[0]!).sequence, 3);
});

for (const [name, keysA, keysB] of ways) {
  test(`RTCP reaches the other party: ${name}`, async (t) => {
    const { a, b, legA, legB } = await twoParties(t, bench(t).pool, keysA, keysB);
    const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 7]);
    a.sendRtcp(legA, report);
    b.sendRtcp(legB, report);
    await b.until(() => b.rtcp.length === 1);
    await a.until(() => a.rtcp.length === 1);
    t.deepEqual([a.rtcp[0], b.rtcp[0]], [report, report]);
  });
}

test('a sender that starts over reaches a party whose keys stay, and no number is used twice', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA } = await twoParties(t, pool, null, keys('AES_CM_128_HMAC_SHA1_80', 3));
  for (const sequence of [5000, 5001, 10, 10, 11, 12, 13]) a.send(legA, rtp({ sequence }));
  const heard = (await b.heard(5)).map(read);
  t.deepEqual(
    heard.map(({ sequence }) => sequence),
    [5000, 5001, 5002, 5003, 5004],
  );
  t.deepEqual(heard[4]!.payload, voice(13));
  t.is(b.unopened, 0);
  const counters = await pool.counters();
  t.is(counters['media.out_of_order'], 2);
  t.is(counters['media.fault'], undefined);
});

test('a session refresh with the same keys keeps the packet counters of SRTP', async (t) => {
  const both = [keys('AES_CM_128_HMAC_SHA1_80', 1), keys('AEAD_AES_128_GCM', 3)] as const;
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool, ...both);
  for (const sequence of [65_534, 65_535, 0]) a.send(legA, rtp({ sequence }));
  await b.heard(3);
  legA.configure(generation(a));
  legB.configure(generation(b));
  await done(pool);
  for (const sequence of [1, 2]) a.send(legA, rtp({ sequence }));
  t.deepEqual(
    (await b.heard(5)).map((packet) => read(packet).sequence),
    [65_534, 65_535, 0, 1, 2],
  );
  t.is(b.unopened, 0);
});

test('a phone that names its key from a re-INVITE on is heard on', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA } = await twoParties(t, pool, keys('AES_CM_128_HMAC_SHA1_80', 1), null);
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  const { own, ours } = named('AES_CM_128_HMAC_SHA1_80', 1);
  legA.configure(generation(a, { keys: { open: own, seal: ours } }));
  await done(pool);
  const sealer = new SrtpSealer(own);
  for (const sequence of [2, 3]) a.sendRaw(legA, sealer.sealRtp(rtp({ sequence })));
  t.deepEqual(
    (await b.heard(3)).map((packet) => read(packet).sequence),
    [1, 2, 3],
  );
});
