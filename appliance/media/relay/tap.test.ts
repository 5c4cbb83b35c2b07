import test from 'ava';
import { type Frame, type TapMessage, unpackBatch } from '../frame.ts';
import { voice } from '../testing/peer.ts';
import { BATCH_MS, DIGIT_MARGIN_MS, MAX_TAP_BYTES, PAUSE_LEAD_MS, TAP_DELAY_MS, TAP_DELAY_QUIET_MS } from './limits.ts';
import { Tap } from './tap.ts';

const frame = (sequence: number, side: 0 | 1 = 0, atMs = sequence * 20): Frame => ({
  side,
  codec: 'PCMA',
  arrivedUs: atMs * 1000,
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
  const frames = Array.from({ length: 50 }, (_, i) => frame(i, (i % 2) as 0 | 1, i * 10));
  for (const [i, one] of frames.entries()) tap.frame(one, 20, i * 10);
  tap.sweep(750);
  t.is(posted.length, 1);
  t.deepEqual(tap.end(760), { frames: [25, 25], dropped: 0 });
  t.deepEqual(
    batches().flatMap((batch) => batch.frames.map((one) => ({ ...one, payload: Buffer.from(one.payload) }))),
    frames.map((one) => ({ ...one, payload: Buffer.from(one.payload) })),
  );
  t.deepEqual(posted.at(-1), { recording: 'r1', end: true });
});

test('a quiet recording does not keep its last frames back', (t) => {
  const { tap, posted } = setUp();
  tap.frame(frame(0), 20, 0);
  tap.sweep(TAP_DELAY_QUIET_MS - 1);
  t.is(posted.length, 0);
  tap.sweep(TAP_DELAY_QUIET_MS + BATCH_MS);
  t.is(posted.length, 1);
});

test('what a slow recorder cannot take is dropped, bounded in memory, and told as a gap on each side', (t) => {
  const { tap, posted, batches } = setUp();
  let sequence = 0;
  // A minute without any credit.
  for (; sequence < 6000; sequence++) {
    tap.frame(frame(sequence, (sequence % 2) as 0 | 1, sequence * 10), 20, sequence * 10);
  }
  const bytes = posted.reduce((sum, message) => sum + ('batch' in message ? message.batch.byteLength : 0), 0);
  t.true(bytes <= MAX_TAP_BYTES);
  const kept = batches().flatMap(({ frames }) => frames).length;
  t.deepEqual(
    batches().flatMap(({ gaps }) => gaps),
    [],
  );
  tap.acked(bytes);
  tap.frame(frame(sequence, 0, sequence * 10), 20, sequence * 10);
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
  for (const { fromUs, toUs } of gaps) t.true(fromUs > 0 && toUs > fromUs && toUs <= 5999 * 10_000);
});

test('the gap is told although the recorder never catches up', (t) => {
  const { tap, batches } = setUp();
  for (let i = 0; i < 3000; i++) tap.frame(frame(i), 20, i * 20);
  const { dropped } = tap.end(60_000);
  t.true(dropped > 0);
  t.is(batches().flatMap(({ gaps }) => gaps)[0]?.lost, dropped);
});

const SILENCE = Buffer.alloc(160, 0xd5);

/** What is left of frames 20 ms apart: their numbers, those that say nothing by themselves. */
function kept(batches: ReturnType<typeof setUp>['batches'], side: 0 | 1 = 0) {
  const frames = batches().flatMap((batch) => batch.frames.filter((one) => one.side === side));
  const silent = (one: Frame) => SILENCE.equals(one.payload);
  return {
    numbers: frames.map(({ sequence }) => sequence),
    silent: frames.filter(silent).map(({ sequence }) => sequence),
    whole: frames.every((one) => silent(one) || voice(one.sequence).equals(one.payload)),
  };
}
const gapsIn = (batches: ReturnType<typeof setUp>['batches']) => batches().flatMap(({ gaps }) => gaps);

test('a tone and what is around it is silence on the side that sent it; the other side, and the count of frames, stay', (t) => {
  const { tap, batches } = setUp();
  // A key goes down at 1000 ms, is told from 1040 on, goes up at 1200.
  for (let i = 0; i < 150; i++) {
    const [from, now] = [1000, i * 20];
    tap.frame(frame(i), 20, now);
    tap.frame(frame(i, 1), 20, now);
    if (now >= 1040 && now < 1200) tap.tone(0, now + 20 - from, now);
  }
  t.deepEqual(tap.end(3000), { frames: [150, 150], dropped: 0 });
  const mine = kept(batches);
  t.deepEqual(
    mine.numbers,
    Array.from({ length: 150 }, (_, i) => i),
  );
  t.true(mine.whole);
  const [first, last] = [mine.silent[0]! * 20, mine.silent.at(-1)! * 20 + 20];
  t.true(first > 1000 - DIGIT_MARGIN_MS - 20 && first <= 1000 - DIGIT_MARGIN_MS, `${first}`);
  t.true(last >= 1200 + DIGIT_MARGIN_MS && last < 1200 + DIGIT_MARGIN_MS + 60, `${last}`);
  t.is(mine.silent.length, (last - first) / 20);
  t.deepEqual(kept(batches, 1).silent, []);
  const gaps = gapsIn(batches);
  t.deepEqual(
    gaps.map(({ side, why, lost }) => [side, why, lost]),
    [[0, 'digits', 0]],
  );
  t.true(gaps[0]!.fromUs <= 750_000 && gaps[0]!.toUs >= 1_430_000);
});

test('a network that stalls in the middle of a key lets none of it through', (t) => {
  const { tap, batches } = setUp();
  for (let i = 0; i <= 50; i++) tap.frame(frame(i), 20, i * 20);
  tap.sweep(1400);
  tap.sweep(1900);
  // The key went down with frame 50; the rest of it comes late, all at once.
  for (let i = 51; i < 60; i++) {
    tap.frame(frame(i, 0, 1950), 20, 1950);
    if (i > 51) tap.tone(0, (i - 49) * 20, 1950);
  }
  tap.end(2500);
  const { silent, whole } = kept(batches);
  t.true(whole);
  for (let i = 50; i < 60; i++) t.true(silent.includes(i), `${i}`);
});

test('digits that come as events leave no frame; their packets are told as not lost', (t) => {
  const { tap, batches } = setUp();
  tap.frame(frame(0), 20, 0);
  for (const ms of [20, 70, 120, 120, 120]) tap.event(0, ms);
  tap.frame(frame(6), 20, 140);
  tap.end(3000);
  t.deepEqual(kept(batches).numbers, [0, 6]);
  t.deepEqual(gapsIn(batches), [{ side: 0, why: 'digits', lost: 5, fromUs: 20_000, toUs: 120_000 }]);
});

test('the margins are what the law and the design ask for, and the tap waits longer than they are', (t) => {
  t.true(DIGIT_MARGIN_MS >= 250 && PAUSE_LEAD_MS >= 250);
  // 40 ms until a tone is known, and a packet of 60.
  t.true(TAP_DELAY_MS >= DIGIT_MARGIN_MS + 100 && TAP_DELAY_MS > PAUSE_LEAD_MS);
  t.true(TAP_DELAY_QUIET_MS >= TAP_DELAY_MS);
});

test('of a pause and of the moment before it nothing is recorded, and nothing of it waits anywhere', (t) => {
  const { tap, batches } = setUp();
  for (let i = 0; i < 200; i++) {
    if (i * 20 === 1000) tap.withhold('paused', 1000);
    if (i * 20 === 2000) tap.withhold(null, 2000);
    tap.frame(frame(i), 20, i * 20);
  }
  tap.end(4000);
  const said = kept(batches).numbers.map((number) => number * 20);
  t.deepEqual(
    said.filter((ms) => ms >= 1000 - PAUSE_LEAD_MS && ms < 2000),
    [],
  );
  t.is(said.length, 200 - (1000 + PAUSE_LEAD_MS - (PAUSE_LEAD_MS % 20)) / 20);
  const times = { fromUs: (1000 - PAUSE_LEAD_MS) * 1000, toUs: 2_000_000 };
  t.deepEqual(
    gapsIn(batches),
    [0, 1].map((side) => ({ side: side as 0 | 1, why: 'paused', lost: 0, ...times })),
  );
});

test('a recording that is opened and ended in a pause holds nothing but the gap', (t) => {
  const { tap, batches, posted } = setUp();
  tap.withhold('paused', 0);
  for (let i = 0; i < 100; i++) tap.frame(frame(i), 20, i * 20);
  t.deepEqual(tap.end(2000), { frames: [0, 0], dropped: 0 });
  t.deepEqual(kept(batches).numbers, []);
  t.deepEqual(
    gapsIn(batches).map(({ why, fromUs, toUs }) => [why, fromUs, toUs]),
    [
      ['paused', 0, 2_000_000],
      ['paused', 0, 2_000_000],
    ],
  );
  t.deepEqual(posted.at(-1), { recording: 'r1', end: true });
});

test('a hold that becomes a pause is both, one after the other; what was said before the hold stays', (t) => {
  const { tap, batches } = setUp();
  for (let i = 0; i < 100; i++) {
    if (i === 20) tap.withhold('hold', 400);
    if (i === 40) tap.withhold('paused', 800);
    if (i === 60) tap.withhold('hold', 1200);
    if (i === 80) tap.withhold(null, 1600);
    tap.frame(frame(i), 20, i * 20);
  }
  tap.end(2000);
  t.deepEqual(kept(batches).numbers, [...Array(20).keys(), ...Array.from({ length: 20 }, (_, i) => 80 + i)]);
  t.deepEqual(
    gapsIn(batches).flatMap(({ side, why, fromUs, toUs }) => (side === 0 ? [[why, fromUs / 1000, toUs / 1000]] : [])),
    [
      ['hold', 400, 800],
      ['paused', 800, 1200],
      ['hold', 1200, 1600],
    ],
  );
});

test("what waits is bounded, and counts against the recorder's share", (t) => {
  const { tap, posted } = setUp();
  const large = Buffer.alloc(1400);
  // A flood within the time that frames wait.
  for (let i = 0; i < 1000; i++) tap.frame({ ...frame(i, 0, 0), payload: large }, 0, TAP_DELAY_MS / 2);
  const { frames, dropped } = tap.end(TAP_DELAY_MS);
  t.is(frames[0] + dropped, 1000);
  const bytes = posted.reduce((sum, message) => sum + ('batch' in message ? message.batch.byteLength : 0), 0);
  t.true(bytes <= MAX_TAP_BYTES + 100, `${bytes}`);
});
