/** The numbers of a look, as they may leave the box: by the names of the contract, whole, and nothing that moves with one call. */
import { type GaugeName, type Gauges, gauged } from '@belkluis/shared/contract/gauges';
import type { HealthFacts } from './finding.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Registered where it must be, and answering. */
const isThere = ({ up, registered }: { up: boolean; registered: boolean | null }): boolean =>
  up && registered !== false;

const least = (values: readonly number[]): number | null => (values.length > 0 ? Math.min(...values) : null);

/** Each by its name; null and undefined: not known, so not told. */
function measured(facts: HealthFacts): Readonly<Record<GaugeName, number | null | undefined>> {
  const { now, disk, host, time, calls, trunks, pbx, recording, testCall, purge, backup, uplink } = facts;
  const hoursSince = (at: number | null | undefined) =>
    at == null ? null : Math.max(0, Math.floor((now - at) / HOUR_MS));
  const daysUntil = (at: number | null | undefined) => (at == null ? null : Math.floor((at - now) / DAY_MS));
  const sound = calls?.soundOfHour ?? null;
  const ends = (facts.recipients ?? []).flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
  const saved = (backup?.destinations ?? []).flatMap(({ lastAt }) => (lastAt === null ? [] : [lastAt]));
  return {
    disk_days_left: disk.forecastDays,
    disk_used_percent: disk.totalBytes > 0 ? 100 * (1 - disk.freeBytes / disk.totalBytes) : null,
    cpu_percent: host.cpuPercent,
    temperature_celsius: host.temperatureCelsius,
    memory_used_percent: host.memoryPercent,
    clock_offset_ms: time.wall - time.expected,
    rtp_loss_permille: sound && 10 * sound.lossPercent,
    rtp_jitter_ms: sound?.jitterMs,
    mos_hundredths: sound && 100 * sound.mos,
    trunks_configured: trunks?.all.length,
    trunks_up: trunks?.all.filter(isThere).length,
    pbx_up: pbx && (pbx.up ? 1 : 0),
    phones_known: calls?.phones.accounts,
    phones_registered: calls?.phones.registered,
    recorded_hours_ago: hoursSince(recording.lastAt),
    test_call_hours_ago: testCall?.fault === null ? hoursSince(testCall.at) : null,
    purge_overdue: purge.overdue,
    recipient_key_days_left: daysUntil(least(ends)),
    backup_hours_ago: hoursSince(least(saved)),
    policy_days_left: daysUntil(facts.policy?.expiresAt),
    certificate_days_left: daysUntil(facts.certificate.expiresAt),
    uplink_certificate_days_left: daysUntil(uplink?.certificateExpiresAt),
    uplink_queued: uplink?.waiting,
    uplink_reconnects: uplink?.connections,
    witness_hours_ago: hoursSince(facts.witness?.lastAt),
    software_age_days: Math.floor((now - facts.software.releasedAt) / DAY_MS),
    uptime_hours: Math.floor(host.uptimeS / 3600),
  };
}

/** What was measured; what was not is absent, never 0. */
export const gaugesOf = (facts: HealthFacts): Gauges =>
  Object.fromEntries(
    (Object.entries(measured(facts)) as [GaugeName, number | null | undefined][]).flatMap(([name, value]) =>
      value == null || !Number.isFinite(value) ? [] : [[name, gauged(name, value)]],
    ),
  );
