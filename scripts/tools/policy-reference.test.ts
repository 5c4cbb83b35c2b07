import { readFileSync } from 'node:fs';
import { recipientsSchema } from '@belkluis/shared/policy/recipients';
import { policySchema } from '@belkluis/shared/policy/schema';
import { fieldsOf } from '@belkluis/shared/policy/walk';
import test from 'ava';
import { directionOf } from './policy-directions.ts';
import { policyReference, unitOf } from './policy-reference.ts';

const fields = [...fieldsOf(policySchema), ...fieldsOf(recipientsSchema)];

test('docs/policy.md says what the schema, the templates and the law packs say', (t) => {
  const committed = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
  t.is(policyReference(directionOf), committed, 'write it anew with `npm run -s docs:policy`');
});

test('every field says what it means', (t) => {
  t.true(fields.length > 150);
  t.deepEqual(
    fields.flatMap(({ path, description }) => (/\w.*\.$/s.test(description) ? [] : [path])),
    [],
  );
});

test('every number has a unit, but what is counted', (t) => {
  const numbers = fields.filter(({ node: { type, const: fixed } }) => type === 'integer' && fixed === undefined);
  t.deepEqual(
    numbers.flatMap((field) => (unitOf(field) ? [] : [field.path])),
    ['version', 'packCorrections.value', 'listVersion'],
  );
});

test('a field of one variant says where it is, and which way is stronger is told where it is known', (t) => {
  const page = policyReference((path) => (path === 'purposes.consent.key' ? 'neither' : null));
  t.regex(page, /\| `purposes\.consent\.key` \| text \| +\| yes; where `mode` is `opt-in` \|.*\| neither \|/);
  t.regex(page, /\| `worksCouncil\.why` \| text \| {2}\| yes; where `council` is `none` \|/);
  t.regex(page, /\| `purposes\.retention\.contentDays` \| whole number \| days \| yes \| 1 to 3653 \|/);
});
