import test from 'ava';
import { mandatory, samplePolicy } from '../sample.ts';
import { policySchema } from '../schema.ts';
import { fieldsOf } from '../walk.ts';
import { deadline, endOf } from './deadline.ts';
import { type Judged, lawFindings } from './find.ts';
import type { Pack, Question } from './pack.ts';
import { packs } from './packs.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const sample = samplePolicy(new Date(now));
const [purpose] = sample.purposes;
const [rule] = sample.rules;

type Changes = { policy?: Partial<Judged>; purpose?: object; rule?: object };

/** The sample with a little of it changed. */
const changed = ({ policy, purpose: ofPurpose, rule: ofRule }: Changes): Judged => ({
  ...sample,
  purposes: [{ ...purpose!, ...ofPurpose }],
  rules: [{ ...rule!, ...ofRule }],
  ...policy,
});

const found = (changes: Changes, at = now) =>
  lawFindings(changed(changes), at).map(({ path, provision }) => `${provision} ${path}`);

const optIn = (asks: 'outside' | 'everybody') => ({
  consent: { mode: 'opt-in', key: '1', refuseKey: '9', asks, patienceSeconds: 10 },
});
const optOut = { consent: { mode: 'opt-out', key: '9', remember: false } };
const saying = (...languages: string[]) => ({
  announcement: {
    ...purpose!.announcement,
    said: languages.map((language) => ({ language, purpose: 'to settle complaints' })),
  },
});
const kept = (contentDays: number) => ({ retention: { ...purpose!.retention, contentDays } });

test('what is lawful in the Netherlands passes', (t) => {
  t.deepEqual(found({}), []);
});

test('Germany: everybody agrees first; being told or able to refuse is no consent, and a law that demands the recording asks nobody', (t) => {
  const policy = { lawPacks: ['DE'] satisfies Judged['lawPacks'] };
  const german = saying('de');
  const consent = ['de-201-consent purposes.0.consent.mode'];
  t.deepEqual(found({ policy, purpose: german }), consent);
  t.deepEqual(found({ policy, purpose: { ...german, ...optOut } }), consent);
  t.deepEqual(found({ policy, purpose: { ...german, ...optIn('outside') } }), [
    'de-201-everybody purposes.0.consent.asks',
  ]);
  t.deepEqual(found({ policy, purpose: { ...german, ...optIn('everybody') } }), []);
  t.deepEqual(found({ policy, purpose: { ...mandatory(purpose!), ...german } }), []);
  t.deepEqual(
    found({ policy, purpose: { ...german, mandatory: true } }),
    ['eu-mandatory-basis purposes.0.lawfulBasis'],
    'whoever calls it mandatory must name the law',
  );
  t.deepEqual(found({ policy, purpose: optIn('everybody') }), ['de-language purposes.0.announcement.said.language']);
  t.deepEqual(found({ policy: { ...policy, worksCouncil: null }, purpose: { ...german, ...optIn('everybody') } }), [
    'de-works-council worksCouncil',
  ]);
});

test('Belgium: a month for quality, and consent of all for what is neither quality nor evidence', (t) => {
  const policy = { lawPacks: ['BE'] satisfies Judged['lawPacks'] };
  const quality = { ...saying('nl'), uses: ['quality'] };
  t.deepEqual(found({ policy, purpose: { ...quality, ...kept(30) } }), []);
  t.deepEqual(found({ policy, purpose: { ...quality, ...kept(31) } }), [
    'be-quality-month purposes.0.retention.contentDays',
  ]);
  const training = { ...saying('fr'), uses: ['training'] };
  t.deepEqual(found({ policy, purpose: training }), ['be-consent purposes.0.consent.mode']);
  t.deepEqual(found({ policy, purpose: { ...training, ...optIn('outside') } }), [
    'be-consent-everybody purposes.0.consent.asks',
  ]);
  t.deepEqual(found({ policy, purpose: { ...training, ...optIn('everybody') } }), []);
  t.deepEqual(found({ policy, purpose: saying('en') }), ['be-language purposes.0.announcement.said.language']);
});

test('France: six months, not systematic, proof not by itself, staff representatives never', (t) => {
  const neverRecord: Judged['neverRecord'] = [{ id: 'cse', why: 'works-council', extensions: ['205'] }];
  const policy = { lawPacks: ['FR'] satisfies Judged['lawPacks'], neverRecord };
  const quality = { ...saying('fr'), uses: ['quality'] };
  const systematic = 'fr-not-systematic rules.0.sampling';
  t.deepEqual(found({ policy, purpose: quality }), [systematic]);
  t.deepEqual(found({ policy, purpose: quality, rule: { sampling: 100 } }), [
    systematic,
    'fr-sampling-share rules.0.sampling',
  ]);
  t.deepEqual(found({ policy, purpose: quality, rule: { sampling: 99 } }), ['fr-sampling-share rules.0.sampling']);
  t.deepEqual(found({ policy, purpose: quality, rule: { sampling: 50 } }), []);
  t.deepEqual(found({ policy, purpose: quality, rule: { start: 'manual' } }), []);
  t.deepEqual(found({ policy, purpose: { ...quality, ...kept(182) }, rule: { start: 'manual' } }), [
    'fr-quality-six-months purposes.0.retention.contentDays',
  ]);
  const evidence = { ...saying('fr'), uses: ['evidence'] };
  t.deepEqual(found({ policy, purpose: evidence }), ['fr-evidence-not-automatic rules.0.start']);
  t.deepEqual(found({ policy, purpose: { ...mandatory(purpose!), ...evidence } }), []);
  t.deepEqual(found({ policy: { ...policy, neverRecord: [] }, purpose: saying('fr') }), [
    'fr-staff-representatives neverRecord.why',
  ]);
});

test('the Netherlands: staff are told at each recording, the works council agreed, care keeps who looked', (t) => {
  const staff = (staffHear: boolean, staffBeepSeconds: number | null) => ({
    announcement: { ...purpose!.announcement, staffHear, staffBeepSeconds },
  });
  t.deepEqual(found({ purpose: staff(false, null) }), ['nl-staff-informed purposes.0.announcement.staffHear']);
  t.deepEqual(found({ purpose: staff(false, 15) }), []);
  t.deepEqual(found({ policy: { worksCouncil: null } }), ['nl-works-council worksCouncil']);
  t.deepEqual(found({ policy: { worksCouncil: null, rules: [] } }), [], 'nothing is recorded');
  const specialCategories = { ground: 'h', statement: 'Calls with patients are part of treating them.' };
  t.deepEqual(found({ purpose: { template: 'care', specialCategories } }), ['nl-care-access-log retention.accessDays']);
});

test('the Union: orders must be recorded and kept, care needs a ground, recordings stay where they are protected; no country can be left out of it', (t) => {
  const policy = { lawPacks: [] };
  t.deepEqual(found({ policy, purpose: { template: 'finance' } }), [
    'eu-mifid-mandatory purposes.0.mandatory',
    'eu-mifid-five-years purposes.0.retention.minimum.days',
    'eu-mifid-monitoring purposes.0.uses',
  ]);
  t.deepEqual(found({ policy, purpose: { template: 'care' } }), [
    'eu-special-categories purposes.0.specialCategories.ground',
  ]);
  t.deepEqual(found({ policy: { ...policy, regions: ['NL', 'US'] } }), ['eu-transfers regions']);
});

test('a finding says what to change, with the article and the number', (t) => {
  const [finding] = lawFindings(
    changed({ policy: { lawPacks: ['BE'] }, purpose: { ...saying('nl'), uses: ['quality'], ...kept(60) } }),
    now,
  );
  t.is(finding!.article, 'WEC 128');
  t.regex(finding!.says.en, /contentDays may not be above 30/);
  t.regex(finding!.says.nl, /contentDays mag niet hoger zijn dan 30/);
});

test('law binds from its first day to before its last', (t) => {
  const pack: Pack = {
    ...packs.NL,
    provisions: [
      { ...packs.NL.provisions.find(({ id }) => id === 'nl-works-council')!, from: '2027-01-01', until: '2027-02-01' },
    ],
  };
  const at = (day: string) => lawFindings(changed({ policy: { worksCouncil: null } }), Date.parse(day), [pack]).length;
  t.deepEqual(
    ['2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z', '2027-01-31T23:59:59Z', '2027-02-01T00:00:00Z'].map(at),
    [0, 1, 1, 0],
  );
});

const correction = (provision: string, value: number | null): Judged['packCorrections'][number] => ({
  provision,
  value,
  why: 'Counsel has read the act: it gives two months to us.',
  author: 'Privacy office',
  date: '2026-11-20',
});

test('what the box is unsure of the customer can correct, what it has read never', (t) => {
  const belgian = (contentDays: number, ...packCorrections: Judged['packCorrections']) =>
    found({
      policy: { lawPacks: ['BE'], packCorrections },
      purpose: { ...saying('nl'), uses: ['quality'], ...kept(contentDays) },
    });
  t.deepEqual(belgian(60, correction('be-quality-month', 60)), []);
  t.deepEqual(belgian(61, correction('be-quality-month', 60)), ['be-quality-month purposes.0.retention.contentDays']);
  t.deepEqual(belgian(400, correction('be-quality-month', null)), []);
  t.deepEqual(belgian(30, correction('be-consent', null)), ['be-consent packCorrections.0.provision']);
  t.deepEqual(belgian(30, correction('be-gone', null)), ['be-gone packCorrections.0.provision']);
  t.deepEqual(belgian(30, correction('be-language', 7)), ['be-language packCorrections.0.value']);
  const german = { lawPacks: ['DE'] satisfies Judged['lawPacks'] };
  t.deepEqual(
    found({ policy: { ...german, packCorrections: [correction('de-201-consent', null)] }, purpose: saying('de') }),
    ['de-201-consent purposes.0.consent.mode', 'de-201-consent packCorrections.0.provision'],
    'a correction that may not stand has no effect either',
  );
});

test('packs are data whose every field is one of a policy, and whose names are their own', (t) => {
  const fields = new Set(fieldsOf(policySchema).map(({ path }) => path));
  const known = (field: string) =>
    fields.has(
      field
        .replace(/^policy\./, '')
        .replace(/^purpose\./, 'purposes.')
        .replace(/^rule\./, 'rules.'),
    );
  const names: string[] = [];
  for (const pack of Object.values(packs)) {
    t.deepEqual(JSON.parse(JSON.stringify(pack)), pack, pack.name);
    for (const { id, when, demand, of, says } of pack.provisions) {
      names.push(id);
      t.true(id.startsWith(`${pack.name.toLowerCase()}-`), id);
      const asked: string[] = [...when, ...('needs' in demand ? demand.needs : [])].map(({ field }: Question) => field);
      if ('field' in demand) {
        asked.push(demand.field);
        t.true(says.en.includes('{limit}') && says.nl.includes('{limit}'), id);
      }
      for (const field of asked) {
        t.true(known(field), `${id}: ${field}`);
        if (field.startsWith('rule.')) t.is(of, 'rule', id);
        if (field.startsWith('purpose.')) t.not(of, 'policy', id);
      }
    }
  }
  t.is(new Set(names).size, names.length);
});

test('deadlines come from packs and bind from their day', (t) => {
  const first = Date.parse('2026-01-31T10:00:00Z');
  t.is(deadline(packs.EU, 'vulnerability-warning', Date.parse('2026-09-10')), null);
  t.like(deadline(packs.EU, 'vulnerability-warning', Date.parse('2026-09-11')), { amount: 24, unit: 'hours' });
  t.is(deadline(packs.NL, 'request', first), null);
  const end = (name: Parameters<typeof deadline>[1], since: number) =>
    new Date(endOf(deadline(packs.EU, name, now)!, since)).toISOString();
  t.is(end('breach-authority', first), '2026-02-03T10:00:00.000Z');
  t.is(end('request', first), '2026-02-28T10:00:00.000Z', 'a month without that day ends on its last');
  t.is(end('request', Date.parse('2026-12-31T10:00:00Z')), '2027-01-31T10:00:00.000Z');
  t.is(end('request-extension', Date.parse('2026-07-15T10:00:00Z')), '2026-09-15T10:00:00.000Z');
  t.is(end('vulnerability-final', first), '2026-02-14T10:00:00.000Z');
});
