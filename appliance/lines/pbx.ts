/** The customer's PBX behind the box: phones register through the box to it, and it keeps their passwords. */
import { z } from 'zod';
import { network, peerFields, plainUntil } from './parts.ts';

/** Phones of one PBX that may be exceptions: all of a large site's, while their firmware is renewed. */
const MAX_PLAIN_PHONES = 2000;

export const pbxSchema = z.strictObject({
  ...peerFields,
  /** SIP domain of its users, as phones write it in From and To. */
  domain: z.string().regex(/^[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?$/),
  /** Where its requests come from; the addresses of `host` when empty. */
  sources: z.array(network).max(16).default([]),
  plainUntil,
  /** Phones that may do without TLS and SRTP towards the box, by user part, each until a day; `*`: any phone. */
  plainPhones: z
    .array(z.strictObject({ user: z.string().min(1).max(64), until: z.iso.datetime({ offset: true }) }))
    .max(MAX_PLAIN_PHONES)
    .default([]),
  /**
   * How its calls find their way back through the box. `contact`: the box stands in the Contact of each registration, which every PBX
   * can do. `path`: the Contact stays the phone's own, and Path (RFC 3327) leads over the box.
   */
  wayBack: z.enum(['contact', 'path']).default('contact'),
  /** Seconds between two OPTIONS that ask whether it is there. */
  optionsSeconds: z.number().int().min(2).max(3600).default(30),
  /** Whether registered phones may call each other while the PBX does not answer. */
  localCallsWithoutIt: z.boolean().default(true),
});

export type Pbx = z.infer<typeof pbxSchema>;
