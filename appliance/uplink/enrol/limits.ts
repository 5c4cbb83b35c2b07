/** How long the fleet may take to connect and to answer, ms. */
export const ANSWER_TIMEOUT_MS = 10_000;

/** Of a certificate's life, when another is asked for: a month is left to reach the fleet. */
export const RENEW_AT = 2 / 3;

/** After it has expired, days, in which the box may still renew by itself: as long as the fleet takes it. */
export const RENEW_AFTER_EXPIRY_MS = 30 * 86_400_000;
