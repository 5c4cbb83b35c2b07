import { fc } from '@fast-check/ava';
import test from 'ava';
import { z } from 'zod';
import { messages } from './messages.ts';
import { telling, tellingFields } from './testing/tells-nobody.ts';

/** What people dial, and what they write, of many kinds. */
const dialled = fc.sample(fc.stringMatching(/^[+*#0-9][0-9 ().*#-]{0,19}$/), { numRuns: 300, seed: 6 });
const written = fc.sample(fc.stringMatching(/^[A-Za-zÀ-ž][a-zA-Zà-ž' .,-]{0,40}$/), { numRuns: 300, seed: 6 });

for (const message of Object.values(messages)) {
  test(`no field of ${message.name} takes a name, a number, an address or a sentence`, (t) => {
    for (const schema of [message.schema, ...message.former.map((form) => form.schema)]) {
      t.deepEqual(tellingFields(schema as z.ZodType, [...dialled, ...written]), []);
    }
  });
}

test('a field that could tell is found, wherever it is and however it is bounded', (t) => {
  const found = (schema: z.ZodType) => tellingFields(schema).length > 0;
  for (const text of [
    z.string(),
    z.string().max(15),
    z.string().regex(/^\d{10}$/),
    z.string().regex(/^[a-z_]{3,40}$/),
    z.string().regex(/^[0-9a-f]+$/),
    z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/),
    z.string().regex(/^\d+\.\d+\.\d+$/),
    z.iso.datetime(),
    z.ipv4(),
    z.email(),
    z.base64(),
  ]) {
    t.true(found(text));
    t.true(found(z.strictObject({ a: z.array(z.strictObject({ b: text.nullable() })).optional() })));
    t.true(found(z.record(text, z.boolean())));
    t.true(found(z.union([z.null(), z.tuple([text])])));
  }
  for (const one of [z.number(), z.number().int(), z.number().int().max(1e11), z.number().min(0).max(1)])
    t.true(found(one));
  for (const one of [z.any(), z.unknown(), z.looseObject({}), z.object({}), z.lazy(() => z.string()), z.date()])
    t.true(found(z.strictObject({ one })));
  t.true(found(z.enum(['jan jansen'])));
  t.true(found(z.strictObject({ '0201234567': z.boolean() })));
  t.true(found(z.strictObject({ text: z.string().transform((text) => text.length) })));
  t.false(found(z.strictObject({ code: z.enum(['disk_low']), at: z.number().int().min(0).max(99) })));
});

test('what is tried are numbers, names and addresses, each once', (t) => {
  t.is(new Set(telling).size, telling.length);
  t.true(telling.some((text) => /^\+\d{11}$/.test(text)) && telling.some((text) => text.startsWith('sip:')));
});
