/** Two boxes with a DTLS leg between them: what one party says goes in plain to the first box, under DTLS to the second, in plain out. */
import test, { type ExecutionContext } from 'ava';
import type { DtlsFailure, LegGeneration, MediaLeg } from '../door.ts';
import { writeReport } from '../rtcp.ts';
import { parseFingerprint } from '../sdp/dtls.ts';
import { bench, done } from '../testing/bench.ts';
import { generation, Peer, read, rtp, voice } from '../testing/peer.ts';

async function box(t: ExecutionContext) {
  const { pool } = bench(t);
  const peer = await Peer.open();
  t.teardown(() => peer.close());
  const call = await pool.openCall();
  const [outer, inner] = [await call.openLeg(), await call.openLeg()];
  outer.configure(generation(peer));
  call.join(outer, inner);
  const failures: DtlsFailure[] = [];
  call.onUnkeyed = (leg, why) => {
    if (leg === inner) failures.push(why);
  };
  return { pool, peer, outer, inner, failures };
}

interface TowardsParts {
  readonly mux?: boolean;
  readonly fingerprint?: string;
}

/** The generation of a leg whose peer is another box's leg. */
const towards = (
  leg: MediaLeg,
  role: 'client' | 'server',
  { mux = true, fingerprint = leg.fingerprint }: TowardsParts = {},
): LegGeneration =>
  generation(null, {
    remote: { address: '127.0.0.1', rtp: leg.rtpPort, rtcp: mux ? leg.rtpPort : leg.rtcpPort },
    dtls: { role, fingerprint: parseFingerprint(fingerprint)! },
  });

const other = `sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;

for (const mux of [true, false]) {
  test(`both parties hear each other, and RTCP passes, ${mux ? 'on one port' : 'each port with its own handshake'}`, async (t) => {
    const [here, there] = [await box(t), await box(t)];
    there.inner.configure(towards(here.inner, 'server', { mux }));
    await done(there.pool);
    here.inner.configure(towards(there.inner, 'client', { mux }));
    let sequence = 0;
    const talk = setInterval(() => {
      here.peer.send(here.outer, rtp({ sequence: ++sequence, ssrc: 1 }));
      there.peer.send(there.outer, rtp({ sequence, ssrc: 2 }));
      here.peer.sendRtcp(here.outer, writeReport(1, null, [], 'x'));
    }, 20);
    t.teardown(() => clearInterval(talk));
    for (const [peer, ssrc] of [
      [there.peer, 1],
      [here.peer, 2],
    ] as const) {
      const [packet] = await peer.heard(3);
      t.is(read(packet!).ssrc, ssrc);
      t.deepEqual(read(packet!).payload, voice(read(packet!).sequence));
    }
    await there.peer.until(() => there.peer.rtcp.length > 0);
    t.deepEqual(there.peer.rtcp[0], writeReport(1, null, [], 'x'));
    t.deepEqual([...here.failures, ...there.failures], []);
  });
}

test('before there are keys nothing is heard and nothing is sent; what a stranger sends in the clear is not heard after it either', async (t) => {
  const [here, there] = [await box(t), await box(t)];
  const stranger = await Peer.open();
  t.teardown(() => stranger.close());
  // The other side is told nothing yet: the handshake cannot begin.
  here.inner.configure(towards(there.inner, 'server'));
  await done(here.pool);
  for (let sequence = 1; sequence <= 5; sequence++) {
    stranger.send(here.inner, rtp({ sequence, ssrc: 9 }));
    here.peer.send(here.outer, rtp({ sequence, ssrc: 1 }));
  }
  while (((await here.pool.counters())['media.unkeyed'] ?? 0) < 10) await done(here.pool);
  t.is(here.peer.rtp.length, 0);
  t.is((await there.pool.counters())['media.malformed'] ?? 0, 0);
  t.is((await there.pool.counters())['media.unknown_payload'] ?? 0, 0);
  there.inner.configure(towards(here.inner, 'client'));
  let sequence = 100;
  const talk = setInterval(() => {
    stranger.send(here.inner, rtp({ sequence: ++sequence, ssrc: 9 }));
    there.peer.send(there.outer, rtp({ sequence, ssrc: 2 }));
  }, 20);
  t.teardown(() => clearInterval(talk));
  const packets = await here.peer.heard(10);
  t.deepEqual([...new Set(packets.map((packet) => read(packet).ssrc))], [2]);
});

test('a hello that comes before the answer is not lost, and on hold at no address the keys stay', async (t) => {
  const [here, there] = [await box(t), await box(t)];
  there.inner.configure(towards(here.inner, 'client'));
  await done(there.pool);
  await done(here.pool);
  here.inner.configure(towards(there.inner, 'server'));
  let sequence = 0;
  const talk = setInterval(() => there.peer.send(there.outer, rtp({ sequence: ++sequence, ssrc: 2 })), 20);
  t.teardown(() => clearInterval(talk));
  await here.peer.heard(3);
  here.inner.configure({ ...towards(there.inner, 'server'), remote: null });
  await done(here.pool);
  here.inner.configure(towards(there.inner, 'server'));
  await done(here.pool);
  const count = here.peer.rtp.length;
  await here.peer.heard(count + 5);
  const counters = await here.pool.counters();
  t.is(counters['media.dtls_keys'], 1);
  t.is(counters['media.unkeyed'] ?? 0, 0);
});

test('a certificate that the description does not name gets no sound through, and is told once', async (t) => {
  const [here, there] = [await box(t), await box(t)];
  here.inner.configure(towards(there.inner, 'server', { fingerprint: other }));
  await done(here.pool);
  there.inner.configure(towards(here.inner, 'client'));
  let sequence = 0;
  const talk = setInterval(() => there.peer.send(there.outer, rtp({ sequence: ++sequence })), 20);
  t.teardown(() => clearInterval(talk));
  while (here.failures.length === 0) await done(here.pool);
  await done(here.pool);
  t.deepEqual(here.failures, ['fingerprint']);
  t.is(here.peer.rtp.length, 0);
  t.is((await here.pool.counters())['media.dtls_failed.rtp.fingerprint'], 1);
});

test('the same terms again keep the keys; another certificate makes silence until it has proved itself', async (t) => {
  const [here, there] = [await box(t), await box(t)];
  here.inner.configure(towards(there.inner, 'server'));
  await done(here.pool);
  there.inner.configure(towards(here.inner, 'client'));
  let sequence = 0;
  const talk = setInterval(() => there.peer.send(there.outer, rtp({ sequence: ++sequence, ssrc: 2 })), 20);
  t.teardown(() => clearInterval(talk));
  await here.peer.heard(3);
  here.inner.configure(towards(there.inner, 'server'));
  await done(here.pool);
  const count = here.peer.rtp.length;
  await here.peer.heard(count + 5);
  t.is((await here.pool.counters())['media.unkeyed'] ?? 0, 0);

  here.inner.configure(towards(there.inner, 'server', { fingerprint: other }));
  await done(here.pool);
  const before = here.peer.rtp.length;
  while (((await here.pool.counters())['media.unkeyed'] ?? 0) < 10) await done(here.pool);
  t.true(here.peer.rtp.length <= before + 1);
  // Back to the certificate that it has: a new handshake, and sound again.
  here.inner.configure(towards(there.inner, 'server'));
  there.inner.configure(towards(here.inner, 'server', { fingerprint: other }));
  await done(there.pool);
  there.inner.configure(towards(here.inner, 'client'));
  const silent = here.peer.rtp.length;
  await here.peer.heard(silent + 5);
  t.deepEqual(here.failures, []);
});
