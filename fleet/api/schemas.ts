/** What the API answers, as schemas: the document is made of them. Instants are whole milliseconds since 1970, UTC, as in messages of boxes. */
import { eventSchema } from '@belkluis/shared/contract/event';
import { findingCode, level } from '@belkluis/shared/contract/finding-codes';
import { gaugesSchema } from '@belkluis/shared/contract/gauges';
import { healthSchema } from '@belkluis/shared/contract/health';
import { FEWEST_TOLD } from '@belkluis/shared/contract/limits';
import { reportedSchema } from '@belkluis/shared/contract/reported';
import { z } from 'zod';
import { acts, byToken } from '../access/rights.ts';
import { claimStates } from '../enrolment/claim.ts';
import { urgencies } from '../inventory/urgency.ts';
import { apiCodes } from './problems.ts';

export const id = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/);
export const instant = z.number().int().nonnegative().describe('Milliseconds since 1970, UTC.');
const count = z.number().int().nonnegative();
const name = z.string();

export const problemSchema = z
  .strictObject({
    type: z.string().describe('`urn:belkluis:problem:` and the code.'),
    title: z.string().describe('A sentence for a person: what is so, what to do.'),
    status: z.number().int(),
    code: z.enum(apiCodes).describe('For programs. Stable; new ones may come.'),
    detail: z.string().optional(),
    errors: z
      .array(z.strictObject({ at: z.string(), message: z.string() }))
      .optional()
      .describe('Fields that are not right.'),
  })
  .meta({ id: 'Problem' });

/** A page of a list. `next`: for `after`; null: this was the last. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe('For `after`; null: there are no more.'),
  });

/** How a page is asked for. */
export const paging = {
  after: z.string().max(1024).optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).optional().describe('Rows of a page, 50 unless said.'),
};

/** Text that is looked for: no database takes a NUL. */
export const plain = (most: number) =>
  z
    .string()
    .regex(/^\P{C}*$/u)
    .max(most);

const flag = z.enum(['true', 'false']).transform((said) => said === 'true');
export const search = plain(100).optional().describe('Part of a name.');
export const archived = flag.optional().describe('With those that were archived.');

const dated = { createdAt: instant, archivedAt: instant.nullable() };

export const customerSchema = z.strictObject({ id, name, ...dated }).meta({ id: 'Customer' });

export const siteSchema = z
  .strictObject({
    id,
    customer: id,
    name,
    country: z.string().describe('ISO 3166-1 alpha-2.'),
    timeZone: z.string().describe('IANA name.'),
    ...dated,
  })
  .meta({ id: 'Site' });

const policyState = z.enum(['none', 'applied', 'pending', 'rejected']);
const urgency = z
  .enum(urgencies)
  .describe('How soon somebody has to look at it: bad, gone, warn, pending, ok, revoked.');

const boxRow = {
  id,
  name,
  customer: id,
  site: id,
  state: z.enum(['pending', 'active', 'revoked']),
  urgency,
  software: z.string().nullable(),
  policyState: policyState.nullable(),
  policyVersion: count.nullable(),
  presence: z
    .strictObject({
      is: z.enum(['online', 'offline', 'sleep']),
      since: instant,
      gone: z.boolean().describe('Longer than the grace.'),
    })
    .nullable(),
  heardAt: instant.nullable().describe('When health was last heard.'),
  tags: z.array(z.string()).describe('What people of the MSP call it besides its name.'),
};

export const boxRowSchema = z.strictObject(boxRow).meta({ id: 'BoxRow' });

export const boxSchema = z
  .strictObject({
    ...boxRow,
    createdAt: instant,
    activatedAt: instant.nullable(),
    revokedAt: instant.nullable(),
    reported: reportedSchema.nullable().describe('What it last said of itself.'),
    health: healthSchema.nullable().describe('What it last said of its health.'),
    missing: count.describe('Messages that never came.'),
    restarts: count.describe('How often it lost its count of messages.'),
  })
  .meta({ id: 'Box' });

/** Text; what makes it a tag, the room says. */
export const tag = plain(100);

export const boxFilters = {
  search: plain(100).optional().describe('Part of a name or a tag, or the beginning of an id.'),
  customer: id.optional(),
  site: id.optional(),
  urgency: urgency.optional(),
  software: plain(64).optional(),
  policyState: policyState.optional(),
  tag: tag.optional().describe('However it is written.'),
  order: z.enum(['urgency', 'name']).optional().describe('Most urgent first unless said.'),
};

export const countsSchema = z
  .strictObject({
    urgency: z.strictObject(
      Object.fromEntries(urgencies.map((one) => [one, count])) as Record<(typeof urgencies)[number], typeof count>,
    ),
    software: z.array(z.strictObject({ version: z.string(), boxes: count })),
    policy: z.strictObject({ none: count, applied: count, pending: count, rejected: count }),
  })
  .meta({ id: 'Counts' });

export const findingSchema = z
  .strictObject({ box: id, name, customer: id, site: id, code: findingCode, level, since: instant })
  .meta({ id: 'Finding' });

export const timelineSchema = z.strictObject({ id, at: instant, event: eventSchema }).meta({ id: 'TimelineRow' });

export const seriesSchema = z
  .strictObject({
    step: count.describe('Milliseconds between points; 0: as they came.'),
    points: z.array(z.strictObject({ at: instant, gauges: gaugesSchema })),
  })
  .meta({ id: 'Series' });

const hourCount = count.min(FEWEST_TOLD).nullable();

export const hourCountsSchema = z
  .strictObject({
    fewest: z.literal(FEWEST_TOLD).describe('A count that is smaller is null: none and few are told alike.'),
    hours: z
      .array(
        z.strictObject({
          hour: instant.describe('When it began.'),
          released: hourCount.describe('Recordings opened; null: fewer than `fewest`.'),
          exported: hourCount.describe('Recordings written to files; null: fewer than `fewest`.'),
          erased: hourCount.describe('Recordings erased; null: fewer than `fewest`.'),
        }),
      )
      .describe('In the order of time. An hour that is not here was not told, which is not the same as none.'),
  })
  .meta({ id: 'HourCounts' });

export const boxPolicySchema = z
  .strictObject({
    state: policyState.nullable(),
    version: count.nullable().describe('In force; null: nothing is known.'),
    reported: reportedSchema.shape.policy
      .nullable()
      .describe('Applied, waiting for somebody there, rejected: as the box said it.'),
  })
  .meta({ id: 'BoxPolicy' });

export const witnessSchema = z
  .strictObject({
    remembered: z
      .strictObject({
        size: count,
        note: z.string().describe('The signed note that was cosigned last.'),
        heardAt: instant,
      })
      .nullable(),
    evidence: z.array(
      z.strictObject({
        digest: z.string(),
        why: z.enum(['fork', 'rollback', 'inconsistent']),
        remembered: z.string(),
        offered: z.string(),
        foundAt: instant,
      }),
    ),
  })
  .meta({ id: 'Witness' });

export const claimSchema = z
  .strictObject({ id, state: z.enum([...claimStates, 'lapsed']), box: id.nullable(), expiresAt: instant })
  .meta({ id: 'Claim' });

export const loggedSchema = z
  .strictObject({
    index: count,
    kind: z.string(),
    at: instant,
    actor: z.string().describe('Id of a person; operator, fleet, purge, nobody.'),
    facts: z.record(z.string(), z.unknown()).describe('Ids and codes, by kind.'),
  })
  .meta({ id: 'LoggedEvent' });

export const checkpointSchema = z
  .strictObject({
    origin: z.string(),
    size: count,
    note: z.string().describe('C2SP tlog-checkpoint: origin, size, root, signatures.'),
  })
  .meta({ id: 'Checkpoint' });

const tokenAct = z.enum(acts.filter(byToken));

export const tokenSchema = z
  .strictObject({ id, name, acts: z.array(tokenAct), expiresAt: instant })
  .meta({ id: 'Token' });
