/** Which alerts should stand of a box, by what is stored of it; and how those that stand differ. Pure. */
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import type { Reported } from '@belkluis/shared/contract/reported';
import { type AlertCode, levelOf, rankOfLevel } from './codes.ts';
import { AGREEMENT_ENDING_MS, PENDING_LEFT_MS, SKEW_MS } from './limits.ts';

export interface KnownBox {
  /** Whether what it says is taken. */
  readonly active: boolean;
  readonly findings: readonly { readonly code: string; readonly level: number; readonly since: number }[];
  /** Since when it is gone for longer than the grace; null: it is not. */
  readonly goneSince: number | null;
  /** ms; null: not known. */
  readonly skewMs: number | null;
  readonly policyState: string | null;
  /** What it reported last. */
  readonly reported: Reported | null;
}

export interface Wanted {
  readonly code: AlertCode;
  readonly level: number;
  readonly since: number;
}

/** Of a box whose certificate was revoked nobody has to do anything. */
export function wantedOf(box: KnownBox, now: number): readonly Wanted[] {
  if (!box.active) return [];
  const found = (code: Parameters<typeof levelOf>[0], since: number): Wanted => ({
    code,
    level: rankOfLevel(levelOf(code)),
    since,
  });
  const wanted: Wanted[] = [];
  for (const { code, level, since } of box.findings)
    if (Object.hasOwn(healthCodes, code) && level > 0) wanted.push({ code: code as AlertCode, level, since });
  if (box.goneSince !== null) wanted.push(found('offline', box.goneSince));
  if (box.skewMs !== null && Math.abs(box.skewMs) > SKEW_MS) wanted.push(found('clock_skew', now));
  if (box.policyState === 'rejected') wanted.push(found('policy_refused', now));
  const pending = box.reported?.policy.pending;
  if (pending && !pending.approved && pending.expiresAt - now < PENDING_LEFT_MS)
    wanted.push(found('policy_pending_long', now));
  return wanted;
}

/** Of a customer whose processing agreement ends at `until`. Without an end nothing is due. */
export function wantedOfAgreement(until: number | null, now: number): readonly Wanted[] {
  if (until === null || until - now > AGREEMENT_ENDING_MS) return [];
  const code = until > now ? 'agreement_ending' : 'agreement_ended';
  return [{ code, level: rankOfLevel(levelOf(code)), since: until > now ? now : until }];
}

export interface Standing {
  readonly id: string;
  readonly code: string;
  readonly level: number;
}

export interface Difference<Row extends Standing> {
  readonly open: readonly Wanted[];
  readonly change: readonly { readonly row: Row; readonly level: number }[];
  readonly clear: readonly Row[];
}

export function differenceOf<Row extends Standing>(
  wanted: readonly Wanted[],
  standing: readonly Row[],
): Difference<Row> {
  const rows = new Map(standing.map((row) => [row.code, row]));
  const codes = new Set<string>(wanted.map(({ code }) => code));
  return {
    open: wanted.filter(({ code }) => !rows.has(code)),
    change: wanted.flatMap(({ code, level }) => {
      const row = rows.get(code);
      return row && row.level !== level ? [{ row, level }] : [];
    }),
    clear: standing.filter(({ code }) => !codes.has(code)),
  };
}
