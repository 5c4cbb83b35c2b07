/** Room on the disk: what to do when it becomes scarce, and in how many days it will. Pure; the oldest recording is never overwritten to make room. */
import type { VaultEvent } from './events.ts';

/**
 * `ok`. `early`: what has expired leaves at once instead of at the next run. `reserve`: recording stops, for what is left is needed by the
 * audit log, the purge and the databases; whether a call then goes on unrecorded or is refused, its purpose says.
 */
export type DiskState = 'ok' | 'early' | 'reserve';

/** Above the reserve by this much the purge is called early: it needs minutes, recordings of an hour need megabytes. */
const EARLY_FACTOR = 1.25;

/** A state is left this much above where it was entered, so that a disk at the edge does not stop and start recording with every call. */
const LEAVE_FACTOR = 1.1;

/** The state of the disk after `before`. */
export function diskState(freeBytes: number, reserveBytes: number, before: DiskState): DiskState {
  const reserveEnds = before === 'reserve' ? reserveBytes * LEAVE_FACTOR : reserveBytes;
  if (freeBytes < reserveEnds) return 'reserve';
  const earlyEnds = reserveBytes * EARLY_FACTOR * (before === 'ok' ? 1 : LEAVE_FACTOR);
  return freeBytes < earlyEnds ? 'early' : 'ok';
}

export type DiskEffect =
  | { readonly do: 'purge' }
  | { readonly do: 'append'; readonly event: Extract<VaultEvent, { kind: `disk_${string}` }> };

/** What a look at the disk leads to: the state, and what is to be done about it. */
export function lookAtDisk(
  before: DiskState,
  { freeBytes, reserveBytes }: { readonly freeBytes: number; readonly reserveBytes: number },
): readonly [DiskState, ...DiskEffect[]] {
  const state = diskState(freeBytes, reserveBytes, before);
  const effects: DiskEffect[] = [];
  if (state === 'reserve' && before !== 'reserve') {
    const facts = { freeBytes: Math.floor(freeBytes), reserveBytes };
    effects.push({ do: 'append', event: { kind: 'disk_reserve_reached', actor: 'box', facts } });
  }
  if (state !== 'reserve' && before === 'reserve') {
    const facts = { freeBytes: Math.floor(freeBytes) };
    effects.push({ do: 'append', event: { kind: 'disk_reserve_left', actor: 'box', facts } });
  }
  // As long as room is scarce, each look purges: what expires meanwhile is what may help.
  if (state !== 'ok') effects.push({ do: 'purge' });
  return [state, ...effects];
}

/** Days that are looked ahead: somebody who needs a larger disk has it by then. */
export const FORECAST_DAYS = 90;

/** Days of the past that the mean intake is taken over: two working weeks, so that a weekend does not look like a trend. */
const INTAKE_DAYS = 14;

export interface Forecast {
  readonly freeBytes: number;
  readonly reserveBytes: number;
  /** Mean of the last INTAKE_DAYS. */
  readonly intakeBytesPerDay: number;
  /** Bytes that leave by expiry within each coming day, from today on; what is held does not leave. */
  readonly leavingBytes: readonly number[];
}

/** Days until the reserve is reached when all goes on as it did; null: not within FORECAST_DAYS. */
export function forecastDays({ freeBytes, reserveBytes, intakeBytesPerDay, leavingBytes }: Forecast): number | null {
  let free = freeBytes;
  for (let day = 0; day < FORECAST_DAYS; day++) {
    if (free < reserveBytes) return day;
    free += (leavingBytes[day] ?? 0) - intakeBytesPerDay;
  }
  return free < reserveBytes ? FORECAST_DAYS : null;
}

const DAY_MS = 24 * 3600_000;

/** What the forecast asks of the catalogue; instants are wall clock, ms. */
export interface Intake {
  /** Bytes of recordings that began in [from, until) and are still here. */
  recorded(from: number, until: number): number;
  /** Bytes of recordings that expire in [from, until), neither held nor restricted. */
  leaving(from: number, until: number): number;
}

/** Gathers what `forecastDays` needs, a day at a time: a catalogue of a million rows must not keep the desk's pages waiting. */
export async function gatherForecast(
  intake: Intake,
  now: number,
): Promise<Pick<Forecast, 'intakeBytesPerDay' | 'leavingBytes'>> {
  const pause = () => new Promise((resume) => setImmediate(resume));
  let recorded = 0;
  for (let day = 1; day <= INTAKE_DAYS; day++) {
    recorded += intake.recorded(now - day * DAY_MS, now - (day - 1) * DAY_MS);
    await pause();
  }
  const leavingBytes: number[] = [];
  for (let day = 0; day < FORECAST_DAYS; day++) {
    // What is past its day leaves with the next purge: today.
    leavingBytes.push(intake.leaving(day === 0 ? 0 : now + day * DAY_MS, now + (day + 1) * DAY_MS));
    await pause();
  }
  return { intakeBytesPerDay: recorded / INTAKE_DAYS, leavingBytes };
}
