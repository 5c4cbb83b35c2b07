/** Who helps whoever runs the fleet (GDPR 28(2) and (4)), and what customers are told before somebody new begins. */
import { type SqlBool, sql } from 'kysely';
import { transact } from '../db/transact.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { eachByKey } from './by-key.ts';
import { checkCountry, checkTransfer, type RegionLock, type Transfer } from './countries.ts';
import { BATCH, DAY_MS, NOTICE_DAYS } from './limits.ts';
import type { Location } from './locations.ts';
import { checkName, checkText, customerIn, dayOf, type Message, type Parts, type Tell, view, zoneOf } from './parts.ts';
import { problem } from './problems.ts';
import type { ComplianceTables } from './tables.ts';
import type { Terms } from './terms.ts';
import { dayIn, words } from './words/words.ts';

export interface NewSubprocessor {
  readonly name: string;
  /** What it does for the fleet. */
  readonly purpose: string;
  readonly country: string;
  /** Country of whoever owns it in the end: what that country's law may demand of it is for customers to weigh. */
  readonly parentCountry: string;
  readonly transfer: Transfer | null;
  /** First day, wall clock, ms. Null: as soon as it may. */
  readonly since: number | null;
}

export interface Subprocessor extends Omit<NewSubprocessor, 'since'> {
  readonly id: string;
  readonly announcedAt: number;
  readonly since: number;
  readonly endedAt: number | null;
  /** `announced`: customers may object; nothing of it is used. */
  readonly state: 'announced' | 'live' | 'ended';
}

export interface ChangeNotice {
  readonly subprocessor: string;
  readonly customer: string;
  readonly name: string;
  readonly since: number;
  readonly announcedAt: number;
  readonly toldAt: number | null;
  readonly readAt: number | null;
  readonly objectedAt: number | null;
  readonly objection: string | null;
  readonly state: 'objected' | 'read' | 'told' | 'untold';
}

type Row = ComplianceTables['subprocessors'];

function toSubprocessor(row: Row, now: number): Subprocessor {
  const transfer =
    row.mechanism === null
      ? null
      : { mechanism: row.mechanism as Transfer['mechanism'], document: row.document!, assessed: row.assessed! };
  return {
    ...{ id: row.id, name: row.name, purpose: row.purpose, country: row.country, parentCountry: row.parent_country },
    ...{ transfer, announcedAt: row.announced_at, since: row.since_at, endedAt: row.ended_at },
    state: row.ended_at !== null ? 'ended' : row.since_at <= now ? 'live' : 'announced',
  };
}

type NoticeRow = ComplianceTables['change_notices'] & { readonly name: string; readonly since_at: number };

const toNotice = (row: NoticeRow): ChangeNotice => ({
  ...{ subprocessor: row.subprocessor, customer: row.customer, name: row.name, since: row.since_at },
  ...{ announcedAt: row.announced_at, toldAt: row.told_at, readAt: row.read_at },
  ...{ objectedAt: row.objected_at, objection: row.objection },
  state:
    row.objected_at !== null ? 'objected' : row.read_at !== null ? 'read' : row.told_at !== null ? 'told' : 'untold',
});

interface SubprocessorParts extends Parts {
  readonly lock: RegionLock;
}

export function openSubprocessors({
  database,
  clock,
  newId,
  append,
  log,
  timeZone,
  batch = BATCH,
  lock,
}: SubprocessorParts) {
  const db = view(database);

  const notices = () =>
    db
      .selectFrom('change_notices')
      .innerJoin('subprocessors', 'subprocessors.id', 'change_notices.subprocessor')
      .selectAll('change_notices')
      .select(['subprocessors.name', 'since_at']);

  const list = async (): Promise<readonly Subprocessor[]> => {
    const now = clock.now();
    const rows = await db.selectFrom('subprocessors').selectAll().orderBy('since_at').orderBy('id').execute();
    return rows.map((row) => toSubprocessor(row, now));
  };

  /** One change of a notice in scope, written down first. @throws Problem `customer_unknown`, `notice_unknown`. */
  async function note(
    scope: Scope,
    customer: string,
    subprocessor: string,
    kind: 'change_read' | 'change_objected',
    set: Partial<ComplianceTables['change_notices']>,
    actor: string,
  ): Promise<void> {
    const { msp } = await customerIn(db, scope, customer);
    await transact(database, async (whole) => {
      const tx = view(whole);
      const row = await tx
        .selectFrom('change_notices')
        .innerJoin('subprocessors', 'subprocessors.id', 'change_notices.subprocessor')
        .select(['read_at', 'since_at'])
        .where('change_notices.customer', '=', customer)
        .where('change_notices.subprocessor', '=', subprocessor)
        .executeTakeFirst();
      if (!row) throw problem('notice_unknown');
      if (kind === 'change_read' && row.read_at !== null) return;
      if (kind === 'change_objected' && row.since_at <= clock.now()) throw problem('notice_over');
      await append({ kind, actor, facts: { msp, of: customer, subprocessor } }, whole);
      await tx
        .updateTable('change_notices')
        .set({ ...set, read_at: row.read_at ?? clock.now() })
        .where('customer', '=', customer)
        .where('subprocessor', '=', subprocessor)
        .execute();
    });
  }

  return {
    /** All of them, those that ended too. */
    list,

    /** As annexes have them: those that are there, and those that are announced. */
    async inTerms(): Promise<Terms['subprocessors']> {
      return (await list())
        .filter(({ state }) => state !== 'ended')
        .map(({ name, purpose, country, parentCountry, transfer, since }) => ({
          ...{ name, purpose, country, parentCountry, mechanism: transfer?.mechanism ?? null, since: dayOf(since) },
        }));
    },

    /**
     * Announces one. With an agreement that somebody has signed or was sent, it begins 30 days after this at the earliest.
     * @throws Problem `name_invalid`, `text_invalid`, `country_invalid`, `region_locked`, `transfer_blocked`, `notice_short`.
     */
    async add(one: NewSubprocessor, actor: string): Promise<Subprocessor> {
      const [name, purpose] = [checkName(one.name), checkText(one.purpose)];
      checkTransfer(one.country, one.transfer, lock);
      checkCountry(one.parentCountry);
      const id = newId();
      const row = await transact(database, async (whole) => {
        const tx = view(whole);
        const now = clock.now();
        const customers = await tx
          .selectFrom('processing_agreements')
          .select(['customer', 'msp'])
          .distinct()
          .where('state', 'in', ['sent', 'signed'])
          .execute();
        const earliest = customers.length === 0 ? 0 : now + NOTICE_DAYS * DAY_MS;
        const since = one.since ?? Math.max(earliest, now);
        if (since < earliest) throw problem('notice_short');
        await append({ kind: 'subprocessor_announced', actor, facts: { subprocessor: id, since } }, whole);
        const made: Row = {
          ...{ id, name, purpose, country: one.country, parent_country: one.parentCountry },
          ...{ mechanism: one.transfer?.mechanism ?? null, document: one.transfer?.document ?? null },
          ...{ assessed: one.transfer?.assessed ?? null, announced_at: now, since_at: since, ended_at: null },
        };
        await tx.insertInto('subprocessors').values(made).execute();
        const none = { told_at: null, read_at: null, objected_at: null, objection: null };
        for (let from = 0; from < customers.length; from += BATCH)
          await tx
            .insertInto('change_notices')
            .values(
              customers
                .slice(from, from + BATCH)
                .map(({ customer, msp }) => ({ subprocessor: id, msp, customer, announced_at: now, ...none })),
            )
            .execute();
        return made;
      });
      return toSubprocessor(row, clock.now());
    },

    /** @throws Problem `subprocessor_unknown`. */
    async end(subprocessor: string, actor: string): Promise<void> {
      await transact(database, async (whole) => {
        await append({ kind: 'subprocessor_ended', actor, facts: { subprocessor } }, whole);
        const { numUpdatedRows } = await view(whole)
          .updateTable('subprocessors')
          .set({ ended_at: clock.now() })
          .where('id', '=', subprocessor)
          .where('ended_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) throw problem('subprocessor_unknown');
      });
    },

    /** That every place which the fleet connects to is run by somebody who may by now. @throws Problem `subprocessor_not_live`. */
    async checkLive(locations: readonly Location[]): Promise<void> {
      const live = new Set((await list()).filter(({ state }) => state === 'live').map(({ name }) => name));
      const early = locations.find(({ subprocessor }) => subprocessor !== null && !live.has(subprocessor));
      if (early) throw problem('subprocessor_not_live', `${early.purpose}: ${early.subprocessor}`);
    },

    /** What customers in scope were told of, newest first. */
    async notices(scope: Scope): Promise<readonly ChangeNotice[]> {
      const rows = await notices()
        .where(inScope(scope, 'change_notices', { site: null }))
        .orderBy('change_notices.announced_at', 'desc')
        .orderBy('change_notices.customer')
        .execute();
      return rows.map(toNotice);
    },

    /** Of one change, how many customers know of it: for whoever runs the server. */
    async noticesOf(subprocessor: string): Promise<readonly ChangeNotice[]> {
      const rows = await notices()
        .where('change_notices.subprocessor', '=', subprocessor)
        .orderBy('customer')
        .execute();
      return rows.map(toNotice);
    },

    /** @throws Problem `customer_unknown`, `notice_unknown`. */
    read: (scope: Scope, customer: string, subprocessor: string, actor: string) =>
      note(scope, customer, subprocessor, 'change_read', {}, actor),

    /** @throws Problem `customer_unknown`, `notice_unknown`, `notice_over`, `text_invalid`. */
    async object(scope: Scope, customer: string, subprocessor: string, why: string, actor: string): Promise<void> {
      const set = { objected_at: clock.now(), objection: checkText(why) };
      await note(scope, customer, subprocessor, 'change_objected', set, actor);
    },

    /** Tells those who were not told, of what is still to come. Returns how many were reached. */
    async tellChanges(tell: Tell): Promise<number> {
      const zones = new Map<string, string>();
      return await eachByKey({
        ...{ batch, log },
        page(after: NoticeRow | undefined) {
          const query = notices()
            .innerJoin('customers', 'customers.id', 'change_notices.customer')
            .innerJoin('msps', 'msps.id', 'change_notices.msp')
            .where('told_at', 'is', null)
            .where('ended_at', 'is', null)
            .where('customers.archived_at', 'is', null)
            .where('msps.archived_at', 'is', null)
            .orderBy('change_notices.subprocessor')
            .orderBy('change_notices.customer')
            .limit(batch);
          if (!after) return query.execute();
          return query
            .where(sql<SqlBool>`(change_notices.subprocessor, change_notices.customer)
              > (${after.subprocessor}, ${after.customer})`)
            .execute();
        },
        async act(row) {
          const zone = zones.get(row.msp) ?? (await zoneOf(db, row.msp, timeZone));
          zones.set(row.msp, zone);
          const told_at = await tell(changeMessage(row, zone));
          if (told_at === null) return false;
          await db
            .updateTable('change_notices')
            .set({ told_at })
            .where('subprocessor', '=', row.subprocessor)
            .where('customer', '=', row.customer)
            .execute();
          return true;
        },
      });
    },
  };
}

function changeMessage({ subprocessor, msp, customer, name, since_at }: NoticeRow, zone: string): Message {
  const text = Object.fromEntries(
    Object.entries(words).map(([language, { notice }]) => [
      language,
      notice.change(name, dayIn(since_at, language as 'en', zone)),
    ]),
  ) as Message['text'];
  return { is: 'subprocessor_change', msp, customer, drill: false, edition: subprocessor, text };
}
