/** What a box is and does now, whole: on each connection and after each change. */
import { z } from 'zod';
import { count, instant, sha256, softwareVersion, whole } from './fields.ts';
import { MAX_REPORTED_BYTES } from './limits.ts';
import { defineMessage } from './message.ts';
import { policyField } from './policy-fields.ts';
import { policyRefusal } from './policy-refusals.ts';
import { upTopic } from './topics.ts';

const policyName = { version: count, hash: sha256.describe('As the box and its audit log name it.') };

export const reportedSchema = z.strictObject({
  policy: z.strictObject({
    applied: z.strictObject(policyName).nullable().describe('In force; null: nothing is recorded.'),
    pending: z
      .strictObject({
        ...policyName,
        weakens: z.array(policyField).max(200).describe('Fields that wait for somebody there, without their entries.'),
        destroys: z.array(policyField).max(200).describe('Fields that erase before their day.'),
        approved: z.boolean(),
        waitsUntil: instant.nullable().describe('What erases waits until then in any case; null: nothing does.'),
        expiresAt: instant.describe('When it is put away undecided.'),
      })
      .nullable(),
    rejected: z
      .strictObject({ ...policyName, why: policyRefusal })
      .nullable()
      .describe('The last that did not come into force, if none did since.'),
  }),
  recipients: z
    .strictObject({ hash: sha256, custodians: whole(0, 1000), escrows: whole(0, 1000) })
    .nullable()
    .describe('The list of keys by its hash alone: a key in a public directory has a name.'),
  software: z.strictObject({
    version: softwareVersion,
    policySchema: whole(1, 99).describe('Newest form of a policy that it reads.'),
  }),
  hardware: z.strictObject({
    arch: z.enum(['x64', 'arm64']),
    cores: whole(1, 1024),
    memoryMiB: whole(1, 16_777_216),
    diskMiB: whole(1, 99_999_999),
    epochKey: z.enum(['tpm', 'file']).describe('What holds the key that erasing ends.'),
  }),
  calls: z
    .array(z.enum(['phones', 'trunks', 'pbx', 'siprec']))
    .max(4)
    .describe('How calls reach it.'),
  uplink: z.enum(['mqtts', 'wss']),
  reads: whole(1, 999).describe('Version of the contract that the box reads.'),
});

export type Reported = z.infer<typeof reportedSchema>;

export const reported = defineMessage({
  name: 'reported',
  direction: 'up',
  topic: (box: string) => upTopic('reported', box),
  qos: 1,
  retain: true,
  maxBytes: MAX_REPORTED_BYTES,
  schema: reportedSchema,
  version: 1,
});
