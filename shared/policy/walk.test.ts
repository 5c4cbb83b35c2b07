import test from 'ava';
import { z } from 'zod';
import { fieldsOf } from './walk.ts';

test('each field is found once, with what is needed of it, also in lists and in one of several variants', (t) => {
  const way = z.discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('key').describe('By key.'), key: z.string().describe('Which.') }),
    z.strictObject({ mode: z.literal('word').describe('By word.') }),
  ]);
  const schema = z.strictObject({
    list: z.array(z.strictObject({ inner: z.string() })).describe('A list.'),
    maybe: z
      .strictObject({ deep: z.number().optional().describe('Deep.') })
      .nullable()
      .describe('Or nothing.'),
    way: way.describe('A choice.'),
  });
  t.deepEqual(
    fieldsOf(schema).map(({ path, required, nullable, where, description }) => [
      path,
      required,
      nullable,
      where,
      description,
    ]),
    [
      ['list', true, false, null, 'A list.'],
      ['list.inner', true, false, null, ''],
      ['maybe', true, true, null, 'Or nothing.'],
      ['maybe.deep', false, false, null, 'Deep.'],
      ['way', true, false, null, 'A choice.'],
      ['way.mode', true, false, '`mode` is `key`', 'By key.'],
      ['way.key', true, false, '`mode` is `key`', 'Which.'],
      ['way.mode', true, false, '`mode` is `word`', 'By word.'],
    ],
  );
});
