import test from 'ava';
import { type Frame, type TapMessage, unpackBatch } from '../frame.ts';
import { voice } from '../testing/peer.ts';
import { BATCH_MS, MAX_TAP_BYTES } from './limits.ts';
import { Tap } from './tap.ts';

const frame = (sequence: number, side: 0 | 1 = 0): Frame => ({
  side,
  codec: 'PCMA',
  arrivedUs: sequence * 20_000,
  ssrc: 0xfedcba98,
  sequence,
  timestamp: sequence * 160,
  marker: sequence === 0,
  payload: voice(sequence),
});

function setUp() {
  const posted: TapMessage[] = [];
  const tap = new Tap('r1', (message) => posted.push(message), 0);
  const batches = () => posted.flatMap((message) => ('batch' in message ? [unpackBatch(message.batch)] : []));
  return { tap, posted, batches };
}

test('frames arrive in order and whole, few messages at a time, then the end', (t) => {
  const { tap, posted, batches } = setUp();
  const frames = Array.from({ length: 50 }, (_, i) => frame(i, (i % 2) as 0 | 1));
  for (const [i, one] of frames.entries()) tap.frame(one, i * 10);
  t.is(posted.length, 1);
  t.deepEqual(tap.end(500), { frames: [25, 25], dropped: 0 });
  t.deepEqual(
    batches().flatMap((batch) => batch.frames.map((one) => ({ ...one, payload: Buffer.from(one.payload) }))),
    frames.map((one) => ({ ...one, payload: Buffer.from(one.payload) })),
  );
  t.deepEqual(posted.at(-1), { recording: 'r1', end: true });
});

test('a quiet recording does not keep its last frames back', (t) => {
  const { tap, posted } = setUp();
  tap.frame(frame(0), 0);
  tap.sweep(BATCH_MS - 1);
  t.is(posted.length, 0);
  tap.sweep(BATCH_MS);
  t.is(posted.length, 1);
});

test('what a slow recorder cannot take is dropped, bounded in memory, and told as a gap on each side', (t) => {
  const { tap, posted, batches } = setUp();
  let sequence = 0;
  // A minute without any credit.
  for (; sequence < 6000; sequence++) tap.frame(frame(sequence, (sequence % 2) as 0 | 1), sequence * 10);
  const bytes = posted.reduce((sum, message) => sum + ('batch' in message ? message.batch.byteLength : 0), 0);
  t.true(bytes <= MAX_TAP_BYTES);
  const kept = batches().flatMap(({ frames }) => frames).length;
  t.deepEqual(
    batches().flatMap(({ gaps }) => gaps),
    [],
  );
  tap.acked(bytes);
  tap.frame(frame(sequence, 0), sequence * 10);
  const totals = tap.end(sequence * 10 + BATCH_MS);
  const all = batches();
  const heard = all.flatMap(({ frames }) => frames).length;
  const gaps = all.flatMap((batch) => batch.gaps);
  t.true(heard > kept);
  t.is(heard + totals.dropped, 6001);
  t.is(
    gaps.reduce((sum, { lost }) => sum + lost, 0),
    totals.dropped,
  );
  t.deepEqual(
    gaps.map(({ side, why }) => [side, why]),
    [
      [0, 'queue_full'],
      [1, 'queue_full'],
    ],
  );
  for (const { fromUs, toUs } of gaps) t.true(fromUs > 0 && toUs > fromUs && toUs <= 5999 * 20_000);
});

test('the gap is told although the recorder never catches up', (t) => {
  const { tap, batches } = setUp();
  for (let i = 0; i < 3000; i++) tap.frame(frame(i), i * 20);
  const { dropped } = tap.end(60_000);
  t.true(dropped > 0);
  t.is(batches().flatMap(({ gaps }) => gaps)[0]?.lost, dropped);
});
