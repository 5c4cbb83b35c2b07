import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import test from 'ava';
import type { Prompt } from './door.ts';
import { MAX_LEGS } from './relay/limits.ts';
import { bench, done, portsFor, twoParties } from './testing/bench.ts';
import { generation, Peer, read, rtp, testKey, voice } from './testing/peer.ts';

const prompt = (id: string, frames: number, mark = 0): Prompt => ({
  id,
  frames: { PCMA: Array.from({ length: frames }, (_, i) => voice(mark + i)) },
});

test('a party hears the whole announcement in order before a word of the other, who is still heard by the tap', async (t) => {
  const { pool, recorder } = bench(t);
  const { call, a, b, legA, legB } = await twoParties(t, pool);
  call.record('r1');
  await done(pool);
  a.send(legA, rtp({ sequence: 1, ssrc: 1 }));
  b.send(legB, rtp({ sequence: 1, ssrc: 2 }));
  await Promise.all([a.heard(1), b.heard(1)]);
  const playing = legA.play(prompt('welcome', 40, 100));
  await a.heard(2);
  b.send(legB, rtp({ sequence: 2, ssrc: 2 }));
  a.send(legA, rtp({ sequence: 2, ssrc: 1 }));
  // The other direction is not held back.
  await b.heard(2);
  while ((await pool.counters())['media.received']! < 4);
  t.is(await playing, 'ended');
  b.send(legB, rtp({ sequence: 3, ssrc: 2 }));
  const heard = (await a.heard(42)).map(read);
  t.deepEqual(
    heard.slice(1, 41).map(({ payload }) => payload),
    Array.from({ length: 40 }, (_, i) => voice(100 + i)),
  );
  t.is(new Set(heard.slice(1, 41).map(({ ssrc }) => ssrc)).size, 1);
  const { ssrc, sequence, marker } = heard[41]!;
  t.deepEqual({ ssrc, sequence, marker }, { ssrc: 2, sequence: 3, marker: true });
  await call.stopRecording();
  await recorder.until(() => recorder.ended.length === 1);
  t.deepEqual(
    recorder.frames.filter(({ side }) => side === 1).map((frame) => frame.sequence),
    [1, 2, 3],
  );
});

test('what goes through a leg is known by what its speakers call it; a prompt of ours and a forged packet are not told', async (t) => {
  const { pool } = bench(t);
  const { call, a, b, legA, legB } = await twoParties(t, pool, {
    own: testKey('AES_CM_128_HMAC_SHA1_80', 1),
    ours: testKey('AES_CM_128_HMAC_SHA1_80', 2),
  });
  t.deepEqual(await legA.streams(), { heard: null, sent: null });
  a.send(legA, rtp({ sequence: 1, ssrc: 1 }));
  b.send(legB, rtp({ sequence: 5, ssrc: 2 }));
  await Promise.all([a.heard(1), b.heard(1)]);
  const [one, two] = [
    { ssrc: 1, timestamp: 160 },
    { ssrc: 2, timestamp: 800 },
  ];
  t.deepEqual(await legA.streams(), { heard: one, sent: two });
  t.deepEqual(await legB.streams(), { heard: two, sent: one });
  const playing = legA.play(prompt('welcome', 3));
  a.sendRaw(legA, Buffer.concat([rtp({ sequence: 9, ssrc: 9 }), Buffer.alloc(10)]));
  await playing;
  t.deepEqual(await legA.streams(), { heard: one, sent: two });
  await call.close();
  t.deepEqual(await legA.streams(), { heard: null, sent: null });
});

test('an announcement can be cut', async (t) => {
  const { a, legA } = await twoParties(t, bench(t).pool);
  a.send(legA, rtp({ sequence: 1 }));
  const playing = legA.play(prompt('long', 500));
  await a.heard(1);
  legA.stopPlaying();
  t.is(await playing, 'stopped');
});

test('an announcement ends with the call', async (t) => {
  const { call, legA } = await twoParties(t, bench(t).pool);
  const playing = legA.play(prompt('long', 500));
  await call.close();
  t.is(await playing, 'stopped');
});

test('a codec that was not negotiated cannot be played', async (t) => {
  const { a, legA } = await twoParties(t, bench(t).pool);
  a.send(legA, rtp({ sequence: 1 }));
  t.is(await legA.play({ id: 'opus only', frames: { opus: [voice(1)] } }), 'unplayable');
});

test('the recorder gets what both parties said, bit for bit, each on its side, and then the end', async (t) => {
  const { pool, recorder } = bench(t);
  const { call, a, b, legA, legB } = await twoParties(t, pool);
  a.send(legA, rtp({ sequence: 1, ssrc: 1 }));
  await b.heard(1);
  call.record('r1');
  await done(pool);
  for (let sequence = 2; sequence < 30; sequence++) {
    a.send(legA, rtp({ sequence, ssrc: 1 }));
    b.send(legB, rtp({ sequence: sequence + 1000, ssrc: 2 }));
  }
  await Promise.all([a.heard(28), b.heard(29)]);
  t.deepEqual(await call.stopRecording(), { frames: [28, 28], dropped: 0 });
  a.send(legA, rtp({ sequence: 40, ssrc: 1 }));
  await b.heard(30);
  await call.close();
  await recorder.until(() => recorder.ended.length > 0);
  t.deepEqual(recorder.ended, ['r1']);
  for (const [side, first, ssrc] of [
    [0, 2, 1],
    [1, 1002, 2],
  ] as const) {
    const frames = recorder.frames.filter((frame) => frame.side === side);
    t.deepEqual(
      frames.map(({ sequence }) => sequence),
      Array.from({ length: 28 }, (_, i) => first + i),
    );
    for (const frame of frames) {
      t.deepEqual(Buffer.from(frame.payload), voice(frame.sequence));
      t.is(frame.ssrc, ssrc);
      t.is(frame.codec, 'PCMA');
    }
    t.true(frames.every(({ arrivedUs }, i) => i === 0 || arrivedUs >= frames[i - 1]!.arrivedUs));
  }
});

test('closing a call ends its recording', async (t) => {
  const { pool, recorder } = bench(t);
  const { call, a, b, legA } = await twoParties(t, pool);
  call.record('r1');
  await done(pool);
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  await call.close();
  await recorder.until(() => recorder.ended.length === 1);
  t.is(recorder.frames.length, 1);
});

test('a recorder that stalls loses frames, never the call, and learns how many', async (t) => {
  const { pool, recorder } = bench(t);
  const { call, a, b, legA } = await twoParties(t, pool);
  recorder.grants = false;
  call.record('r1');
  await done(pool);
  const frames = 2000;
  for (let sequence = 0; sequence < frames; sequence++) {
    a.send(legA, rtp({ sequence }));
    // Not faster than the loopback can carry.
    if (sequence % 50 === 49) await b.heard(sequence + 1);
  }
  await b.heard(frames);
  recorder.pay('r1');
  const totals = await call.stopRecording();
  await recorder.until(() => recorder.ended.length === 1);
  t.true(totals.dropped > 0);
  t.is(totals.frames[0] + totals.dropped, frames);
  t.is(recorder.frames.length, totals.frames[0]);
  t.is(
    recorder.gaps.reduce((sum, { lost }) => sum + lost, 0),
    totals.dropped,
  );
  t.is((await pool.counters())['media.tap_dropped'], totals.dropped);
});

test('a phone alone in its call hears itself spoken to: its tap is what it hears', async (t) => {
  const { pool, recorder } = bench(t);
  const far = await Peer.open();
  t.teardown(() => far.close());
  const call = await pool.openCall();
  const leg = await call.openLeg();
  leg.configure(generation(far));
  call.record('heard');
  const playing = leg.play(prompt('speech', 5));
  await done(pool);
  far.send(leg, rtp({ sequence: 1 }));
  t.is(await playing, 'ended');
  t.deepEqual(
    (await far.heard(5)).map((packet) => read(packet).payload),
    [0, 1, 2, 3, 4].map(voice),
  );
  await call.stopRecording();
  await recorder.until(() => recorder.ended.length === 1);
  t.deepEqual(
    recorder.frames.map(({ side, payload }) => [side, Buffer.from(payload)]),
    [[0, voice(1)]],
  );
});

test('when a party is replaced, the new one is relayed and the old one is not', async (t) => {
  const { pool } = bench(t);
  const { call, a, b, legA, legB } = await twoParties(t, pool);
  const c = await Peer.open();
  t.teardown(() => c.close());
  const legC = await call.openLeg();
  legC.configure(generation(c));
  call.join(legA, legC);
  await done(pool);
  a.send(legA, rtp({ sequence: 1 }));
  await c.heard(1);
  b.send(legB, rtp({ sequence: 1 }));
  c.send(legC, rtp({ sequence: 2 }));
  t.deepEqual(
    (await a.heard(1)).map((packet) => read(packet).sequence),
    [2],
  );
  t.is(b.rtp.length, 0);
  call.unjoin();
  await done(pool);
  c.send(legC, rtp({ sequence: 3 }));
  await call.close();
  t.is(a.rtp.length, 1);
});

test('the ports of a call are closed with it, and rest before another call gets them', async (t) => {
  const { pool } = bench(t, { ports: portsFor(2) });
  const { call, legA, legB } = await twoParties(t, pool);
  t.deepEqual([legA.rtpPort % 2, legA.rtcpPort], [0, legA.rtpPort + 1]);
  const other = await pool.openCall();
  await t.throwsAsync(other.openLeg(), { code: 'media_ports_exhausted' });
  await call.close();
  await t.throwsAsync(other.openLeg(), { code: 'media_ports_exhausted' });
  for (const port of [legA.rtpPort, legA.rtcpPort, legB.rtpPort, legB.rtcpPort]) {
    const socket = createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    socket.close();
  }
});

test('a port that another program holds is passed over', async (t) => {
  const ports = portsFor(4);
  const taken = createSocket('udp4');
  taken.bind(ports[0] + 1, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const call = await bench(t, { ports }).pool.openCall();
  const legs = [await call.openLeg(), await call.openLeg(), await call.openLeg()];
  t.deepEqual(
    legs.map(({ rtpPort }) => rtpPort).sort(),
    [2, 4, 6].map((offset) => ports[0] + offset),
  );
});

test('a phone that rang in vain gives its ports back while the call goes on', async (t) => {
  const { pool } = bench(t);
  const { call, a, b, legA } = await twoParties(t, pool);
  const other = await call.openLeg();
  other.close();
  await done(pool);
  const socket = createSocket('udp4');
  socket.bind(other.rtpPort, '127.0.0.1');
  await once(socket, 'listening');
  socket.close();
  a.send(legA, rtp({ sequence: 1 }));
  await b.heard(1);
  t.is((await call.close()).legs.length, 2);
});

test('an address that the machine does not have is refused by name', async (t) => {
  const call = await bench(t, { address: '192.0.2.1' }).pool.openCall();
  await t.throwsAsync(call.openLeg(), { code: 'media_address_unusable' });
});

test('a call has so many legs and no more', async (t) => {
  const call = await bench(t, { ports: portsFor(2 * MAX_LEGS) }).pool.openCall();
  for (let i = 0; i < MAX_LEGS; i++) await call.openLeg();
  await t.throwsAsync(call.openLeg(), { code: 'media_too_many_legs' });
});

test('a party that is never heard, or falls silent, is told of once', async (t) => {
  const { pool } = bench(t, { silence: { initialMs: 1, generalMs: 1 } });
  const a = await Peer.open();
  t.teardown(() => a.close());
  const call = await pool.openCall();
  const [legA, legB] = [await call.openLeg(), await call.openLeg()];
  const told: [unknown, string][] = [];
  let wake = () => {};
  call.onTimeout = (leg, silence) => {
    told.push([leg === legA ? 'a' : leg === legB ? 'b' : leg, silence]);
    wake();
  };
  const toldOf = async (count: number) => {
    while (told.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  legA.configure(generation(a));
  legB.configure(generation(null, { mayReceive: false }));
  await toldOf(1);
  a.send(legA, rtp({ sequence: 1 }));
  await toldOf(2);
  t.deepEqual(told, [
    ['a', 'initial'],
    ['a', 'general'],
  ]);
});

test('a worker that dies takes its calls along and says so; the next call finds another', async (t) => {
  const { pool } = bench(t, { entry: new URL('./testing/dying-worker.ts', import.meta.url) });
  const { call, legA } = await twoParties(t, pool);
  const lost = new Promise<number>((resolve) => {
    pool.onWorkerLost = resolve;
  });
  let callLost = 0;
  call.onLost = () => callLost++;
  const playing = legA.play(prompt('long', 500));
  call.record('die');
  await t.throwsAsync(playing, { code: 'media_lost' });
  t.is(await lost, 0);
  t.is(callLost, 1);
  await t.throwsAsync(call.openLeg(), { code: 'media_lost' });
  await t.throwsAsync(call.close(), { code: 'media_lost' });
  const next = await twoParties(t, pool);
  next.a.send(next.legA, rtp({ sequence: 1 }));
  t.is((await next.b.heard(1)).length, 1);
});

test('calls are spread over the workers, and the statistics tell them apart', async (t) => {
  const { pool } = bench(t, { workers: 2 });
  const calls = [await twoParties(t, pool), await twoParties(t, pool)];
  for (const [i, { a, b, legA }] of calls.entries()) {
    for (let sequence = 0; sequence <= i; sequence++) a.send(legA, rtp({ sequence }));
    await b.heard(i + 1);
  }
  const [first, second] = [await calls[0]!.call.close(), await calls[1]!.call.close()];
  t.deepEqual(first.legs[0], {
    packetsReceived: 1,
    octetsReceived: 172,
    packetsSent: 0,
    octetsSent: 0,
    sources: 1,
    refused: 0,
  });
  t.is(second.legs[1]!.packetsSent, 2);
  const counters = await pool.counters();
  t.is(counters['media.received'], 3);
  t.is(counters['media.sent'], 3);
});

test('a closed room opens no call', async (t) => {
  const { pool } = bench(t);
  const { call } = await twoParties(t, pool);
  await pool.close();
  await t.throwsAsync(pool.openCall(), { code: 'media_closed' });
  await t.throwsAsync(call.openLeg(), { code: 'media_lost' });
});
