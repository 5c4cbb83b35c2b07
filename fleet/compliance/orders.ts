/** What authorities wanted, on what ground, and what they got (GDPR 48): a register for whoever runs the server. */
import { transact } from '../db/transact.ts';
import { checkDigest, checkName, checkText, type Parts, view } from './parts.ts';
import { problem } from './problems.ts';

export interface NewOrder {
  readonly authority: string;
  /** Number or date by which the authority calls it. */
  readonly reference: string;
  /** Legal basis that it names. */
  readonly basis: string;
  readonly asked: string;
  /** MSP whose data it is about; null: none in particular. */
  readonly about: string | null;
  readonly receivedAt: number;
}

export interface Order extends NewOrder {
  readonly id: string;
  readonly answeredAt: number | null;
  /** What was answered, and given or refused. */
  readonly answer: string | null;
  /** SHA-256 of the archive that was given; null: nothing was. */
  readonly digest: string | null;
}

export function openOrders({ database, newId, clock, append }: Parts) {
  const db = view(database);
  return {
    /** @throws Problem `name_invalid`, `text_invalid`. */
    async record(one: NewOrder, actor: string): Promise<string> {
      const id = newId();
      const said = {
        ...{ authority: checkName(one.authority), reference: checkName(one.reference) },
        ...{ basis: checkText(one.basis), asked: checkText(one.asked) },
      };
      await transact(database, async (whole) => {
        await append({ kind: 'order_recorded', actor, facts: { order: id, msp: one.about } }, whole);
        await view(whole)
          .insertInto('authority_orders')
          .values({
            ...{ id, ...said, about_msp: one.about, received_at: one.receivedAt },
            ...{ answered_at: null, answer: null, digest: null },
          })
          .execute();
      });
      return id;
    },

    /** @throws Problem `order_unknown`, `text_invalid`, `digest_invalid`. */
    async answer(order: string, answer: string, digest: string | null, actor: string): Promise<void> {
      const said = { answer: checkText(answer), digest: digest === null ? null : checkDigest(digest) };
      await transact(database, async (whole) => {
        await append({ kind: 'order_answered', actor, facts: { order, digest: said.digest } }, whole);
        const { numUpdatedRows } = await view(whole)
          .updateTable('authority_orders')
          .set({ ...said, answered_at: clock.now() })
          .where('id', '=', order)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) throw problem('order_unknown');
      });
    },

    /** Newest first. */
    async list(): Promise<readonly Order[]> {
      const rows = await db
        .selectFrom('authority_orders')
        .selectAll()
        .orderBy('received_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        ...{ id: row.id, authority: row.authority, reference: row.reference, basis: row.basis, asked: row.asked },
        ...{ about: row.about_msp, receivedAt: row.received_at, answeredAt: row.answered_at, answer: row.answer },
        digest: row.digest,
      }));
    },
  };
}
