/**
 * The lines of a box besides its phones: a PBX, trunks, SIPREC sources, and what may go out by them. Told by on-site IT, kept in one
 * document. Not policy: nothing here decides what is recorded.
 */
import { z } from 'zod';
import { callLogSchema } from './call-log.ts';
import { outboundSchema } from './outbound.ts';
import { pbxSchema } from './pbx.ts';
import { siprecSchema } from './siprec.ts';
import { trunkSchema } from './trunk.ts';

/** Trunks of one box: a carrier or two, each with a spare. */
const MAX_TRUNKS = 16;

/** Call logs of one box: its PBX and its carriers. */
const MAX_CALL_LOGS = 16;

const distinct = (items: readonly { id: string }[]): boolean =>
  new Set(items.map(({ id }) => id)).size === items.length;

export const linesSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** How numbers are written here: E.164 country code, and what is dialled before international and national numbers. */
  numbering: z
    .strictObject({
      country: z.string().regex(/^[1-9]\d{0,2}$/, 'must be a country code such as 31'),
      international: z.string().regex(/^\d{1,4}$/, 'must be digits such as 00'),
      national: z.string().regex(/^\d{0,2}$/, 'must be digits such as 0, or empty'),
      /** How phones see who calls from outside. */
      shown: z.enum(['e164', 'national']).default('national'),
    })
    .default({ country: '31', international: '00', national: '0', shown: 'national' }),
  pbx: pbxSchema.nullable().default(null),
  trunks: z.array(trunkSchema).max(MAX_TRUNKS).refine(distinct, { message: 'names a trunk twice' }).default([]),
  outbound: outboundSchema,
  siprec: siprecSchema.nullable().default(null),
  /** Whose logs of calls are laid beside the box's own. */
  callLogs: z
    .array(callLogSchema)
    .max(MAX_CALL_LOGS)
    .refine(distinct, { message: 'names a call log twice' })
    .default([]),
});

export type Lines = z.infer<typeof linesSchema>;

/** As a person writes it: what has a default may be left out. */
export type WrittenLines = z.input<typeof linesSchema>;
