import test from 'ava';
import fc from 'fast-check';
import { UNRECORDED_TRAFFIC_DAYS } from '../decide.ts';
import { generalDays, retentionDays } from '../retention.ts';
import { policySchema } from '../schema.ts';
import { anyPolicy, wholePolicy } from '../testing/any-policy.ts';
import { retentionWords } from '../words.ts';
import { asText } from './document.ts';
import { type BoxFacts, registerDrift, registerHash, registerOf, registerSchema } from './register.ts';
import { registerDocument } from './register-document.ts';

const hash = '0'.repeat(64);
const facts: BoxFacts = {
  deviceId: 'box-1',
  people: [
    { id: 'p1', roles: ['custodian'] },
    { id: 'p2', roles: ['dpo', 'admin'] },
  ],
  destinations: [{ name: 'nas', country: 'NL' }],
  signallingHours: 2,
};
const names: Record<string, string> = { p1: 'R. Visser', p2: 'A. de Boer', p3: 'K. Jansen' };
const nameOf = (id: string) => names[id] ?? null;

test('for 1,000 policies by chance, the register says what the resolver says, for each purpose, rule and class', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.log(`seed ${seed}`);
  let withRules = 0;
  fc.assert(
    fc.property(anyPolicy, (policy) => {
      const register = registerOf({ policy, hash }, facts);
      const rowOf = (id: string) => register.rows.find((row) => row.id === id)!;
      for (const purpose of policy.purposes) {
        const row = rowOf(`purpose ${purpose.id}`);
        const said = (of: string, rule: string | null) =>
          row.terms.find((term) => term.of === of && term.rule === rule)?.length;
        for (const kept of ['content', 'traffic', 'evidence'] as const) {
          t.is(said(kept, null), retentionDays(purpose, null, kept));
          for (const rule of policy.rules.filter((one) => one.purpose === purpose.id)) {
            t.is(said(kept, rule.id) ?? said(kept, null), retentionDays(purpose, rule, kept));
            withRules++;
          }
        }
      }
      const length = (id: string) => rowOf(id).terms[0]!.length;
      t.is(length('box access'), generalDays(policy, 'access'));
      t.is(length('box requests'), generalDays(policy, 'request'));
      t.is(length('box directory'), generalDays(policy, 'directory'));
      t.is(length('box unrecorded'), UNRECORDED_TRAFFIC_DAYS);
      t.is(register.rows.length, policy.purposes.length + 5);
      t.deepEqual(registerSchema.parse(JSON.parse(JSON.stringify(register))), register);
    }),
    { numRuns: 1000, seed },
  );
  t.true(withRules > 1000);
});

test('whoever is given a role stands in the next register by name, in every language', (t) => {
  const before = registerOf({ policy: wholePolicy, hash }, facts);
  t.deepEqual(before.holders, [
    { role: 'custodian', people: ['p1'] },
    { role: 'dpo', people: ['p2'] },
    { role: 'admin', people: ['p2'] },
  ]);
  const more = { ...facts, people: [...facts.people, { id: 'p3', roles: ['dpo' as const] }] };
  const after = registerOf({ policy: wholePolicy, hash }, more);
  t.deepEqual(registerDrift(before, after), ['holders']);
  t.not(registerHash(before), registerHash(after));
  for (const language of ['nl', 'en', 'de', 'fr'] as const) {
    t.false(asText(registerDocument(before, nameOf, language)).includes('K. Jansen'));
    const text = asText(registerDocument(after, nameOf, language));
    t.true(text.includes('A. de Boer, K. Jansen'), language);
    t.true(text.includes('R. Visser'));
    t.true(text.includes('nas (NL)'));
    t.true(text.includes(retentionWords(30, language)));
  }
  // No version of a register keeps a name: who has left is nobody in it.
  t.false(JSON.stringify(after).includes('Jansen'));
  t.true(asText(registerDocument(after, () => null, 'en')).includes('somebody who has left'));
});

test('what differs is named by row: a term, a purpose that came, a destination elsewhere', (t) => {
  const before = registerOf({ policy: wholePolicy, hash }, facts);
  const [purpose] = wholePolicy.purposes;
  const longer = { ...purpose!, retention: { ...purpose!.retention, contentDays: 31 } };
  const other = { ...purpose!, id: 'other' };
  const changed = (policy: typeof wholePolicy, box = facts) => registerDrift(before, registerOf({ policy, hash }, box));
  t.deepEqual(changed({ ...wholePolicy, purposes: [longer] }), ['purpose complaints']);
  t.deepEqual(changed({ ...wholePolicy, purposes: [purpose!, other] }), ['purpose other']);
  t.deepEqual(changed({ ...wholePolicy, purposes: [] }), ['purpose complaints']);
  t.deepEqual(changed(wholePolicy, { ...facts, destinations: [{ name: 'nas', country: 'DE' }] }), ['places']);
  t.deepEqual(changed(wholePolicy), []);
});

test('a box without a policy has rows of its own; what it keeps without one is told with its terms', (t) => {
  const register = registerOf(null, facts);
  t.is(register.policy, null);
  t.deepEqual(
    register.rows.map(({ id }) => id),
    ['box access', 'box requests', 'box directory', 'box unrecorded', 'box signalling'],
  );
  t.regex(asText(registerDocument(register, nameOf, 'en')), /No policy is in force[\s\S]*signalling of calls: 2 hours/);
});

test('a purpose that does not say what its row needs is refused: no purpose without a register entry', (t) => {
  const [purpose] = wholePolicy.purposes;
  const refused = (register: unknown) => {
    const parsed = policySchema.safeParse({ ...wholePolicy, purposes: [{ ...purpose!, register }] });
    return parsed.error?.issues[0]?.path.slice(0, 4).join('.') ?? null;
  };
  t.is(refused(undefined), 'purposes.0.register');
  t.is(refused({ ...purpose!.register, dataSubjects: [] }), 'purposes.0.register.dataSubjects');
  t.is(refused({ ...purpose!.register, dataCategories: undefined }), 'purposes.0.register.dataCategories');
  t.is(refused(purpose!.register), null);
});
