import { generateKeyPairSync } from 'node:crypto';
import { Problem } from '@belkluis/shared/base/problem';
import { type Envelope, MAX_ENVELOPE_LENGTH, signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE } from '@belkluis/shared/policy/schema';
import { changedAt } from '@belkluis/shared/policy/testing/policies';
import test from 'ava';
import fc from 'fast-check';
import { readTrust, verifyPolicy } from './verify.ts';

const DOCUMENTS = 3000;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const key = generateKeyPairSync('ed25519');
const pem = key.publicKey.export({ format: 'pem', type: 'spki' }) as string;
const trust = readTrust(JSON.stringify({ policyKeys: [pem], keyringKey: pem }));
const sample = samplePolicy(new Date('2026-11-24T00:00:00Z'));
const [purpose] = sample.purposes;
const [rule] = sample.rules;

const list = {
  schemaVersion: 1,
  listVersion: 1,
  issuedAt: sample.issuedAt,
  recipients: [
    { role: 'custodian', name: 'C', fingerprint: 'a'.repeat(40), certificate: 'x' },
    { role: 'escrow', name: 'E', fingerprint: 'b'.repeat(40), certificate: 'y' },
  ],
};
const recipients = signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(list)), [key]);

/** The sample with as many fields as there are, so that each can be spoiled. */
const whole = withRecipients(
  {
    ...sample,
    groups: [{ id: 'sales', extensions: ['101'] }],
    holidays: [{ date: '2026-12-25', name: 'Christmas' }],
    neverRecord: [{ id: 'doctor', why: 'doctor', numbers: ['020 555 01 00'] }],
    packCorrections: [
      { provision: 'eu-transfers', value: null, why: 'Counsel has looked into it.', author: 'P', date: '2026-11-20' },
    ],
    purposes: [{ ...purpose!, retention: { ...purpose!.retention, minimum: { days: 3, ground: 'Law' } } }],
    rules: [
      {
        ...rule!,
        groups: ['sales'],
        sampling: 50,
        schedule: { days: [1, 2], from: '08:00', until: '18:00', timeZone: 'Europe/Amsterdam', holidays: 'never' },
        retention: { contentDays: 10 },
      },
    ],
  },
  recipients,
);

type Path = readonly (string | number)[];

/** Every place in a document, leaves and what holds them. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...inner.flatMap(([name, child]) => placesIn(child, [...path, name]))];
}

const places = placesIn(whole).filter((path) => path.length > 0);

/** Stands for something that JSON.stringify would not write, until it is written. */
const RAW = '\u0001raw\u0001';
const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

const raws = fc.constantFrom(
  ...[
    '1e999',
    '-1e999',
    '1e308',
    '9007199254740993',
    '-0',
    '0.1',
    '"\\ud800"',
    '"\\u0000"',
    '"\\u202e"',
    '""',
    'null',
    '[]',
    '{}',
  ],
  ...['{"__proto__":{"x":1}}', '{"constructor":1}', '[[]]', '[null]', 'true', '"', ']', '\u00FF', 'NaN', 'undefined'],
  ...[
    nested(5000, '[', ']'),
    nested(5000, '{"a":', '}').replace('}', '1}'),
    `"${'x'.repeat(100_000)}"`,
    `[${'0,'.repeat(20_000)}0]`,
  ],
);

/** Keys that JavaScript knows by itself, and others that the schema does not. */
const keys = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'silent',
  '',
  '\u0000',
  'é',
  '0',
);

/** A document as text, with something spoiled. */
const anyText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...places), fc.oneof(raws, fc.json()))
      .map(([place, raw]) => JSON.stringify(changedAt(whole, place, RAW)).replace(JSON.stringify(RAW), () => raw)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...places).map((place) => JSON.stringify(changedAt(whole, place, undefined))),
  },
  {
    weight: 4,
    // One more key at the beginning of any object.
    arbitrary: fc.tuple(fc.nat(), keys, fc.oneof(raws, fc.json())).map(([at, key, raw]) => {
      const text = JSON.stringify(whole);
      const begins = [...text.matchAll(/\{(?=")/g)].map(({ index }) => index + 1);
      const where = begins[at % begins.length]!;
      return `${text.slice(0, where)}${JSON.stringify(key)}:${raw},${text.slice(where)}`;
    }),
  },
  { weight: 1, arbitrary: fc.nat().map((at) => JSON.stringify(whole).slice(0, at % JSON.stringify(whole).length)) },
  { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' })) },
);

const signed = (text: string): string =>
  JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(text), [key]) satisfies Envelope);

/** What became of it: the policy, or why not. Whatever is no Problem is thrown. */
function outcome(text: string): { readonly policy: unknown } | Problem {
  try {
    return verifyPolicy(text, trust);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

test('whatever somebody signs is refused with path and reason, or taken to the letter; it never ends in anything else', (t) => {
  const seen = { refused: 0, taken: 0, unreadable: 0 };
  t.log(`seed ${seed}`);
  t.true('policy' in outcome(signed(JSON.stringify(whole))), 'unspoiled it passes');
  fc.assert(
    fc.property(anyText, (text) => {
      const verdict = outcome(signed(text));
      if (!(verdict instanceof Problem)) {
        seen.taken++;
        // Nothing of it was overlooked: what is in force is all that was signed.
        const taken = JSON.stringify(verdict.policy);
        const given = JSON.stringify(JSON.parse(text));
        if (sorted(taken) !== sorted(given)) throw new Error('took something else than was signed');
        return;
      }
      const { code, detail } = verdict;
      if (code === 'recipients_untrusted') return;
      if (code !== 'policy_invalid') throw new Error(`refused as ${code}`);
      if (!/^(the document|[\w.]+): \S.{3,}/s.test(detail ?? '')) throw new Error(`says only ${detail}`);
      seen[detail!.startsWith('the document: ') ? 'unreadable' : 'refused']++;
    }),
    { numRuns: DOCUMENTS, seed },
  );
  t.log(JSON.stringify(seen));
  for (const [kind, count] of Object.entries(seen)) t.true(count > 5, `${kind} ${count}`);
});

/** JSON whose objects have their keys in one order. */
const sorted = (text: string): string =>
  JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

test('what is spoiled is named where it is', (t) => {
  const spoiled = (path: Path, value: unknown) => {
    const verdict = outcome(signed(JSON.stringify(changedAt(whole, path, value))));
    return verdict instanceof Problem ? verdict.detail : null;
  };
  t.regex(spoiled(['purposes', 0, 'retention', 'contentDays'], 1e9)!, /^purposes\.0\.retention\.contentDays: .*3653/);
  t.regex(spoiled(['controller', 'name'], '\uD800 half')!, /^controller\.name: must have a letter/);
  t.regex(spoiled(['controller', 'name'], 'Red \u001B[31m')!, /^controller\.name: must have a letter/);
  t.regex(spoiled(['purposes', 0, 'silent'], true)!, /^purposes\.0: .*silent/);
  t.regex(spoiled(['worksCouncil', 'council'], 'maybe')!, /^worksCouncil\.council: /);
  const proto = JSON.stringify(whole).replace('"schemaVersion"', '"__proto__":{"silent":true},"schemaVersion"');
  const verdict = outcome(signed(proto));
  t.true(verdict instanceof Problem && /__proto__/.test(verdict.detail!));
});

test('an envelope that is too large, too deep or no envelope is refused before anything is read in it', (t) => {
  const codeOf = (text: string) => {
    const verdict = outcome(text);
    return verdict instanceof Problem ? verdict.code : null;
  };
  const inside = (payload: string) =>
    JSON.stringify({ payloadType: 't', payload, signatures: [{ keyid: '', sig: '' }] });
  for (const text of ['', 'null', '[]', '{', '"', nested(100_000, '[', ']'), nested(100_000, '{"payload":', '}')])
    t.is(codeOf(text), 'policy_malformed');
  t.is(codeOf(inside('x'.repeat(1_900_000))), 'policy_untrusted', 'within the size that is read');
  t.is(codeOf(inside('!'.repeat(1_900_000))), 'policy_malformed');
  t.is(codeOf(inside('x'.repeat(MAX_ENVELOPE_LENGTH))), 'policy_malformed');
});
