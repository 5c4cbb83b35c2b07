/** How a box is: numbers by closed names, and findings by code. Of one moment, or the worst of several. */
import { z } from 'zod';
import { instant, whole } from './fields.ts';
import { findingCode, findingCodes, level } from './finding-codes.ts';
import { gaugesSchema } from './gauges.ts';
import { MAX_HEALTH_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { upTopic } from './topics.ts';

/** Findings of one code are told once, with how many there are. */
const MAX_FINDINGS = findingCodes.length;

export const healthSchema = z
  .strictObject({
    from: instant.describe('When the first sample was taken.'),
    until: instant.describe('When the last one was; of one moment the same.'),
    samples: whole(1, 10_000).describe('How many this is the worst of.'),
    gauges: gaugesSchema,
    findings: z
      .array(z.strictObject({ code: findingCode, level, times: whole(1, 1000).describe('Trunks, keys, … of it.') }))
      .max(MAX_FINDINGS)
      .refine((all) => new Set(all.map(({ code }) => code)).size === all.length, 'a code twice'),
  })
  .refine(({ from, until }) => from <= until, 'ends before it begins');

export type Health = z.infer<typeof healthSchema>;

/** Acknowledged: what was measured while the box was away is wanted whole. */
export const health = defineMessage({
  name: 'health',
  direction: 'up',
  topic: (box: string) => upTopic('health', box),
  qos: 1,
  retain: false,
  maxBytes: MAX_HEALTH_BYTES,
  schema: healthSchema,
  version: 1,
});
