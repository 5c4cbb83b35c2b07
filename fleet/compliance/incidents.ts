/**
 * What happened to data at the fleet, whom it concerns, and when they knew (GDPR 33(2) and 33(5)). A drill is an incident that says so
 * everywhere; it takes the same way, so what it measures is what would happen.
 */
import { transact } from '../db/transact.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { BATCH, REACH_MS } from './limits.ts';
import { checkText, customerIn, type Parts, type Tell, view } from './parts.ts';
import { problem } from './problems.ts';
import type { ComplianceTables } from './tables.ts';
import { openIncidentTelling } from './tell-incident.ts';

export const severities = ['low', 'serious', 'critical'] as const;

export interface NewIncident {
  readonly drill: boolean;
  readonly severity: (typeof severities)[number];
  /** What happened, and what data it is about; in the words of whoever runs the server, without names of people. */
  readonly what: string;
  readonly about: string;
  /** Wall clock, ms. */
  readonly foundAt: number;
  /** `all`: every customer. Else customers whole, and boxes. */
  readonly concerns: 'all' | { readonly customers: readonly string[]; readonly boxes: readonly string[] };
}

export interface Incident extends Omit<NewIncident, 'concerns'> {
  readonly id: string;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly steps: readonly { readonly at: number; readonly text: string }[];
}

export interface IncidentNotice {
  readonly incident: string;
  readonly customer: string;
  /** Empty: all of the customer. */
  readonly boxes: readonly string[];
  readonly toldAt: number | null;
  readonly readAt: number | null;
  /** Nobody has read it, or not its last step. */
  readonly unread: boolean;
  /** The last step has reached nobody. */
  readonly behind: boolean;
  /** From opening until somebody was reached, ms; null: nobody was yet. */
  readonly reachedMs: number | null;
  /** Nobody was reached within the hour; or a step is older than that and has reached nobody. */
  readonly late: boolean;
}

/** Who was reached when. */
export interface Reach {
  readonly concerned: number;
  readonly reached: number;
  readonly read: number;
  readonly late: number;
  /** Reached, but not by the last step. */
  readonly behind: number;
  /** Of the last who was reached, ms after opening. */
  readonly slowestMs: number | null;
  readonly notices: readonly IncidentNotice[];
}

type Row = ComplianceTables['incidents'];
type NoticeRow = ComplianceTables['incident_notices'];

function toNotice(row: NoticeRow, { openedAt, steps }: Incident, now: number): IncidentNotice {
  const step = Math.max(row.told_step, row.read_step);
  const untold = step < 0 ? undefined : steps[step];
  const known = [row.told_at, row.read_at].filter((at) => at !== null);
  const reachedMs = known.length === 0 ? null : Math.min(...known) - openedAt;
  return {
    ...{ incident: row.incident, customer: row.customer, boxes: JSON.parse(row.boxes) as string[] },
    ...{ toldAt: row.told_at, readAt: row.read_at, reachedMs },
    unread: row.read_step < steps.length,
    behind: untold !== undefined,
    late: (reachedMs ?? now - openedAt) > REACH_MS || (untold !== undefined && now - untold.at > REACH_MS),
  };
}

function reachOf(notices: readonly IncidentNotice[]): Reach {
  const times = notices.map(({ reachedMs }) => reachedMs).filter((ms) => ms !== null);
  return {
    concerned: notices.length,
    reached: times.length,
    read: notices.filter(({ readAt }) => readAt !== null).length,
    late: notices.filter(({ late }) => late).length,
    behind: notices.filter(({ behind }) => behind).length,
    slowestMs: times.length === 0 ? null : Math.max(...times),
    notices,
  };
}

export function openIncidents(parts: Parts) {
  const { database, clock, newId, append } = parts;
  const db = view(database);
  const tellOf = openIncidentTelling(parts);

  async function whole(rows: readonly Row[]): Promise<readonly Incident[]> {
    const ids = rows.map(({ id }) => id);
    const steps = ids.length
      ? await db.selectFrom('incident_steps').selectAll().where('incident', 'in', ids).orderBy('position').execute()
      : [];
    return rows.map((row) => ({
      ...{ id: row.id, drill: row.drill === 1, severity: row.severity as Incident['severity'], what: row.what },
      ...{ about: row.about, foundAt: row.found_at, openedAt: row.opened_at, closedAt: row.closed_at },
      steps: steps.filter(({ incident }) => incident === row.id).map(({ at, text }) => ({ at, text })),
    }));
  }

  async function get(incident: string): Promise<Incident> {
    const row = await db.selectFrom('incidents').selectAll().where('id', '=', incident).executeTakeFirst();
    if (!row) throw problem('incident_unknown');
    return (await whole([row]))[0]!;
  }

  /** Customers and boxes of `concerns`, by customer. @throws Problem `incident_nobody`. */
  async function concerned(concerns: NewIncident['concerns']) {
    const customers = () => db.selectFrom('customers').select(['id as customer', 'msp']);
    const boxes = db.$extendTables<{ boxes: { id: string; customer: string | null; msp: string } }>();
    const found =
      concerns === 'all'
        ? await customers().where('archived_at', 'is', null).execute()
        : concerns.customers.length === 0
          ? []
          : await customers().where('id', 'in', concerns.customers).execute();
    const by = new Map(found.map(({ customer, msp }) => [customer, { msp, boxes: [] as string[] }]));
    if (concerns !== 'all' && concerns.boxes.length > 0) {
      const rows = await boxes
        .selectFrom('boxes')
        .select(['id', 'customer', 'msp'])
        .where('id', 'in', concerns.boxes)
        .execute();
      for (const { id, customer, msp } of rows) {
        if (customer === null) continue;
        const there = by.get(customer);
        // A customer that is concerned whole stays so.
        if (there && !concerns.customers.includes(customer)) there.boxes.push(id);
        else if (!there) by.set(customer, { msp, boxes: [id] });
      }
    }
    if (by.size === 0) throw problem('incident_nobody');
    return by;
  }

  return {
    /** @throws Problem `text_invalid`, `incident_nobody`. */
    async open(one: NewIncident, actor: string): Promise<Incident> {
      const [what, about] = [checkText(one.what), checkText(one.about)];
      const by = await concerned(one.concerns);
      const id = newId();
      const now = clock.now();
      await transact(database, async (inner) => {
        const tx = view(inner);
        await append({ kind: 'incident_opened', actor, facts: { incident: id, drill: one.drill } }, inner);
        await tx
          .insertInto('incidents')
          .values({
            ...{ id, drill: one.drill ? 1 : 0, severity: one.severity, what, about },
            ...{ found_at: one.foundAt, opened_at: now, closed_at: null, steps: 0 },
          })
          .execute();
        const none = { told_at: null, read_at: null, read_by: null, told_step: -1, read_step: -1 };
        const rows = [...by].map(([customer, { msp, boxes }]) => ({
          ...{ incident: id, msp, customer, boxes: JSON.stringify(boxes), ...none },
        }));
        for (let from = 0; from < rows.length; from += BATCH)
          await tx
            .insertInto('incident_notices')
            .values(rows.slice(from, from + BATCH))
            .execute();
      });
      return await get(id);
    },

    /** What was done, or found out later: those whom it concerns are told. @throws Problem `incident_unknown`, `incident_closed`, `text_invalid`. */
    async addStep(incident: string, text: string, actor: string): Promise<void> {
      const said = checkText(text);
      await transact(database, async (inner) => {
        const tx = view(inner);
        const row = await tx
          .selectFrom('incidents')
          .select(['closed_at', 'steps'])
          .where('id', '=', incident)
          .executeTakeFirst();
        if (!row) throw problem('incident_unknown');
        if (row.closed_at !== null) throw problem('incident_closed');
        const position = row.steps + 1;
        await append({ kind: 'incident_step', actor, facts: { incident } }, inner);
        await tx.insertInto('incident_steps').values({ incident, position, at: clock.now(), text: said }).execute();
        await tx.updateTable('incidents').set({ steps: position }).where('id', '=', incident).execute();
      });
    },

    /** No steps follow. Whom it concerns and nobody has reached yet is told all the same. @throws Problem `incident_unknown`, `incident_closed`. */
    async close(incident: string, actor: string): Promise<void> {
      if ((await get(incident)).closedAt !== null) throw problem('incident_closed');
      await transact(database, async (inner) => {
        await append({ kind: 'incident_closed', actor, facts: { incident } }, inner);
        await view(inner)
          .updateTable('incidents')
          .set({ closed_at: clock.now() })
          .where('id', '=', incident)
          .where('closed_at', 'is', null)
          .execute();
      });
    },

    /** All, newest first: for whoever runs the server, and auditors. */
    async list(): Promise<readonly Incident[]> {
      return whole(await db.selectFrom('incidents').selectAll().orderBy('opened_at', 'desc').orderBy('id').execute());
    },

    /** @throws Problem `incident_unknown`. */
    async reach(incident: string): Promise<Reach> {
      const is = await get(incident);
      const rows = await db
        .selectFrom('incident_notices')
        .selectAll()
        .where('incident', '=', incident)
        .orderBy('customer')
        .execute();
      const now = clock.now();
      return reachOf(rows.map((row) => toNotice(row, is, now)));
    },

    /** What concerns customers in scope, newest first; the console shows what is unread until somebody reads it. */
    async forTenants(scope: Scope): Promise<readonly (IncidentNotice & { readonly is: Incident })[]> {
      const rows = await db
        .selectFrom('incident_notices')
        .selectAll()
        .where(inScope(scope, 'incident_notices', { site: null }))
        .orderBy('incident', 'desc')
        .orderBy('customer')
        .execute();
      const ids = [...new Set(rows.map(({ incident }) => incident))];
      const found = ids.length
        ? await whole(await db.selectFrom('incidents').selectAll().where('id', 'in', ids).execute())
        : [];
      const now = clock.now();
      return rows.map((row) => {
        const is = found.find(({ id }) => id === row.incident)!;
        return { ...toNotice(row, is, now), is };
      });
    },

    /** Incidents that nobody has read to their last step for some customer in scope: for a banner, so one cheap query. */
    async unread(scope: Scope): Promise<readonly Pick<Incident, 'id' | 'drill'>[]> {
      const rows = await db
        .selectFrom('incident_notices')
        .innerJoin('incidents', 'incidents.id', 'incident_notices.incident')
        .select(['incidents.id', 'drill'])
        .distinct()
        .whereRef('read_step', '<', 'steps')
        .where(inScope(scope, 'incident_notices', { site: null }))
        .orderBy('incidents.id', 'desc')
        .execute();
      return rows.map(({ id, drill }) => ({ id, drill: drill === 1 }));
    },

    /** Somebody of the MSP has read it, to its last step. @throws Problem `customer_unknown`, `incident_unknown`. */
    async read(scope: Scope, customer: string, incident: string, actor: string): Promise<void> {
      const { msp } = await customerIn(db, scope, customer);
      await transact(database, async (inner) => {
        const tx = view(inner);
        const mine = tx
          .selectFrom('incident_notices')
          .innerJoin('incidents', 'incidents.id', 'incident_notices.incident')
          .select(['read_at', 'read_by', 'read_step', 'steps'])
          .where('incident', '=', incident)
          .where('customer', '=', customer);
        const row = await mine.executeTakeFirst();
        if (!row) throw problem('incident_unknown');
        const { steps } = row;
        if (row.read_step >= steps) return;
        await append({ kind: 'incident_read', actor, facts: { msp, of: customer, incident } }, inner);
        await tx
          .updateTable('incident_notices')
          .set({ read_at: row.read_at ?? clock.now(), read_by: row.read_by ?? actor, read_step: steps })
          .where('incident', '=', incident)
          .where('customer', '=', customer)
          .execute();
      });
    },

    /**
     * Tells those whom it, or a later step of it, has reached by no channel yet; also of incidents that were closed meanwhile (GDPR 33(2)), those that
     * are no drill first. Returns how many were reached.
     */
    async tellConcerned(tell: Tell): Promise<number> {
      const rows = await db.selectFrom('incidents').selectAll().orderBy('drill').orderBy('opened_at').execute();
      let reached = 0;
      for (const is of await whole(rows)) reached += await tellOf(is, tell);
      return reached;
    },
  };
}
