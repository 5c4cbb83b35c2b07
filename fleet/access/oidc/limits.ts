/** Bounds of identity providers. */

/** Providers of one MSP: its own, and some customers'. */
export const MAX_PROVIDERS = 20;

/** Domains, subjects and rules of one provider: a large MSP, with room. */
export const MAX_DOMAINS = 50;
export const MAX_SUBJECTS = 1000;
export const MAX_RULES = 50;

/** Longest client secret, characters: those of signed kind are a few hundred. */
export const MAX_CLIENT_SECRET_LENGTH = 1024;

/** Time at the provider, ms: password, telephone, consent. */
export const ATTEMPT_LIFETIME_MS = 10 * 60_000;

/** Sign-ins under way at once: anybody may begin one. */
export const MAX_ATTEMPTS = 10_000;

/** How long a provider may take for one answer, s. */
export const PROVIDER_PATIENCE_S = 10;

/** Largest answer of a provider, bytes: an ID token with hundreds of groups is some 50 kB. */
export const MAX_ANSWER_BYTES = 262_144;

/** How long what a provider says of itself is believed, ms: endpoints change rarely. */
export const METADATA_LIFETIME_MS = 3_600_000;

/** Providers of which it is remembered, some 10 kB each: more than sign in within an hour; the one that was asked longest ago goes. */
export const MAX_KNOWN = 1000;

/** How long programs of somebody go on after the last time that a provider let them in, who comes in by it alone, ms: a holiday, with its weekends. */
export const VOUCHED_MS = 30 * 86_400_000;

/** How far the provider's clock may be off, s. */
export const CLOCK_TOLERANCE_S = 30;
