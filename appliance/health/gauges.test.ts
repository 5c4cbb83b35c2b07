import { gaugesSchema } from '@belkluis/shared/contract/gauges';
import test from 'ava';
import { gaugesOf } from './gauges.ts';
import { days, now, well } from './testing/facts.ts';

test('a look fills the health message of the contract; what is not known is absent, never 0', (t) => {
  const told = gaugesOf(well);
  t.deepEqual(gaugesSchema.parse(told), told);
  t.like(told, { cpu_percent: 12, temperature_celsius: 48, trunks_up: 1, phones_registered: 9, recorded_hours_ago: 1 });
  for (const absent of ['disk_days_left', 'pbx_up', 'rtp_loss_permille', 'mos_hundredths', 'uplink_queued'])
    t.false(absent in told, absent);
  const host = { ...well.host, temperatureCelsius: null, cpuPercent: null };
  const bare = gaugesOf({ ...well, host, calls: null, trunks: null, recipients: null, policy: null });
  for (const absent of ['temperature_celsius', 'cpu_percent', 'phones_known', 'trunks_up', 'recipient_key_days_left'])
    t.false(absent in bare, absent);
});

test('numbers are whole and within their bounds, whatever was measured', (t) => {
  const told = gaugesOf({
    ...well,
    disk: { ...well.disk, forecastDays: 1e9 },
    time: { ...well.time, wall: 0 },
    certificate: { expiresAt: days(-5) },
    uplink: { connected: true, lastAt: now, certificateExpiresAt: days(60.5), waiting: 1e12, connections: 2 },
    host: { ...well.host, cpuPercent: Number.NaN, memoryPercent: 40.6 },
  });
  t.deepEqual(gaugesSchema.parse(told), told);
  t.like(told, { certificate_days_left: 0, uplink_certificate_days_left: 60, memory_used_percent: 41 });
  t.false('cpu_percent' in told);
});

test('sound is told of the last whole hour, not of these minutes', (t) => {
  const soundOfHour = { lossPercent: 1.25, farLossPercent: 0, jitterMs: 7, roundTripMs: 9, mos: 4.123, poorPercent: 0 };
  const told = gaugesOf({ ...well, calls: { ...well.calls!, soundOfHour } });
  t.like(told, { rtp_loss_permille: 13, rtp_jitter_ms: 7, mos_hundredths: 412 });
});
