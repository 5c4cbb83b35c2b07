/** Writes `docs/policy.md`. */
import { writeFileSync } from 'node:fs';
import { directionOf } from './policy-directions.ts';
import { policyReference } from './policy-reference.ts';

writeFileSync(new URL('../../docs/policy.md', import.meta.url), policyReference(directionOf));
