/**
 * Alerts that stand, as somebody with a scope sees and handles them: for pages and API. Who may see: `see alerts`; who may act: `handle alerts`
 * (`access/rights.ts`). `actor` is the id of a person.
 */
import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { transact } from '../db/transact.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { type AlertCode, type AlertLevel, endOf, levelOfRank, rankOfLevel } from './codes.ts';
import type { AlertEvent } from './events.ts';
import { MAX_MUTE_MS, MAX_MUTES } from './limits.ts';
import { checkNote, type Db, type Parts, placeOf, type Target, view } from './parts.ts';
import { problem } from './problems.ts';
import { isAcknowledged, muteOver, type Window, windowOver } from './quiet.ts';
import type { AlertTables } from './tables.ts';

/** Acts on so many alerts at once: a page of them. */
const MAX_AT_ONCE = 200;

export interface AlertRow {
  readonly id: string;
  readonly code: AlertCode;
  readonly level: AlertLevel;
  readonly since: number;
  /** When it came to this level. */
  readonly levelAt: number;
  /** When it was last raised. */
  readonly lastAt: number;
  /** Names are as MSP and customers are called; null: it is of something above. */
  readonly box: { readonly id: string; readonly name: string } | null;
  readonly site: { readonly id: string; readonly name: string } | null;
  readonly customer: { readonly id: string; readonly name: string } | null;
  /** Null: nobody has, at this level. */
  readonly acknowledged: { readonly by: string; readonly at: number; readonly note: string } | null;
  readonly assignedTo: string | null;
  readonly muted: MuteRow | null;
  /** The maintenance window that is open over it, and until when. */
  readonly maintenance: { readonly window: string; readonly until: number } | null;
  /** Whether a person may close it. */
  readonly closable: boolean;
}

export interface MuteRow {
  readonly id: string;
  readonly code: AlertCode;
  /** Up to this level it is not told. */
  readonly level: AlertLevel;
  /** Null: until it gets worse. */
  readonly until: number | null;
  readonly customer: string | null;
  readonly site: string | null;
  readonly box: string | null;
  readonly by: string;
  readonly at: number;
  readonly note: string;
}

/** What is left out filters nothing. */
export interface AlertFilter {
  readonly level?: AlertLevel | undefined;
  readonly code?: AlertCode | undefined;
  readonly customer?: string | undefined;
  readonly site?: string | undefined;
  readonly box?: string | undefined;
  readonly acknowledged?: boolean | undefined;
  readonly muted?: boolean | undefined;
  readonly maintenance?: boolean | undefined;
  /** Id of a person: those that are assigned to them. */
  readonly assignedTo?: string | undefined;
}

export interface AlertGroup {
  readonly code: AlertCode;
  /** The worst of it. */
  readonly level: AlertLevel;
  readonly alerts: number;
  /** Of these nobody has acknowledged, muted, or has maintenance. */
  readonly open: number;
  /** Of the first of them. */
  readonly since: number;
}

export interface AlertCounts {
  /** Neither acknowledged nor muted nor in maintenance, by level. */
  readonly bad: number;
  readonly warn: number;
  readonly acknowledged: number;
  readonly muted: number;
  readonly maintenance: number;
}

interface AlertsOptions extends Parts {
  readonly windowsOf: (msp: string, within: Db) => Promise<readonly Window[]>;
}

const listKeys = z.tuple([z.number().int(), z.number().int(), z.string()]);

const toMute = (row: AlertTables['alert_mutes']): MuteRow => ({
  ...{ id: row.id, code: row.code as AlertCode, level: levelOfRank(row.level), until: row.until_at },
  ...{ customer: row.customer, site: row.site, box: row.box, by: row.by_person, at: row.made_at, note: row.note },
});

const named = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? id });

const acknowledgedSql = sql<SqlBool>`(alerts.acknowledged_by IS NOT NULL AND alerts.acknowledged_level >= alerts.level)`;

/** The rule of `quiet.ts`, over rows. */
const mutedSql = (
  now: number,
) => sql<SqlBool>`EXISTS (SELECT 1 FROM alert_mutes m WHERE m.msp = alerts.msp AND m.code = alerts.code
  AND m.level >= alerts.level AND (m.until_at IS NULL OR m.until_at > ${now})
  AND (m.customer IS NULL OR m.customer = alerts.customer) AND (m.site IS NULL OR m.site = alerts.site)
  AND (m.box IS NULL OR m.box = alerts.box))`;

function maintenanceSql(windows: readonly Window[], now: number) {
  const open = windows.filter((window) => windowOver(window.place, [{ ...window, boxes: null }], now));
  if (open.length === 0) return sql<SqlBool>`(1 = 0)`;
  return sql<SqlBool>`EXISTS (SELECT 1 FROM maintenance_windows w WHERE w.id IN (${sql.join(open.map(({ id }) => id))})
    AND w.msp = alerts.msp AND (w.customer IS NULL OR w.customer = alerts.customer) AND (w.site IS NULL OR w.site = alerts.site)
    AND (w.of_boxes = 0 OR EXISTS (SELECT 1 FROM maintenance_boxes b WHERE b.window_id = w.id AND b.box = alerts.box)))`;
}

export function openAlerts({ database, clock, newId, append, windowsOf }: AlertsOptions) {
  const db = view(database);

  async function filtered(scope: Scope, filter: AlertFilter) {
    const now = clock.now();
    const windows = await windowsOf(scope.msp, db);
    const [muted, held] = [mutedSql(now), maintenanceSql(windows, now)];
    const is = (wanted: boolean, condition: typeof muted) => (wanted ? condition : sql<SqlBool>`NOT ${condition}`);
    let query = db.selectFrom('alerts').where('cleared_at', 'is', null).where(inScope(scope, 'alerts'));
    if (filter.level !== undefined) query = query.where('alerts.level', '=', rankOfLevel(filter.level));
    if (filter.code !== undefined) query = query.where('alerts.code', '=', filter.code);
    if (filter.customer !== undefined) query = query.where('alerts.customer', '=', filter.customer);
    if (filter.site !== undefined) query = query.where('alerts.site', '=', filter.site);
    if (filter.box !== undefined) query = query.where('alerts.box', '=', filter.box);
    if (filter.assignedTo !== undefined) query = query.where('alerts.assigned_to', '=', filter.assignedTo);
    if (filter.acknowledged !== undefined) query = query.where(is(filter.acknowledged, acknowledgedSql));
    if (filter.muted !== undefined) query = query.where(is(filter.muted, muted));
    if (filter.maintenance !== undefined) query = query.where(is(filter.maintenance, held));
    return { query, muted, held, windows, now };
  }

  const mutesOf = (msp: string) => db.selectFrom('alert_mutes').selectAll().where('msp', '=', msp).execute();

  async function rows(
    scope: Scope,
    filter: AlertFilter,
    ask: PageAsk | { readonly id: string },
  ): Promise<Page<AlertRow>> {
    const { query, windows, now } = await filtered(scope, filter);
    let named_ = query
      .leftJoin('customers', 'customers.id', 'alerts.customer')
      .leftJoin('sites', 'sites.id', 'alerts.site')
      .leftJoin('boxes', 'boxes.id', 'alerts.box')
      .selectAll('alerts')
      .select(['customers.name as customer_name', 'sites.name as site_name', 'boxes.name as box_name']);
    const page = 'id' in ask ? {} : ask;
    if ('id' in ask) named_ = named_.where('alerts.id', '=', ask.id);
    else {
      const after = keysAfter(ask, listKeys);
      if (after)
        named_ = named_.where(
          sql<SqlBool>`(-alerts.level, -alerts.since, alerts.id) > (${-after[0]}, ${-after[1]}, ${after[2]})`,
        );
    }
    const found = await named_
      .orderBy('alerts.level', 'desc')
      .orderBy('alerts.since', 'desc')
      .orderBy('alerts.id')
      .limit(rowsOf(page) + 1)
      .execute();
    const mutes = await mutesOf(scope.msp);
    const { rows: shown, next } = pageOf(found, page, ({ level, since, id }) => [level, since, id]);
    return {
      next,
      rows: shown.map((row): AlertRow => {
        const code = row.code as AlertCode;
        const mute = muteOver(row, mutes, now);
        const held = windowOver(row, windows, now);
        const by = isAcknowledged(row);
        return {
          ...{ id: row.id, code, level: levelOfRank(row.level), since: row.since },
          ...{ levelAt: row.level_at, lastAt: row.last_at },
          box: named(row.box, row.box_name),
          site: named(row.site, row.site_name),
          customer: named(row.customer, row.customer_name),
          acknowledged: by
            ? { by: row.acknowledged_by!, at: row.acknowledged_at!, note: row.acknowledged_note! }
            : null,
          assignedTo: row.assigned_to,
          muted: mute && toMute(mute),
          maintenance: held && { window: held.window.id, until: held.until },
          closable: endOf(code) === 'person',
        };
      }),
    };
  }

  /** One act on alerts that are in scope, all or none, each written down first. @throws Problem `alert_unknown`. */
  async function change(
    scope: Scope,
    ids: readonly string[],
    eventOf: (about: Extract<AlertEvent, { kind: 'alert_closed' }>['facts']) => AlertEvent,
    act: (tx: Db, row: AlertTables['alerts']) => Promise<void>,
  ): Promise<void> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0 || wanted.length > MAX_AT_ONCE) throw problem('alert_unknown');
    await transact(database, async (whole) => {
      const tx = view(whole);
      const found = await tx
        .selectFrom('alerts')
        .selectAll()
        .where('id', 'in', wanted)
        .where('cleared_at', 'is', null)
        .where(inScope(scope, 'alerts'))
        .execute();
      if (found.length !== wanted.length) throw problem('alert_unknown');
      for (const row of found) {
        const about = { msp: scope.msp, alert: row.id, code: row.code as AlertCode, of: row.subject };
        await append(eventOf(about), whole);
        await act(tx, row);
      }
    });
  }

  const set = (tx: Db, { id }: { readonly id: string }, values: Partial<AlertTables['alerts']>) =>
    tx.updateTable('alerts').set(values).where('id', '=', id).execute();

  async function mutePlace(
    scope: Scope,
    tx: Db,
    place: Awaited<ReturnType<typeof placeOf>>,
    {
      code,
      level,
      until,
      note,
      actor,
    }: { code: AlertCode; level: number; until: number | null; note: string; actor: string },
    log: (event: AlertEvent) => Promise<void>,
  ): Promise<string> {
    const { count } = await tx
      .selectFrom('alert_mutes')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('msp', '=', scope.msp)
      .executeTakeFirstOrThrow();
    if (count >= MAX_MUTES) throw problem('mutes_full');
    const id = newId();
    const of = place.box ?? place.site ?? place.customer ?? place.msp;
    await log({ kind: 'alert_muted', actor, facts: { msp: scope.msp, mute: id, code, of, until } });
    await tx
      .insertInto('alert_mutes')
      .values({ id, ...place, code, level, until_at: until, by_person: actor, made_at: clock.now(), note })
      .execute();
    return id;
  }

  function checkUntil(until: number | null): void {
    const now = clock.now();
    if (until !== null && !(Number.isInteger(until) && until > now && until <= now + MAX_MUTE_MS))
      throw problem('mute_invalid');
  }

  return {
    /** For the overview, in one query. */
    async counts(scope: Scope, filter: AlertFilter = {}): Promise<AlertCounts> {
      const { query, muted, held } = await filtered(scope, filter);
      const inner = query.select([
        'alerts.level',
        sql<number>`CASE WHEN ${held} THEN 3 WHEN ${muted} THEN 2 WHEN ${acknowledgedSql} THEN 1 ELSE 0 END`.as(
          'quiet',
        ),
      ]);
      const counted = await db
        .selectFrom(inner.as('each'))
        .select(({ fn }) => ['level', 'quiet', fn.countAll<number>().as('alerts')])
        .groupBy(['level', 'quiet'])
        .execute();
      const sum = (quiet: number, level?: number) =>
        counted
          .filter((row) => row.quiet === quiet && (level === undefined || row.level === level))
          .reduce((all, { alerts }) => all + alerts, 0);
      return { bad: sum(0, 2), warn: sum(0, 1), acknowledged: sum(1), muted: sum(2), maintenance: sum(3) };
    },

    /** By code, worst first, then the most: not more than there are codes. */
    async groups(scope: Scope, filter: AlertFilter = {}): Promise<readonly AlertGroup[]> {
      const { query, muted, held } = await filtered(scope, filter);
      const open = sql<number>`SUM(CASE WHEN ${acknowledgedSql} OR ${muted} OR ${held} THEN 0 ELSE 1 END)`;
      const found = await query
        .select(({ fn }) => ['code', fn.countAll<number>().as('alerts'), open.as('open')])
        .select(({ fn }) => [fn.max('level').as('level'), fn.min('since').as('since')])
        .groupBy('code')
        .orderBy('level', 'desc')
        .orderBy('alerts', 'desc')
        .orderBy('code')
        .execute();
      return found.map((row) => ({ ...row, code: row.code as AlertCode, level: levelOfRank(row.level) }));
    },

    /** One by one, worst first, then the newest. */
    list: (scope: Scope, ask: AlertFilter & PageAsk = {}): Promise<Page<AlertRow>> => rows(scope, ask, ask),

    /** @throws Problem `alert_unknown`, also for one that has gone. */
    async get(scope: Scope, alert: string): Promise<AlertRow> {
      const { rows: found } = await rows(scope, {}, { id: alert });
      if (!found[0]) throw problem('alert_unknown');
      return found[0];
    },

    /** Somebody sees to it: it is told no more, unless it gets worse. @throws Problem `alert_unknown`, `note_invalid`. */
    async acknowledge(scope: Scope, alerts: readonly string[], note: string, actor: string): Promise<void> {
      const acknowledged_note = checkNote(note);
      await change(
        scope,
        alerts,
        (facts) => ({ kind: 'alert_acknowledged', actor, facts }),
        async (tx, row) => {
          const by = { acknowledged_by: actor, acknowledged_at: clock.now(), acknowledged_note };
          await set(tx, row, { ...by, acknowledged_level: row.level });
        },
      );
    },

    /** Nobody does, after all. @throws Problem `alert_unknown`. */
    unacknowledge: (scope: Scope, alerts: readonly string[], actor: string): Promise<void> =>
      change(
        scope,
        alerts,
        (facts) => ({ kind: 'alert_unacknowledged', actor, facts }),
        async (tx, row) => {
          const nobody = { acknowledged_by: null, acknowledged_at: null, acknowledged_note: null };
          await set(tx, row, { ...nobody, acknowledged_level: 0 });
        },
      ),

    /** To a person of the MSP; null: to nobody. @throws Problem `alert_unknown`, `person_unknown`. */
    assign: (scope: Scope, alerts: readonly string[], person: string | null, actor: string): Promise<void> =>
      change(
        scope,
        alerts,
        (facts) => ({ kind: 'alert_assigned', actor, facts: { ...facts, person } }),
        async (tx, row) => {
          if (person !== null) {
            const known = await tx
              .selectFrom('people')
              .select('id')
              .where('id', '=', person)
              .where('msp', '=', scope.msp)
              .where('enrolled_at', 'is not', null)
              .executeTakeFirst();
            if (!known) throw problem('person_unknown');
          }
          await set(tx, row, { assigned_to: person });
        },
      ),

    /** It happened, and was seen to. Only what does not go by itself (`closable`). @throws Problem `alert_unknown`, `alert_not_closable`. */
    close: (scope: Scope, alerts: readonly string[], actor: string): Promise<void> =>
      change(
        scope,
        alerts,
        (facts) => ({ kind: 'alert_closed', actor, facts }),
        async (tx, row) => {
          if (endOf(row.code as AlertCode) !== 'person') throw problem('alert_not_closable');
          // Who closes it knows that it is over: it is not told.
          await set(tx, row, { cleared_at: clock.now(), told: 0 });
        },
      ),

    /** This one, until `until` (ms) or, null, until it gets worse. Worse, it comes back in any case. @throws Problem `alert_unknown`, `mute_invalid`, `mutes_full`. */
    async mute(scope: Scope, alert: string, until: number | null, note: string, actor: string): Promise<string> {
      checkUntil(until);
      const noted = checkNote(note);
      return await transact(database, async (whole) => {
        const tx = view(whole);
        const row = await tx
          .selectFrom('alerts')
          .selectAll()
          .where('id', '=', alert)
          .where('cleared_at', 'is', null)
          .where(inScope(scope, 'alerts'))
          .executeTakeFirst();
        if (!row) throw problem('alert_unknown');
        const { msp, customer, site, box, level } = row;
        const what = { code: row.code as AlertCode, level, until, note: noted, actor };
        return await mutePlace(scope, tx, { msp, customer, site, box }, what, (event) => append(event, whole));
      });
    },

    /**
     * One code at all of a place, also where it does not stand yet, up to `level`. @throws Problem `target_unknown`, `scope_too_small`,
     * `mute_invalid`, `mutes_full`, `note_invalid`.
     */
    async muteCode(
      scope: Scope,
      target: Target,
      what: {
        readonly code: AlertCode;
        readonly level: AlertLevel;
        readonly until: number | null;
        readonly note: string;
      },
      actor: string,
    ): Promise<string> {
      checkUntil(what.until);
      const muted = { ...what, level: rankOfLevel(what.level), note: checkNote(what.note), actor };
      return await transact(database, async (whole) => {
        const tx = view(whole);
        const place = await placeOf(tx, scope, target);
        return await mutePlace(scope, tx, place, muted, (event) => append(event, whole));
      });
    },

    /** It is told again at once, if it stands. @throws Problem `mute_unknown`. */
    unmute: (scope: Scope, mute: string, actor: string): Promise<void> =>
      transact(database, async (whole) => {
        await append({ kind: 'alert_unmuted', actor, facts: { msp: scope.msp, mute } }, whole);
        const { numDeletedRows } = await view(whole)
          .deleteFrom('alert_mutes')
          .where('id', '=', mute)
          .where(inScope(scope, 'alert_mutes'))
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw problem('mute_unknown');
      }),

    /** Those that are in force, newest first. */
    async mutes(scope: Scope): Promise<readonly MuteRow[]> {
      const found = await db
        .selectFrom('alert_mutes')
        .selectAll()
        .where(inScope(scope, 'alert_mutes'))
        .where(({ eb, or }) => or([eb('until_at', 'is', null), eb('until_at', '>', clock.now())]))
        .orderBy('id', 'desc')
        .execute();
      return found.map(toMute);
    },
  };
}
