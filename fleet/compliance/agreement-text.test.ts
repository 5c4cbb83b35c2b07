import { asText, type Document } from '@belkluis/shared/policy/documents/document';
import { languages } from '@belkluis/shared/policy/fields';
import test from 'ava';
import { type AgreementParts, agreementDocument, agreementText } from './agreement-text.ts';
import { locationsOf } from './locations.ts';
import { diffTerms, type Terms, termsDigest, termsOf } from './terms.ts';
import { inNl, kept, provider } from './testing/face.ts';
import { words } from './words/words.ts';

const helper: Terms['subprocessors'][number] = {
  ...{ name: 'Wolk GmbH', purpose: 'servers', country: 'DE', parentCountry: 'US', mechanism: null },
  since: '2026-12-31',
};
const destination = { host: 'db.example', port: null, country: 'DE', subprocessor: 'Wolk GmbH', transfer: null };
const locations = locationsOf({
  ...inNl,
  declared: [{ purpose: 'database', ...destination }],
  dialled: [{ purpose: 'database', host: 'db.example', port: 5432 }],
});
const base = { kept, lock: 'EEA', keysEncrypted: true, locations, subprocessors: [helper] } as const;
const terms = termsOf(base);
const parts: AgreementParts = {
  ...{ language: 'nl', customer: 'Bakkerij Visser', msp: 'Telefoondienst Noord', provider, terms },
  ...{ version: 3, since: Date.UTC(2026, 10, 26) },
};

const blocksOf = ({ sections }: Document) => sections.flatMap(({ blocks }) => blocks);

for (const language of languages) {
  test(`${language}: the text names parties and what Article 28(3) demands, and annexes say what is configured`, (t) => {
    const document = agreementDocument({ ...parts, language });
    const text = asText(document);
    const w = words[language];
    for (const name of ['Bakkerij Visser', 'Telefoondienst Noord', 'Kabelwerk BV', 'Wolk GmbH', provider.contact])
      t.true(text.includes(name), name);
    for (const point of 'abcdefgh') t.true(text.includes(`(${point}) `), point);
    for (const part of [w.annexData, w.annexMeasures, w.annexLocations, w.annexKept, w.annexHelpers])
      t.true(text.includes(part), part);
    for (const { what, days } of terms.data)
      t.true(text.includes(`${w.data[what][0]}: ${days === null ? w.untilRemoved : w.days(days)}`), what);
    for (const measure of terms.measures) t.true(text.includes(w.measure[measure]), measure);
    t.true(text.includes(w.measure.database_tls));
    t.false(text.includes(w.measure.local_database), 'the database is elsewhere');
    t.true(text.includes(w.transfersInside));
    t.regex(text, /30/);
    t.notRegex(text, /undefined|null|\[object|—/);
    t.true(blocksOf(document).every((block) => !('items' in block) || block.items.length > 0));
    // A missing agreement is Art. 83(4), not 83(5).
    t.regex(w.help, /83/);
    t.regex(w.help, /10 mil/i);
    t.notRegex(w.help, /20 mil/i);
  });
}

test('languages say different things, and the same thing is the same bytes', (t) => {
  const texts = languages.map((language) => agreementText({ ...parts, language }));
  t.is(new Set(texts).size, languages.length);
  t.is(agreementText(parts), agreementText({ ...parts }));
});

test('an MSP that runs the server itself is no sub-processor of its own', (t) => {
  const none = { ...parts, terms: { ...terms, subprocessors: [] } };
  const last = (text: string) => text.slice(text.indexOf(words.nl.annexHelpers));
  t.regex(last(agreementText(none)), /Kabelwerk BV/);
  t.notRegex(last(agreementText({ ...none, msp: provider.name })), /Kabelwerk BV/);
});

test('where something is outside the EEA, the text says so', (t) => {
  const away = { ...terms, subprocessors: [{ ...helper, country: 'US', mechanism: 'scc' as const }] };
  const text = agreementText({ ...parts, language: 'en', terms: away });
  t.true(text.includes(words.en.transfersOutside));
  t.false(text.includes(words.en.transfersInside));
  t.regex(text, /United States; .*standard contractual clauses/);
});

test('annexes are what is configured: each change of it is a change of them, and is said', (t) => {
  const after = (more: Partial<Parameters<typeof termsOf>[0]>) => {
    const next = termsOf({ ...base, ...more });
    t.not(termsDigest(next), termsDigest(terms));
    return diffTerms(terms, next);
  };
  const other = locationsOf({
    ...inNl,
    declared: [{ purpose: 'database', ...destination, country: 'FI' }],
    dialled: [{ purpose: 'database', host: 'db.example', port: 5432 }],
  });
  t.deepEqual(after({ locations: other }), [
    { annex: 'locations', is: 'added', of: 'database FI Wolk GmbH' },
    { annex: 'locations', is: 'removed', of: 'database DE Wolk GmbH' },
  ]);
  t.deepEqual(after({ kept: { ...kept, log: 365 } }), [{ annex: 'data', is: 'changed', of: 'log' }]);
  t.deepEqual(after({ keysEncrypted: false }), [{ annex: 'measures', is: 'removed', of: 'keys_encrypted' }]);
  t.deepEqual(after({ subprocessors: [] }), [{ annex: 'subprocessors', is: 'removed', of: 'Wolk GmbH' }]);
  t.deepEqual(after({ subprocessors: [{ ...helper, parentCountry: 'DE' }] }), [
    { annex: 'subprocessors', is: 'changed', of: 'Wolk GmbH' },
  ]);
  t.deepEqual(diffTerms(terms, termsOf(base)), []);
});
