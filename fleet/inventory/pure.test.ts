import type { Gauges } from '@belkluis/shared/contract/gauges';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { MAX_GAPS } from './limits.ts';
import { packPoints, rollUp, unpackPoints } from './points.ts';
import { missingOf, type Sequence, sequenceAfter } from './sequence.ts';
import { urgencies, urgencyOf } from './urgency.ts';

const heardAll = (numbers: readonly number[], known: Sequence | null = null): Sequence =>
  numbers.reduce<Sequence | null>((state, seq) => sequenceAfter(state, { seq, ts: seq * 10 }), known)!;

testProp(
  'whatever order messages come in and however often, what is missing is what never came',
  [fc.uniqueArray(fc.integer({ min: 2, max: 30 })), fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 40 })],
  (t, lost, order) => {
    const sent = Array.from({ length: 30 }, (_, at) => at + 1).filter((seq) => !lost.includes(seq));
    // Shuffled by swaps among those after the first, some twice.
    const came = [...sent.slice(1)];
    for (const swap of order) came.push(...came.splice(swap % came.length || 0, 1));
    const again = came.filter((_, at) => order[at] !== undefined && order[at]! % 3 === 0);
    const state = heardAll([sent[0]!, ...came, ...again]);
    t.is(state.last, Math.max(...sent));
    t.is(missingOf(state), state.last - sent.length);
    t.is(state.restarts, 0);
  },
);

test('a box that lost its count begins anew; an old message again does not', (t) => {
  const known = heardAll([1, 2, 3, 7]);
  t.is(missingOf(known), 3);
  t.is(sequenceAfter(known, { seq: 2, ts: 20 }), known);
  const anew = sequenceAfter(known, { seq: 1, ts: 1000 });
  t.like(anew, { last: 1, restarts: 1 });
  t.is(missingOf(anew), 0);
});

test('gaps without end are counted, not kept', (t) => {
  const state = heardAll(Array.from({ length: 100 }, (_, at) => at * 2));
  t.is(state.gaps.length, MAX_GAPS);
  t.is(missingOf(state), 99);
});

test('who does not record is before who is not there, and both before who only warns', (t) => {
  const active = { state: 'active', heard: true, gone: false, worst: 'ok' } as const;
  t.is(urgencyOf({ ...active, worst: 'bad', gone: true }), 'bad');
  t.is(urgencyOf({ ...active, worst: 'warn', gone: true }), 'gone');
  t.is(urgencyOf({ ...active, worst: 'warn' }), 'warn');
  t.is(urgencyOf({ ...active, heard: false }), 'pending');
  t.is(urgencyOf(active), 'ok');
  t.is(urgencyOf({ ...active, state: 'revoked', worst: 'bad' }), 'revoked');
  t.deepEqual(urgencies, ['bad', 'gone', 'warn', 'pending', 'ok', 'revoked']);
});

const gauges = fc.record(
  { cpu_percent: fc.nat(100), disk_days_left: fc.nat(900), clock_offset_ms: fc.integer({ min: -900, max: 900 }) },
  { requiredKeys: [] },
);
const points = fc
  .uniqueArray(fc.record({ at: fc.integer({ min: 1000, max: 90_000 }), gauges }), { selector: ({ at }) => at })
  .map((all) => all.toSorted((a, b) => a.at - b.at));

testProp('what is packed is what is unpacked', [points], (t, all) => {
  t.deepEqual(unpackPoints(1000, packPoints(1000, all)), all);
});

testProp('a step has the worst of its samples, whether they come at once, in parts, or twice', [points], (t, all) => {
  const whole = rollUp(all, 10_000);
  const half = Math.ceil(all.length / 2);
  t.deepEqual(rollUp([...rollUp(all.slice(0, half), 10_000), ...all.slice(half), ...all], 10_000), whole);
  const worst = (name: keyof Gauges, pick: (...values: number[]) => number) => {
    const told = all.flatMap(({ gauges }) => (gauges as Gauges)[name] ?? []);
    return told.length === 0 ? undefined : pick(...told);
  };
  const coarsest = rollUp(all, 1_000_000)[0]?.gauges ?? {};
  t.is(coarsest.cpu_percent, worst('cpu_percent', Math.max));
  t.is(coarsest.disk_days_left, worst('disk_days_left', Math.min));
});
