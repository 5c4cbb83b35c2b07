import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PolicyDraft, samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { policyFiles } from '../../appliance/policy/store.ts';
import {
  policyApply,
  policyApprove,
  policyDiff,
  policyPending,
  policyRefuse,
  policyText,
  policyTry,
  policyVersions,
} from './policy-change.ts';
import { cliBox } from './testing/cli-box.ts';

const DAY = 24 * 3600_000;

/** The sample with its one purpose kept for `contentDays`, to follow the policy that `before` put in force. */
function kept(contentDays: number, before: object | null = null): PolicyDraft {
  const draft = samplePolicy(new Date());
  const [purpose] = draft.purposes;
  const { version, hash } = (before ?? { version: 0, hash: null }) as { version: number; hash: string | null };
  return {
    ...draft,
    version: version + 1,
    previousHash: hash,
    purposes: [{ ...purpose!, retention: { ...purpose!.retention, contentDays, trafficDays: contentDays } }],
  };
}

const reason = 'The works council agreed on the 12th.';

/** Data protection officers, a new one for each act: a code counts once. */
function officers({ person }: ReturnType<typeof cliBox>) {
  let made = 0;
  return async () => ({ ...(await person(`Officer ${++made}`, 'dpo')).as, reason });
}

test('a first policy waits; a data protection officer applies and approves at once, anybody else proposes', async (t) => {
  const box = cliBox();
  const { run, sign, person, events } = box;
  const officer = officers(box);
  const first = await run(policyApply, {}, await sign(kept(30)));
  t.like(first.json, { state: 'pending', version: 1, needsApproval: true, waitsUntil: null });
  t.regex(first.text, /^Policy 1 waits.*\n {2}It weakens, so a data protection officer decides by 2/);
  const shown = await run(policyPending);
  t.like(shown.json, { pending: { version: 1, by: 'cli' } });
  const admin = await person('Piet Admin', 'admin');
  await t.throwsAsync(run(policyApprove, { ...admin.as, reason }), { code: 'role_missing' });
  t.like((await run(policyApprove, await officer())).json, { state: 'in force', version: 1 });
  t.deepEqual((await run(policyPending)).json, { pending: null });

  const version1 = (await run(policyVersions)).json as { versions: { version: number; hash: string }[] };
  const longer = await run(policyApply, await officer(), await sign(kept(60, version1.versions[0]!)));
  t.like(longer.json, { state: 'in force', version: 2, classes: ['weakening'] });
  const { versions } = (await run(policyVersions)).json as { versions: { approval: { name: string } }[] };
  t.is(versions.length, 2);
  t.like(versions[0], { version: 2, signerIs: 'customer', approval: { name: 'Officer 2', reason } });
  t.deepEqual(
    events().flatMap(({ kind }) => (kind.startsWith('policy') ? [kind] : [])),
    [
      ...['policy_received', 'policy_pending', 'policy_approved', 'policy_applied'],
      ...['policy_received', 'policy_pending', 'policy_approved', 'policy_applied'],
    ],
  );
});

test('shorter terms are said and wait a week; who refuses them says why; stronger ones are in force at once', async (t) => {
  const box = cliBox();
  const { at, apply, record, run, sign, events, data } = box;
  const officer = officers(box);
  const first = await apply(kept(90));
  t.false(existsSync(at.vault));
  const none = await run(policyApply, await officer(), await sign(kept(80, first.json)));
  t.deepEqual((none.json as { earlier: unknown }).earlier, []);
  t.false(existsSync(at.vault), 'a box that has kept nothing gets no vault, nor a key for one, by being asked');
  await run(policyRefuse, await officer());

  record();
  const shorter = await run(policyApply, await officer(), await sign(kept(30, first.json)));
  t.like(shorter.json, {
    state: 'pending',
    classes: ['destructive'],
    earlier: [{ purpose: 'complaints', recordings: { count: 1, atOnce: 0, held: 0 }, calls: { count: 0 } }],
  });
  t.regex(
    shorter.text,
    /It erases before its day, so it waits until 20[\s\S]*destructive: purposes\.complaints\.retention\.contentDays: 90 → 30/,
  );
  t.regex(shorter.text, /complaints: 1 recordings earlier \(.*\), 0 at once; no calls earlier/);
  const { waitsUntil, arrivedAt } = shorter.json as { waitsUntil: number; arrivedAt: number };
  t.is(waitsUntil - arrivedAt, 7 * DAY);
  await t.throwsAsync(run(policyApprove, await officer()), { code: 'policy_needs_no_approval' });
  await t.throwsAsync(run(policyRefuse, { ...(await officer()), reason: 'no' }), { code: 'approval_reason_needed' });
  t.regex((await run(policyRefuse, await officer())).text, /^Policy 2 is refused/);

  const draft = kept(90, first.json);
  const never = { neverRecord: [{ id: 'doctor', why: 'doctor' as const, numbers: ['112'] }] };
  const file = await sign({ ...draft, ...never });
  const stronger = await run(policyApply, {}, file);
  t.like(stronger.json, { state: 'in force', version: 2, classes: ['strengthening'] });
  t.is(stronger.text, 'Policy 2 is in force: Complaints.');

  // Neither the second of the chain again, nor one that the box does not believe.
  await t.throwsAsync(run(policyApply, {}, file), { code: 'policy_rollback' });
  const forged = readFileSync(file, 'utf8').replace(/"sig":"..../, '"sig":"AAAA');
  writeFileSync(join(data, 'forged.json'), forged);
  await t.throwsAsync(run(policyApply, {}, join(data, 'forged.json')), { code: 'policy_untrusted' });
  const kinds = events().flatMap(({ kind, actor }) =>
    kind.startsWith('policy') ? [`${kind}${actor === 'cli' ? ' cli' : ''}`] : [],
  );
  // The first one that the box was made with.
  t.is(kinds.shift(), 'policy_applied cli');
  t.deepEqual(kinds, [
    ...['policy_received', 'policy_pending', 'policy_cancelled'],
    ...['policy_received', 'policy_pending', 'policy_cancelled'],
    ...['policy_received cli', 'policy_applied cli', 'policy_refused cli', 'policy_refused cli'],
  ]);
});

test('a draft is compared with what is in force, or with a kept version, and its sentences are printed with their hashes', async (t) => {
  const { apply, run, data } = cliBox();
  const first = await apply(kept(90));
  const second = await apply(kept(60, first.json));
  const draft = join(data, 'draft.json');
  writeFileSync(draft, JSON.stringify(kept(60, second.json)));
  t.is((await run(policyDiff, {}, draft)).text, 'Nothing changes.');
  const against = await run(policyDiff, { against: '1' }, draft);
  t.like(against.json, {
    changes: [{ path: ['purposes', 'complaints', 'retention', 'contentDays'], class: 'destructive' }],
  });
  await t.throwsAsync(run(policyDiff, { against: '9' }, draft), { code: 'usage' });
  const signed = await run(policyDiff, {}, join(data, 'policy-1.signed.json'));
  t.like(signed.json, { changes: [{ class: 'weakening' }] });

  writeFileSync(
    draft,
    JSON.stringify({
      ...kept(60, second.json),
      rules: kept(60).rules.map((rule) => ({ ...rule, retention: { contentDays: 14 } })),
    }),
  );
  const { text, json } = await run(policyText, {}, draft);
  t.regex(
    text,
    /complaints\n.*for 60 days\..*\n +[0-9a-f]{64} {2}spoken by the box\ncomplaints, rule all-internal\n.*for 2 weeks\./,
  );
  t.like(json, { texts: [{ purpose: 'complaints', rule: null }, { rule: 'all-internal' }] });
  t.regex((await run(policyText)).text, /60 days/, 'without a file: of what is in force');
});

test('a dry run says how last week’s calls would have gone; numbers only for whom may see them', async (t) => {
  const box = cliBox();
  const { apply, run, data, withVault, record, person, at, events } = box;
  const first = await apply(kept(90));
  const call = { direction: 'internal', status: 200, recording: null, notRecorded: null };
  withVault(({ catalogue }) => {
    for (let n = 0; n < 2500; n++) {
      const startedAt = Date.now() - 9 * DAY + n * 5 * 60_000;
      const times = { startedAt, talkMs: n % 10 === 0 ? null : 8000 };
      const caller = n % 2 === 0 ? '10' : '11';
      catalogue.addCall({
        ...call,
        ...times,
        id: `call-${n}`,
        caller,
        callee: '+31205550100',
        expiresAt: startedAt + 99 * DAY,
      });
    }
  });
  record();
  const draft = join(data, 'draft.json');
  const rules = [{ id: 'ten', purpose: 'complaints', from: ['10'], start: 'automatic' }];
  writeFileSync(draft, JSON.stringify({ ...kept(30, first.json), rules }));
  // It was applied just now: what was in force before the box does not know, so nothing was recorded then by any policy.
  const current = policyFiles(at.policy).current;
  t.true(existsSync(current));
  const tried = await run(policyTry, {}, draft);
  const { effect, earlier, plan } = tried.json as {
    effect: {
      calls: number;
      differ: number;
      purposes: { would: number; more: number }[];
      examples: { from: string; to: string }[];
    };
    earlier: unknown[];
    plan: { classes: string[] };
  };
  t.true(effect.calls > 1500 && effect.calls < 2500);
  // Calls of 10 are the even ones, of which every fifth was not answered.
  t.is(effect.purposes[0]!.would, effect.differ);
  t.true(Math.abs(effect.differ / effect.calls - 4 / 9) < 0.01);
  t.is(effect.examples.length, 20);
  t.like(effect.examples[0], {
    from: '•••',
    to: '•••00',
    was: { recorded: false, reason: 'no_policy' },
    would: { recorded: true },
  });
  t.is(earlier.length, 1);
  t.deepEqual(plan.classes, ['strengthening', 'weakening', 'destructive']);
  t.regex(
    tried.text,
    /^Of \d+ answered calls of the last week \d+ would have gone otherwise\.\n {2}complaints: 0 recorded, would be \d+/,
  );

  const seen = await run(policyTry, (await person('Robert Visser', 'dpo')).as, draft);
  t.like((seen.json as { effect: { examples: object[] } }).effect.examples[0], { from: '10', to: '+31205550100' });
  t.true(events().some(({ kind }) => kind === 'calls_viewed'));
  await t.throwsAsync(run(policyTry, (await person('Piet Admin', 'admin')).as, draft), { code: 'role_missing' });
});
