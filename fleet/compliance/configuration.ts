/** What whoever installs the fleet says about themselves, and about everything that it connects to. */
import { z } from 'zod';
import { mechanisms } from './countries.ts';
import { MAX_NAME } from './limits.ts';
import { purposes } from './locations.ts';

const country = z.string().regex(/^[A-Z]{2}$/, 'must be a country code such as NL');
const name = z.string().min(1).max(MAX_NAME);
const transfer = z.strictObject({
  mechanism: z.enum(mechanisms),
  /** SHA-256 of the document, hex. */
  document: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex'),
  /** Day of the transfer impact assessment. */
  assessed: z.iso.date(),
});
const attestation = z.strictObject({ name, by: name, day: z.iso.date() });

export const complianceSchema = z.strictObject({
  /** Who runs the fleet. Null: no agreement can be drawn up, and there is no `/trust`. */
  provider: z
    .strictObject({ name, address: name, country, parentCountry: country, contact: name })
    .nullable()
    .default(null),
  /** Where everything has to be. Null: anywhere that a transfer is provided for. */
  regionLock: z.enum(['NL', 'EEA']).nullable().default('EEA'),
  /** By what personal data may be where the fleet stands, if that is outside the EEA. */
  transfer: transfer.nullable().default(null),
  /** Whom the fleet connects to on other machines, and places such as those of backups (`host` null). */
  destinations: z
    .array(
      z.strictObject({
        purpose: z.enum(purposes).exclude(['server']),
        host: z.string().min(1).max(253).nullable(),
        port: z.number().int().min(1).max(65535).nullable().default(null),
        country,
        /** Name in the register of sub-processors; null: whoever runs the fleet. */
        subprocessor: name.nullable().default(null),
        transfer: transfer.nullable().default(null),
      }),
    )
    .max(64)
    .default([]),
  /** Certificates that are held; `day`: their end. */
  certifications: z.array(attestation).max(32).default([]),
  /** Audits that were done; `day`: when. */
  audits: z.array(attestation).max(32).default([]),
});
