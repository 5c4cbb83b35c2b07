/** What a recording must not hold, over real sockets and a real worker: digits, pauses, holds, our own beep. */
import test, { type ExecutionContext } from 'ava';
import { beep } from '../prompts/beep.ts';
import { encodePcma } from '../prompts/g711.ts';
import { bench, done, type TwoParties, twoParties } from '../testing/bench.ts';
import { codec, generation, type Peer, pcma, read, rtp, voice } from '../testing/peer.ts';
import { keySound, quiet, together } from '../tones/testing/keys.ts';

const event = { payloadType: 101, codec: codec('telephone-event') };
const both = { receive: [pcma, event], send: [pcma, event] };

/** Packets of 20 ms of A-law, as fast as the other side takes them: the tap counts sound, and time passes by itself. */
async function says(from: Peer, leg: TwoParties['legA'], to: Peer, sound: Int16Array, first: number): Promise<void> {
  const before = to.rtp.length;
  for (let at = 0; at + 160 <= sound.length; at += 160) {
    from.send(leg, rtp({ sequence: first + at / 160, payload: Buffer.from(encodePcma(sound.subarray(at, at + 160))) }));
    await to.heard(before + at / 160 + 1);
  }
}
const press = (digit: number) => Buffer.from([digit, 0x8a, 800 >> 8, 800 & 255]);

/** What is told until `last` is. A press during which this machine stood still for half a second is told in two: that is the machine's. */
function onDigits(leg: TwoParties['legA'], last: string): Promise<string[]> {
  const digits = new Set<string>();
  return new Promise((resolve) => {
    leg.onDtmf = (digit, _, how) => {
      digits.add(`${digit} ${how}`);
      if (digits.has(last)) resolve([...digits]);
    };
  });
}

test('tones are told to who asks, and while a recording is made; to nobody else', async (t) => {
  const { pool } = bench(t);
  const { a, b, call, legA } = await twoParties(t, pool);
  const told = onDigits(legA, '4 tone');
  const key = (digit: string) => together(quiet(100), keySound(digit, { ms: 100 }), quiet(100));
  await says(a, legA, b, key('1'), 0);
  legA.listenForTones(true);
  await done(pool);
  await says(a, legA, b, key('2'), 100);
  legA.listenForTones(false);
  await done(pool);
  await says(a, legA, b, key('3'), 200);
  call.record('r');
  await done(pool);
  await says(a, legA, b, key('4'), 300);
  t.deepEqual(await told, ['2 tone', '4 tone']);
});

test('digits pressed either way are heard by the other party and are not in the recording; what is said around them is', async (t) => {
  const { pool, recorder } = bench(t);
  const { a, b, call, legA, legB } = await twoParties(t, pool);
  legA.configure(generation(a, both));
  legB.configure(generation(b, both));
  call.record('r');
  const told = onDigits(legA, '7 event');
  await done(pool);
  const speech = Int16Array.from({ length: 8000 }, (_, i) => 6000 * Math.sin((2 * Math.PI * 300 * i) / 8000));
  await says(a, legA, b, together(speech, keySound('5', { ms: 100 }), speech), 0);
  for (let i = 0; i < 3; i++) {
    const parts = { payloadType: 101, sequence: 105 + i, timestamp: 105 * 160 };
    a.send(legA, rtp({ ...parts, payload: press(7) }));
  }
  await b.heard(108);
  await says(a, legA, b, speech, 108);
  t.deepEqual(await told, ['5 tone', '7 event']);
  t.deepEqual(await call.stopRecording(), { frames: [155, 0], dropped: 0 });
  await recorder.until(() => recorder.ended.length > 0);
  const { frames, gaps } = recorder;
  t.deepEqual(
    frames.map(({ sequence }) => sequence),
    [...Array(105).keys(), ...Array.from({ length: 50 }, (_, i) => 108 + i)],
  );
  const silent = frames.filter(({ payload }) => payload.every((byte) => byte === 0xd5)).map(({ sequence }) => sequence);
  // The key is packets 50 to 54; 250 ms are 12.5 packets.
  // At the least: sooner on a machine that stood still for a second. tap.test.ts turns its clock by hand.
  for (let key = 50; key < 55; key++) t.true(silent.includes(key));
  t.true(silent[0]! >= 37 && silent.at(-1)! <= 70, `${silent}`);
  t.true(gaps.every(({ side, why }) => side === 0 && why === 'digits'));
  t.is(
    gaps.reduce((sum, { lost }) => sum + lost, 0),
    3,
  );
});

test('keys that are not to be relayed are told, and the other party does not get them', async (t) => {
  const { pool } = bench(t);
  const { a, b, legA, legB } = await twoParties(t, pool);
  legA.configure(generation(a, both));
  legB.configure(generation(b, both));
  legA.relayDigits(false);
  const told = onDigits(legA, '2 event');
  await done(pool);
  a.send(legA, rtp({ sequence: 1, payloadType: 101, payload: press(1) }));
  a.send(legA, rtp({ sequence: 2 }));
  t.is(read((await b.heard(1))[0]!).payloadType, 8);
  legA.relayDigits(true);
  await done(pool);
  a.send(legA, rtp({ sequence: 3, timestamp: 9000, payloadType: 101, payload: press(2) }));
  t.is(read((await b.heard(2))[1]!).payloadType, 101);
  t.deepEqual(await told, ['1 event', '2 event']);
});

/** One packet each way, each heard. */
async function exchange({ a, b, legA, legB }: TwoParties, sequence: number): Promise<void> {
  const [atA, atB] = [a.rtp.length, b.rtp.length];
  a.send(legA, rtp({ sequence }));
  await b.heard(atB + 1);
  b.send(legB, rtp({ sequence }));
  await a.heard(atA + 1);
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 400));

async function recorded({ call }: TwoParties, { recorder }: ReturnType<typeof bench>) {
  await call.stopRecording();
  await recorder.until(() => recorder.ended.length > 0);
  const side = (wanted: 0 | 1) => recorder.frames.filter((frame) => frame.side === wanted);
  const numbers = (wanted: 0 | 1) => side(wanted).map(({ sequence }) => sequence);
  for (const { sequence, payload } of recorder.frames)
    if (!Buffer.from(payload).equals(voice(sequence))) throw new Error(`${sequence} is not what was said`);
  return { numbers: [numbers(0), numbers(1)], gaps: recorder.gaps.map(({ side: of, why }) => [of, why]) };
}

test('nobody is recorded in a pause, whenever the pause begins and the recording ends', async (t) => {
  const bed = bench(t);
  const parties = await twoParties(t, bed.pool);
  const { call } = parties;
  call.pauseRecording();
  call.record('r');
  await done(bed.pool);
  await exchange(parties, 1);
  call.resumeRecording();
  await done(bed.pool);
  await exchange(parties, 2);
  await soon();
  call.pauseRecording();
  await done(bed.pool);
  await exchange(parties, 3);
  const { numbers, gaps } = await recorded(parties, bed);
  t.deepEqual(numbers, [[2], [2]]);
  t.deepEqual(gaps, [
    [0, 'paused'],
    [1, 'paused'],
    [0, 'paused'],
    [1, 'paused'],
  ]);
});

test('a pause outlasts the recording that it was asked for', async (t) => {
  const bed = bench(t);
  const parties = await twoParties(t, bed.pool);
  const { call } = parties;
  call.record('r');
  call.pauseRecording();
  await call.stopRecording();
  call.record('s');
  await done(bed.pool);
  await exchange(parties, 1);
  t.deepEqual((await recorded(parties, bed)).numbers, [[], []]);
});

const holds: Record<string, Parameters<typeof generation>[1]> = {
  sendonly: { maySend: false },
  recvonly: { mayReceive: false },
  inactive: { maySend: false, mayReceive: false },
  '0.0.0.0': { remote: { address: '0.0.0.0', rtp: 4000, rtcp: 4001 } },
  '::': { remote: { address: '::', rtp: 4000, rtcp: 4001 } },
  nowhere: { remote: null },
};
for (const [name, hold] of Object.entries(holds)) {
  for (const holder of ['a', 'b'] as const) {
    test(`while ${holder} is on hold (${name}) neither side is recorded; after it both are`, async (t) => {
      const bed = bench(t);
      const parties = await twoParties(t, bed.pool);
      const { a, b, call, legA, legB } = parties;
      call.record('r');
      await done(bed.pool);
      await exchange(parties, 1);
      const [leg, peer] = holder === 'a' ? [legA, a] : [legB, b];
      leg.configure(generation(peer, hold));
      await done(bed.pool);
      const counted = (await bed.pool.counters())['media.received']!;
      for (const sequence of [2, 3]) {
        a.send(legA, rtp({ sequence }));
        b.send(legB, rtp({ sequence }));
      }
      while ((await bed.pool.counters())['media.received']! < counted + 4) await done(bed.pool);
      leg.configure(generation(peer));
      await done(bed.pool);
      await exchange(parties, 4);
      const { numbers, gaps } = await recorded(parties, bed);
      t.deepEqual(numbers, [
        [1, 4],
        [1, 4],
      ]);
      t.deepEqual(gaps, [
        [0, 'hold'],
        [1, 'hold'],
      ]);
    });
  }
}

test('a hold that began before the recording, and one that ends with another party, count as well', async (t) => {
  const bed = bench(t);
  const parties = await twoParties(t, bed.pool);
  const { a, b, call, legA, legB } = parties;
  legB.configure(generation(b, { maySend: false }));
  call.record('r');
  await done(bed.pool);
  b.send(legB, rtp({ sequence: 1 }));
  await a.heard(1);
  // The held one is put aside, and a third comes in.
  const legC = await call.openLeg();
  legC.configure(generation(b));
  call.join(legA, legC);
  await done(bed.pool);
  await exchange({ ...parties, legB: legC }, 2);
  t.deepEqual((await recorded(parties, bed)).numbers, [[2], [2]]);
});

test('who was on hold and has left holds up nothing', async (t) => {
  const bed = bench(t);
  const { a, b, call, legA, legB } = await twoParties(t, bed.pool);
  call.record('r');
  legB.configure(generation(b, { maySend: false }));
  legB.close();
  await done(bed.pool);
  const before = (await bed.pool.counters())['media.received'] ?? 0;
  // Whoever comes next is not there yet.
  legA.configure(generation(a));
  await done(bed.pool);
  a.send(legA, rtp({ sequence: 1 }));
  while (((await bed.pool.counters())['media.received'] ?? 0) === before) await done(bed.pool);
  t.deepEqual(await call.stopRecording(), { frames: [1, 0], dropped: 0 });
});

test('copies of a call, whose legs only ever hear, are recorded', async (t) => {
  const bed = bench(t);
  const call = await bed.pool.openCall();
  const { a, b } = await twoParties(t, bed.pool);
  const legs = [await call.openLeg(), await call.openLeg()] as const;
  for (const [i, peer] of [a, b].entries()) legs[i]!.configure(generation(peer, { maySend: false }));
  call.record('r');
  await done(bed.pool);
  a.send(legs[0], rtp({ sequence: 1 }));
  b.send(legs[1], rtp({ sequence: 1 }));
  const received = async () => (await bed.pool.counters())['media.received'] ?? 0;
  while ((await received()) < 2) await done(bed.pool);
  t.deepEqual(await call.stopRecording(), { frames: [1, 1], dropped: 0 });
});

test('a beep is heard by one party in place of the other, and is not recorded; what it covered is', async (t: ExecutionContext) => {
  const bed = bench(t);
  const parties = await twoParties(t, bed.pool);
  const { a, b, call, legA, legB } = parties;
  call.record('r');
  await done(bed.pool);
  await exchange(parties, 1);
  const prompt = beep(null);
  const beeped = legB.play(prompt);
  await done(bed.pool);
  a.send(legA, rtp({ sequence: 2 }));
  b.send(legB, rtp({ sequence: 2 }));
  t.is(await beeped, 'ended');
  a.send(legA, rtp({ sequence: 3 }));
  await b.heard(12);
  await a.heard(2);
  t.deepEqual(
    b.rtp.slice(1, 11).map((packet) => read(packet).payload),
    prompt.frames.PCMA!.map((frame) => Buffer.from(frame)),
  );
  t.is(read(b.rtp[11]!).sequence, 3);
  t.deepEqual((await recorded(parties, bed)).numbers, [
    [1, 2, 3],
    [1, 2],
  ]);
});
