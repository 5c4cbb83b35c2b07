import test from 'ava';
import { type GaugeName, gauged, gauges, gaugesSchema, worstGauges } from './gauges.ts';

test('of several samples the worst stands for all, and what was never measured is not there', (t) => {
  t.deepEqual(
    worstGauges([
      { cpu_percent: 10, mos_hundredths: 430, clock_offset_ms: 5 },
      { cpu_percent: 90, mos_hundredths: 310, clock_offset_ms: -40, disk_days_left: 0 },
      { cpu_percent: 20, clock_offset_ms: 30 },
    ]),
    { cpu_percent: 90, mos_hundredths: 310, clock_offset_ms: -40, disk_days_left: 0 },
  );
  t.deepEqual(worstGauges([]), {});
});

test('whatever is measured, what is told of it is whole and within bounds', (t) => {
  for (const name of Object.keys(gauges) as GaugeName[]) {
    for (const value of [-1e12, -0.4, 0.6, 41.59, 31201234567, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
      t.true(gaugesSchema.safeParse({ [name]: gauged(name, value) }).success, `${name} ${value}`);
  }
});
