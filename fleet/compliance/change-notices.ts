/** What customers are told before a sub-processor begins (GDPR 28(2)), when they knew, and whether they object. */
import { type SqlBool, sql } from 'kysely';
import { transact } from '../db/transact.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { eachByKey } from './by-key.ts';
import { BATCH, DAY_MS, NOTICE_DAYS } from './limits.ts';
import { checkText, customerIn, type Message, type Parts, type Tell, view, zoneOf } from './parts.ts';
import { problem } from './problems.ts';
import type { ComplianceTables } from './tables.ts';
import { dayIn, words } from './words/words.ts';

export interface ChangeNotice {
  readonly subprocessor: string;
  readonly customer: string;
  readonly name: string;
  /** First day as it was announced. */
  readonly since: number;
  readonly announcedAt: number;
  readonly toldAt: number | null;
  readonly readAt: number | null;
  /** Until when the customer may object: 30 days after it was told or had read it, at least to the first day. Null: it does not know yet. */
  readonly objectUntil: number | null;
  readonly objectedAt: number | null;
  readonly objection: string | null;
  readonly state: 'objected' | 'read' | 'told' | 'untold';
}

type Table = ComplianceTables['change_notices'];
type NoticeRow = Table & { readonly name: string; readonly since_at: number };

function objectUntil({ told_at, read_at, since_at }: Pick<NoticeRow, 'told_at' | 'read_at' | 'since_at'>) {
  const known = [told_at, read_at].filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(since_at, Math.min(...known) + NOTICE_DAYS * DAY_MS);
}

const toNotice = (row: NoticeRow): ChangeNotice => ({
  ...{ subprocessor: row.subprocessor, customer: row.customer, name: row.name, since: row.since_at },
  ...{ announcedAt: row.announced_at, toldAt: row.told_at, readAt: row.read_at, objectUntil: objectUntil(row) },
  ...{ objectedAt: row.objected_at, objection: row.objection },
  state:
    row.objected_at !== null ? 'objected' : row.read_at !== null ? 'read' : row.told_at !== null ? 'told' : 'untold',
});

export function openChangeNotices({ database, clock, append, log, timeZone, batch = BATCH }: Parts) {
  const db = view(database);

  const notices = () =>
    db
      .selectFrom('change_notices')
      .innerJoin('subprocessors', 'subprocessors.id', 'change_notices.subprocessor')
      .selectAll('change_notices')
      .select(['subprocessors.name', 'since_at']);

  /** Customers with an agreement that somebody has signed or was sent. Nobody else has to know of a change. */
  const withAgreement = () =>
    db
      .selectFrom('processing_agreements')
      .innerJoin('customers', 'customers.id', 'processing_agreements.customer')
      .innerJoin('msps', 'msps.id', 'processing_agreements.msp')
      .select('processing_agreements.customer')
      .where('state', 'in', ['sent', 'signed'])
      .where('customers.archived_at', 'is', null)
      .where('msps.archived_at', 'is', null);

  /** One change of a notice in scope, written down first. @throws Problem `customer_unknown`, `notice_unknown`, `notice_over`. */
  async function note(
    scope: Scope,
    customer: string,
    subprocessor: string,
    kind: 'change_read' | 'change_objected',
    set: Partial<Table>,
    actor: string,
  ): Promise<void> {
    const { msp } = await customerIn(db, scope, customer);
    await transact(database, async (whole) => {
      const tx = view(whole);
      const row = await tx
        .selectFrom('change_notices')
        .innerJoin('subprocessors', 'subprocessors.id', 'change_notices.subprocessor')
        .select(['told_at', 'read_at', 'since_at'])
        .where('change_notices.customer', '=', customer)
        .where('change_notices.subprocessor', '=', subprocessor)
        .executeTakeFirst();
      if (!row) throw problem('notice_unknown');
      if (kind === 'change_read' && row.read_at !== null) return;
      const until = objectUntil(row);
      if (kind === 'change_objected' && until !== null && until <= clock.now()) throw problem('notice_over');
      await append({ kind, actor, facts: { msp, of: customer, subprocessor } }, whole);
      await tx
        .updateTable('change_notices')
        .set({ ...set, read_at: row.read_at ?? clock.now() })
        .where('customer', '=', customer)
        .where('subprocessor', '=', subprocessor)
        .execute();
    });
  }

  /** Notes, once, when a customer was told. False: that was known. */
  const noteTold = (row: Pick<Table, 'msp' | 'customer' | 'subprocessor'>, told_at: number, actor: string) =>
    transact(database, async (whole) => {
      const { msp, customer, subprocessor } = row;
      const { numUpdatedRows } = await view(whole)
        .updateTable('change_notices')
        .set({ told_at })
        .where('subprocessor', '=', subprocessor)
        .where('customer', '=', customer)
        .where('told_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await append({ kind: 'change_told', actor, facts: { msp, of: customer, subprocessor } }, whole);
      return true;
    });

  return {
    /** From when each change may be, as far as customers are concerned, wall clock, ms; null: some do not know yet. One that is not here waits for nobody. */
    async mayFrom(): Promise<ReadonlyMap<string, number | null>> {
      const known = sql<number>`CASE WHEN told_at IS NULL OR read_at < told_at THEN read_at ELSE told_at END`;
      const rows = await db
        .selectFrom('change_notices')
        .select(({ fn }) => ['subprocessor', fn.max(known).as('last')])
        .select(sql<number>`SUM(CASE WHEN told_at IS NULL AND read_at IS NULL THEN 1 ELSE 0 END)`.as('unknowing'))
        .where('customer', 'in', withAgreement())
        .groupBy('subprocessor')
        .execute();
      return new Map(
        rows.map((row) => [row.subprocessor, Number(row.unknowing) > 0 ? null : row.last + NOTICE_DAYS * DAY_MS]),
      );
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

    /** Whoever runs the server has told a customer otherwise, such as by letter. @throws Problem `notice_unknown`, `told_wrong`. */
    async told(customer: string, subprocessor: string, at: number, actor: string): Promise<void> {
      const row = await notices()
        .where('change_notices.customer', '=', customer)
        .where('change_notices.subprocessor', '=', subprocessor)
        .executeTakeFirst();
      if (!row) throw problem('notice_unknown');
      if (row.told_at !== null) return;
      if (at > clock.now() || at < row.announced_at) throw problem('told_wrong');
      await noteTold(row, at, actor);
    },

    /** Tells those who were not told, of what is still to come. Returns how many were reached. */
    async tellChanges(tell: Tell): Promise<number> {
      const zones = new Map<string, string>();
      return await eachByKey({
        ...{ batch, log },
        page(after: NoticeRow | undefined) {
          const query = notices()
            .where('told_at', 'is', null)
            .where('ended_at', 'is', null)
            .where('change_notices.customer', 'in', withAgreement())
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
          const toldAt = await tell(messageOf(row, zone));
          return toldAt !== null && (await noteTold(row, toldAt, 'fleet'));
        },
      });
    },
  };
}

/** How long there is to object counts from when it is read, so the message cannot name that day. */
function messageOf({ subprocessor, msp, customer, name, since_at }: NoticeRow, zone: string): Message {
  const text = Object.fromEntries(
    Object.entries(words).map(([language, { notice }]) => [
      language,
      notice.change(name, dayIn(since_at, language as 'en', zone), NOTICE_DAYS),
    ]),
  ) as Message['text'];
  return { is: 'subprocessor_change', msp, customer, drill: false, edition: subprocessor, text };
}
