import { Counters } from '@belkluis/shared/base/counters';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { readRtcp, writeReport } from '../rtcp.ts';
import { mosOf, ratingOf } from './e-model.ts';
import { Quality } from './quality.ts';
import { Reception } from './reception.ts';

const mos = (lossPercent: number, jitterMs = 0, delayMs = 0) => mosOf(ratingOf({ lossPercent, jitterMs, delayMs }));

test('the estimate agrees with what ITU-T publishes: 93.2 is MOS 4.4; G.711 with loss that is covered up, of G.113', (t) => {
  t.is(mosOf(93.2).toFixed(2), '4.41');
  t.is(mosOf(50).toFixed(2), '2.58');
  // Loss in percent, and the impairment that G.113 Table I.2 gives for it.
  for (const [loss, impairment] of [
    [1, 5],
    [2, 7],
    [3, 10],
    [5, 15],
  ] as const) {
    const lost =
      ratingOf({ lossPercent: 0, jitterMs: 0, delayMs: 0 }) - ratingOf({ lossPercent: loss, jitterMs: 0, delayMs: 0 });
    t.true(Math.abs(lost - impairment) < 1.5, `${loss}%: ${lost}`);
  }
  // G.114: up to 150 ms one way most people notice nothing, 400 ms is too much for a conversation.
  t.true(mos(0, 0, 130) > 4.2 && mos(0, 0, 400) < 3.6);
});

testProp(
  'more loss, jitter or delay never makes it better, and no numbers lead out of the scale',
  [fc.tuple(...[100, 1000, 5000].map((max) => fc.double({ min: 0, max, noNaN: true }))), fc.nat(2)],
  (t, [loss, jitter, delay], worse) => {
    const before = mos(loss!, jitter, delay);
    const after = mos(
      Math.min(100, loss! + (worse === 0 ? 5 : 0)),
      jitter! + (worse === 1 ? 50 : 0),
      delay! + (worse === 2 ? 50 : 0),
    );
    t.true(after <= before + 0.02 && before >= 1 && before <= 4.5);
  },
);

/** A sender of 50 packets a second: which of them arrive, in which order. */
function receive(arrivals: readonly number[], first: number, jitterOf: (index: number) => number = () => 0) {
  const reception = new Reception();
  for (const index of arrivals) {
    const at = 1000 + index * 20 + jitterOf(index);
    reception.note(7, (first + index) & 0xffff, (first + index) * 160, 8000, true, at);
  }
  return reception.take();
}

testProp(
  'what did not arrive is counted, also over the wrap, and what was only late is not',
  [fc.array(fc.boolean(), { minLength: 60, maxLength: 400 }), fc.nat(0xffff), fc.nat(20)],
  (t, present, first, late) => {
    const arrivals = present.flatMap((here, index) =>
      here || index === 0 || index === present.length - 1 ? [index] : [],
    );
    const moved = [...arrivals];
    // One packet comes some places later, if it is not the first.
    if (moved.length > late + 3) moved.splice(2 + late, 0, ...moved.splice(1, 1));
    const { expected, lost } = receive(moved, first);
    t.deepEqual({ expected, lost }, { expected: present.length, lost: present.length - arrivals.length });
  },
);

test('a sender that starts over has lost nothing', (t) => {
  const reception = new Reception();
  const numbers = [...Array.from({ length: 50 }, (_, n) => n), ...Array.from({ length: 50 }, (_, n) => 40_000 + n)];
  numbers.forEach((sequence, index) => {
    reception.note(7, sequence, sequence * 160, 8000, true, index * 20);
  });
  numbers.forEach((sequence, index) => {
    reception.note(8, sequence, sequence * 160, 8000, true, 2000 + index * 20);
  });
  t.deepEqual(reception.take(), { expected: 200, lost: 0, jitterMs: 0 });
});

test('jitter is that of RFC 3550, in milliseconds, and digits and pauses add none', (t) => {
  const all = Array.from({ length: 400 }, (_, n) => n);
  const { jitterMs } = receive(all, 0, (index) => (index % 2) * 8);
  t.true(Math.abs(jitterMs - 8) < 0.5, String(jitterMs));
  const reception = new Reception();
  for (const index of all) {
    const event = index > 200 && index < 220;
    reception.note(7, index, event ? 200 * 160 : index * 160, 8000, !event, index * 20 + (index > 300 ? 9000 : 0));
    t.true(reception.take().jitterMs < 1, String(index));
  }
});

const SSRC = 0xabcd;
const heard = (quality: Quality, count: number, everyNth: number, fromMs = 0) => {
  for (let n = 0; n < count; n++) {
    if (everyNth === 0 || n % everyNth !== 1) quality.heard(1, n, n * 160, 8000, true, fromMs + n * 20);
  }
};

test('a look at a stream is five seconds of it, and says nothing of whose it was', (t) => {
  const counters = new Counters();
  const quality = new Quality(counters, 0);
  heard(quality, 250, 10);
  quality.sweep(0, 4999);
  t.deepEqual(counters.snapshot(), {});
  quality.sweep(0, 5000);
  const { 'sound.expected': expected, 'sound.lost': lost, 'sound.looks': looks } = counters.snapshot();
  t.deepEqual({ expected, lost, looks }, { expected: 250, lost: 25, looks: 1 });
  t.is(counters.get('sound.poor'), 1);
  quality.sweep(0, 10_000);
  t.is(counters.get('sound.looks'), 1, 'silence is no look');
});

test('the other end tells how it hears, and how far away it is', (t) => {
  const counters = new Counters();
  const quality = new Quality(counters, 0);
  const sender = { ntpSeconds: 0x1234_5678, ntpFraction: 0x9abc_0000, rtpTimestamp: 0, packets: 1, octets: 1 };
  quality.told(readRtcp(writeReport(SSRC, sender, [], 'a'))!, 1000);
  const report = { ssrc: SSRC, fractionLost: 64, lost: 9, highestSequence: 9, jitter: 80 };
  const answer = { ...report, lastSenderReport: 0x5678_9abc, delaySinceLast: 65_536 };
  quality.reported(readRtcp(writeReport(2, null, [answer], 'b'))!, SSRC, 0, 2200);
  t.is(counters.get('sound.round_trip_ms'), 200);
  t.is(quality.delayMs, 100);
  t.is(counters.get('sound.reported_256ths'), 64);
  t.is(counters.get('sound.jitter_us'), 10_000);
  t.is(counters.get('sound.poor'), 1);
  quality.reported(readRtcp(writeReport(2, null, [answer], 'b'))!, SSRC + 1, 0, 2300);
  t.is(counters.get('sound.looks'), 1, 'of another stream');
});

test('what the box held back while it spoke itself is not taken for loss', (t) => {
  const counters = new Counters();
  const quality = new Quality(counters, 0);
  const report = {
    ssrc: SSRC,
    fractionLost: 200,
    lost: 9,
    highestSequence: 9,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLast: 0,
  };
  quality.covered(1000);
  quality.reported(readRtcp(writeReport(2, null, [report], 'b'))!, SSRC, 0, 4000);
  t.deepEqual(counters.snapshot(), {});
  quality.reported(readRtcp(writeReport(2, null, [report], 'b'))!, SSRC, 0, 20_000);
  t.is(counters.get('sound.looks'), 1);
});
