/** Short labels that people of an MSP give to boxes. The words are theirs: they are in no message to a box and in no log. */
import type { Kysely } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { nameKey } from '../db/page.ts';
import { transact } from '../db/transact.ts';
import type { Append } from '../tenants/events.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import type { BoxEvent } from './boxes.ts';
import { MAX_TAG_LENGTH, MAX_TAGS, MAX_TAGS_OF_MSP } from './limits.ts';
import { problem } from './problems.ts';
import type { InventoryTables } from './tables.ts';

/** As it is shown. @throws Problem `tag_invalid`. */
export function checkTag(text: string): string {
  const tag = text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ');
  const length = [...tag].length;
  // A comma parts tags where several are written.
  if (length < 1 || length > MAX_TAG_LENGTH || /[\p{C},]/u.test(tag)) throw problem('tag_invalid');
  return tag;
}

/** Several, as they are written in one field. @throws Problem `tag_invalid`. */
export const tagsIn = (text: string): readonly string[] =>
  text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(checkTag);

/** Of these boxes, in the order of their keys; those without are not there. Whose boxes they are, who asks has made sure. */
export async function tagsOf(
  db: Kysely<InventoryTables>,
  boxes: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (boxes.length === 0) return new Map();
  const rows = await db
    .selectFrom('box_tags')
    .select(['box', 'tag'])
    .where('box', 'in', boxes)
    .orderBy('tag_key')
    .execute();
  return new Map([...Map.groupBy(rows, ({ box }) => box)].map(([box, all]) => [box, all.map(({ tag }) => tag)]));
}

export interface TagChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

export type Tags = ReturnType<typeof openTags>;

export function openTags({ database, append }: { readonly database: AnyTables; readonly append: Append<BoxEvent> }) {
  const view = (whole: AnyTables) => whole.$extendTables<InventoryTables>();
  /** Of two spellings the first. */
  const byKey = (tags: readonly string[]) => new Map(tags.toReversed().map((tag) => [nameKey(tag), tag]));

  /** All that boxes in scope have, one spelling each, in the order of their keys. */
  async function all(whole: AnyTables, scope: Scope): Promise<readonly string[]> {
    let query = view(whole)
      .selectFrom('box_tags')
      .select(({ fn }) => ['tag_key', fn.min('tag').as('tag')])
      .where('box_tags.msp', '=', scope.msp)
      .groupBy('tag_key')
      .orderBy('tag_key');
    // Of the whole MSP the index has all that is asked for.
    if (scope.within !== 'all')
      query = query.innerJoin('boxes', 'boxes.id', 'box_tags.box').where(inScope(scope, 'boxes'));
    return (await query.execute()).map(({ tag }) => tag);
  }

  /** As they are written already, where the person sees that. @throws Problem `msp_tags_too_many`. */
  async function spelled(whole: AnyTables, scope: Scope, fresh: ReadonlyMap<string, string>) {
    const { many } = await view(whole)
      .selectFrom('box_tags')
      .select(({ fn }) => fn.count<number>('tag_key').distinct().as('many'))
      .where('msp', '=', scope.msp)
      .executeTakeFirstOrThrow();
    const known = byKey(await all(whole, scope));
    const others = [...fresh.keys()].filter((key) => !known.has(key));
    if (others.length > 0 && Number(many) + others.length > MAX_TAGS_OF_MSP) throw problem('msp_tags_too_many');
    return [...fresh].map(([tag_key, tag]) => ({ tag_key, tag: known.get(tag_key) ?? tag }));
  }

  /** Makes of the tags that a box has those that it is to have. What stays as it is, is no act. */
  const become = (
    scope: Scope,
    box: string,
    actor: string,
    wanted: (has: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
  ): Promise<void> =>
    transact(database, async (whole) => {
      const db = view(whole);
      const place = await db
        .selectFrom('boxes')
        .select('msp')
        .where('id', '=', box)
        .where(inScope(scope, 'boxes'))
        .executeTakeFirst();
      if (!place) throw problem('box_unknown');
      const has = byKey((await tagsOf(db, [box])).get(box) ?? []);
      const becomes = wanted(has);
      const fresh = new Map([...becomes].filter(([key]) => !has.has(key)));
      const gone = [...has.keys()].filter((key) => !becomes.has(key));
      if (fresh.size === 0 && gone.length === 0) return;
      if (becomes.size > MAX_TAGS) throw problem('tags_too_many');
      const rows = fresh.size === 0 ? [] : await spelled(whole, scope, fresh);
      await append({ kind: 'box_tagged', actor, msp: place.msp, of: box }, whole);
      if (gone.length > 0)
        await db.deleteFrom('box_tags').where('box', '=', box).where('tag_key', 'in', gone).execute();
      if (rows.length > 0)
        await db
          .insertInto('box_tags')
          .values(rows.map((row) => ({ box, msp: place.msp, ...row })))
          .execute();
    });

  return {
    /** All that boxes in scope have, one spelling each, in the order of their keys. */
    all: (scope: Scope) => all(database, scope),

    /** These, and no others. @throws Problem `box_unknown`, `tag_invalid`, `tags_too_many`, `msp_tags_too_many`. */
    async set(scope: Scope, box: string, tags: readonly string[], actor: string): Promise<void> {
      const all = byKey(tags.map(checkTag));
      await become(scope, box, actor, () => all);
    },

    /** Adds some and takes others away; the rest stay. @throws Problem as `set`. */
    async change(scope: Scope, box: string, { add = [], remove = [] }: TagChange, actor: string): Promise<void> {
      const [more, less] = [byKey(add.map(checkTag)), new Set(remove.map(nameKey))];
      await become(scope, box, actor, (has) => new Map([...[...has].filter(([key]) => !less.has(key)), ...more]));
    },
  };
}
