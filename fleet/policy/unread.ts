/** Boxes that have a policy which nobody has brought: the fleet knows its hash and not what it says. */
import { setImmediate as breath } from 'node:timers/promises';
import type { Reported } from '@belkluis/shared/contract/reported';
import { type SqlBool, sql } from 'kysely';
import { z } from 'zod';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { knownOf } from './documents.ts';
import { MAX_COUNTED, ROWS_AT_ONCE } from './limits.ts';
import { type Parts, view } from './parts.ts';

export interface UnreadRow {
  readonly box: string;
  readonly name: string;
  readonly customer: string;
  readonly site: string;
}

const nameKeys = z.tuple([z.string(), z.string()]);
type Keys = z.infer<typeof nameKeys>;

export function openUnread({ database }: Pick<Parts, 'database'>) {
  const db = view(database);

  /** The next that have a policy, by name. Those that have what was signed here last are left out: it is known, and mostly they are most. */
  function having(scope: Scope, after: Keys | null) {
    let query = db
      .selectFrom('boxes')
      .innerJoin('box_reported', 'box_reported.box', 'boxes.id')
      .leftJoin('policy_standing', 'policy_standing.box', 'boxes.id')
      .select(['boxes.id as box', 'name', 'name_key', 'customer', 'site', 'document'])
      .where(inScope(scope, 'boxes'))
      .where('boxes.state', '=', 'active')
      .where('policy_version', 'is not', null)
      .where(({ or, eb }) =>
        or([eb('policy_standing.state', 'is', null), eb('policy_standing.state', '<>', 'applied')]),
      )
      .orderBy('name_key')
      .orderBy('boxes.id')
      .limit(ROWS_AT_ONCE);
    if (after) query = query.where(sql<SqlBool>`(boxes.name_key, boxes.id) > (${after[0]}, ${after[1]})`);
    return query.execute();
  }

  /** All of them after a place, by name, some at a time: others get their turn. */
  async function* walk(scope: Scope, from: Keys | null) {
    let after = from;
    for (;;) {
      const rows = await having(scope, after);
      const has = new Map(
        rows.map(({ box, document }) => [box, (JSON.parse(document) as Reported).policy.applied!.hash] as const),
      );
      const known = await knownOf(db, scope.msp, has);
      yield rows.filter(({ box }) => !known.has(box)).map(({ document: _, ...row }) => row);
      const last = rows.at(-1);
      if (!last || rows.length < ROWS_AT_ONCE) return;
      after = [last.name_key, last.box];
      await breath();
    }
  }

  /** By name, and how many there are in all pages; null: more than `most`. @throws Problem `cursor_invalid`. */
  return async (
    scope: Scope,
    ask: PageAsk = {},
    most = MAX_COUNTED,
  ): Promise<Page<UnreadRow> & { readonly boxes: number | null }> => {
    const after = keysAfter(ask, nameKeys);
    type Row = UnreadRow & { readonly name_key: string };
    const shown: Row[] = [];
    for await (const rows of walk(scope, after)) {
      shown.push(...rows.slice(0, rowsOf(ask) + 1 - shown.length));
      if (shown.length > rowsOf(ask)) break;
    }
    let boxes = 0;
    for await (const rows of walk(scope, null)) {
      boxes += rows.length;
      if (boxes > most) break;
    }
    const page = pageOf(shown, ask, ({ name_key, box }) => [name_key, box]);
    return { ...page, rows: page.rows.map(({ name_key: _, ...row }) => row), boxes: boxes > most ? null : boxes };
  };
}
