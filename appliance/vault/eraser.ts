/** Everything that erases, one after the other: a purge, a request and the night's certificates never run into each other. */
import type { Clock } from '@belkluis/shared/base/clock';
import { type CertifyReport, nightly } from './certificates.ts';
import { type EraseParts, type ErasureOutcome, type ErasureRequest, eraseNow, finishErasures } from './erase.ts';
import { type PurgeReport, purgeExpired, removeLeftovers } from './purge.ts';

/** How often what expired is certified, ms: each time the keystore is written anew, which flash does not like every quarter of an hour. */
const NIGHT_MS = 24 * 3600_000;

export interface NightReport extends CertifyReport {
  /** Sealed files that belonged to nothing. */
  readonly leftovers: number;
}

export interface RunReport extends PurgeReport {
  /** Null: it was not due. A failure is told by its code; it is tried again with the next run, and the purge was done all the same. */
  readonly night: NightReport | { readonly failed: string } | null;
}

export interface Eraser {
  /** What was granted and what has expired; once a day, and when a certificate is owed, the night's work too. At the start, every 15 minutes, and when the disk becomes full. */
  run(): Promise<RunReport>;
  /** @see eraseNow */
  eraseNow(request: ErasureRequest): Promise<ErasureOutcome>;
  /** Certificates for what was erased since, and leftovers. */
  nightly(): Promise<NightReport>;
}

export function openEraser(parts: EraseParts & { readonly clock: Pick<Clock, 'now' | 'monotonic'> }): Eraser {
  const { clock } = parts;
  let last: Promise<unknown> = Promise.resolve();
  /** Monotonic ms of the last whole night; null: a certificate is owed, or none was since the start. */
  let nightAt: number | null = null;

  const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
    const mine = last.then(job);
    last = mine.catch(() => {});
    return mine;
  };
  const purge = async (): Promise<PurgeReport> => {
    let failed: unknown = null;
    try {
      finishErasures(parts);
    } catch (error) {
      // What has expired leaves all the same.
      failed = error;
    }
    const report = await purgeExpired(parts);
    if (failed !== null) throw failed;
    return report;
  };
  const night = async (): Promise<NightReport> => {
    const report = await nightly(parts);
    const leftovers = await removeLeftovers(parts, clock.now());
    nightAt = report.certain ? clock.monotonic() : null;
    return { ...report, leftovers };
  };
  const nightIfDue = async (): Promise<RunReport['night']> => {
    if (nightAt !== null && clock.monotonic() - nightAt < NIGHT_MS) return null;
    try {
      return await night();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined) throw error;
      return { failed: code };
    }
  };

  return {
    run: () => inTurn(async () => ({ ...(await purge()), night: await nightIfDue() })),
    eraseNow: (request) =>
      inTurn(async () => {
        const outcome = await eraseNow(parts, request);
        if (!outcome.certified) nightAt = null;
        return outcome;
      }),
    nightly: () => inTurn(night),
  };
}
