/** Bounds of the API. */

/** Largest body, bytes: the longest is a policy's level with its texts. */
export const MAX_BODY = 65_536;

/** Requests of one token that are free at once, and how fast more come, a second: an import of some hundred boxes, then a poll a second. */
export const TOKEN_RATE = { burst: 300, rate: 5, sources: 10_000 };

/** The same of one address, before anybody knows whose token it is. */
export const SOURCE_RATE = { burst: 1200, rate: 40, sources: 10_000 };

/** How long an answer is kept to be given again, ms: a program that was down overnight tries once more. */
export const ANSWER_KEPT_MS = 86_400_000;

/** After this long without an answer the process that worked on it is gone, ms: then it may be tried anew. */
export const WORK_LIMIT_MS = 60_000;

/** Longest answer that is kept, bytes: what most are is under a thousand. */
export const MAX_KEPT_ANSWER = 16_384;

/** Answers of one token that are kept: an import of all boxes of a large MSP in one day. */
export const MAX_ANSWERS = 10_000;

/** Longest span of a health series, ms: what is kept. */
export const MAX_SERIES_MS = 90 * 86_400_000;

/** How long a check of readiness may take, ms: load balancers give up after a few seconds. */
export const PROBE_PATIENCE_MS = 2000;
