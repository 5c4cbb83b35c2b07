/**
 * What the fleet signs anew by itself: what would expire before its box comes, and what a box refused because it got another of ours meanwhile. Nobody
 * decides anything by that. What a person at the box is deciding on is left alone.
 */
import { setImmediate as breath } from 'node:timers/promises';
import { faultOf } from '../db/faults.ts';
import { FLEET } from './events.ts';
import type { PolicyKeys } from './keys.ts';
import { RENEW_BEFORE_MS, SEND_BATCH } from './limits.ts';
import { agreementsOnce, type Parts, view, within } from './parts.ts';
import { saidOf, signAgain } from './sign-again.ts';
import type { PolicyTables } from './tables.ts';

type Row = PolicyTables['policy_signed'];
type Found = Row & { readonly site: string; readonly customer: string };

/** Refusals that say that the box has another policy than the one that was followed, or got it too late: the same, to follow what it has, may be taken. */
const OVERTAKEN = ['policy_out_of_order', 'policy_rollback', 'policy_expired'];

export interface RenewOptions {
  /** Whether to go on: the process ends otherwise. */
  readonly goesOn: () => boolean;
  /** For this MSP nothing can be signed now, or could not be stored: others go on. Once for each MSP of a round. */
  readonly failed: (msp: string, error: unknown) => void;
}

export function openRenewal({ keys, ...parts }: Parts & { readonly keys: PolicyKeys }) {
  const { database, clock, append } = parts;
  const db = view(database);

  /** Newest policies of boxes that are there, by box, after this one. */
  const newestRows = (after: string) =>
    db
      .selectFrom('policy_signed')
      .innerJoin('policy_standing', (join) =>
        join
          .onRef('policy_standing.box', '=', 'policy_signed.box')
          .onRef('policy_standing.version', '=', 'policy_signed.version'),
      )
      .innerJoin('boxes', 'boxes.id', 'policy_signed.box')
      .leftJoin('policy_rollouts', 'policy_rollouts.id', 'policy_signed.rollout')
      .selectAll('policy_signed')
      .select(['boxes.site', 'boxes.customer'])
      .where('boxes.state', '=', 'active')
      .where('policy_signed.box', '>', after)
      .orderBy('policy_signed.box')
      .limit(SEND_BATCH);

  const expiring = (after: string) =>
    newestRows(after)
      .where('policy_signed.state', 'in', ['sent', 'applied'])
      .where('policy_standing.state', 'in', ['waiting', 'applied'])
      .where('policy_signed.expires_at', '<', clock.now() + RENEW_BEFORE_MS)
      .execute();

  const refused = (after: string) =>
    newestRows(after)
      .where('policy_signed.state', '=', 'rejected')
      .where('policy_signed.why', 'in', OVERTAKEN)
      .where(({ or, eb }) => or([eb('rollout', 'is', null), eb('policy_rollouts.state', '<>', 'cancelled')]))
      .execute();

  /** Of those that were refused: where the same would not be refused again. */
  async function overtaken(rows: readonly Found[]): Promise<readonly Found[]> {
    if (rows.length === 0) return [];
    const now = clock.now();
    const said = await saidOf(
      db,
      rows.map(({ box }) => box),
    );
    return rows.filter(
      ({ box, previous, expires_at }) => said.get(box)?.applied?.hash !== previous || expires_at <= now,
    );
  }

  /** Signs anew, of one MSP in one go, for they have one key. `broken`: MSPs of which nothing more is tried in this round. */
  async function renewRows(rows: readonly Row[], broken: Set<string>, failed: RenewOptions['failed']): Promise<void> {
    for (const [msp, mine] of Map.groupBy(rows, (row) => row.msp)) {
      if (broken.has(msp)) continue;
      try {
        const signers = await keys.signers(msp, FLEET);
        await within(database, async (tx, whole) => {
          const boxes = await signAgain(tx, mine, { signers, now: clock.now() }, FLEET);
          if (boxes > 0) await append({ kind: 'policies_renewed', actor: FLEET, facts: { msp, boxes } }, whole);
        });
      } catch (error) {
        if (faultOf(error) === 'unavailable') throw error;
        broken.add(msp);
        failed(msp, error);
      }
    }
  }

  /** One round over all boxes. Those that cannot be renewed hold no others up, and come again in the next round. */
  return async function renew({ goesOn, failed }: RenewOptions): Promise<void> {
    const agreementOf = agreementsOnce(parts);
    const broken = new Set<string>();
    async function pages(read: typeof expiring, fitting: (rows: readonly Found[]) => Promise<readonly Found[]>) {
      for (let after = ''; goesOn(); await breath()) {
        const rows = await read(after);
        const allowed: Row[] = [];
        for (const { site, customer, ...row } of await fitting(rows))
          if ((await agreementOf({ site, customer })).state === 'valid') allowed.push(row);
        await renewRows(allowed, broken, failed);
        if (rows.length < SEND_BATCH) return;
        after = rows.at(-1)!.box;
      }
    }
    await pages(expiring, async (rows) => rows);
    await pages(refused, overtaken);
  };
}
