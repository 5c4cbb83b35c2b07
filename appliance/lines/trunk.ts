/** A trunk: a carrier's or another PBX's SIP server that brings and takes calls of the outside world. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { fingerprint, lineId, network, peerFields, plainUntil } from './parts.ts';

const codec = z.enum(['opus', 'G722', 'PCMA', 'PCMU']);

/** How numbers are written towards it: `+31201234567`, `0031201234567`, `0201234567`, or untouched. */
export const numberForm = z.enum(['e164', 'international', 'national', 'as dialled']);
export type NumberForm = z.infer<typeof numberForm>;

/** Headers that nobody gives a meaning here: passed only where somebody has said so. */
const passedHeader = z
  .string()
  .max(60)
  .regex(/^(User-to-User|X-[A-Za-z0-9-]+)$/, 'must be User-to-User, or a header that begins with X-');

const fields = z.strictObject({
  id: lineId,
  ...peerFields,
  /** Domain in From, To and the request line towards it; `host` when absent. */
  domain: z.string().max(253).optional(),
  /** Where its calls come from; the addresses of `host` when empty. A client certificate is asked for besides when `clientCertificate` is there. */
  sources: z.array(network).max(32).default([]),
  /** The client certificate that it must show over TLS. */
  clientCertificate: fingerprint.optional(),
  /** Who the box is there. Absent: it knows the box by address. */
  account: z
    .strictObject({
      user: z.string().min(1).max(64),
      authUser: z.string().min(1).max(64).optional(),
      password: z.string().min(1).max(128),
      /** Registers, so that calls find the box behind a router. */
      register: z.boolean().default(true),
    })
    .optional(),
  /** Lower ones first; among equals by weight (RFC 2782). */
  priority: z.number().int().min(0).max(100).default(10),
  weight: z.number().int().min(1).max(1000).default(100),
  /** Calls at once; what the carrier sold. */
  maxCalls: z.number().int().min(1).max(1000).default(100),
  /** Offered in this order; absent: all that the other side offers. */
  codecs: z.array(codec).min(1).max(4).optional(),
  plainUntil,
  numbers: z
    .strictObject({ called: numberForm.default('e164'), calling: numberForm.default('e164') })
    .default({ called: 'e164', calling: 'e164' }),
  identity: z
    .strictObject({
      /** Which header says who calls, towards the trunk (RFC 3325; Remote-Party-ID is Cisco's). */
      send: z
        .enum(['P-Asserted-Identity', 'P-Preferred-Identity', 'Remote-Party-ID', 'none'])
        .default('P-Asserted-Identity'),
      /** Whether what the trunk asserts about callers is believed and passed to phones. */
      believe: z.boolean().default(true),
      /** Diversion and History-Info (RFC 5806, 7044), by direction. */
      history: z.strictObject({ in: z.boolean(), out: z.boolean() }).default({ in: true, out: false }),
    })
    .default({ send: 'P-Asserted-Identity', believe: true, history: { in: true, out: false } }),
  /** Headers that are passed on, by direction (RFC 7433, and what PBXs and carriers agree on). */
  pass: z
    .strictObject({ in: z.array(passedHeader).max(10), out: z.array(passedHeader).max(10) })
    .default({ in: [], out: [] }),
  /** Number that is shown for callers who have none of their own, E.164. */
  callerId: z
    .string()
    .regex(/^\+[1-9]\d{4,14}$/)
    .optional(),
  /** Which phones a called number reaches: the first that matches. `did` in E.164, `*` at its end for any rest. */
  inbound: z
    .array(
      z.strictObject({
        did: z.string().regex(/^\+?\d{0,15}\*?$/),
        to: z.array(z.string().max(64)).min(1).max(20),
        serial: z.boolean().default(false),
      }),
    )
    .max(1000)
    .default([]),
  /** Seconds between two OPTIONS that ask whether it is there; 0: never asked. */
  optionsSeconds: z.number().int().min(0).max(3600).default(60),
});

export const trunkSchema = fields
  .refine(({ transport, plainUntil }) => transport === undefined || transport === 'tls' || plainUntil !== undefined, {
    path: ['transport'],
    message: 'is not encrypted: say until when that may be, in plainUntil',
  })
  .refine(({ host, sources }) => isIP(host) !== 0 || host.includes('.') || sources.length > 0, {
    path: ['host'],
    message: 'must be a whole domain name or an address',
  });

export type Trunk = z.infer<typeof trunkSchema>;
