import test from 'ava';
import fc from 'fast-check';
import { language as languages } from '../fields.ts';
import type { Purpose } from '../purpose.ts';
import type { Policy } from '../schema.ts';
import { anyPolicy, wholePolicy } from '../testing/any-policy.ts';
import { announcementsOf, retentionWords } from '../words.ts';
import { callerNotice } from './caller-notice.ts';
import { asText, type Document } from './document.ts';
import { dpiaDraft } from './dpia.ts';
import { interestsDraft } from './interests.ts';
import { noticeVersion, staffNotice } from './staff-notice.ts';
import { documentWords } from './words.ts';

const [sample] = wholePolicy.purposes as [Purpose];
const policyWith = (change: Partial<Purpose>, more: Partial<Policy> = {}): Policy => ({
  ...wholePolicy,
  ...more,
  purposes: [{ ...sample, ...change }],
});

/** What a document says besides what it quotes. */
const withoutQuotes = (document: Document): string =>
  asText({
    ...document,
    sections: document.sections.map((section) => ({
      ...section,
      blocks: section.blocks.filter((block) => block.is !== 'quote'),
    })),
  });

test('for policies by chance, what callers read and what they hear agree: the sentence, the purpose and every term', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.log(`seed ${seed}`);
  let compared = 0;
  fc.assert(
    fc.property(anyPolicy, fc.constantFrom(...languages.options), (policy, language) => {
      const notice = callerNotice(policy, language);
      const [whole, own] = [asText(notice), withoutQuotes(notice)];
      for (const purpose of policy.purposes) {
        const rules = [null, ...policy.rules.filter((rule) => rule.purpose === purpose.id)];
        for (const rule of rules) {
          for (const heard of announcementsOf(policy, purpose, rule)) {
            if (heard.language !== language) continue;
            t.true(whole.includes(heard.text));
            t.true(own.includes(purpose.announcement.said.find((one) => one.language === language)!.purpose));
            // The term that is heard is among those that are read, as words of their own.
            const term = retentionWords(rule?.retention?.contentDays ?? purpose.retention.contentDays, language);
            t.true(heard.text.includes(term));
            const read = notice.sections.some(({ blocks }) =>
              blocks.some((block) => block.is === 'paragraph' && new RegExp(`(^|[^\\d])${term}`, 'u').test(block.text)),
            );
            t.true(read, `${term} is not in the notice`);
            compared++;
          }
        }
      }
    }),
    { numRuns: 500, seed },
  );
  t.true(compared > 300, `${compared}`);
});

test('the notice says everything that GDPR 13 asks for, in each language', (t) => {
  const { controller } = wholePolicy;
  for (const language of languages.options) {
    const text = asText(callerNotice(wholePolicy, language));
    const { callers: w } = documentWords[language];
    for (const said of [
      controller.name,
      controller.contact,
      controller.dpo!.name,
      controller.dpo!.contact,
      controller.authority,
      documentWords[language].basis.f,
      sample.rationale,
      sample.notUsedFor[0]!,
      w.noReceivers,
      w.whereText('EEA'),
      retentionWords(30, language),
      retentionWords(7, language),
      w.access,
      w.rectify,
      w.erase,
      w.restrict,
      w.mustNot,
      w.decisionsText,
    ])
      t.true(text.includes(said), `${language}: ${said}`);
    // Apart from any other information (GDPR 21(4)).
    const section = callerNotice(wholePolicy, language).sections.find(({ heading }) => heading === w.object)!;
    t.deepEqual(section.blocks, [{ is: 'paragraph', text: w.objectText }]);
    // Rights that this policy does not bring about are not promised.
    t.false(text.includes(w.withdraw));
    t.false(text.includes(w.port));
  }
});

test('who consented may withdraw; what a law demands is said; a receiver outside is named', (t) => {
  const w = documentWords.en.callers;
  const consent = { mode: 'opt-in', key: '1', refuseKey: '2', asks: 'outside', patienceSeconds: 9 } as const;
  const asked = asText(callerNotice(policyWith({ lawfulBasis: 'a', consent }), 'en'));
  t.true(asked.includes(w.withdraw) && asked.includes(w.port) && asked.includes('by key 1'));
  t.false(asked.includes(w.interest));
  const minimum = { days: 1826, ground: 'MiFID II 16(7)' };
  const must = policyWith({
    lawfulBasis: 'c',
    mandatory: true,
    retention: { ...sample.retention, contentDays: 1826, minimum },
  });
  t.true(asText(callerNotice(must, 'en')).includes(w.mandatory));
  t.regex(asText(callerNotice(must, 'en')), /not erased before 1826 days \(MiFID II 16\(7\)\)/);
  const register = { ...sample.register, receivers: ['Insurer NV'] };
  t.true(asText(callerNotice(policyWith({ register }), 'en')).includes('Insurer NV'));
});

test('what is kept beyond route and length is said, for its purpose', (t) => {
  const traffic = { digits: 'complaints', waits: null, linkChannels: null };
  for (const language of languages.options) {
    const w = documentWords[language].callers;
    t.true(asText(callerNotice({ ...wholePolicy, traffic }, language)).includes(w.traffics.digits('Complaints')));
    t.false(asText(callerNotice(wholePolicy, language)).includes(w.traffics.digits('Complaints')));
  }
});

test('employees are told what is recorded, for what, who opens it, what it is not for, how long, what they can press and hear', (t) => {
  const spoken = policyWith(
    { announcement: { ...sample.announcement, staffBeepSeconds: 30 } },
    {
      rules: [{ id: 'r', purpose: 'complaints', start: 'manual' }],
      worksCouncil: { council: 'agreed', reference: 'Letter of the council', completedOn: '2026-10-01' },
      neverRecord: [{ id: 'wc', why: 'works-council', numbers: ['0201234567'] }],
    },
  );
  for (const language of languages.options) {
    const w = documentWords[language];
    const text = asText(staffNotice(spoken, spoken.purposes[0]!, language));
    for (const said of [
      w.uses.complaint,
      sample.notUsedFor[0]!,
      w.staff.openText(w.roles.custodian),
      retentionWords(30, language),
      w.staff.private('*8'),
      w.staff.pause('*7', 120),
      w.staff.start('*3'),
      w.staff.beep(30),
      w.staff.hearsAnnouncement,
      w.staff.neverText(['works-council']),
      w.staff.council,
      w.staff.agreed('Letter of the council', '2026-10-01'),
      w.staff.acknowledge,
      noticeVersion(spoken.purposes[0]!).slice(0, 12),
    ])
      t.true(text.includes(said), `${language}: ${said}`);
  }
});

test('a change that employees would notice is another version; any other is not', (t) => {
  const versionOf = (change: Partial<Purpose>) => noticeVersion({ ...sample, ...change });
  const same = noticeVersion(sample);
  const { announcement, retention } = sample;
  const changes: Partial<Purpose>[] = [
    { announcement: { ...announcement, said: [{ language: 'en', purpose: 'to check quality' }] } },
    { announcement: { ...announcement, staffHear: false } },
    { announcement: { ...announcement, staffBeepSeconds: 20 } },
    { retention: { ...retention, contentDays: 31 } },
    { retention: { ...retention, trafficDays: 31 } },
    { uses: ['complaint', 'quality'] },
    { notUsedFor: [] },
    { mayOpen: ['custodian', 'dpo'] },
    { level: 'high' },
    { pause: null },
    { mandatory: true },
  ];
  t.is(new Set([same, ...changes.map(versionOf)]).size, changes.length + 1);
  const unnoticed: Partial<Purpose>[] = [
    { name: 'Complaints and more' },
    { rationale: 'Said in other words, for the same reason as before.' },
    { uses: [...sample.uses].reverse() },
    { register: { ...sample.register, receivers: ['Insurer NV'] } },
    { assessment: { reference: 'another', completedOn: '2026-11-02' } },
    { retention: { ...retention, because: { ...retention.because } } },
  ];
  for (const change of unnoticed) t.is(versionOf(change), same, JSON.stringify(change));
});

test('no text and no document calls sound anonymous: a voice says whose it is', (t) => {
  const texts: string[] = [];
  const sayings = (words: unknown): void => {
    if (typeof words === 'string') texts.push(words);
    else if (typeof words === 'function') texts.push(String(words));
    else if (typeof words === 'object' && words !== null) for (const one of Object.values(words)) sayings(one);
  };
  sayings(documentWords);
  for (const language of languages.options) {
    texts.push(asText(callerNotice(wholePolicy, language)), asText(staffNotice(wholePolicy, sample, language)));
    texts.push(asText(dpiaDraft(wholePolicy, { recordings: 1 }, language)));
    texts.push(asText(interestsDraft(wholePolicy, sample, language)));
  }
  t.true(texts.length > 300);
  t.deepEqual(
    texts.filter((text) => /anonym|anoniem/i.test(text)),
    [],
  );
});
