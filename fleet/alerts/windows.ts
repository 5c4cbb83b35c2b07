/** Maintenance windows, as somebody with a scope plans them: in them alerts are recorded and nobody is told. What still stands afterwards is told. */
import { z } from 'zod';
import { transact } from '../db/transact.ts';
import { checkTimeZone } from '../tenants/fields.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { MAX_WINDOW_BOXES, MAX_WINDOWS } from './limits.ts';
import { checkNote, type Db, type Parts, type Place, placeOf, type Target, view } from './parts.ts';
import { problem } from './problems.ts';
import type { Window } from './quiet.ts';
import type { AlertTables } from './tables.ts';
import { type Open, openAtOrAfter, type When } from './when.ts';

export type WindowTarget =
  | Exclude<Target, { readonly of: 'box' }>
  | { readonly of: 'boxes'; readonly boxes: readonly string[] };

export interface WindowRow extends Window {
  readonly reason: string;
  /** Who planned it, and when. */
  readonly by: string;
  readonly at: number;
  /** The one that is open, or else the next; null: it is over. */
  readonly occurrence: Open | null;
}

const isDate = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};
const date = z
  .string()
  .regex(/^20\d\d-\d\d-\d\d$/)
  .refine(isDate);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const whenSchema = z
  .strictObject({
    zone: z.string().max(64),
    days: z.array(z.number().int().min(1).max(7)).min(1).max(7).nullable(),
    fromDate: date,
    fromTime: time,
    untilDate: date.nullable(),
    untilTime: time,
  })
  .refine(
    ({ days, untilDate, fromDate }) =>
      (days === null ? untilDate !== null : true) && (untilDate ?? fromDate) >= fromDate,
  );

const maskOf = (days: readonly number[]): number => days.reduce((mask, day) => mask | (1 << (day - 1)), 0);
const daysOf = (mask: number): number[] => [1, 2, 3, 4, 5, 6, 7].filter((day) => mask & (1 << (day - 1)));

const whenOf = (row: AlertTables['maintenance_windows']): When => ({
  zone: row.zone,
  days: row.days === null ? null : daysOf(row.days),
  fromDate: row.from_date,
  fromTime: row.from_time,
  untilDate: row.until_date,
  untilTime: row.until_time,
});

/** All of an MSP, or of all MSPs, with their boxes. */
async function read(
  db: Db,
  msp: string | null,
): Promise<readonly (Omit<WindowRow, 'occurrence'> & { readonly msp: string })[]> {
  let query = db.selectFrom('maintenance_windows').selectAll().orderBy('id');
  let named = db
    .selectFrom('maintenance_boxes')
    .innerJoin('maintenance_windows', 'maintenance_windows.id', 'maintenance_boxes.window_id')
    .select(['window_id', 'box']);
  if (msp !== null) {
    query = query.where('msp', '=', msp);
    named = named.where('maintenance_windows.msp', '=', msp);
  }
  const rows = await query.execute();
  if (rows.length === 0) return [];
  const boxes = Map.groupBy(await named.execute(), ({ window_id }) => window_id);
  return rows.map((row) => ({
    ...{ id: row.id, msp: row.msp, reason: row.reason, by: row.by_person, at: row.made_at },
    place: { msp: row.msp, customer: row.customer, site: row.site, box: null },
    boxes: row.of_boxes === 1 ? new Set((boxes.get(row.id) ?? []).map(({ box }) => box)) : null,
    when: whenOf(row),
  }));
}

/** For the rule of what is told (`quiet.ts`). */
export const windowsOf = (msp: string, db: Db): Promise<readonly Window[]> => read(db, msp);

export function openWindows({ database, clock, newId, append }: Parts) {
  const db = view(database);

  /** The place and boxes of a target that is whole in scope. */
  async function resolve(
    tx: Db,
    scope: Scope,
    target: WindowTarget,
  ): Promise<{ place: Place; boxes: readonly string[] }> {
    if (target.of !== 'boxes') return { place: await placeOf(tx, scope, target), boxes: [] };
    const boxes = [...new Set(target.boxes)];
    if (boxes.length === 0 || boxes.length > MAX_WINDOW_BOXES) throw problem('target_unknown');
    const found = await tx
      .selectFrom('boxes')
      .select('id')
      .where('id', 'in', boxes)
      .where(inScope(scope, 'boxes'))
      .execute();
    if (found.length !== boxes.length) throw problem('target_unknown');
    return { place: { msp: scope.msp, customer: null, site: null, box: null }, boxes };
  }

  /** Those that touch anything in scope. */
  async function seen(scope: Scope): Promise<readonly WindowRow[]> {
    const all = await read(db, scope.msp);
    const now = clock.now();
    const shown = all.map(({ msp: _, ...window }) => ({ ...window, occurrence: openAtOrAfter(window.when, now) }));
    if (scope.within === 'all' || shown.length === 0) return shown;
    const { customers, sites } = scope.within;
    const above = await db
      .selectFrom('sites')
      .select(['id', 'customer'])
      .where(inScope(scope, 'sites', { site: 'id' }))
      .execute();
    const [ownSites, ownCustomers] = [
      new Set([...sites, ...above.map(({ id }) => id)]),
      new Set([...customers, ...above.map(({ customer }) => customer)]),
    ];
    const named = [...new Set(shown.flatMap(({ boxes }) => [...(boxes ?? [])]))];
    const own = new Set<string>();
    for (let at = 0; at < named.length; at += 500) {
      const found = await db
        .selectFrom('boxes')
        .select('id')
        .where('id', 'in', named.slice(at, at + 500))
        .where(inScope(scope, 'boxes'))
        .execute();
      for (const { id } of found) own.add(id);
    }
    return (
      shown
        .filter(({ place, boxes }) => {
          if (boxes !== null) return [...boxes].some((box) => own.has(box));
          if (place.site !== null) return ownSites.has(place.site);
          return place.customer === null || ownCustomers.has(place.customer);
        })
        // Boxes of others are not theirs to see.
        .map((window) => ({
          ...window,
          boxes: window.boxes && new Set([...window.boxes].filter((box) => own.has(box))),
        }))
    );
  }

  return {
    /**
     * Where all of `target` is in scope. @throws Problem `target_unknown`, `scope_too_small`, `window_invalid` (naming the field that is none), `time_zone_invalid`, `reason_missing`,
     * `note_invalid`, `windows_full`.
     */
    async plan(scope: Scope, target: WindowTarget, when: When, reason: string, actor: string): Promise<string> {
      const parsed = whenSchema.safeParse(when);
      if (!parsed.success) throw problem('window_invalid', parsed.error.issues[0]!.path[0]?.toString());
      const { zone, days, fromDate, fromTime, untilDate, untilTime } = parsed.data;
      try {
        checkTimeZone(zone);
      } catch (cause) {
        throw problem('time_zone_invalid', undefined, cause);
      }
      if (openAtOrAfter(parsed.data, clock.now()) === null) throw problem('window_invalid');
      const said = checkNote(reason);
      if (said === '') throw problem('reason_missing');
      return await transact(database, async (whole) => {
        const tx = view(whole);
        const { place, boxes } = await resolve(tx, scope, target);
        const { count } = await tx
          .selectFrom('maintenance_windows')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .where('msp', '=', scope.msp)
          .executeTakeFirstOrThrow();
        if (count >= MAX_WINDOWS) throw problem('windows_full');
        const id = newId();
        const of = place.site ?? place.customer ?? place.msp;
        await append({ kind: 'maintenance_planned', actor, facts: { msp: scope.msp, window: id, of } }, whole);
        await tx
          .insertInto('maintenance_windows')
          .values({
            ...{ id, msp: scope.msp, customer: place.customer, site: place.site, of_boxes: boxes.length > 0 ? 1 : 0 },
            ...{ zone, days: days && maskOf(days), from_date: fromDate, from_time: fromTime },
            ...{ until_date: untilDate, until_time: untilTime, reason: said, by_person: actor, made_at: clock.now() },
          })
          .execute();
        if (boxes.length > 0)
          await tx
            .insertInto('maintenance_boxes')
            .values(boxes.map((box) => ({ window_id: id, box })))
            .execute();
        return id;
      });
    },

    /** At once, also while it is open. Where all that it covers is in scope. @throws Problem `window_unknown`. */
    async remove(scope: Scope, window: string, actor: string): Promise<void> {
      await transact(database, async (whole) => {
        const tx = view(whole);
        const known = (await read(tx, scope.msp)).find(({ id }) => id === window);
        if (!known) throw problem('window_unknown');
        const { place, boxes } = known;
        const target: WindowTarget | null =
          boxes !== null
            ? boxes.size > 0
              ? { of: 'boxes', boxes: [...boxes] }
              : null
            : place.site !== null
              ? { of: 'site', site: place.site }
              : place.customer !== null
                ? { of: 'customer', customer: place.customer }
                : { of: 'msp' };
        if (target)
          await resolve(tx, scope, target).catch((cause) => {
            throw problem('window_unknown', undefined, cause);
          });
        await append({ kind: 'maintenance_removed', actor, facts: { msp: scope.msp, window } }, whole);
        await tx.deleteFrom('maintenance_windows').where('id', '=', window).execute();
      });
    },

    /** Those that touch anything in scope, in the order in which they open; over ones last. */
    async list(scope: Scope): Promise<readonly WindowRow[]> {
      const order = ({ occurrence }: WindowRow) => occurrence?.from ?? Number.POSITIVE_INFINITY;
      return [...(await seen(scope))].sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
    },

    /** For the overview: those that are open, and the next `count`. */
    async nowAndNext(
      scope: Scope,
      count = 5,
    ): Promise<{ readonly now: readonly WindowRow[]; readonly next: readonly WindowRow[] }> {
      const now = clock.now();
      const coming = (await this.list(scope)).filter(({ occurrence }) => occurrence !== null);
      const isOpen = ({ occurrence }: WindowRow) => occurrence!.from <= now;
      return { now: coming.filter(isOpen), next: coming.filter((one) => !isOpen(one)).slice(0, count) };
    },
  };
}
