import test from 'ava';
import fc from 'fast-check';
import { finderOf, formsOf, MAX_PART_LENGTH, partsOf } from './party-forms.ts';

/** Both ways to ask, which must agree: the index (a part that begins with a form) and the walk. */
function finds(query: string, party: string): boolean {
  const forms = formsOf(query);
  const indexed = forms.some((form) => partsOf(party).some((part) => part.startsWith(form)));
  const walked = finderOf(forms)(party);
  if (indexed !== walked) throw new Error(`index and walk disagree on ${query} and ${party}`);
  return walked;
}

test('the ways to write one number find each other', (t) => {
  const written = [
    '+31 20 123 4567',
    '0031201234567',
    '020-1234567',
    '1234567',
    '31201234567',
    '+31 (0)20 1234567',
    '(020) 123 45 67',
  ];
  for (const stored of written) for (const query of written) t.true(finds(query, stored), `${query} finds ${stored}`);
});

test('another country, another area, an extension or a longer number is not found', (t) => {
  const not: [string, string][] = [
    ['+31201234567', '+49201234567'],
    ['+49201234567', '0031201234567'],
    ['0031201234567', '+32201234567'],
    ['020-1234567', '0101234567'],
    ['+31201234567', '0101234567'],
    ['+31201234567', '4567'],
    ['+31201234567', '12345678'],
    ['+3120', '+4931201'],
    ['+31201234567', '+3120123456'],
    ['anna', 'hannelore'],
    ['12 34', '1243'],
  ];
  for (const [query, stored] of not) t.false(finds(query, stored), `${query} does not find ${stored}`);
});

test('any part is enough, punctuation and case do not matter', (t) => {
  const found: [string, string][] = [
    ['2 34', '+31201234567'],
    ['567', '020-1234567'],
    ['+31 6', '0031612345678'],
    ['06 12', '+31612345678'],
    ['0031 6', '+31612345678'],
    ['Anna de V', 'anna-de-vries'],
    ['de-vries', 'anna.de.vries'],
    ['ANNA', 'anna-0612345678'],
    ['061234', 'anna-0612345678'],
    ['*97', '*97'],
    ['é', 'René'],
    ['0312', '0031201234567'],
    ['+39 06 1234', '+39061234567'],
    ['061234567', '+39061234567'],
    ['212', '212'],
  ];
  for (const [query, stored] of found) t.true(finds(query, stored), `${query} finds ${stored}`);
  t.deepEqual(formsOf(' -+ '), []);
});

test('index and walk agree on everything, and every part of what was written is found', (t) => {
  const character = fc.constantFrom(...'0011223456789+- .annabcß');
  const party = fc.oneof(fc.string({ unit: character, maxLength: 20 }), fc.string({ maxLength: 120 }));
  fc.assert(
    fc.property(party, party, fc.nat(), fc.integer({ min: 3, max: 20 }), (stored, other, from, length) => {
      finds(other, stored);
      const bare = stored
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]/gu, '')
        .slice(0, 50);
      const part = bare.slice(from % (bare.length + 1)).slice(0, length);
      if (part !== '') t.true(finds(part, stored), `${part} of ${stored}`);
    }),
    { numRuns: 3000 },
  );
});

test('a party that somebody makes very long costs the index little', (t) => {
  const parts = partsOf(`${'7'.repeat(100_000)}x`);
  t.true(parts.length <= 201 && parts.every((part) => part.length <= MAX_PART_LENGTH));
});
