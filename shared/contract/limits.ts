/** Bounds on what box and fleet say to each other. Bytes are of UTF-8. */

/** Of the contract as a whole: the newest form of a message that this program reads (docs/decisions/0130). */
export const CONTRACT_VERSION = 1;

/** Largest message of all, bytes: what a broker lets through. Bundles and diagnostics go over HTTPS. */
export const MAX_MESSAGE_BYTES = 65_536;

/** Largest policy that the fleet sends, bytes before base64: in its envelope it stays below a message. */
export const MAX_POLICY_BYTES = 32_768;

/** Largest of the small messages, bytes: presence, events, responses, commands, cosignatures. Ten times what they take. */
export const MAX_SMALL_BYTES = 2048;

/** Largest health sample, bytes: with every gauge and every finding it is under six thousand. */
export const MAX_HEALTH_BYTES = 8192;

/** Largest report, bytes: with every field of a policy waiting it is under ten thousand. */
export const MAX_REPORTED_BYTES = 16_384;

/** Largest checkpoint with its proof and a week of hourly counts, bytes. */
export const MAX_AUDIT_BYTES = 32_768;

/** Largest certificate or request for one, bytes of DER: P-256 with our extensions is under a thousand. */
export const MAX_DER_BYTES = 4096;

/** Certificates in a chain: the box's, two authorities', one for the change of an authority. */
export const MAX_CHAIN = 4;

/** Signatures of one policy: two are usual. */
export const MAX_SIGNATURES = 8;

/** c2sp.org/tlog-witness: no consistency proof is longer, for a tree of 2^63 leaves. */
export const MAX_PROOF = 63;

/** Hours that one message counts: the week that a box may be away. */
export const MAX_HOURS = 168;

/** Earliest instant that is one, ms: a clock before it was never set, and no certificate holds there either. Below it are also all telephone numbers. */
export const FIRST_INSTANT = Date.UTC(2024, 0, 1);

/** Latest instant, ms. */
export const LAST_INSTANT = Date.UTC(2100, 0, 1);

/** Highest count of anything: leaves of a log, messages, connections. Nine digits, so that no number with its country code fits. */
export const MAX_COUNT = 999_999_999;

/** Fewer than these in an hour are not told: one call, one person (k-anonymity, k = 5). */
export const FEWEST_TOLD = 5;
