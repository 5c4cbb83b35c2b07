import test from 'ava';
import type { Purpose } from '../purpose.ts';
import type { Policy } from '../schema.ts';
import { wholePolicy } from '../testing/any-policy.ts';
import { asText } from './document.ts';
import { checkDpia, dpiaDraft, fieldAt, LARGE_SCALE_RECORDINGS } from './dpia.ts';
import { interestsDraft } from './interests.ts';
import { documentWords } from './words.ts';

const [sample] = wholePolicy.purposes as [Purpose];
const narrow: Policy = {
  ...wholePolicy,
  rules: [{ id: 'one', purpose: 'complaints', from: ['+31201234567'], start: 'automatic' }],
  dpia: null,
};
const withPurpose = (change: Partial<Purpose>): Policy => ({ ...narrow, purposes: [{ ...sample, ...change }] });
const required = (policy: Policy, recordings = 0) => checkDpia(policy, { recordings }).required;

test('ten thousand recordings a month require an assessment, and so do special categories, or two of the other questions', (t) => {
  t.is(LARGE_SCALE_RECORDINGS, 10_000);
  t.false(required(narrow, 9_999));
  t.true(required(narrow, 10_000));
  const specialCategories = { ground: 'h', statement: 'Treatment, by people who are bound to secrecy.' } as const;
  t.true(required(withPurpose({ specialCategories })));
  t.false(required(withPurpose({ uses: ['quality'] })));
  t.true(required({ ...withPurpose({ uses: ['quality'] }), rules: wholePolicy.rules }));
  t.true(required(withPurpose({ uses: ['quality', 'care'] })));
  t.false(checkDpia(narrow, { recordings: 0 }).done);
  t.true(checkDpia(wholePolicy, { recordings: 0 }).done);
});

test('a measure that no field carries out, or one that the policy does not have, is an open action', (t) => {
  const measures = [
    { measure: 'Erased within a month', field: 'purposes.complaints.retention.contentDays' },
    { measure: 'Staff are trained', field: null },
    { measure: 'Fewer calls', field: 'purposes.quality.sampling' },
    { measure: 'Kept in the EEA', field: 'regions' },
    { measure: 'Nothing inherited counts', field: 'toString' },
  ];
  const policy = { ...wholePolicy, dpia: { ...wholePolicy.dpia!, measures } };
  const { open } = checkDpia(policy, { recordings: 0 });
  t.deepEqual(
    open.map(({ measure }) => measure),
    ['Staff are trained', 'Fewer calls', 'Nothing inherited counts'],
  );
  t.is(fieldAt(policy, 'purposes.complaints.retention.contentDays'), 30);
  const text = asText(dpiaDraft(policy, { recordings: 12_345 }, 'en'));
  t.true(text.includes('Staff are trained: no field of the policy carries it out yet'));
  t.true(text.includes('Fewer calls: names purposes.quality.sampling, which the policy does not have'));
  t.true(text.includes('Erased within a month: purposes.complaints.retention.contentDays'));
  t.true(text.includes('12345 recordings'));
});

test('whoever reads the draft sees in words what the policy does against each risk, and what every box does', (t) => {
  for (const language of ['en', 'nl', 'de', 'fr'] as const) {
    const { dpia, register } = documentWords[language];
    const text = asText(dpiaDraft({ ...wholePolicy, dpia: null }, { recordings: 0 }, language));
    t.notRegex(text, /purposes\./, 'no path of the document');
    for (const words of [
      ...Object.values(dpia.guard),
      ...Object.values(register.measure),
      dpia.noMeasures,
      dpia.noneOpen,
    ])
      t.true(text.includes(words), words);
  }
});

test('the draft of a weighing has the interest, the term with its reason, what callers hear and how they refuse', (t) => {
  const text = asText(interestsDraft(wholePolicy, sample, 'en'));
  for (const said of [
    sample.rationale,
    '30 days',
    sample.retention.because.content.why,
    'Example Office records this call to settle complaints',
    'You can object',
    sample.assessment!.reference,
  ])
    t.true(text.includes(said), said);
});
