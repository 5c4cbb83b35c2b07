import { seededChance } from '@belkluis/shared/base/chance';
import { eventSchema } from '@belkluis/shared/contract/event';
import { healthSchema } from '@belkluis/shared/contract/health';
import test from 'ava';
import { eventsBetween, wrongIn } from './alarms.ts';
import { pauseAfter } from './backoff.ts';
import { rollUp } from './roll-up.ts';
import { healthAt } from './testing/sample.ts';

const START = Date.UTC(2026, 10, 26);

test('pauses are spread over the whole of their span, which grows to five minutes and no further', (t) => {
  const chance = seededChance('pauses');
  for (const [failures, longest] of [
    [0, 30_000],
    [1, 60_000],
    [3, 240_000],
    [4, 300_000],
    [1000, 300_000],
  ] as const) {
    const pauses = Array.from({ length: 2000 }, () => pauseAfter(failures, chance));
    t.true(Math.min(...pauses) >= 1000 && Math.max(...pauses) <= longest);
    for (const part of [0, 1, 2, 3]) {
      const among = pauses.filter((pause) => Math.floor((4 * (pause - 1000)) / (longest - 1000)) === part).length;
      t.true(among > 400 && among < 600, `${failures} ${part} ${among}`);
    }
  }
});

test('of several samples each finding is told at its worst', (t) => {
  const rolled = rollUp([
    healthAt(START, 5, [{ code: 'trunk_down', level: 'bad', times: 1 }]),
    healthAt(START + 60_000, 70, [
      { code: 'trunk_down', level: 'warn', times: 3 },
      { code: 'disk_low', level: 'warn', times: 1 },
    ]),
  ]);
  t.deepEqual(rolled, {
    from: START,
    until: START + 60_000,
    samples: 2,
    gauges: { cpu_percent: 70 },
    findings: [
      { code: 'trunk_down', level: 'bad', times: 3 },
      { code: 'disk_low', level: 'warn', times: 1 },
    ],
  });
  t.true(healthSchema.safeParse(rolled).success);
});

test('what came, changed and went is told, what stays and what is well is not', (t) => {
  const before = wrongIn([
    { code: 'disk_low', level: 'warn', times: 1 },
    { code: 'trunk_down', level: 'bad', times: 1 },
    { code: 'backup_late', level: 'warn', times: 1 },
  ]);
  const after = wrongIn([
    { code: 'trunk_down', level: 'bad', times: 2 },
    { code: 'backup_late', level: 'bad', times: 1 },
    { code: 'purge_overdue', level: 'warn', times: 1 },
    { code: 'audit_ok', level: 'ok', times: 1 },
  ]);
  const events = eventsBetween(before, after);
  t.deepEqual(events, [
    { is: 'finding', code: 'backup_late', level: 'bad', on: true },
    { is: 'finding', code: 'purge_overdue', level: 'warn', on: true },
    { is: 'finding', code: 'disk_low', level: 'warn', on: false },
  ]);
  for (const event of events) t.true(eventSchema.safeParse(event).success);
});
