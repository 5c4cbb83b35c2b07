/** The customer's PBX behind the box: phones register through the box to it, and it keeps their passwords. */
import { z } from 'zod';
import { network, peerFields, plainUntil } from './parts.ts';

export const pbxSchema = z.strictObject({
  ...peerFields,
  /** SIP domain of its users, as phones write it in From and To. */
  domain: z.string().regex(/^[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?$/),
  /** Where its requests come from; the addresses of `host` when empty. */
  sources: z.array(network).max(16).default([]),
  plainUntil,
  /** Whether registered phones may call each other while the PBX does not answer. */
  localCallsWithoutIt: z.boolean().default(true),
});

export type Pbx = z.infer<typeof pbxSchema>;
