/**
 * What a box measures, by closed names. Whole numbers between bounds; whoever measures cuts off at them. What tells of calls is coarse on
 * purpose: hours, and nothing of an hour with fewer than FEWEST_TOLD calls (docs/decisions/0130). Names for people: `health-words/`.
 */
import { z } from 'zod';
import { whole } from './fields.ts';

/** Which of several samples stands for all: the worst, which is the highest, the lowest, or the farthest from zero. */
export type Worst = 'high' | 'low' | 'far';

export interface Gauge {
  readonly min: number;
  readonly max: number;
  readonly worst: Worst;
  readonly description: string;
}

const YEARS_DAYS = 3660;
const YEAR_HOURS = 8784;
/** A day either way. */
const CLOCK_MS = 86_400_000;

const high = (max: number, description: string): Gauge => ({ min: 0, max, worst: 'high', description });
const low = (max: number, description: string): Gauge => ({ min: 0, max, worst: 'low', description });

export const gauges = {
  disk_days_left: low(YEARS_DAYS, 'Days until recording stops for want of room; absent: not within ninety.'),
  disk_used_percent: high(100, 'Of the volume that holds the vault.'),
  cpu_percent: high(100, 'Of all cores.'),
  temperature_celsius: { min: -50, max: 150, worst: 'high', description: 'Of the hottest part that is measured.' },
  memory_used_percent: high(100, 'What programs cannot have any more.'),
  clock_offset_ms: {
    min: -CLOCK_MS,
    max: CLOCK_MS,
    worst: 'far',
    description: 'Of the clock against the time that is believed.',
  },
  rtp_loss_permille: high(1000, 'Packets that never came, over the last whole hour; absent: too few calls.'),
  rtp_jitter_ms: high(10_000, 'RFC 3550 6.4.1, of all streams, over the last whole hour; absent: too few calls.'),
  mos_hundredths: {
    min: 100,
    max: 500,
    worst: 'low',
    description: 'Estimate of how calls sounded (ITU-T G.107), over the last whole hour; absent: too few calls.',
  },
  trunks_configured: high(1000, 'Trunks that the box has.'),
  trunks_up: low(1000, 'Of them those that answer, and are registered where they must be.'),
  pbx_up: low(1, 'Whether the PBX behind the box answers; absent: there is none.'),
  phones_known: high(100_000, 'Phones that may register.'),
  phones_registered: low(100_000, 'Phones that are registered.'),
  recorded_hours_ago: high(YEAR_HOURS, 'Whole hours since the last recording was sealed to its end.'),
  test_call_hours_ago: high(YEAR_HOURS, 'Whole hours since a test call was last proven.'),
  purge_overdue: high(1000, 'Recordings that are past their day and still here.'),
  recipient_key_days_left: low(YEARS_DAYS, 'Until the first key that recordings are sealed to expires.'),
  backup_hours_ago: high(YEAR_HOURS, 'Since the last whole backup, of the destination that lags most.'),
  policy_days_left: low(YEARS_DAYS, 'Until the policy expires.'),
  certificate_days_left: low(YEARS_DAYS, 'Of the certificate for desk and phones.'),
  uplink_certificate_days_left: low(YEARS_DAYS, 'Of the certificate that the fleet gave.'),
  uplink_queued: high(1_000_000, 'Messages that wait to be sent.'),
  uplink_reconnects: high(10_000, 'Connections to the fleet that began within the last hour.'),
  witness_hours_ago: high(YEAR_HOURS, 'Since a witness last signed the audit log.'),
  software_age_days: high(YEARS_DAYS, 'Since the release of what runs.'),
  uptime_hours: low(100_000, 'Since the machine started.'),
} as const satisfies Readonly<Record<string, Gauge>>;

export type GaugeName = keyof typeof gauges;

/** What was measured; what is absent was not, or is not told. */
export type Gauges = { readonly [Name in GaugeName]?: number | undefined };

type Shape = { [Name in GaugeName]: z.ZodOptional<z.ZodNumber> };

export const gaugesSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(gauges).map(([name, { min, max, description }]) => [
      name,
      whole(min, max).optional().describe(description),
    ]),
  ) as Shape,
);

/** As the gauge takes it: whole, and cut off at its bounds. */
export const gauged = (name: GaugeName, value: number): number =>
  Math.min(gauges[name].max, Math.max(gauges[name].min, Math.round(value)));

const worseOf: Readonly<Record<Worst, (a: number, b: number) => number>> = {
  high: Math.max,
  low: Math.min,
  far: (a, b) => (Math.abs(b) > Math.abs(a) ? b : a),
};

/** The worst of each gauge in several samples. */
export function worstGauges(samples: readonly Gauges[]): Gauges {
  const worst: { [Name in GaugeName]?: number } = {};
  for (const sample of samples) {
    for (const [name, value] of Object.entries(sample) as [GaugeName, number | undefined][]) {
      if (value === undefined) continue;
      const known = worst[name];
      worst[name] = known === undefined ? value : worseOf[gauges[name].worst](known, value);
    }
  }
  return worst;
}
