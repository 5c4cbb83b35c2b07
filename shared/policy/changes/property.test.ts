/** Whatever takes more of anybody is never called harmless: random pairs of policies, and random calls that both decide about. */
import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { type CallToDecide, type Decision, decide, type Said } from '../decide.ts';
import { signEnvelope } from '../dsse.ts';
import { levels } from '../purpose.ts';
import type { Recipients } from '../recipients.ts';
import { recordingRetention } from '../retention.ts';
import { samplePolicy, withRecipients } from '../sample.ts';
import { type Policy, policySchema } from '../schema.ts';
import { announcementsOf } from '../words.ts';
import { changesOf, classesIn } from './classify.ts';

type Purpose = Policy['purposes'][number];
type Rule = Policy['rules'][number];

const signer = generateKeyPairSync('ed25519');
const sample = withRecipients(
  samplePolicy(new Date('2026-11-01T00:00:00Z')),
  signEnvelope('t', Buffer.from('{}'), [signer]),
);
const recipients = { schemaVersion: 1, listVersion: 1, issuedAt: '', recipients: [] } as unknown as Recipients;

const few = <T>(...all: T[]) => fc.constantFrom(...all);
const maybe = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });
const numbers = fc.subarray(['10', '11', '1?', '+3120*', '0205550100', '*'], { minLength: 1, maxLength: 3 });
const days = few(5, 20, 30, 60);
const DAYS = ['2026-12-24', '2026-12-25', '2026-12-26'];

const clean = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const ruleParts = {
  purpose: few('a', 'b'),
  direction: maybe(few('internal' as const, 'inbound' as const)),
  via: maybe(few('phone' as const, 'siprec' as const)),
  from: maybe(numbers),
  to: maybe(numbers),
  extensions: maybe(numbers),
  groups: maybe(few(['g'], ['g', 'h'])),
  queues: maybe(few(['0205550100'], ['q*'])),
  trunks: maybe(few(['t'], ['t', 'u'])),
  schedule: maybe(
    fc.record({
      days: fc.subarray([4, 5, 6], { minLength: 1 }),
      from: few('08:00', '18:00'),
      until: few('12:00', '17:00'),
      holidays: few('as usual' as const, 'never' as const, 'only' as const),
    }),
  ),
  sampling: maybe(few(10, 50, 100)),
  start: few(...Array<'automatic'>(5).fill('automatic'), 'manual' as const),
  level: maybe(few(...levels)),
  retention: maybe(fc.record({ contentDays: few(5, 20), trafficDays: few(5, 20) })),
};
const consent = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ mode: 'inform' as const }) },
  fc.record({ mode: few('opt-out' as const), key: few('1', '2'), remember: fc.boolean() }),
  fc.record({
    mode: few('opt-in' as const),
    key: few('1', '2'),
    refuseKey: few('3', '4'),
    asks: few('outside' as const, 'everybody' as const),
    patienceSeconds: few(5, 10),
  }),
);
const said = fc
  .uniqueArray(
    fc.record({ language: few('en' as const, 'nl' as const, 'fr' as const), purpose: few('to settle', 'to learn') }),
    { selector: ({ language }) => language, minLength: 1, maxLength: 3 },
  )
  .map((all) => all as Purpose['announcement']['said']);
const announcementParts = {
  by: few(...Array<'box'>(5).fill('box'), 'source' as const),
  said,
  callerHears: few('after-answer' as const, 'early-media' as const, 'answered-first' as const),
  staffHear: fc.boolean(),
  staffBeepSeconds: few(null, 10, 30),
};
const retentionParts = {
  contentDays: days,
  trafficDays: days,
  evidenceDays: few(60, 90),
  minimum: maybe(few({ days: 5, ground: 'law' }, { days: 3, ground: 'law' })),
};
const purposeParts = {
  consent,
  level: few(...levels),
  mayOpen: few<Purpose['mayOpen']>(['custodian'], ['custodian', 'dpo']),
  uses: fc.subarray(['complaint', 'quality', 'evidence'] as Purpose['uses'], { minLength: 1 }),
  mandatory: few(false, false, true),
  pause: few(null, { resumeSeconds: 60 }, { resumeSeconds: 120 }),
  recipients: few(null, ['a'.repeat(40), 'b'.repeat(40)]),
};
const topParts = {
  groups: fc.tuple(numbers, numbers).map(([one, two]) => [
    { id: 'g', extensions: one },
    { id: 'h', extensions: two },
  ]),
  holidays: fc.subarray(DAYS).map((all) => all.map((date) => ({ date, name: 'off' }))),
  neverRecord: few<Policy['neverRecord']>(
    [],
    [{ id: 'n', why: 'doctor', numbers: ['10'] }],
    [{ id: 'n', why: 'doctor', numbers: ['10', '+3120*'] }],
    [{ id: 'n', why: 'other', extensions: ['11'] }],
    [{ id: 'w', why: 'withheld' }],
  ),
  controller: few(sample.controller, { ...sample.controller, name: 'Somebody Else' }),
  numbering: few(sample.numbering, sample.numbering, { ...sample.numbering, country: '32' }),
};

const rule = (id: string): fc.Arbitrary<Rule> => fc.record(ruleParts).map((one) => clean({ id, ...one }));
const purpose = (id: string): fc.Arbitrary<Purpose> =>
  fc.record({ ...purposeParts, retention: fc.record(retentionParts), announcement: fc.record(announcementParts) }).map(
    (one) =>
      ({
        ...sample.purposes[0]!,
        ...one,
        id,
        retention: clean({ ...sample.purposes[0]!.retention, ...one.retention }),
      }) as Purpose,
  );

const policy: fc.Arbitrary<Policy> = fc
  .record({
    ...topParts,
    purposes: fc.tuple(purpose('a'), purpose('b')),
    rules: fc.tuple(rule('one'), rule('two'), rule('three')).chain((all) => fc.shuffledSubarray(all, { minLength: 1 })),
  })
  .map((one) => ({ ...sample, ...one }));

/** The nearest policy that the schema takes. */
function fit(loose: Policy): Policy {
  const purposes = loose.purposes.map((one) => {
    const { minimum, ...retention } = one.retention;
    const { consent, announcement } = one;
    const contentDays = Math.min(retention.contentDays, retention.evidenceDays);
    const inform = one.mandatory || announcement.by === 'source';
    const needed = minimum ?? (one.mandatory ? { days: 3, ground: 'law' } : undefined);
    return {
      ...one,
      consent: inform ? { mode: 'inform' as const } : consent,
      retention: clean({ ...retention, contentDays, minimum: needed }) as Purpose['retention'],
    };
  });
  const rules = loose.rules.map(({ retention, level, sampling, start, ...one }): Rule => {
    const of = purposes.find(({ id }) => id === one.purpose)!;
    const within = retention && {
      contentDays: Math.min(retention.contentDays ?? 5, of.retention.contentDays),
      trafficDays: Math.min(retention.trafficDays ?? 5, of.retention.trafficDays),
    };
    return clean({
      ...one,
      start: of.mandatory ? 'automatic' : start,
      sampling: of.mandatory ? undefined : sampling,
      level: level && levels.indexOf(level) >= levels.indexOf(of.level) ? level : undefined,
      retention: within,
    }) as Rule;
  });
  return { ...loose, purposes, rules };
}

type Edit = (policy: Policy) => Policy;

/** One new value for one field: small steps, so that many pairs differ in nothing that weakens. */
const fieldsOf = <Parts extends Record<string, fc.Arbitrary<unknown>>>(parts: Parts) =>
  few(...Object.keys(parts)).chain((name) => parts[name]!.map((value) => ({ [name]: value })));
const at = <T>(list: readonly T[], index: number, edit: (one: T) => T): T[] =>
  list.map((one, place) => (place === index % list.length ? edit(one) : one));
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fieldsOf(topParts).map(
    (change): Edit =>
      (old) => ({ ...old, ...change }),
  ),
  fc.tuple(fieldsOf(ruleParts), fc.nat(3)).map(
    ([change, index]): Edit =>
      (old) => ({ ...old, rules: at(old.rules, index, (one) => clean({ ...one, ...change }) as Rule) }),
  ),
  fc.tuple(fieldsOf(purposeParts), fc.nat(1)).map(
    ([change, index]): Edit =>
      (old) => ({ ...old, purposes: at(old.purposes, index, (one) => ({ ...one, ...change }) as Purpose) }),
  ),
  fc.tuple(fieldsOf(retentionParts), fc.nat(1)).map(
    ([change, index]): Edit =>
      (old) => ({
        ...old,
        purposes: at(old.purposes, index, (one) => ({ ...one, retention: clean({ ...one.retention, ...change }) })),
      }),
  ),
  fc.tuple(fieldsOf(announcementParts), fc.nat(1)).map(
    ([change, index]): Edit =>
      (old) => ({
        ...old,
        purposes: at(old.purposes, index, (one) => ({ ...one, announcement: { ...one.announcement, ...change } })),
      }),
  ),
  fc.nat(3).map(
    (index): Edit =>
      (old) => ({ ...old, rules: old.rules.filter((_, place) => place !== index) }),
  ),
  fc.tuple(rule('new'), fc.nat(3)).map(
    ([one, index]): Edit =>
      (old) => ({
        ...old,
        rules: old.rules.some(({ id }) => id === 'new') ? old.rules : old.rules.toSpliced(index, 0, one),
      }),
  ),
  few<Edit>((old) => ({ ...old, rules: [...old.rules].reverse() })),
);

const party = few('10', '10', '11', '11', '12', '0205550100', '+31205550100', '+31201', 'anonymous');
const call: fc.Arbitrary<CallToDecide> = fc.record({
  id: fc.nat(1000).map(String),
  from: party,
  to: party,
  direction: few('internal' as const, 'inbound' as const, 'outbound' as const),
  via: few(...Array<'phone'>(5).fill('phone'), 'siprec' as const),
  trunk: few(null, 't', 'u'),
  queue: few(null, '+31205550100', 'q1'),
  at: fc
    .tuple(few(...DAYS), few('07:30', '10:00', '14:00', '19:00'))
    .map(([day, time]) => Date.parse(`${day}T${time}Z`)),
});

const people: Said = {
  timeZone: 'UTC',
  objected: (number) => number === '+31201',
  acknowledged: (extension) => extension !== '12',
};

const strength = ['inform', 'opt-out', 'opt-in'];

/** What B takes that A did not, of one call: sentences, each a reason why the change weakens. */
function takesMore(a: Policy, b: Policy, was: Decision, is: Decision): string[] {
  if (!is.record) {
    const must = was.record && was.terms.purpose.mandatory;
    return must ? ['a call is not recorded that a law demands'] : [];
  }
  if (!was.record) return ['a call is recorded that was not'];
  const [old, now] = [was.terms, is.terms];
  const reasons: [string, boolean][] = [
    ['it serves another purpose', old.purpose.id !== now.purpose.id],
    ['it begins by itself', old.start === 'manual' && now.start === 'automatic'],
    ['its level is lower', levels.indexOf(now.level) < levels.indexOf(old.level)],
    ['it may be used for more', now.uses.some((use) => !old.uses.includes(use))],
    ['others open it', JSON.stringify(old.recipients) !== JSON.stringify(now.recipients)],
    ['more may open it', now.purpose.mayOpen.some((role) => !old.purpose.mayOpen.includes(role))],
    ['what was said stays longer', now.retention.contentDays > old.retention.contentDays],
    ['traffic stays longer', now.retention.trafficDays > old.retention.trafficDays],
    ['evidence stays longer', now.retention.evidenceDays > old.retention.evidenceDays],
    ['erasure is refused longer', (now.retention.minimum?.days ?? 0) > (old.retention.minimum?.days ?? 0)],
  ];
  return [...reasons.flatMap(([why, so]) => (so ? [why] : [])), ...tellsLess(a, b, old.purpose, now.purpose)];
}

function tellsLess(a: Policy, b: Policy, old: Purpose, now: Purpose): string[] {
  const beep = (one: Purpose) => one.announcement.staffBeepSeconds ?? Number.POSITIVE_INFINITY;
  // With the terms and the way of refusing of the other: whatever differs then are words.
  const alike = announcementsOf(a, {
    ...old,
    retention: now.retention,
    consent: now.consent,
    mandatory: now.mandatory,
  });
  const said = new Map(announcementsOf(b, now).map(({ language, text }) => [language, text]));
  const reasons: [string, boolean][] = [
    ['people are asked less', strength.indexOf(now.consent.mode) < strength.indexOf(old.consent.mode)],
    ['a language is silent', alike.some(({ language }) => !said.has(language))],
    ['it says something else', alike.some(({ language, text }) => said.has(language) && said.get(language) !== text)],
    ['staff do not hear it', old.announcement.staffHear && !now.announcement.staffHear],
    ['staff hear fewer tones', beep(now) > beep(old)],
    [
      'fewer callers hear it',
      now.announcement.callerHears === 'early-media' && old.announcement.callerHears !== 'early-media',
    ],
    ['nobody may pause any more', old.pause !== null && now.pause === null && !old.mandatory],
  ];
  return reasons.flatMap(([why, so]) => (so ? [why] : []));
}

/** Of what exists under A: whose day B brings forward, as vault/shorten.ts does. */
function erasesEarlier(a: Policy, b: Policy): boolean {
  return a.rules.some((each) => {
    const [old, now] = [a, b].map(({ purposes }) => purposes.find(({ id }) => id === each.purpose));
    if (!old || !now) return false;
    const same = b.rules.find(({ id, purpose }) => id === each.id && purpose === each.purpose) ?? null;
    const [was, is] = [recordingRetention(old, each), recordingRetention(now, same)];
    return is.contentDays < was.contentDays || is.trafficDays < was.trafficDays || is.evidenceDays < was.evidenceDays;
  });
}

test('whatever records more, keeps longer, tells less or erases earlier is never neutral or strengthening', (t) => {
  const seen = { pairs: 0, harmless: 0, weakening: 0, destructive: 0 };
  const pairs = fc.oneof(
    { weight: 1, arbitrary: fc.tuple(policy, policy) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(policy, fc.array(edit, { minLength: 1, maxLength: 3 }))
        .map(([a, edits]) => [a, edits.reduce((old, change) => change(old), a)] as const),
    },
  );
  const property = fc.property(pairs, fc.array(call, { minLength: 40, maxLength: 40 }), (loose, calls) => {
    const [a, b] = loose.map(fit) as [Policy, Policy];
    if (![a, b].every((one) => policySchema.safeParse(one).success)) return;
    const changes = changesOf({ policy: a, recipients }, { policy: b, recipients });
    const classes = classesIn(changes);
    const told = `${classes} ${changes.map((one) => `${one.path.join('.')}=${one.class}`)}`;
    seen.pairs++;
    if (!classes.includes('weakening') && !classes.includes('destructive')) seen.harmless++;
    const decided = (of: Policy, one: CallToDecide) => decide({ policy: of, hash: 'h' }, one, people);
    const more = calls.flatMap((one) => takesMore(a, b, decided(a, one), decided(b, one)));
    if (more.length > 0) {
      seen.weakening++;
      if (!classes.includes('weakening')) throw new Error(`${[...new Set(more)]}: ${told}`);
    }
    if (erasesEarlier(a, b)) {
      seen.destructive++;
      if (!classes.includes('destructive')) throw new Error(`erases earlier: ${told}`);
    }
  });
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.log(`seed ${seed} (SEED=${seed} runs it again)`);
  fc.assert(property, { seed, numRuns: Number(process.env.RUNS ?? 4000) });
  t.log(JSON.stringify(seen));
  // It would prove nothing if everything were called weakening, or nothing ever took more.
  t.true(seen.harmless * 50 > seen.pairs && seen.weakening * 20 > seen.pairs && seen.destructive * 50 > seen.pairs);
});
