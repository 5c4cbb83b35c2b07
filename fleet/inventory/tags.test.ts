/** Tags: one spelling, bounds, whose they are; their words go into no log. */
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import type { Scope } from '../tenants/scope.ts';
import { MAX_TAG_LENGTH, MAX_TAGS, MAX_TAGS_OF_MSP } from './limits.ts';
import { checkTag, openTags, tagsIn } from './tags.ts';
import { boxesOfTwo, migrations } from './testing/boxes.ts';

for (const database of both) {
  const open = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    const world = await boxesOfTwo(kysely);
    const { a, b, addBox, boxes, append } = world;
    const [one, two, far] = [
      await addBox('one', a.sites[0]),
      await addBox('two', a.sites[2]),
      await addBox('far', b.sites[0], b.scope),
    ];
    const tags = openTags({ database: kysely, append });
    const found = async (scope: Scope, tag: string) => (await boxes.list(scope, { tag })).rows.map(({ id }) => id);
    const of = async (box: string, scope = a.scope) => (await boxes.get(scope, box)).tags;
    return { ...world, kysely, tags, one, two, far, found, of };
  };

  test(`${database.name}: boxes are found by a tag however it is written, in list, count and search`, async (t) => {
    const { tags, one, two, found, of, boxes, a } = await open(t);
    await tags.set(a.scope, one, ['Roof', 'contract  A', 'roof '], 'anna');
    await tags.change(a.scope, two, { add: ['ROOF'] }, 'anna');
    t.deepEqual(await of(one), ['contract A', 'Roof']);
    t.deepEqual(await of(two), ['Roof'], 'as it is written already');
    t.deepEqual((await found(a.scope, 'rOOf')).sort(), [one, two].sort());
    t.deepEqual(await found(a.scope, 'roo'), [], 'a filter is the whole tag');
    t.is(await boxes.count(a.scope, { tag: 'contract a' }), 1);
    const listed = await boxes.list(a.scope, { search: 'tract a', order: 'name' });
    t.deepEqual(
      listed.rows.map(({ id, tags }) => [id, tags]),
      [[one, ['contract A', 'Roof']]],
    );
    t.deepEqual((await boxes.list(a.scope, { search: '%' })).rows, []);
    t.deepEqual(await tags.all(a.scope), ['contract A', 'Roof']);
    await tags.change(a.scope, one, { add: ['new'], remove: ['ROOF', 'nothing'] }, 'anna');
    t.deepEqual(await of(one), ['contract A', 'new']);
    await tags.set(a.scope, one, [], 'anna');
    t.deepEqual(await tags.all(a.scope), ['Roof']);
  });

  test(`${database.name}: another MSP's box has no tags for anybody else, nor is it given any; of a customer only its own`, async (t) => {
    const { tags, one, two, far, found, of, a, b } = await open(t);
    await tags.set(b.scope, far, ['Theirs', 'roof'], 'bea');
    await tags.set(a.scope, two, ['Second'], 'anna');
    const wide: Scope = {
      msp: a.scope.msp,
      within: { customers: [...a.customers, ...b.customers], sites: [...b.sites] },
    };
    for (const scope of [a.scope, wide]) {
      t.is(await codeIn(tags.set(scope, far, ['mine'], 'eve')), 'box_unknown');
      t.is(await codeIn(tags.change(scope, far, { remove: ['Theirs'] }, 'eve')), 'box_unknown');
      t.deepEqual(await tags.all(scope), ['Second']);
      t.deepEqual(await found(scope, 'theirs'), []);
    }
    t.deepEqual(await of(far, b.scope), ['roof', 'Theirs']);
    const own: Scope = { msp: a.scope.msp, within: { customers: [a.customers[0]], sites: [] } };
    t.deepEqual(await tags.all(own), []);
    t.is(await codeIn(tags.set(own, two, ['mine'], 'eve')), 'box_unknown');
    // Not even how somebody else spells it.
    await tags.set(own, one, ['SECOND'], 'els');
    t.deepEqual(await of(one), ['SECOND']);
    t.is((await tags.all(a.scope)).length, 1);
    t.is((await found(a.scope, 'second')).length, 2);
  });

  test(`${database.name}: the log has that it was done, once for a change, and none of the words`, async (t) => {
    const { tags, one, events, a } = await open(t);
    events.length = 0;
    await tags.set(a.scope, one, ['Mrs Visser'], 'anna');
    await tags.set(a.scope, one, ['mrs  visser'], 'anna');
    await tags.change(a.scope, one, { add: ['Mrs Visser'], remove: ['x'] }, 'anna');
    await tags.change(a.scope, one, { remove: ['MRS VISSER'] }, 'bert');
    t.deepEqual(
      events,
      ['anna', 'bert'].map((actor) => ({ kind: 'box_tagged' as const, actor, msp: a.scope.msp, of: one })),
    );
  });

  test(`${database.name}: bounds of a box and of an MSP; tags leave with their box`, async (t) => {
    const { tags, one, two, of, kysely, boxes, a, b, far } = await open(t);
    const many = (from: number, length: number) => Array.from({ length }, (_, at) => `tag ${from + at}`);
    await tags.set(a.scope, one, many(0, MAX_TAGS), 'anna');
    t.is(await codeIn(tags.change(a.scope, one, { add: ['more'] }, 'anna')), 'tags_too_many');
    t.is((await of(one)).length, MAX_TAGS);
    const rows = many(MAX_TAGS, MAX_TAGS_OF_MSP - MAX_TAGS).map((tag) => ({
      box: two,
      msp: a.scope.msp,
      tag_key: tag,
      tag,
    }));
    const db = kysely.$extendTables<{ box_tags: (typeof rows)[number] }>();
    await db.insertInto('box_tags').values(rows).execute();
    await tags.set(a.scope, one, ['tag 0', 'tag 150'], 'anna');
    // Those of `one` that nobody has now made room.
    await tags.set(a.scope, one, ['tag 0', ...many(1000, MAX_TAGS - 1)], 'anna');
    t.is(await codeIn(tags.set(a.scope, one, ['tag 0', 'tag 150', 'one too many'], 'anna')), 'msp_tags_too_many');
    await tags.set(b.scope, far, ['one too many'], 'bea');
    await boxes.remove(a.scope, one, 'anna');
    await boxes.remove(a.scope, two, 'anna');
    t.deepEqual(await db.selectFrom('box_tags').select('box').execute(), [{ box: far }]);
  });
}

test('a tag is short readable text without a comma', (t) => {
  for (const [text, tag] of [
    [' a  b ', 'a b'],
    ['ﬁn', 'fin'],
    ['é'.repeat(MAX_TAG_LENGTH), 'é'.repeat(MAX_TAG_LENGTH)],
  ] as const)
    t.is(checkTag(text), tag);
  for (const bad of ['', '  ', 'a,b', 'a\u0000', 'a\u202Eb', 'x'.repeat(MAX_TAG_LENGTH + 1)])
    t.throws(() => checkTag(bad), { code: 'tag_invalid' } as never, JSON.stringify(bad));
  t.deepEqual(tagsIn(' a, b c ,, '), ['a', 'b c']);
  t.throws(() => tagsIn(`a, ${'x'.repeat(31)}`), { code: 'tag_invalid' } as never);
});
