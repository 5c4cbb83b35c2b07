/** Bounds on what is known of software. */
import { DAY_MS } from '../inventory/limits.ts';

/** From then on a version is bad news, ms: a month is enough to plan an evening for every box. */
export const OLD_MS = 30 * DAY_MS;

/** What is stored is looked at again after so long, ms: pages are shown oftener, and another process may have taken a file. */
export const KNOWN_FOR_MS = 30_000;

/** Of a file that is brought, bytes: an SBOM of a thousand packages, or some hundred advisories with their prose. */
export const MAX_FILE_BYTES = 16 * 1024 ** 2;

/** Packages of one release. */
export const MAX_COMPONENTS = 20_000;

/** Advisories in one file. */
export const MAX_ADVISORIES = 5000;
