import test from 'ava';
import { DAY_MS } from './limits.ts';
import { pushOf, reminderDue, standingOf } from './standing.ts';

const now = 1000 * DAY_MS;
const signed = (until: number | null) => ({ state: 'signed' as const, until });

test('an agreement holds until its end, whatever else was drawn up', (t) => {
  t.like(standingOf([], now), { is: 'missing' });
  t.like(standingOf([{ state: 'sent', until: null }], now), { is: 'missing' }, 'nobody has signed');
  t.like(standingOf([signed(null)], now), { is: 'valid' });
  t.like(standingOf([signed(now + 1)], now), { is: 'valid' });
  t.like(standingOf([signed(now)], now), { is: 'expired' });
  t.like(standingOf([signed(now - 5), signed(now + 5)], now), { is: 'valid', until: now + 5 });
  t.like(standingOf([signed(null), { state: 'ended', until: now - 5 }], now), { is: 'valid' });
  t.like(standingOf([{ state: 'ended', until: null }], now), { is: 'missing' }, 'somebody has ended it');
});

test('policies are pushed for 60 days after the end, with a warning; never without any agreement', (t) => {
  const push = (until: number | null) => pushOf(standingOf([signed(until)], now), now);
  t.deepEqual(push(null), { may: true, stopsAt: null });
  t.deepEqual(push(now + DAY_MS), { may: true, stopsAt: now + 61 * DAY_MS });
  t.true(push(now - 60 * DAY_MS + 1).may);
  t.false(push(now - 60 * DAY_MS).may);
  t.false(pushOf({ is: 'missing' }, now).may);
});

test('each mark is told once, from 60 days before the end; those that passed unseen are not made up for', (t) => {
  const until = now + 60 * DAY_MS;
  const told: number[] = [];
  let last: number | null = null;
  for (let day = -10; day <= 130; day++) {
    const due = reminderDue(until, last, now + day * DAY_MS);
    if (due === null) continue;
    told.push(due);
    last = due;
  }
  t.deepEqual(told, [60, 30, 14, 7, 1, 0, -30, -53]);
  t.is(reminderDue(until, null, until - DAY_MS / 2), 1, 'the newest alone');
  t.is(reminderDue(null, null, now), null);
});
