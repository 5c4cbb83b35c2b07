/**
 * Alerts come and go: by what is stored of boxes, and by what others raise. No tenant asks here. What is stored is compared with what stands, as
 * often as anybody likes and by as many processes: one that was killed loses nothing that the next comparison does not find.
 */
import type { Reported } from '@belkluis/shared/contract/reported';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import { type AlertCode, endOf, type FleetCode, isAlertCode, knownCodes, levelOf, rankOfLevel } from './codes.ts';
import {
  DELIVERIES_KEPT_MS,
  EXPIRED_ROWS,
  LOOK_BATCH,
  PAST_KEPT_MS,
  QUIET_MS,
  SAME_AGAIN_MS,
  WINDOWS_KEPT_MS,
} from './limits.ts';
import { type Db, type Parts, type Place, view } from './parts.ts';
import { differenceOf, type KnownBox, type Wanted, wantedOf, wantedOfAgreement } from './standing.ts';
import type { AlertTables } from './tables.ts';

export type Subject = { readonly box: string } | { readonly msp: string };

type Row = AlertTables['alerts'];

const subjectOf = ({ msp, customer, box }: Place): string => box ?? customer ?? msp;

const idOf = (subject: Subject): string => ('msp' in subject ? subject.msp : subject.box);

export function openWatch({ database, clock, newId }: Omit<Parts, 'append'>) {
  const db = view(database);

  /** Rows for what is `wanted` and does not stand. One that went a moment ago stands again, with whoever acknowledged it. */
  async function open(tx: Db, news: readonly { readonly place: Place; readonly wanted: Wanted }[]): Promise<void> {
    const now = clock.now();
    if (news.length === 0) return;
    const past = await tx
      .selectFrom('alerts')
      .select(['id', 'subject', 'code', 'told'])
      .where('subject', 'in', [...new Set(news.map(({ place }) => subjectOf(place)))])
      .where('cleared_at', '>', now - SAME_AGAIN_MS)
      .orderBy('cleared_at')
      .execute();
    const again = new Map(past.map((row) => [`${row.subject} ${row.code}`, row]));
    const rows: Row[] = [];
    for (const { place, wanted } of news) {
      const { code, level, since } = wanted;
      const subject = subjectOf(place);
      const quiet_at = endOf(code) === 'quiet' ? now + QUIET_MS : null;
      const known = again.get(`${subject} ${code}`);
      const seen = { level, level_at: now, last_at: now, quiet_at, cleared_at: null };
      if (known) {
        const told = Math.min(known.told, level);
        await tx
          .updateTable('alerts')
          .set({ ...seen, told })
          .where('id', '=', known.id)
          .execute();
        continue;
      }
      rows.push({
        ...{ id: newId(), subject, code, since, ...place, ...seen, told: 0 },
        ...{ acknowledged_by: null, acknowledged_at: null, acknowledged_note: null, acknowledged_level: 0 },
        assigned_to: null,
      });
    }
    if (rows.length === 0) return;
    // Another process may have found the same.
    await tx
      .insertInto('alerts')
      .values(rows)
      .onConflict((on) => on.columns(['subject', 'code']).where('cleared_at', 'is', null).doNothing())
      .execute();
  }

  /** To another level. What becomes less is not told; that it becomes worse again is. */
  async function toLevel(tx: Db, row: Pick<Row, 'id' | 'told'>, level: number): Promise<void> {
    const now = clock.now();
    await tx
      .updateTable('alerts')
      .set({ level, level_at: now, last_at: now, told: Math.min(row.told, level) })
      .where('id', '=', row.id)
      .execute();
  }

  async function clear(tx: Db, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await tx
      .updateTable('alerts')
      .set({ cleared_at: clock.now(), quiet_at: null })
      .where('id', 'in', ids)
      .where('cleared_at', 'is', null)
      .execute();
  }

  /** Makes what stands of these subjects what is wanted. */
  async function settle(
    tx: Db,
    subjects: readonly { readonly place: Place; readonly wanted: readonly Wanted[]; readonly all?: boolean }[],
  ): Promise<number> {
    const standing = await tx
      .selectFrom('alerts')
      .select(['id', 'subject', 'code', 'level', 'told'])
      .where(
        'subject',
        'in',
        subjects.map(({ place }) => subjectOf(place)),
      )
      .where('cleared_at', 'is', null)
      .execute();
    const known = new Set<string>(knownCodes);
    const rows = Map.groupBy(standing, ({ subject }) => subject);
    const news: { place: Place; wanted: Wanted }[] = [];
    const gone: string[] = [];
    let changed = 0;
    for (const { place, wanted, all } of subjects) {
      const own = (rows.get(subjectOf(place)) ?? []).filter(({ code }) => all || known.has(code));
      const { open: fresh, change, clear: over } = differenceOf(wanted, own);
      news.push(...fresh.map((one) => ({ place, wanted: one })));
      gone.push(...over.map(({ id }) => id));
      for (const { row, level } of change) await toLevel(tx, row, level);
      changed += fresh.length + change.length + over.length;
    }
    await open(tx, news);
    await clear(tx, gone);
    return changed;
  }

  /** Compares these boxes with their alerts. Returns how many alerts came, went or changed. */
  const lookAtBoxes = (ids: readonly string[]): Promise<number> =>
    transact(database, async (whole) => {
      const tx = view(whole);
      if (ids.length === 0) return 0;
      const boxes = await tx
        .selectFrom('boxes')
        .select(['id', 'msp', 'customer', 'site', 'state', 'policy_state'])
        .where('id', 'in', ids)
        .execute();
      const findings = await tx.selectFrom('box_findings').selectAll().where('box', 'in', ids).execute();
      const gone = await tx
        .selectFrom('box_presence')
        .select(['box', 'since'])
        .where('box', 'in', ids)
        .where('gone', '=', 1)
        .execute();
      const clocks = await tx.selectFrom('box_clocks').selectAll().where('box', 'in', ids).execute();
      const waiting = boxes.filter(({ policy_state }) => policy_state === 'pending').map(({ id }) => id);
      const reports =
        waiting.length === 0
          ? []
          : await tx.selectFrom('box_reported').select(['box', 'document']).where('box', 'in', waiting).execute();
      const [since, skews, documents] = [
        new Map(gone.map((row) => [row.box, row.since])),
        new Map(clocks.map((row) => [row.box, row.skew_ms])),
        new Map(reports.map((row) => [row.box, row.document])),
      ];
      const found = Map.groupBy(findings, ({ box }) => box);
      const now = clock.now();
      return settle(
        tx,
        boxes.map(({ id, msp, customer, site, state, policy_state }) => {
          const document = documents.get(id);
          const known: KnownBox = {
            active: state === 'active',
            findings: found.get(id) ?? [],
            goneSince: since.get(id) ?? null,
            skewMs: skews.get(id) ?? null,
            policyState: policy_state,
            reported: document === undefined ? null : (JSON.parse(document) as Reported),
          };
          // What others raised of a box goes with its certificate.
          return { place: { msp, customer, site, box: id }, wanted: wantedOf(known, now), all: !known.active };
        }),
      );
    });

  /** Somebody found something. Of a box that is not active nothing is kept. False: it stood already. */
  async function raise(subject: Subject, code: FleetCode, within: AnyTables = database): Promise<boolean> {
    return await transact(within, async (whole) => {
      const tx = view(whole);
      let place: Place | undefined;
      if ('msp' in subject) place = { msp: subject.msp, customer: null, site: null, box: null };
      else
        place = await tx
          .selectFrom('boxes')
          .select(['msp', 'customer', 'site', 'id as box'])
          .where('id', '=', subject.box)
          .where('state', '=', 'active')
          .executeTakeFirst();
      if (!place) return false;
      const now = clock.now();
      const { numUpdatedRows } = await tx
        .updateTable('alerts')
        .set({ last_at: now, quiet_at: endOf(code) === 'quiet' ? now + QUIET_MS : null })
        .where('subject', '=', subjectOf(place))
        .where('code', '=', code)
        .where('cleared_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) return false;
      await open(tx, [{ place, wanted: { code, level: rankOfLevel(levelOf(code)), since: now } }]);
      return true;
    });
  }

  /** Whoever raised it says that it is over. */
  async function over(subject: Subject, code: FleetCode, within: AnyTables = database): Promise<void> {
    await view(within)
      .updateTable('alerts')
      .set({ cleared_at: clock.now(), quiet_at: null })
      .where('subject', '=', idOf(subject))
      .where('code', '=', code)
      .where('cleared_at', 'is', null)
      .execute();
  }

  return {
    lookAtBoxes,

    /** Compares the boxes after `after`, in the order of their ids, some at a time. Where the next step begins; null: that was all. */
    async lookAtAll(after: string): Promise<string | null> {
      const rows = await db
        .selectFrom('boxes')
        .select('id')
        .where('id', '>', after)
        .orderBy('id')
        .limit(LOOK_BATCH)
        .execute();
      await lookAtBoxes(rows.map(({ id }) => id));
      return rows.length < LOOK_BATCH ? null : rows.at(-1)!.id;
    },

    /** Compares customers with their alerts. `ends`: of all whose agreement has an end; wall clock, ms. */
    async lookAtAgreements(
      ends: readonly { readonly msp: string; readonly customer: string; readonly until: number }[],
    ): Promise<void> {
      await transact(database, async (whole) => {
        const tx = view(whole);
        const alerted = await tx
          .selectFrom('alerts')
          .select(['msp', 'customer'])
          .where('customer', 'is not', null)
          .where('box', 'is', null)
          .where('cleared_at', 'is', null)
          .execute();
        const places = new Map<string, { readonly msp: string; readonly until: number | null }>();
        for (const { msp, customer } of alerted) places.set(customer!, { msp, until: null });
        for (const { msp, customer, until } of ends) places.set(customer, { msp, until });
        const now = clock.now();
        if (places.size === 0) return;
        await settle(
          tx,
          Array.from(places, ([customer, { msp, until }]) => ({
            place: { msp, customer, site: null, box: null },
            wanted: wantedOfAgreement(until, now),
          })),
        );
      });
    },

    raise,
    clear: over,

    /** What stands of a code is made what somebody who knows all of it found: raised where it is new, over where it is no more. */
    async agree(code: FleetCode, found: readonly Subject[]): Promise<void> {
      const rows = await db
        .selectFrom('alerts')
        .select(['subject', 'box'])
        .where('code', '=', code)
        .where('cleared_at', 'is', null)
        .execute();
      const [standing, wanted] = [new Set(rows.map(({ subject }) => subject)), new Set(found.map(idOf))];
      for (const subject of found) if (!standing.has(idOf(subject))) await raise(subject, code);
      for (const { subject, box } of rows)
        if (!wanted.has(subject)) await over(box === null ? { msp: subject } : { box }, code);
    },

    /** Ends what nobody raised again, and mutes whose time is over or whose one alert has gone. */
    async expire(): Promise<void> {
      const now = clock.now();
      await db
        .updateTable('alerts')
        .set({ cleared_at: now, quiet_at: null })
        .where('quiet_at', '<=', now)
        .where('cleared_at', 'is', null)
        .execute();
      await db.deleteFrom('alert_mutes').where('until_at', '<=', now).execute();
      await db
        .deleteFrom('alert_mutes')
        .where('until_at', 'is', null)
        .where('box', 'is not', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('alerts')
                .select('alerts.id')
                .whereRef('alerts.subject', '=', 'alert_mutes.box')
                .whereRef('alerts.code', '=', 'alert_mutes.code')
                .where((eb) => eb.or([eb('cleared_at', 'is', null), eb('cleared_at', '>', now - SAME_AGAIN_MS)])),
            ),
          ),
        )
        .execute();
    },

    /** Erases some of what went long ago; true: there may be more. */
    async forget(): Promise<boolean> {
      const now = clock.now();
      const [alerts] = await db
        .deleteFrom('alerts')
        .where('id', 'in', (from) =>
          from
            .selectFrom('alerts')
            .select('id')
            .where('cleared_at', '<', now - PAST_KEPT_MS)
            .limit(EXPIRED_ROWS),
        )
        .execute();
      const [deliveries] = await db
        .deleteFrom('alert_deliveries')
        .where('id', 'in', (from) =>
          from
            .selectFrom('alert_deliveries')
            .select('id')
            .where('ended_at', '<', now - DELIVERIES_KEPT_MS)
            .limit(EXPIRED_ROWS),
        )
        .execute();
      const day = new Date(now - WINDOWS_KEPT_MS).toISOString().slice(0, 10);
      await db.deleteFrom('maintenance_windows').where('until_date', '<', day).execute();
      return alerts!.numDeletedRows + deliveries!.numDeletedRows > 0n;
    },

    /** Of a box or MSP, by code: for tests and for rooms that raise. */
    async standing(subject: string): Promise<ReadonlyMap<AlertCode, Row>> {
      const rows = await db
        .selectFrom('alerts')
        .selectAll()
        .where('subject', '=', subject)
        .where('cleared_at', 'is', null)
        .execute();
      return new Map(rows.flatMap((row) => (isAlertCode(row.code) ? [[row.code, row]] : [])));
    },
  };
}
