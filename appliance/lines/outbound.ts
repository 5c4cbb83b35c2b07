/** What may be called through trunks. Nothing goes out that is not allowed here: a stolen phone password must not cost a fortune. */
import { z } from 'zod';

/** A number as E.164 begins: `+31`, `+3120`. */
const prefix = z.string().regex(/^\+\d{0,15}$/, 'must be the beginning of an international number, such as +31');
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 08:30');

export const outboundSchema = z
  .strictObject({
    /** Beginnings that may be called; the longest match among `allow` and `deny` decides. Empty: no call goes out. */
    allow: z.array(prefix).max(300).default([]),
    deny: z.array(prefix).max(300).default([]),
    /** Short numbers that may always be called, whatever else this says: 112. */
    emergency: z
      .array(z.string().regex(/^\d{2,6}$/))
      .max(20)
      .default(['112']),
    /** From one time of day to another (the box's time zone), over midnight as well, only its `allow` goes out. Null: no night. */
    night: z
      .strictObject({
        from: clockTime,
        until: clockTime,
        /** Saturday and Sunday are night as a whole. */
        weekend: z.boolean(),
        allow: z.array(prefix).max(300).default([]),
      })
      .nullable()
      .default(null),
    /** Calls at once and in a day, for one user. */
    perUser: z
      .strictObject({
        atOnce: z.number().int().min(1).max(100),
        perDay: z.number().int().min(1).max(10_000),
        minutesPerDay: z.number().int().min(1).max(100_000),
      })
      .default({ atOnce: 2, perDay: 200, minutesPerDay: 600 }),
    /** For one trunk in a day. */
    perTrunk: z
      .strictObject({
        perDay: z.number().int().min(1).max(100_000),
        minutesPerDay: z.number().int().min(1).max(1_000_000),
      })
      .default({ perDay: 2000, minutesPerDay: 6000 }),
  })
  .default({
    allow: [],
    deny: [],
    emergency: ['112'],
    night: null,
    perUser: { atOnce: 2, perDay: 200, minutesPerDay: 600 },
    perTrunk: { perDay: 2000, minutesPerDay: 6000 },
  });

export type Outbound = z.infer<typeof outboundSchema>;
