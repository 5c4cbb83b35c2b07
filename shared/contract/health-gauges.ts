/**
 * What a box measures of itself: a closed list of numbers, the unit in each name. Null: not known, for there is no such sensor, or nothing
 * was measured. Nothing here moves with a single call: sound is a mean of many, ages of recordings are whole hours (`docs/decisions/0138`).
 * None has ten digits: no telephone number fits.
 */

export type GaugeUnit = 'percent' | 'celsius' | 'megabytes' | 'days' | 'hours' | 'seconds' | 'ms' | 'mos' | 'count';

export interface Gauge {
  readonly unit: GaugeUnit;
  /** Bounds of what may be said, both included; what is measured beyond them is said as the bound. */
  readonly min: number;
  readonly max: number;
  /** Decimals that mean something. */
  readonly decimals: 0 | 1 | 2;
}

/** A century, days; ten of them in hours: no date that a person typed is beyond. */
const MAX_DAYS = 36_500;
const MAX_HOURS = 8_760_000;
/** A petabyte, megabytes. */
const MAX_MEGABYTES = 999_999_999;
/** Thirty years, seconds: a clock that was never set. */
const MAX_SKEW_S = 999_999_999;
const MAX_COUNT = 1_000_000;

const gauge = <Unit extends GaugeUnit>(unit: Unit, min: number, max: number, decimals: Gauge['decimals'] = 0) => ({
  unit,
  min,
  max,
  decimals,
});

const megabytes = gauge('megabytes', 0, MAX_MEGABYTES);
const days = gauge('days', -MAX_DAYS, MAX_DAYS);
const hours = gauge('hours', 0, MAX_HOURS);
const count = gauge('count', 0, MAX_COUNT);

export const healthGauges = {
  cpuPercent: gauge('percent', 0, 100, 1),
  memoryPercent: gauge('percent', 0, 100, 1),
  temperatureCelsius: gauge('celsius', -100, 200, 1),
  diskFreeMb: megabytes,
  diskTotalMb: megabytes,
  /** Until recording has to stop; null: not within 90 days. */
  diskDaysLeft: days,
  /** Wall clock against the time that is believed; negative: the wall clock is behind. */
  clockSkewS: gauge('seconds', -MAX_SKEW_S, MAX_SKEW_S),
  soundLossPercent: gauge('percent', 0, 100, 2),
  /** As the other ends report it (RTCP). */
  soundFarLossPercent: gauge('percent', 0, 100, 2),
  soundJitterMs: gauge('ms', 0, 10_000, 1),
  /** There and back between box and phones or trunk. */
  soundRoundTripMs: gauge('ms', 0, 60_000),
  /** ITU-T G.107, simplified: an estimate, not what people said. */
  soundMos: gauge('mos', 1, 4.5, 2),
  /** Share of looks at streams that were below MOS 3.6. */
  soundPoorPercent: gauge('percent', 0, 100, 1),
  phonesCount: count,
  trunksCount: count,
  trunksUpCount: count,
  lastRecordingHours: hours,
  /** Of the last one that went well. */
  lastTestCallHours: hours,
  lastPurgeHours: hours,
  /** Recordings past their day, holds not counted. */
  overdueCount: count,
  /** The oldest among the destinations. */
  backupAgeHours: hours,
  drillAgeDays: days,
  recipientKeyDaysLeft: days,
  certificateDaysLeft: days,
  uplinkCertificateDaysLeft: days,
  uplinkWaitingCount: count,
  softwareAgeDays: days,
  uptimeHours: hours,
  callProcessMb: megabytes,
  deskProcessMb: megabytes,
} as const satisfies Readonly<Record<string, Gauge>>;

export type GaugeName = keyof typeof healthGauges;

/** One look at a box. */
export type Gauges = { readonly [Name in GaugeName]: number | null };

/** A measured number as it may be said: within its bounds, no more decimals than mean something; null when it is none. */
export function gaugeValue(name: GaugeName, value: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  const { min, max, decimals } = healthGauges[name];
  const factor = 10 ** decimals;
  return Math.round(Math.min(max, Math.max(min, value)) * factor) / factor;
}
