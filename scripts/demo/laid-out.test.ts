import test from 'ava';
import type { Frame } from '../../appliance/media/frame.ts';
import { laidOut } from './laid-out.ts';

const FRAME = 160;
const LATE_US = 150_000;

/** A frame of 20 ms, number `n` of its stream; its sound says its stream and number. */
const frame = (ssrc: number, n: number, arrivedUs: number): Frame => ({
  side: 0,
  codec: 'PCMA',
  arrivedUs,
  ssrc,
  sequence: n,
  timestamp: (0xffff_ff00 + n * FRAME) >>> 0,
  marker: false,
  payload: new Uint8Array(FRAME).fill((ssrc * 16 + n) % 256),
});
const onTime = (ssrc: number, count: number, fromUs: number) =>
  Array.from({ length: count }, (_, n) => frame(ssrc, n, fromUs + n * 20_000));

test('packets that come late, and in another order, are heard where they belong', (t) => {
  const stream = onTime(1, 10, 0);
  const late = stream.map((one, n) => (n > 2 && n < 6 ? { ...one, arrivedUs: one.arrivedUs + LATE_US } : one));
  late.sort((a, b) => a.arrivedUs - b.arrivedUs);
  t.deepEqual(laidOut(late), laidOut(stream));
  t.is(laidOut(stream).length, 10 * FRAME);
});

test('what is missing is silence, as long as it was', (t) => {
  const stream = onTime(1, 10, 0).filter((_, n) => n !== 4);
  const line = laidOut(stream);
  t.is(line.length, 10 * FRAME);
  t.true(line.subarray(4 * FRAME, 5 * FRAME).every((sample) => sample === 0));
});

test('a stream that follows one whose first packet was late covers nothing of it', (t) => {
  const first = onTime(1, 10, 0).map((one, n) => (n === 0 ? { ...one, arrivedUs: LATE_US } : one));
  const whole = laidOut(onTime(1, 10, 0));
  const line = laidOut([...first, ...onTime(2, 10, 200_000)]);
  t.deepEqual(line.subarray(0, whole.length), whole);
  t.is(line.length, 20 * FRAME);
});
