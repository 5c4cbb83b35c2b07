/** Alerts that stand, what is done about them, and maintenance windows. */
import { z } from 'zod';
import type { AlertRow, MuteRow } from '../../alerts/alerts.ts';
import { alertCodes, alertLevels } from '../../alerts/codes.ts';
import { MAX_WINDOW_BOXES } from '../../alerts/limits.ts';
import type { WindowRow } from '../../alerts/windows.ts';
import { route } from '../route.ts';
import { id, instant, pageOf, paging, plain } from '../schemas.ts';

const code = z.enum(alertCodes);
const level = z.enum(alertLevels);
const named = z.strictObject({ id: z.string(), name: z.string() }).nullable();
const note = plain(500);
const flag = z.enum(['true', 'false']).transform((said) => said === 'true');

const muteSchema = z
  .strictObject({
    ...{ id, code, level, until: instant.nullable().describe('Null: until it gets worse.') },
    ...{ customer: z.string().nullable(), site: z.string().nullable(), box: z.string().nullable() },
    ...{ by: z.string(), at: instant, note: z.string() },
  })
  .meta({ id: 'Mute' });

const alertSchema = z
  .strictObject({
    ...{ id, code, level, since: instant, levelAt: instant, lastAt: instant, box: named, site: named, customer: named },
    acknowledged: z.strictObject({ by: z.string(), at: instant, note: z.string() }).nullable(),
    assignedTo: z.string().nullable(),
    muted: muteSchema.nullable(),
    maintenance: z.strictObject({ window: z.string(), until: instant }).nullable(),
    closable: z.boolean().describe('Whether a person may close it; else it goes by itself.'),
  })
  .meta({ id: 'Alert' });

const whenSchema = z.strictObject({
  zone: z.string().max(64).describe('IANA name.'),
  days: z.array(z.number().int().min(1).max(7)).min(1).max(7).nullable().describe('1 Monday to 7 Sunday; null: once.'),
  fromDate: z.string().max(10),
  fromTime: z.string().max(5),
  untilDate: z.string().max(10).nullable(),
  untilTime: z.string().max(5),
});

const windowSchema = z
  .strictObject({
    id,
    customer: z.string().nullable(),
    site: z.string().nullable(),
    boxes: z.array(z.string()).nullable().describe('Null: all of the place.'),
    when: whenSchema,
    reason: z.string(),
    by: z.string(),
    at: instant,
    occurrence: z.strictObject({ from: instant, until: instant }).nullable().describe('Open, or the next; null: over.'),
  })
  .meta({ id: 'MaintenanceWindow' });

const toMute = ({ id, code, level, until, customer, site, box, by, at, note }: MuteRow) => ({
  ...{ id, code, level, until, customer, site, box, by, at, note },
});
const toAlert = ({ muted, ...alert }: AlertRow) => ({ ...alert, muted: muted && toMute(muted) });
const toWindow = ({ id, place, boxes, when, reason, by, at, occurrence }: WindowRow) => ({
  ...{ id, customer: place.customer, site: place.site, boxes: boxes && [...boxes], reason, by, at },
  when: { ...when, days: when.days && [...when.days] },
  occurrence: occurrence && { from: occurrence.from, until: occurrence.until },
});

const act = { act: 'handle alerts', answer: alertSchema, method: 'post', thing: '/alerts/{alert}' } as const;

export const alertRoutes = [
  route({
    id: 'listAlerts',
    method: 'get',
    path: '/alerts',
    summary: 'Alerts that stand, worst first, then the newest',
    act: 'see alerts',
    query: z.strictObject({
      ...paging,
      ...{
        level: level.optional(),
        code: code.optional(),
        customer: id.optional(),
        site: id.optional(),
        box: id.optional(),
      },
      ...{
        acknowledged: flag.optional(),
        muted: flag.optional(),
        maintenance: flag.optional(),
        assignedTo: id.optional(),
      },
    }),
    answer: pageOf(alertSchema),
    refusals: ['cursor_invalid'],
    async run({ services: { alerts }, scope, query }) {
      const { rows, next } = await alerts.list.list(scope, query);
      return { items: rows.map(toAlert), next };
    },
  }),
  route({
    id: 'getAlert',
    method: 'get',
    path: '/alerts/{alert}',
    summary: 'One alert that stands',
    act: 'see alerts',
    answer: alertSchema,
    tagged: true,
    refusals: ['alert_unknown'],
    run: async ({ services: { alerts }, scope, params }) => toAlert(await alerts.list.get(scope, params.alert!)),
  }),
  route({
    id: 'acknowledgeAlert',
    ...act,
    path: '/alerts/{alert}/acknowledge',
    summary: 'Somebody sees to it: it is told no more, unless it gets worse',
    body: z.strictObject({ note }),
    refusals: ['alert_unknown'],
    async run({ services: { alerts }, scope, params, body, person }) {
      await alerts.list.acknowledge(scope, [params.alert!], body.note, person.id);
      return toAlert(await alerts.list.get(scope, params.alert!));
    },
  }),
  route({
    id: 'muteAlert',
    ...act,
    path: '/alerts/{alert}/mute',
    summary: 'Quiet until an instant or, null, until it gets worse',
    body: z.strictObject({ until: instant.nullable(), note }),
    refusals: ['alert_unknown', 'mute_invalid', 'mutes_full'],
    async run({ services: { alerts }, scope, params, body, person }) {
      await alerts.list.mute(scope, params.alert!, body.until, body.note, person.id);
      return toAlert(await alerts.list.get(scope, params.alert!));
    },
  }),
  route({
    id: 'listMutes',
    method: 'get',
    path: '/mutes',
    summary: 'Mutes in force, newest first',
    act: 'see alerts',
    answer: z.strictObject({ items: z.array(muteSchema) }),
    run: async ({ services: { alerts }, scope }) => ({ items: (await alerts.list.mutes(scope)).map(toMute) }),
  }),
  route({
    id: 'endMute',
    method: 'delete',
    path: '/mutes/{mute}',
    summary: 'It is told again at once, if it stands',
    act: 'handle alerts',
    answer: z.null(),
    status: 204,
    refusals: ['mute_unknown'],
    async run({ services: { alerts }, scope, params, person }) {
      await alerts.list.unmute(scope, params.mute!, person.id);
      return null;
    },
  }),
  route({
    id: 'listMaintenance',
    method: 'get',
    path: '/maintenance',
    summary: 'Maintenance windows, in the order in which they open',
    act: 'see alerts',
    answer: z.strictObject({ items: z.array(windowSchema) }),
    run: async ({ services: { alerts }, scope }) => ({ items: (await alerts.windows.list(scope)).map(toWindow) }),
  }),
  route({
    id: 'planMaintenance',
    method: 'post',
    path: '/maintenance',
    summary: 'A window in which nobody is told; what still stands afterwards is',
    act: 'handle alerts',
    body: z.strictObject({
      target: z.discriminatedUnion('of', [
        z.strictObject({ of: z.literal('msp') }),
        z.strictObject({ of: z.literal('customer'), customer: id }),
        z.strictObject({ of: z.literal('site'), site: id }),
        z.strictObject({ of: z.literal('boxes'), boxes: z.array(id).min(1).max(MAX_WINDOW_BOXES) }),
      ]),
      when: whenSchema,
      reason: note,
    }),
    answer: windowSchema,
    status: 201,
    refusals: [
      ...(['target_unknown', 'scope_too_small', 'window_invalid', 'time_zone_invalid'] as const),
      ...(['reason_missing', 'windows_full'] as const),
    ],
    async run({ services: { alerts }, scope, body, person }) {
      const made = await alerts.windows.plan(scope, body.target, body.when, body.reason, person.id);
      return toWindow((await alerts.windows.list(scope)).find((one) => one.id === made)!);
    },
  }),
  route({
    id: 'removeMaintenance',
    method: 'delete',
    path: '/maintenance/{window}',
    summary: 'Ends a window at once, also while it is open',
    act: 'handle alerts',
    answer: z.null(),
    status: 204,
    refusals: ['window_unknown'],
    async run({ services: { alerts }, scope, params, person }) {
      await alerts.windows.remove(scope, params.window!, person.id);
      return null;
    },
  }),
];
