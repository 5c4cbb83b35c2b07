/** Who helps whoever runs the fleet (GDPR 28(2) and (4)), and what customers are told before somebody new begins. */
import { transact } from '../db/transact.ts';
import { openChangeNotices } from './change-notices.ts';
import { checkCountry, checkTransfer, type RegionLock, type Transfer } from './countries.ts';
import { BATCH, DAY_MS, NOTICE_DAYS } from './limits.ts';
import type { Location } from './locations.ts';
import { checkName, checkText, dayOf, type Parts, type Tell, view } from './parts.ts';
import { problem } from './problems.ts';
import type { ComplianceTables } from './tables.ts';
import type { Terms } from './terms.ts';

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
  /** First day as it was announced. */
  readonly since: number;
  /** From when it may be used: its first day, or 30 days after the last customer knew of it. Null: some do not know yet. */
  readonly liveAt: number | null;
  readonly endedAt: number | null;
  /** `announced`: customers may object; nothing of it is used. */
  readonly state: 'announced' | 'live' | 'ended';
}

type Row = ComplianceTables['subprocessors'];

/** `may`: from when customers let it be; null: some do not know yet. */
function toSubprocessor(row: Row, may: number | null, now: number): Subprocessor {
  const liveAt = row.begun_at ?? (may === null ? null : Math.max(row.since_at, may));
  const transfer =
    row.mechanism === null
      ? null
      : { mechanism: row.mechanism as Transfer['mechanism'], document: row.document!, assessed: row.assessed! };
  return {
    ...{ id: row.id, name: row.name, purpose: row.purpose, country: row.country, parentCountry: row.parent_country },
    ...{ transfer, announcedAt: row.announced_at, since: row.since_at, liveAt, endedAt: row.ended_at },
    state: row.ended_at !== null ? 'ended' : liveAt !== null && liveAt <= now ? 'live' : 'announced',
  };
}

interface SubprocessorParts extends Parts {
  readonly lock: RegionLock;
}

export function openSubprocessors(parts: SubprocessorParts) {
  const { database, clock, newId, append, lock } = parts;
  const db = view(database);
  const { mayFrom, tellChanges, ...notices } = openChangeNotices(parts);

  const list = async (): Promise<readonly Subprocessor[]> => {
    const now = clock.now();
    const rows = await db.selectFrom('subprocessors').selectAll().orderBy('since_at').orderBy('id').execute();
    const may = await mayFrom();
    return rows.map((row) => toSubprocessor(row, may.has(row.id) ? may.get(row.id)! : 0, now));
  };

  return {
    ...notices,

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
     * Announces one. With an agreement that somebody has signed or was sent, it begins 30 days after this at the earliest, and 30 days after the last of
     * them knew of it.
     * @throws Problem `name_invalid`, `text_invalid`, `country_invalid`, `region_locked`, `transfer_blocked`, `notice_short`.
     */
    async add(one: NewSubprocessor, actor: string): Promise<Subprocessor> {
      const [name, purpose] = [checkName(one.name), checkText(one.purpose)];
      checkTransfer(one.country, one.transfer, lock);
      checkCountry(one.parentCountry);
      const id = newId();
      return await transact(database, async (whole) => {
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
          ...{
            assessed: one.transfer?.assessed ?? null,
            announced_at: now,
            since_at: since,
            ended_at: null,
            begun_at: null,
          },
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
        return toSubprocessor(made, customers.length === 0 ? 0 : null, now);
      });
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

    /** Tells those who were not told, of what is still to come. Returns how many were reached. */
    async tellChanges(tell: Tell): Promise<number> {
      const reached = await tellChanges(tell);
      // Once it has begun nobody who comes back later, such as a customer out of the archive, ends it.
      for (const { id, state, liveAt } of await list())
        if (state === 'live')
          await db
            .updateTable('subprocessors')
            .set({ begun_at: liveAt })
            .where('id', '=', id)
            .where('begun_at', 'is', null)
            .execute();
      return reached;
    },
  };
}
