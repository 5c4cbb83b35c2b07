import test from 'ava';
import { phonesHistory } from './phones-history.ts';
import { type SoundSums, soundHistory } from './sound.ts';

const NOON = Date.UTC(2026, 9, 9, 12);
const MINUTE_MS = 60_000;

const nothing: SoundSums = {
  streams: 0,
  expected: 0,
  lost: 0,
  looks: 0,
  milli_mos: 0,
  poor: 0,
  jitter_us: 0,
  reports: 0,
  reported_256ths: 0,
  round_trips: 0,
  round_trip_ms: 0,
};

/** What `streams` streams add in a minute, of which a part is lost. */
const minute = (streams: number, lostPart: number, mos: number): Partial<SoundSums> => ({
  streams,
  expected: streams * 3000,
  lost: streams * 3000 * lostPart,
  looks: streams * 12,
  milli_mos: streams * 12 * mos * 1000,
  poor: mos < 3.6 ? streams * 12 : 0,
  jitter_us: streams * 12 * 5000,
});

const plus = (a: SoundSums, b: Partial<SoundSums>): SoundSums =>
  Object.fromEntries(Object.entries(a).map(([name, sum]) => [name, sum + (b[name as keyof SoundSums] ?? 0)])) as never;

test('findings go by the last five minutes', (t) => {
  const sound = soundHistory();
  let sums = nothing;
  sound.note(sums, NOON);
  for (let at = 1; at <= 20; at++) {
    sums = plus(sums, at <= 10 ? minute(4, 0.1, 2) : minute(4, 0, 4.4));
    sound.note(sums, NOON + at * MINUTE_MS);
    const fact = sound.recent(NOON + at * MINUTE_MS)!;
    if (at === 10) t.deepEqual([fact.lossPercent, fact.poorPercent], [10, 100]);
    if (at === 15)
      t.like(fact, { lossPercent: 0, poorPercent: 0, jitterMs: 5, farLossPercent: null, roundTripMs: null });
  }
  t.is(sound.recent(NOON + 40 * MINUTE_MS), null);
});

test('what was counted before the first look, or before the call process began anew, is nobody’s minute', (t) => {
  const sound = soundHistory();
  sound.note(plus(nothing, minute(100, 0.5, 1)), NOON);
  t.is(sound.recent(NOON), null);
  sound.note(plus(nothing, minute(4, 0, 4.4)), NOON + MINUTE_MS);
  t.is(sound.recent(NOON + MINUTE_MS), null);
  sound.note(plus(plus(nothing, minute(4, 0, 4.4)), minute(4, 0, 4)), NOON + 2 * MINUTE_MS);
  t.is(sound.recent(NOON + 2 * MINUTE_MS)!.mos.toFixed(3), '4.000');
});

test('outside it is told of whole hours only, and of none with fewer than five calls', (t) => {
  for (const [streams, told] of [
    [9, false],
    [10, true],
  ] as const) {
    const sound = soundHistory();
    sound.note(nothing, NOON);
    sound.note(plus(nothing, minute(streams, 0.01, 4.2)), NOON + 30 * MINUTE_MS);
    t.is(sound.lastHour(NOON + 59 * MINUTE_MS), null, 'the hour is not over');
    t.is(sound.lastHour(NOON + 60 * MINUTE_MS) !== null, told);
    t.is(sound.lastHour(NOON + 119 * MINUTE_MS) !== null, told);
    t.is(sound.lastHour(NOON + 120 * MINUTE_MS), null);
  }
});

test('phones are laid beside the most of a day', (t) => {
  const phones = phonesHistory();
  t.is(phones.note(3, NOON), 3);
  t.is(phones.note(9, NOON + 3_600_000), 9);
  t.is(phones.note(2, NOON + 24 * 3_600_000), 9);
  t.is(phones.note(2, NOON + 27 * 3_600_000), 2);
});
