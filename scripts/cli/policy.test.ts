import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PolicyDraft, samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { policyFiles } from '../../appliance/policy/store.ts';
import { cataloguePath } from '../../appliance/vault/vault.ts';
import { certificatesList } from './certificates.ts';
import type { Result, Values } from './command.ts';
import { peopleList, peopleRemove } from './people.ts';
import { policyExample, policySign } from './policy.ts';
import { recordingsList } from './recordings.ts';
import { cliBox } from './testing/cli-box.ts';

const DAY = 24 * 3600_000;

/** The sample with its one purpose kept for `contentDays`, to follow the policy that `before` put in force. */
function kept(contentDays: number, before: Result | null = null): PolicyDraft {
  const draft = samplePolicy(new Date());
  const [purpose] = draft.purposes;
  const { version, hash } = (before?.json ?? { version: 0, hash: null }) as { version: number; hash: string | null };
  return {
    ...draft,
    version: version + 1,
    previousHash: hash,
    purposes: [{ ...purpose!, retention: { ...purpose!.retention, contentDays, trafficDays: contentDays } }],
  };
}

test('what the command line writes down is forgotten when the policy says, not before', async (t) => {
  const { at, apply, run, withLog } = cliBox();
  const forgottenAfter = (days: number) => withLog((log) => log.forgetExpired(Date.now() + days * DAY));
  const search = () => run(recordingsList, { party: '0612345678' });
  await search();
  t.is(forgottenAfter(89), 0);
  t.is(forgottenAfter(91), 1, 'without a policy');
  await apply({ ...kept(30), retention: { ...kept(30).retention, directoryDays: 1096 } });
  await search();
  t.is(forgottenAfter(364), 0);
  t.is(forgottenAfter(366), 1, 'by the policy');
  const { current } = policyFiles(at.policy);
  writeFileSync(current, readFileSync(current, 'utf8').replace(/"sig":"..../, '"sig":"AAAA'));
  await search();
  t.is(forgottenAfter(91), 1, 'a policy that cannot be trusted gives no terms');
});

test('whoever takes one person out does not take those along whom the policy keeps', async (t) => {
  const { apply, run, person } = cliBox();
  await apply({ ...kept(30), retention: { ...kept(30).retention, directoryDays: 1096 } });
  await person('Robert Visser', 'dpo');
  await person('Anna Bakker', 'custodian', Date.now() - 400 * DAY);
  await person('Piet Admin', 'admin');
  await run(peopleRemove, {}, 'Piet Admin');
  t.like((await run(peopleList)).json, { people: [{ name: 'Anna Bakker' }, { name: 'Robert Visser' }] });
});

test('reading makes no keystore, which would have its key before the box is told where that goes', async (t) => {
  const { at, run } = cliBox();
  t.is((await run(certificatesList)).text, 'No certificates.');
  t.true(existsSync(cataloguePath(at.vault)));
  t.false(existsSync(join(at.vault, 'keystore')));
});

test('who signs is told what law forbids, what is unusual, and what their counsel should confirm', async (t) => {
  const { apply, run, data } = cliBox();
  const [purpose] = kept(30).purposes;
  const signing = async (draft: PolicyDraft) => {
    await apply(draft);
    const key = (name: string) => join(data, 'keys', name);
    const out = join(data, 'again.json');
    const keys = {
      keyring: key('keyring.pem'),
      custodian: [key('custodian.pub.asc')],
      escrow: [key('escrow.pub.asc')],
    };
    return run(policySign, { ...keys, passphrases: join(data, 'passphrases.txt'), out }, join(data, 'policy-1.json'));
  };
  await t.throwsAsync(apply({ ...kept(30), lawPacks: ['DE'] }), {
    code: 'policy_against_law',
    message: /purposes\.0\.consent\.mode: .* StGB 201\(1\)/,
  });
  await t.throwsAsync(apply({ ...kept(30), purposes: [{ ...purpose!, level: 'high' }] }), {
    code: 'custodians_too_few',
  });
  await t.throwsAsync(apply({ ...kept(30), version: 'one' } as never), { code: 'usage', message: /policy's version/ });
  const said = await signing({ ...kept(30), purposes: [{ ...purpose!, mayOpen: ['custodian', 'dpo'] }] });
  t.regex(said.text, /\nConsider before you apply it:\n {2}purposes\.0\.mayOpen: .*GDPR 38\(6\)/);
  t.regex(said.text, /confirm what we have not read .*\n {2}eu-transfers \(GDPR 44, 45\): /);
  t.like(said.json, { warnings: [{ code: 'dpo_opens' }], unconfirmedLaw: [{ provision: 'eu-transfers' }] });
});

test('a draft for a purpose and a country is printed; half of the question is not answered', async (t) => {
  const { run, apply } = cliBox();
  const example = (values: Values) => run(policyExample, values);
  const said = await example({ template: 'qa', country: 'FR', language: ['en'] });
  t.like(JSON.parse(said.text), { lawPacks: ['FR'], purposes: [{ template: 'qa' }], rules: [{ sampling: 10 }] });
  t.like((await apply(said.json as PolicyDraft)).json, { version: 1 });
  t.like((await example({})).json, { purposes: [{ id: 'complaints' }] });
  for (const values of [{ template: 'qa' }, { country: 'NL' }, { language: ['nl'] }, { template: 'qa', country: 'XX' }])
    await t.throwsAsync(example(values), { code: 'usage' });
});
