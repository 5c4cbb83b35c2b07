/** Places that one call is tried at: each may cost the caller FIRST_WORD_MS. */
export const MAX_ATTEMPTS = 6;

/** The same of a call for help, whose caller waits for as long as anybody might answer. */
export const MAX_EMERGENCY_ATTEMPTS = 12;

/** How long one server of a trunk may take to answer, ms, before the next one is asked. OPTIONS: two servers within one look of peer-health.ts. */
export const ANSWER_MS = { REGISTER: 8000, OPTIONS: 1900 } as const;

/** How long a call that nobody dialled (a transfer) counts although no place has been asked yet, ms: opening its media takes less. */
export const RESERVED_MS = 10_000;
