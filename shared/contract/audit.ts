/**
 * The head of a box's audit log for the fleet as its witness (c2sp.org/tlog-witness `add-checkpoint`, `shared/audit/witness.ts`), and how often
 * recordings left or were erased: by the hour, few of them hidden.
 */
import { z } from 'zod';
import { base64Of, count } from './fields.ts';
import {
  FEWEST_TOLD,
  FIRST_INSTANT,
  LAST_INSTANT,
  MAX_AUDIT_BYTES,
  MAX_COUNT,
  MAX_HOURS,
  MAX_PROOF,
} from './limits.ts';
import { defineMessage } from './message.ts';
import { upTopic } from './topics.ts';

export const HOUR_MS = 3_600_000;

/** Fewer than FEWEST_TOLD, none among them: null. */
const hidden = z.number().int().min(FEWEST_TOLD).max(MAX_COUNT).nullable();

/** A count as it is told. */
export const hiddenCount = (counted: number): number | null =>
  counted < FEWEST_TOLD ? null : Math.min(MAX_COUNT, counted);

const hourSchema = z.strictObject({
  hour: z.number().int().min(FIRST_INSTANT).max(LAST_INSTANT).multipleOf(HOUR_MS).describe('When it began, ms.'),
  released: hidden.describe('Wraps handed to custodians.'),
  exported: hidden.describe('Recordings written to files.'),
  erased: hidden.describe('Recordings whose wraps were destroyed.'),
});

/** Origin, size and root of a log, an empty line, and the box's own signature alone: 4 bytes of key id and 64 of Ed25519. */
const NOTE =
  /^box\/([0-9a-f]{32})\/audit\/([1-9]\d{0,8})\n(?:0|[1-9]\d{0,8})\n[A-Za-z0-9+/]{43}=\n\n— box\/\1\/audit\/\2 [A-Za-z0-9+/]{91}=\n$/;

export const auditSchema = z.strictObject({
  old: count.describe('Size that the box believes its witness to remember; 0: none.'),
  proof: z.array(base64Of(32)).max(MAX_PROOF).describe('Consistency proof from there (RFC 6962 2.1.2).'),
  note: z.string().max(600).regex(NOTE).describe('The signed checkpoint (c2sp.org/tlog-checkpoint).'),
  hours: z
    .array(hourSchema)
    .max(MAX_HOURS)
    .refine((all) => all.every(({ hour }, at) => at === 0 || hour > all[at - 1]!.hour), 'hours must rise')
    .describe('Whole hours that are over and were not told yet.'),
});

export type Audit = z.infer<typeof auditSchema>;

export const audit = defineMessage({
  name: 'audit',
  direction: 'up',
  topic: (box: string) => upTopic('audit', box),
  qos: 1,
  retain: false,
  maxBytes: MAX_AUDIT_BYTES,
  schema: auditSchema,
  version: 1,
});

/** The request of a message, as `shared/audit/witness.ts` takes it. */
export const checkpointRequest = ({ old, proof, note }: Audit) => ({
  old,
  proof: proof.map((hash) => Buffer.from(hash, 'base64')),
  note,
});
