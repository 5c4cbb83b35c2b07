/** The same policy signed once more, to follow what its box has by now: before it expires, and for whoever tries a rollout again. */
import type { Reported } from '@belkluis/shared/contract/reported';
import { type Envelope, openEnvelope, type Signer } from '@belkluis/shared/policy/dsse';
import { POLICY_TYPE, type Policy } from '@belkluis/shared/policy/schema';
import { live } from './answers.ts';
import { ROWS_AT_ONCE } from './limits.ts';
import { chunks, type Db } from './parts.ts';
import { again } from './sign.ts';
import { putSigned } from './store-signed.ts';
import type { PolicyTables } from './tables.ts';

type Row = PolicyTables['policy_signed'];

export type Resigner = { readonly signers: readonly Signer[]; readonly now: number };

/** What this MSP's own keys have signed for a box; null: they have not. Who can write to the database gets nothing signed by that. */
function ownPolicy({ box, envelope }: Row, signers: readonly Signer[]): Policy | null {
  try {
    const trusted = signers.map(({ publicKey }) => publicKey);
    const opened = openEnvelope(JSON.parse(envelope) as Envelope, POLICY_TYPE, trusted);
    const policy = opened && (JSON.parse(opened.payload.toString('utf8')) as Policy);
    return policy?.audience.includes(box) ? policy : null;
  } catch {
    return null;
  }
}

/** What each of these boxes says of its policies. */
export async function saidOf(db: Db, boxes: readonly string[]): Promise<ReadonlyMap<string, Reported['policy']>> {
  const reports = await db.selectFrom('box_reported').select(['box', 'document']).where('box', 'in', boxes).execute();
  return new Map(reports.map(({ box, document }) => [box, (JSON.parse(document) as Reported).policy]));
}

/**
 * Signs rows anew and puts the new ones in their place, to be sent at once. Left out is a row that is not the newest of its box any more, or is in another
 * state than it was read in: somebody signed, sent or cancelled meanwhile. Left out is also a box that has a policy which is none of ours and not the one
 * that this was made on: its own people decided. Inside a transaction. Returns how many.
 */
export async function signAgain(db: Db, rows: readonly Row[], { signers, now }: Resigner, by: string): Promise<number> {
  let count = 0;
  for (const some of chunks(rows, ROWS_AT_ONCE)) {
    const boxes = some.map(({ box }) => box);
    const said = await saidOf(db, boxes);
    const all = await db
      .selectFrom('policy_signed')
      .select(['box', 'version', 'hash', 'state'])
      .where('box', 'in', boxes)
      .orderBy('version', 'desc')
      .execute();
    const ofBox = Map.groupBy(all, ({ box }) => box);
    const fresh = some.flatMap((row) => {
      const signed = ofBox.get(row.box) ?? [];
      const newest = signed.find(({ state }) => (live as readonly string[]).includes(state));
      if (newest?.version !== row.version || newest.state !== row.state) return [];
      const { applied, pending } = said.get(row.box) ?? {};
      const known = [row.previous, row.foundation, ...signed.map(({ hash }) => hash)];
      const own = ownPolicy(row, signers);
      if (!applied || !known.includes(applied.hash) || !own) return [];
      const version = Math.max(signed[0]!.version, applied.version, pending?.version ?? 0) + 1;
      const { hash, envelope, expiresAt } = again(own, { box: row.box, version, previous: applied.hash, now }, signers);
      return [
        {
          ...row,
          ...{ version, hash, previous: applied.hash, envelope: JSON.stringify(envelope) },
          ...{ state: 'due' as const, why: null, signed_by: by, signed_at: now, expires_at: expiresAt },
          // A rollout holds and takes back what its boxes have not answered; what is in force has left it.
          rollout: row.state === 'applied' ? null : row.rollout,
          ...{ claimed_at: null, sent_at: null, answered_at: null },
        },
      ];
    });
    await putSigned(db, fresh, 'renewed');
    count += fresh.length;
  }
  return count;
}
