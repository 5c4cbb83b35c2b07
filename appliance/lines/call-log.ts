/** Call logs of others: what a PBX or a carrier says of the calls that it carried, laid beside what the box knows. */
import { z } from 'zod';
import { fingerprintOfHostKey, host, lineId, port } from './parts.ts';

const absolutePath = z.string().max(500).regex(/^\//, 'must be an absolute path');

/** Where its files lie. Files are read and left; names say nothing. */
const placeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('directory'), path: absolutePath }),
  z.strictObject({
    kind: z.literal('sftp'),
    host,
    port: port.default(22),
    user: z.string().min(1).max(64),
    /** OpenSSH private key, readable by the box's user alone. */
    privateKeyFile: absolutePath,
    hostKey: fingerprintOfHostKey,
    path: absolutePath,
  }),
  z.strictObject({
    kind: z.literal('https'),
    url: z
      .url()
      .max(500)
      .refine(
        (url) => /^https:|^http:\/\/(127\.|\[::1\]|localhost)/.test(url),
        'must be https; http only to this machine',
      ),
    /** A file whose first line goes into `Authorization: Bearer`. */
    tokenFile: absolutePath.optional(),
  }),
]);

/** Column of a field: its name in the first line, or its number from 0 where there is no first line of names. */
const column = z.union([z.string().min(1).max(100), z.number().int().min(0).max(200)]);

const formatSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('csv'),
    separator: z.enum([',', ';', '|', '\t']).default(','),
    columns: z.strictObject({
      startedAt: column,
      caller: column,
      callee: column,
      /** Talking time: seconds, or `hh:mm:ss`. 0 and empty: nobody answered. */
      duration: column,
      id: column.optional(),
    }),
    /** `local`: `2026-11-25 13:04:05` in the box's time zone; `iso`: with its own; `unix`: seconds. */
    time: z.enum(['iso', 'local', 'unix']).default('iso'),
  }),
  /**
   * Rows of kamailio's acc table, in its order (method, from_tag, to_tag, callid, sip_code, sip_reason, time), then who called whom:
   * `db_extra` with `src_user=$fU;dst_user=$rU`, as db_flatstore writes them.
   */
  z.strictObject({ kind: z.literal('kamailio'), separator: z.enum([',', ';', '|', '\t']).default('|') }),
]);

/** What the box's own records are called among the logs of others: no log may have that name. */
export const OWN_RECORDS = 'own-records';

export const callLogSchema = z.strictObject({
  id: lineId.refine((name) => name !== OWN_RECORDS, "is the name of the box's own records: choose another one"),
  place: placeSchema,
  format: formatSchema,
  everyMinutes: z.number().int().min(5).max(1440).default(60),
});

export type CallLogSource = z.infer<typeof callLogSchema>;
export type CallLogFormat = CallLogSource['format'];
