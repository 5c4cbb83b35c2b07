/** A change of policy that waits changes nothing, and one that was approved is in force for the next call, without a restart. */
import { createPrivateKey } from 'node:crypto';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Recipient } from '@belkluis/shared/policy/recipients';
import type { PolicyDraft } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { readKey } from 'openpgp';
import type { PolicyActs } from '../../appliance/join-policy.ts';
import { DESTRUCTIVE_WAIT_MS } from '../../appliance/policy/plan.ts';
import { signPolicy } from '../../scripts/cli/policy.ts';
import { eventually, type ScenarioBox, scenarioBox, tonePolicy } from '../peers/box.ts';
import { withPolicies } from '../peers/box-policy.ts';
import type { Phone } from '../peers/phone.ts';

const DAY = 24 * 3_600_000;
const dpo = { person: 'robert', name: 'Robert Visser', reason: 'The works council agreed on the 12th.' };

let box: ScenarioBox;

/** Calls of Anna serve the purpose; of nobody else. */
const annasCalls = (draft: PolicyDraft): PolicyDraft => ({
  ...draft,
  rules: [{ id: 'anna', purpose: 'complaints', from: ['anna'], start: 'automatic' }],
});

test.before(async () => {
  box = await scenarioBox({ phones: ['anna', 'bram', 'carla'].map((user) => ({ user })), policy: annasCalls });
});
test.after.always(() => box?.end());

/** What the command line does, with a clock that the test turns. */
const policies = <T>(use: (acts: PolicyActs) => T, now = systemClock.now()): T => withPolicies(box, use, () => now);

/** Nobody has spoken its sentences yet: those of the policy before may be other ones. */
const unspoken = (draft: PolicyDraft): PolicyDraft => ({
  ...draft,
  purposes: draft.purposes.map((purpose) => ({
    ...purpose,
    announcement: {
      ...purpose.announcement,
      said: purpose.announcement.said.map(({ wavs: _, ...words }) => words),
    },
  })),
});

/** Signs what follows the policy in force, as its owner does. */
async function signed(change: (draft: PolicyDraft) => PolicyDraft): Promise<string> {
  const { files, passphrases } = box.keys;
  const before = policies((acts) => acts.inForce())!;
  const recipient = async (role: Recipient['role'], armored: string): Promise<Recipient> => {
    const key = await readKey({ armoredKey: armored });
    return { role, name: key.getUserIDs()[0]!, fingerprint: key.getFingerprint(), certificate: armored };
  };
  const made = [
    await recipient('custodian', files['custodian.pub.asc']!),
    await recipient('escrow', files['escrow.pub.asc']!),
  ];
  const { recipients: _, ...inForce } = before.policy;
  const next = { ...inForce, version: inForce.version + 1, previousHash: before.hash };
  const keyring = createPrivateKey({ key: files['keyring.pem']!, passphrase: passphrases.keyring });
  return JSON.stringify(signPolicy(tonePolicy(unspoken(change(next))), made, keyring));
}

/** A call from `from` to Bram, spoken for a while. Returns why it was not recorded, or the recording. */
async function callOf(from: string) {
  const [caller, callee] = await Promise.all([box.phone(from), box.phone('bram')]);
  const unrecorded = () => box.vault(({ catalogue }) => catalogue.unrecordedCalls(100));
  const before = new Set([...box.recordings(), ...unrecorded()].map(({ id }) => id));
  const talk = await connected(caller, callee);
  const heard = talk.ours.line.heard;
  await talk.ours.line.until(() => heard.length > 60);
  talk.ours.hangUp();
  await talk.theirs.ended;
  await Promise.all([caller.close(), callee.close()]);
  return eventually(
    async () =>
      box.recordings().find((row) => row.caller === from && row.end !== null && !before.has(row.id)) ??
      unrecorded().find((row) => row.caller === from && !before.has(row.id)),
    `the end of the call of ${from}`,
  );
}

async function connected(caller: Phone, callee: Phone) {
  const { answered } = await caller.dial(callee.user);
  const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
  ours.line.speak();
  theirs.line.speak();
  return { ours, theirs };
}

const policyOf = (fate: Awaited<ReturnType<typeof callOf>>) => ('policyVersion' in fate ? fate.policyVersion : null);
const reasonOf = (fate: Awaited<ReturnType<typeof callOf>>) => ('notRecorded' in fate ? fate.notRecorded : null);

test.serial(
  'while a change waits calls are recorded as before; once approved, the next call is by the new one',
  async (t) => {
    // It would record Carla, keep for longer, and never record Anna: some of it weakens, some strengthens.
    const text = await signed((draft) => ({
      ...draft,
      rules: [...draft.rules, { id: 'carla', purpose: 'complaints', from: ['carla'], start: 'automatic' }],
      neverRecord: [{ id: 'anna', why: 'private', extensions: ['anna'] }],
    }));
    const outcome = policies((acts) => acts.propose(text, 'cli'));
    t.is(outcome.state, 'pending');
    t.is(policyOf(await callOf('anna')), 1, 'not even what strengthens is in force');
    t.is(reasonOf(await callOf('carla')), 'no_rule');

    // Bram's phone rings while the policy changes.
    const [caller, callee] = await Promise.all([box.phone('anna'), box.phone('bram')]);
    callee.onRing('ring');
    const { answered } = await caller.dial(callee.user);
    await callee.rings();
    policies((acts) => acts.approve(dpo, null));
    const next = policies((acts) => acts.inForce())!;
    t.is(next.policy.version, 2);
    await box.until(({ policy }) => policy === next.hash, 'the new policy in force');
    const known = new Set(box.recordings().map(({ id }) => id));
    const [answers, ours, theirs] = await Promise.all([callee.pickUp(), answered, callee.nextCall()]);
    t.is(answers, undefined);
    const begun = await eventually(async () => box.recordings().find(({ id }) => !known.has(id)), 'a recording begun');
    t.is(policyOf(begun), 1, 'a call is told and recorded by the policy that it began with');
    ours.hangUp();
    await theirs.ended;
    await Promise.all([caller.close(), callee.close()]);
    await eventually(async () => box.recordings().every(({ end }) => end !== null), 'its end');

    t.is(policyOf(await callOf('carla')), 2);
    t.is(reasonOf(await callOf('anna')), 'never_recorded');
  },
);

test.serial(
  'what erases earlier is applied by the desk on its day and not before, also by one that was killed meanwhile',
  async (t) => {
    const week = (draft: PolicyDraft): PolicyDraft => ({
      ...draft,
      purposes: draft.purposes.map((purpose) => ({
        ...purpose,
        retention: { ...purpose.retention, contentDays: 7, trafficDays: 7 },
      })),
    });
    // It came an hour short of a week ago.
    const text = await signed(week);
    const early = systemClock.now() - DESTRUCTIVE_WAIT_MS + DAY / 24;
    t.is(policies((acts) => acts.propose(text, 'cli'), early).state, 'pending');
    await box.processes.desk.kill();
    await box.restart('desk');
    const inForce = () => policies((acts) => acts.inForce())!.policy.version;
    t.is(inForce(), 2);
    t.is(policies((acts) => acts.pending())!.policy.policy.version, 3);
    policies((acts) => acts.refuse(dpo, null));
    t.is(
      policies((acts) => acts.pending()),
      null,
    );

    // And this one a week and an hour ago, when the desk was not there to apply it.
    await box.processes.desk.kill();
    const again = policies((acts) => acts.propose(text, 'cli'), systemClock.now() - DESTRUCTIVE_WAIT_MS - DAY / 24);
    t.is(again.state, 'pending');
    // The announcement says the shorter term, so its WAV is another one: somebody has to have heard it.
    const approved = policies((acts) => acts.approve(dpo, null), systemClock.now() - DESTRUCTIVE_WAIT_MS);
    t.is(approved.state, 'pending');
    t.is(inForce(), 2);
    await box.restart('desk');
    await eventually(async () => inForce() === 3, 'the desk applying what is due');
  },
);

test.serial('the audit log tells all of it, in order, and holds', (t) => {
  const { events, holds } = box.audit();
  t.true(holds);
  const told = events.flatMap(({ kind, actor, facts }) =>
    kind.startsWith('policy') && 'version' in facts ? [`${facts.version} ${actor} ${kind}`] : [],
  );
  t.deepEqual(told, [
    ...['2 cli policy_received', '2 cli policy_pending', '2 robert policy_approved', '2 robert policy_applied'],
    ...['3 cli policy_received', '3 cli policy_pending', '3 robert policy_cancelled'],
    ...['3 cli policy_received', '3 cli policy_pending', '3 robert policy_approved', '3 box policy_applied'],
  ]);
});
