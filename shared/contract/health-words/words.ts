/** The words of health for people. No sentence names anybody or anything: what a finding is about stays on the box. */
import type { GaugeName } from '../gauges.ts';
import type { HealthCheck, HealthCode } from '../health-codes.ts';

export interface HealthWords {
  readonly checks: Readonly<Record<HealthCheck, string>>;
  /** `says`: what is so. `advice`: what to do. */
  readonly codes: Readonly<Record<HealthCode, { readonly says: string; readonly advice: string }>>;
  readonly gauges: Readonly<Record<GaugeName, string>>;
}
