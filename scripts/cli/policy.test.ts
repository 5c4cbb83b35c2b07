import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PolicyDraft, samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { policyFiles } from '../../appliance/policy/store.ts';
import { cataloguePath } from '../../appliance/vault/vault.ts';
import { certificatesList } from './certificates.ts';
import type { Result } from './command.ts';
import { peopleList, peopleRemove } from './people.ts';
import { policyApply } from './policy.ts';
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

test('shorter terms are said when a policy is applied: what leaves earlier, and what of that at once', async (t) => {
  const { at, apply, record, events, run, data } = cliBox();
  const first = await apply(kept(90));
  t.deepEqual((first.json as { earlier: unknown }).earlier, []);
  t.is(first.text, 'Policy 1 is in force: Complaints.');
  t.false(existsSync(at.vault), 'a box that has kept nothing gets no vault, nor a key for one, by being asked');

  record();
  const shorter = await apply(kept(30, first));
  t.like(shorter.json, {
    version: 2,
    earlier: [{ purpose: 'complaints', recordings: { count: 1, atOnce: 0, held: 0 }, calls: { count: 0 } }],
  });
  t.regex(
    shorter.text,
    /^Policy 2 is in force: Complaints\.\n.*within a minute:\n {2}complaints: 1 recordings earlier \(.*\), 0 at once; no calls earlier$/,
  );
  const longer = await apply(kept(100, shorter));
  t.deepEqual((longer.json as { earlier: unknown }).earlier, []);

  // Neither the second of the chain again, nor one that the box does not believe.
  await t.throwsAsync(run(policyApply, {}, join(data, 'policy-2.signed.json')), { code: 'policy_rollback' });
  const forged = readFileSync(join(data, 'policy-2.signed.json'), 'utf8').replace(/"sig":"..../, '"sig":"AAAA');
  writeFileSync(join(data, 'forged.json'), forged);
  await t.throwsAsync(run(policyApply, {}, join(data, 'forged.json')), { code: 'policy_untrusted' });
  t.deepEqual(
    events().flatMap(({ kind }) => (kind.startsWith('policy') ? [kind] : [])),
    ['policy_applied', 'policy_applied', 'policy_applied', 'policy_refused', 'policy_refused'],
  );
});

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
