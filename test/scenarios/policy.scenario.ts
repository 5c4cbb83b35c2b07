/** The purpose decides, also when it changes in the middle of the day, and also when the disk does not want to. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mandatory, type PolicyDraft, samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { loadPolicy, policyFiles } from '../../appliance/policy/store.ts';
import { acknowledgeNotices, applyDemoPolicy } from '../../scripts/demo/box.ts';
import { eventually, type ScenarioBox, scenarioBox, tonePolicy } from '../peers/box.ts';
import { PACKET_LENGTH } from '../peers/line.ts';
import type { Phone, PhoneCall } from '../peers/phone.ts';

let box: ScenarioBox;
let anna: Phone;
let bram: Phone;
let carla: Phone;

/** Calls of Anna serve the purpose; nobody else's do. */
const annasCalls = (draft: PolicyDraft): PolicyDraft => ({
  ...draft,
  rules: [{ id: 'anna', purpose: 'complaints', from: ['anna'], start: 'automatic' }],
});

test.before(async () => {
  box = await scenarioBox({ phones: ['anna', 'bram', 'carla'].map((user) => ({ user })), policy: annasCalls });
  [anna, bram, carla] = await Promise.all([box.phone('anna'), box.phone('bram'), box.phone('carla')]);
});
test.after.always(() => box?.end());

const inForce = () => loadPolicy(box.at.policy)!;

async function connected(caller: Phone, callee: Phone): Promise<{ ours: PhoneCall; theirs: PhoneCall }> {
  const { answered } = await caller.dial(callee.user);
  const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
  ours.line.speak();
  theirs.line.speak(() => said);
  return { ours, theirs };
}

const said = Buffer.alloc(PACKET_LENGTH, 0x2a);
const hearsTheOther = ({ ours }: { ours: PhoneCall }) =>
  ours.line.until((heard) => heard.filter(({ payload }) => payload.equals(said)).length > 20);

/** Runs `action` while nothing can be written into the vault's content folder. */
async function withoutDisk(action: () => Promise<void>): Promise<void> {
  const folder = box.vault(({ contentFolder }) => contentFolder);
  renameSync(folder, `${folder}.away`);
  // A file in its place: even root cannot make a file in it.
  writeFileSync(folder, '');
  try {
    await action();
  } finally {
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
  }
}

test.serial('a call that serves no purpose is not announced and not recorded', async (t) => {
  const talk = await connected(carla, bram);
  await hearsTheOther(talk);
  t.true(
    talk.ours.line.heard.every(({ payload }) => payload.equals(said)),
    'nothing is played to the caller',
  );
  talk.ours.hangUp();
  await talk.theirs.ended;
  t.is((await box.unrecorded('carla', 'bram')).notRecorded, 'no_rule');
  t.deepEqual(box.recordings(), []);
});

test.serial('a disk that refuses ends no call', async (t) => {
  await withoutDisk(async () => {
    const talk = await connected(anna, bram);
    await hearsTheOther(talk);
    await box.until(({ counters }) => counters['calls.not_recorded.recorder_unavailable'] === 1, 'the refusal');
    t.is((await box.status())!.calls.length, 1, 'they talk on');
    talk.ours.hangUp();
    await talk.theirs.ended;
  });
  t.is((await box.unrecorded('anna', 'bram')).notRecorded, 'recorder_unavailable');
  t.deepEqual(box.recordings(), []);
  const { events } = box.audit();
  t.true(events.some(({ kind, facts }) => kind === 'recording_refused' && 'reason' in facts));
});

test.serial(
  'a new policy is in force for the next call without a restart; a recording keeps the one it began with',
  async (t) => {
    const talk = await connected(anna, bram);
    const id = await box.until(({ calls }) => calls[0]?.recording, 'a recording');
    const before = inForce();
    const next = annasCalls(samplePolicy(new Date()));
    const followed = tonePolicy({
      ...next,
      version: 2,
      previousHash: before.hash,
      purposes: next.purposes.map((purpose) =>
        mandatory({
          ...purpose,
          retention: { ...purpose.retention, contentDays: 7, trafficDays: 7, evidenceDays: 30 },
        }),
      ),
    });
    await applyDemoPolicy(box, followed);
    acknowledgeNotices(box, ['anna', 'bram']);
    await box.until(({ policy }) => policy === inForce().hash, 'the new policy in force');
    talk.ours.hangUp();
    await talk.theirs.ended;
    const old = await eventually(
      async () => box.recordings().find((row) => row.id === id && row.end !== null),
      'the end of the recording',
    );
    t.like(old, { policyVersion: 1, policyHash: before.hash });
    t.is(old.expiresAt - old.startedAt, 30 * 24 * 3600_000);

    const again = await connected(anna, bram);
    const nextId = await box.until(({ calls }) => calls[0]?.recording, 'the next recording');
    const { heard } = again.ours.line;
    await again.ours.line.until(() => heard.length > 60);
    again.ours.hangUp();
    await again.theirs.ended;
    const row = box.vault(({ catalogue }) => catalogue.get(nextId))!;
    t.is(row.policyVersion, 2);
    t.is(row.expiresAt - row.startedAt, 7 * 24 * 3600_000);
  },
);

test.serial('a call that must be recorded ends on both sides when it cannot be', async (t) => {
  const { purposes } = inForce().policy;
  t.true(purposes.every(({ mandatory }) => mandatory));
  await withoutDisk(async () => {
    const talk = await connected(anna, bram);
    await Promise.all([talk.ours.ended, talk.theirs.ended]);
    await box.until(({ calls }) => calls.length === 0, 'the end of the call');
  });
  t.true(existsSync(box.vault(({ contentFolder }) => contentFolder)));
});

test.serial('a policy that somebody changed on the disk is not followed', async (t) => {
  const before = inForce().hash;
  const { current } = policyFiles(box.at.policy);
  const original = readFileSync(current, 'utf8');
  const envelope = JSON.parse(original) as { payload: string };
  const changed = Buffer.from(envelope.payload, 'base64').toString().replace('"contentDays":7', '"contentDays":9');
  writeFileSync(current, JSON.stringify({ ...envelope, payload: Buffer.from(changed).toString('base64') }));
  await eventually(async () => /policy_not_followed.*policy_untrusted/.test(box.log()), 'the refusal in the log');
  t.is((await box.status())!.policy, before, 'the one before stays in force');
  writeFileSync(current, original);
});
