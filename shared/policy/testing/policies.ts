/**
 * Random policies, whole: purposes with their rules, in any country, with words that mean something to computers. About half are sound;
 * the others have one or two faults of the kind that people and attackers make.
 */
import fc from 'fast-check';
import type { Envelope } from '../dsse.ts';
import { languages } from '../fields.ts';
import { levels } from '../purpose.ts';
import type { Rationale } from '../retention-schema.ts';
import { samplePolicy } from '../sample.ts';
import { fleetParts, type Policy, packNames } from '../schema.ts';
import { templateNames, templates } from '../templates.ts';
import { uses } from '../uses.ts';

type Purpose = Policy['purposes'][number];
type Rule = Policy['rules'][number];

const recipients: Envelope = { payloadType: 't', payload: '', signatures: [{ keyid: '', sig: '' }] };
const sample = samplePolicy(new Date('2026-11-01T00:00:00Z'));
const because: Rationale = sample.retention.because.access;

/** What people call things, among it what templates, regular expressions and JSON read as something else. */
const anyWords = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('Van Dam Verzekeringen', 'Müller & Söhne', 'Café Été', 'to settle complaints'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'A $& B',
      '{retention} {who}',
      "$' and $`",
      '__proto__',
      'constructor',
      '\u{1F4DE} 24',
      '٣ ايام',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 3, maxLength: 40 }).map((text) => `x${text}`) },
);

const anyDays = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 120 }) },
  { weight: 3, arbitrary: fc.constantFrom(1, 7, 14, 28, 30, 31, 70, 90, 181, 365, 730, 1826, 2557, 3653) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3653 }) },
);

const anyLanguages = fc.uniqueArray(fc.constantFrom(...languages), { minLength: 1 });
const anyUses = fc.uniqueArray(fc.constantFrom(...uses), { minLength: 1, maxLength: 3 });

const consents: readonly Purpose['consent'][] = [
  { mode: 'inform' },
  { mode: 'opt-out', key: '9', remember: true },
  { mode: 'opt-in', key: '1', refuseKey: '9', asks: 'outside', patienceSeconds: 10 },
  { mode: 'opt-in', key: '1', refuseKey: '9', asks: 'everybody', patienceSeconds: 10 },
];

const anyPurpose = (id: string): fc.Arbitrary<Purpose> =>
  fc
    .record({
      name: anyWords,
      spoken: anyWords,
      own: fc.boolean(),
      languages: anyLanguages,
      by: fc.constantFrom('box', 'box', 'box', 'source'),
      staffHear: fc.boolean(),
      consent: fc.constantFrom(...consents),
      basis: fc.constantFrom('a', 'b', 'c', 'e', 'f'),
      uses: anyUses,
      level: fc.constantFrom(...levels),
      template: fc.option(fc.constantFrom(...templateNames), { nil: undefined, freq: 3 }),
      content: anyDays,
      traffic: anyDays,
      evidence: anyDays,
      mandatory: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
      special: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
    })
    .map((drawn): Purpose => {
      const { template } = drawn;
      const mandatory = drawn.mandatory || template === 'finance';
      const consent = mandatory || drawn.by === 'source' ? consents[0]! : drawn.consent;
      const lawfulBasis = mandatory ? 'c' : drawn.basis === 'a' && consent.mode !== 'opt-in' ? 'f' : drawn.basis;
      const cap = template ? templates[template].capDays : 3653;
      const least = template ? (templates[template].minimumDays ?? 1) : 1;
      const contentDays = Math.min(Math.max(drawn.content, least), cap);
      const unusual = template !== undefined && contentDays > templates[template].usualDays;
      const said = drawn.languages.map((language) => ({
        language,
        purpose: drawn.spoken,
        ...(drawn.uses.includes('ai_training') ? { training: 'and to train a model that routes calls' } : {}),
        ...(drawn.own ? { text: '{more} {refuse} {retention} {purpose} {who}' } : {}),
      }));
      return {
        ...sample.purposes[0]!,
        id,
        name: drawn.name,
        lawfulBasis: lawfulBasis as Purpose['lawfulBasis'],
        assessment: lawfulBasis === 'f' ? { reference: drawn.name, completedOn: because.date } : null,
        specialCategories:
          drawn.special || template === 'care'
            ? {
                ground: consent.mode === 'opt-in' ? 'a' : 'h',
                statement: 'Calls with patients are part of treating them.',
              }
            : null,
        ...(template ? { template } : {}),
        retention: {
          contentDays,
          trafficDays: drawn.traffic,
          evidenceDays: Math.max(contentDays, drawn.evidence),
          ...(mandatory ? { minimum: { days: Math.min(contentDays, 1826), ground: 'MiFID II 16(7)' } } : {}),
          because: {
            content: unusual ? { ...because, unusual: 'supervisor' } : because,
            traffic: because,
            evidence: because,
          },
        },
        announcement: {
          by: drawn.by as 'box' | 'source',
          said,
          callerHears: 'after-answer',
          staffHear: drawn.staffHear,
          staffBeepSeconds: null,
        },
        consent,
        level: drawn.level,
        uses: drawn.uses,
        mandatory,
      };
    });

const anyRule = (id: string, purposes: readonly Purpose[]): fc.Arbitrary<Rule> =>
  fc
    .record({
      purpose: fc.constantFrom(...purposes),
      direction: fc.constantFrom('internal', 'inbound', 'outbound', undefined),
      via: fc.constantFrom('phone', 'siprec', undefined, undefined),
      from: fc.constantFrom(['1*'], ['anna'], undefined, undefined, undefined),
      start: fc.constantFrom('automatic', 'automatic', 'manual'),
      sampling: fc.constantFrom(1, 50, 99, undefined, undefined, undefined),
      content: fc.option(anyDays, { nil: undefined }),
      traffic: fc.option(anyDays, { nil: undefined }),
    })
    .map(({ purpose, direction, via, from, start, sampling, content, traffic }): Rule => {
      const { contentDays, trafficDays, minimum } = purpose.retention;
      const retention = {
        ...(content ? { contentDays: Math.max(Math.min(content, contentDays), minimum?.days ?? 1) } : {}),
        ...(traffic ? { trafficDays: Math.min(traffic, trafficDays) } : {}),
      };
      return {
        id,
        purpose: purpose.id,
        start: purpose.mandatory ? 'automatic' : (start as Rule['start']),
        ...(direction ? { direction: direction as 'internal' } : {}),
        ...(via ? { via: via as 'phone' } : {}),
        ...(from ? { from: [...from] } : {}),
        ...(sampling && !purpose.mandatory ? { sampling } : {}),
        ...(content || traffic ? { retention } : {}),
      };
    });

const anySoundPolicy: fc.Arbitrary<Policy> = fc
  .tuple(anyPurpose('one'), anyPurpose('two'))
  .chain((purposes) =>
    fc.record({
      purposes: fc.constant(purposes),
      rules: fc.tuple(anyRule('r1', purposes), anyRule('r2', purposes), anyRule('r3', purposes)),
      controller: anyWords,
      lawPacks: fc.uniqueArray(fc.constantFrom(...packNames), { maxLength: 2 }),
      fleetMayChange: fc.uniqueArray(fc.constantFrom(...fleetParts)),
      access: anyDays,
    }),
  )
  .map(({ purposes, rules, controller, lawPacks, fleetMayChange, access }) => ({
    ...sample,
    controller: { ...sample.controller, name: controller },
    lawPacks,
    neverRecord: [{ id: 'council', why: 'works-council' as const, extensions: ['290'] }],
    purposes,
    rules,
    retention: { ...sample.retention, accessDays: access },
    bounds: { ...sample.bounds, fleetMayChange },
    recipients,
  }));

/** Where faults are made, from the top of the document. */
const places: readonly (readonly (string | number)[])[] = [
  ['controller', 'name'],
  ['controller', 'moreAt'],
  ['purposes'],
  ['purposes', 0],
  ['purposes', 0, 'name'],
  ['purposes', 0, 'lawfulBasis'],
  ['purposes', 0, 'consent'],
  ['purposes', 0, 'consent', 'mode'],
  ['purposes', 0, 'mandatory'],
  ['purposes', 0, 'register'],
  ['purposes', 0, 'register', 'dataSubjects'],
  ['purposes', 0, 'register', 'dataCategories'],
  ['purposes', 0, 'register', 'dataSubjects', 0],
  ['purposes', 0, 'retention'],
  ['purposes', 0, 'retention', 'contentDays'],
  ['purposes', 0, 'retention', 'evidenceDays'],
  ['purposes', 0, 'retention', 'trafficDays'],
  ['purposes', 0, 'retention', 'because'],
  ['purposes', 0, 'retention', 'minimum'],
  ['purposes', 0, 'announcement'],
  ['purposes', 0, 'announcement', 'said'],
  ['purposes', 0, 'announcement', 'said', 0],
  ['purposes', 0, 'announcement', 'said', 0, 'purpose'],
  ['purposes', 0, 'announcement', 'said', 0, 'text'],
  ['rules', 0, 'retention'],
  ['rules', 0, 'purpose'],
  ['retention', 'accessDays'],
  ['bounds', 'maxContentDays'],
];

const wrongs: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -1, 1, 3654, 1e9, 1.5, Number.POSITIVE_INFINITY, Number.NaN],
  ...['', ' ', '   ', '\u200B\u200B\u200B', 'forever', 'off', '\uD800', '{who}', 'inform'],
  ...[[], {}, [null], [''], { days: 36_500 }, { said: [] }],
];

/** `document` with another value at a place; without it where that is undefined. */
export function changedAt(document: unknown, [name, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (name === undefined) return value;
  if (typeof document !== 'object' || document === null) return document;
  const inner = changedAt((document as Record<string, unknown>)[name], rest, value);
  if (Array.isArray(document)) return document.map((one, index) => (index === name ? inner : one));
  const { [name]: _, ...others } = document as Record<string, unknown>;
  return inner === undefined ? others : { ...others, [name]: inner };
}

/** A policy, or what looks like one. */
export const anyPolicy: fc.Arbitrary<unknown> = fc
  .tuple(
    anySoundPolicy,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 2,
        arbitrary: fc.array(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...wrongs)), {
          minLength: 1,
          maxLength: 2,
        }),
      },
    ),
  )
  .map(([policy, faults]) =>
    faults.reduce<unknown>((document, [place, value]) => changedAt(document, place, value), policy),
  );
