import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { Announcement } from './talking.ts';
import { type Elsewhere, twins } from './twins.ts';

const announcement: Announcement = { prompt: { encodings: new Map() } as unknown as Announcement['prompt'], hash: 'h' };

/** A first call of 201 that rings, and a second one that was answered. */
function pairOfCalls() {
  const clock = new ManualClock();
  const table = twins(clock, seededChance('twins'));
  const id = table.name();
  const first = table.first(id, 'call', '201');
  const second = table.elsewhere(id)!;
  return { clock, table, id, first, second };
}
const recordsItself = (second: Elsewhere): { count: number } => {
  const seen = { count: 0 };
  second.whenNot(() => seen.count++);
  return seen;
};

test('while the first call is recorded the second is not; when it ends and the second stays, it is, once', (t) => {
  const { clock, first, second } = pairOfCalls();
  const itself = recordsItself(second);
  clock.advance(100);
  first.answered(announcement);
  clock.advance(3_600_000);
  t.is(itself.count, 0);
  first.ended();
  clock.advance(1_000);
  t.is(itself.count, 0, 'the PBX needs a moment to hang up');
  clock.advance(1_000);
  t.is(itself.count, 1);
  clock.advance(10_000);
  t.is(itself.count, 1);
  t.is(clock.pending, 0);
});

test('a first call that is not answered, or not recorded, is no reason to miss the second', (t) => {
  const unanswered = pairOfCalls();
  const one = recordsItself(unanswered.second);
  unanswered.clock.advance(3_500);
  t.is(one.count, 1);
  const unrecorded = pairOfCalls();
  const other = recordsItself(unrecorded.second);
  unrecorded.first.answered(null);
  unrecorded.clock.advance(3_500);
  t.is(other.count, 1);
  t.is(unrecorded.table.elsewhere(unrecorded.id), null, 'nor of a third');
});

test('who hangs up in between leaves nothing that waits', (t) => {
  const { clock, first, second } = pairOfCalls();
  const stop = second.whenNot(() => t.fail());
  first.answered(announcement);
  first.ended();
  stop();
  clock.advance(10_000);
  t.is(clock.pending, 0);
});

test('a name decides; without one only a call of the same user that still rings is taken for the first', (t) => {
  const { table, id, first } = pairOfCalls();
  t.is(table.find(['0'.repeat(32), id], null), id);
  t.is(table.find([], '201'), id);
  t.is(table.find([], '202'), null);
  t.is(table.find([], null), null, 'a withheld caller is nobody');
  first.answered(announcement);
  t.is(table.find([], '201'), null, 'an answered call may be any other: rather recorded twice than missed');
  t.is(table.find([id], null), id);
  t.is(table.elsewhere(id)?.toldBefore, announcement);
  first.ended();
  t.is(table.find([id], '201'), null);
});
