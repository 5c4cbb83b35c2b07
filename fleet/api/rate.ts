/** How somebody is told how often they may ask. */
import type { Counted, QuotaLimits } from '@belkluis/shared/access/quota';

/** RateLimit header fields for HTTP, draft 10: a policy, and what is left of it. */
export const rateHeaders = (
  { burst, rate }: Pick<QuotaLimits, 'burst' | 'rate'>,
  { left, fullIn }: Counted,
): Record<string, string> => ({
  'RateLimit-Policy': `"token";q=${burst};w=${Math.ceil(burst / rate)}`,
  RateLimit: `"token";r=${left};t=${fullIn}`,
});
