import { instantsOf, wallAt } from '@belkluis/shared/base/time-zone';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { openAt, openAtOrAfter, type When } from './when.ts';

const zone = 'Europe/Amsterdam';
const at = (text: string) => Date.parse(text);
const weekly = (fromTime: string, untilTime: string, days = [7], more: Partial<When> = {}): When => ({
  ...{ zone, days, fromDate: '2026-01-01', fromTime, untilDate: null, untilTime },
  ...more,
});
const iso = (open: ReturnType<typeof openAt>) =>
  open && [new Date(open.from).toISOString().slice(0, 16), new Date(open.until).toISOString().slice(0, 16)];

test('a weekly window is by the clock on the wall, in winter and in summer', (t) => {
  const when = weekly('02:00', '04:00', [2]);
  t.deepEqual(iso(openAtOrAfter(when, at('2026-02-01T00:00Z'))), ['2026-02-03T01:00', '2026-02-03T03:00']);
  t.deepEqual(iso(openAtOrAfter(when, at('2026-07-01T00:00Z'))), ['2026-07-07T00:00', '2026-07-07T02:00']);
  t.is(openAt(when, at('2026-02-03T00:59Z')), null);
  t.truthy(openAt(when, at('2026-02-03T01:00Z')));
  t.is(openAt(when, at('2026-02-03T03:00Z')), null);
});

test('over midnight it belongs to the day on which it began', (t) => {
  const when = weekly('22:00', '06:00', [5]);
  t.deepEqual(iso(openAt(when, at('2026-02-07T03:00Z'))), ['2026-02-06T21:00', '2026-02-07T05:00']);
  t.is(openAt(when, at('2026-02-06T03:00Z')), null);
});

test('in the night in which the clock is set forward, what is not on the clock is not waited for', (t) => {
  const night = at('2026-03-28T12:00Z');
  t.deepEqual(iso(openAtOrAfter(weekly('01:00', '05:00'), night)), ['2026-03-29T00:00', '2026-03-29T03:00']);
  t.deepEqual(iso(openAtOrAfter(weekly('02:30', '03:15'), night)), ['2026-03-29T01:00', '2026-03-29T01:15']);
  // All of it was skipped: the next is a week later.
  t.deepEqual(iso(openAtOrAfter(weekly('02:10', '02:50'), night)), ['2026-04-05T00:10', '2026-04-05T00:50']);
});

test('in the night in which the clock is set back, both hours of one name are in it', (t) => {
  const night = at('2026-10-24T12:00Z');
  t.deepEqual(iso(openAtOrAfter(weekly('02:30', '02:45'), night)), ['2026-10-25T00:30', '2026-10-25T01:45']);
  t.deepEqual(iso(openAtOrAfter(weekly('01:00', '05:00'), night)), ['2026-10-24T23:00', '2026-10-25T04:00']);
});

test('once is once, and a series ends on its last day', (t) => {
  const once: When = { ...weekly('23:00', '01:00'), days: null, fromDate: '2026-05-01', untilDate: '2026-05-03' };
  t.deepEqual(iso(openAt(once, at('2026-05-02T12:00Z'))), ['2026-05-01T21:00', '2026-05-02T23:00']);
  t.is(openAtOrAfter(once, at('2026-05-02T23:00Z')), null);
  const series = weekly('02:00', '04:00', [7], { untilDate: '2026-02-08' });
  t.truthy(openAtOrAfter(series, at('2026-02-07T00:00Z')));
  t.is(openAtOrAfter(series, at('2026-02-09T00:00Z')), null);
});

const zones = ['Europe/Amsterdam', 'Europe/Dublin', 'Atlantic/Azores', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
const instants = fc.integer({ min: at('2025-01-01T00:00Z'), max: at('2030-01-01T00:00Z') });

testProp(
  'each instant is among those at which the clock shows what it shows',
  [fc.constantFrom(...zones), instants],
  (t, zone, instant) => {
    const [first, last] = instantsOf(zone, wallAt(zone, instant));
    t.true(first === instant || last === instant);
    t.true(last - first <= 3_600_000);
  },
);

testProp(
  'a later reading of the clock is no earlier instant',
  [fc.constantFrom(...zones), instants, fc.nat(48 * 60)],
  (t, zone, wall, minutes) => {
    const [first, last] = instantsOf(zone, wall);
    const later = instantsOf(zone, wall + minutes * 60_000);
    t.true(later[0] >= first && later[1] >= last);
  },
);

const times = fc
  .nat(24 * 60 - 1)
  .map((all) => `${String(Math.floor(all / 60)).padStart(2, '0')}:${String(all % 60).padStart(2, '0')}`);

testProp(
  'open is what the clock on the wall says, but for the hours in which it is set',
  [fc.constantFrom(...zones), fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }), times, times, instants],
  (t, zone, days, fromTime, untilTime, now) => {
    const when = weekly(fromTime, untilTime, days, { zone, fromDate: '2020-01-01' });
    const steady = [-26, 26].every((hours) => {
      const offset = (instant: number) => wallAt(zone, instant) - instant;
      return offset(now + hours * 3_600_000) === offset(now);
    });
    const wall = new Date(wallAt(zone, now));
    const time = wall.toISOString().slice(11, 16);
    const day = wall.getUTCDay() || 7;
    const yesterday = day === 1 ? 7 : day - 1;
    const expected =
      fromTime < untilTime
        ? days.includes(day) && time >= fromTime && time < untilTime
        : (days.includes(day) && time >= fromTime) || (days.includes(yesterday) && time < untilTime);
    if (steady) t.is(openAt(when, now) !== null, expected);
    // Always: what is found is over later than now, and lasts no longer than a day and the hour of a night.
    const open = openAtOrAfter(when, now)!;
    t.true(open.until > now && open.until - open.from <= 25 * 3_600_000);
    // And nothing was left out between: just before it begins none is open.
    if (open.from > now) t.is(openAt(when, open.from - 1), null);
  },
);
