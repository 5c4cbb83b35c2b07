/** Nobody is recorded at work who has not acknowledged what is recorded, for what and for how long; with real phones and the real command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noticeVersion } from '@belkluis/shared/policy/documents/staff-notice';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { loadPolicy } from '../../appliance/policy/store.ts';
import { applyDemoPolicy } from '../../scripts/demo/box.ts';
import { type ScenarioBox, scenarioBox, tonePolicy } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import type { Phone } from '../peers/phone.ts';
import { type Member, newMember } from '../peers/visitor.ts';

let box: ScenarioBox;
let dpo: Member;
let [anna, carla]: Phone[] = [];
const folder = mkdtempSync(join(tmpdir(), 'notices-'));

test.before(async () => {
  box = await scenarioBox({ phones: [{ user: 'anna' }, { user: 'carla' }], unacknowledged: ['carla'] });
  dpo = await newMember(box, 'Anna Visser');
  [anna, carla] = await Promise.all([box.phone('anna'), box.phone('carla')]);
});
test.after.always(async () => {
  await box?.end();
  rmSync(folder, { recursive: true, force: true });
});

const command = (...args: string[]) => belkluis(box.config.data, ...args);

async function asDpo(...args: string[]) {
  const credentials = join(folder, 'credentials');
  writeFileSync(credentials, dpo.credentials());
  return command(...args, '--as', dpo.name, '--credentials', credentials);
}

/** A call of the two, until it is recorded or `why` not, and its end. Returns the recording. */
async function called(from: Phone, to: Phone, why: string | null): Promise<string | null> {
  const { answered } = await from.dial(to.user);
  const [ours, theirs] = await Promise.all([answered, to.nextCall()]);
  ours.line.speak();
  theirs.line.speak();
  const before = box.vault(({ catalogue }) => catalogue.unrecordedCalls(1000).length);
  const recording = why === null ? await box.until(({ calls }) => calls[0]?.recording, 'a recording') : null;
  const { heard } = ours.line;
  await ours.line.until(() => heard.length > 100);
  ours.hangUp();
  await theirs.ended;
  await box.until(({ calls }) => calls.length === 0, 'the end of the call');
  const rows = box.vault(({ catalogue }) => catalogue.unrecordedCalls(1000));
  if (why === null) return recording;
  if (rows.length !== before + 1 || rows.every(({ notRecorded }) => notRecorded !== why))
    throw new Error(`it was recorded, or not for ${why}`);
  return null;
}

const inForce = () => loadPolicy(box.at.policy)!;

test.serial('whose notice was not acknowledged is not recorded, whoever calls whom', async (t) => {
  await called(anna!, carla!, 'not_acknowledged');
  await called(carla!, anna!, 'not_acknowledged');
  t.deepEqual(box.recordings(), []);
  const listed = await command('notices', 'list');
  t.is(listed.code, 1);
  t.like(listed.json, {
    extensions: [
      { extension: 'anna', notices: [{ purpose: 'complaints', state: 'acknowledged' }] },
      { extension: 'carla', notices: [{ purpose: 'complaints', state: 'missing' }] },
    ],
  });
});

test.serial(
  'is recorded from the next call on once somebody has noted it; the audit log says who and which version',
  async (t) => {
    const nobody = await command('notices', 'acknowledge', 'carla', '--all', '--how', 'paper', '--as', 'Nobody');
    t.is(nobody.json.error, 'person_needed');
    const noted = await asDpo('notices', 'acknowledge', 'carla', '--purpose', 'complaints', '--how', 'paper');
    t.is(noted.code, 0, noted.errors);
    const version = noticeVersion(inForce().policy.purposes[0]!);
    const event = box.audit().events.find(({ kind }) => kind === 'notice_acknowledged')!;
    t.deepEqual(event.facts as unknown, { extension: 'carla', purpose: 'complaints', version, how: 'paper' });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    t.truthy(await called(anna!, carla!, null));
    t.is((await command('notices', 'list')).code, 0);
  },
);

test.serial(
  'is not recorded any more when the notice of the purpose has changed, and is when it stays the same',
  async (t) => {
    const apply = async (change: (purpose: ReturnType<typeof samplePolicy>['purposes'][number]) => object) => {
      const draft = samplePolicy(new Date());
      const { hash, policy } = inForce();
      const purposes = draft.purposes.map((purpose) => ({ ...purpose, ...change(purpose) }));
      await applyDemoPolicy(box, tonePolicy({ ...draft, version: policy.version + 1, previousHash: hash, purposes }));
      await box.until((status) => status.policy === inForce().hash, 'the new policy in force');
    };
    await apply(() => ({ rationale: 'What was said is needed to settle a complaint; said in other words.' }));
    t.truthy(await called(anna!, carla!, null));
    await apply(() => ({ uses: ['complaint', 'data-subject', 'training'] }));
    await called(anna!, carla!, 'not_acknowledged');
    t.like((await command('notices', 'list')).json, {
      extensions: [{ extension: 'anna', notices: [{ state: 'outdated' }] }, { extension: 'carla' }],
    });
    // A signed list names the version that its signers have read; an older one is not taken.
    const list = join(folder, 'signed.csv');
    const signed = (version: string) =>
      writeFileSync(
        list,
        `extension,purpose,version,date\nanna,*,${version},2026-01-01\ncarla,*,${version},2026-01-01\n`,
      );
    signed('0123456789ab');
    t.is((await asDpo('notices', 'import', list)).json.error, 'notice_outdated');
    signed(noticeVersion(inForce().policy.purposes[0]!).slice(0, 12));
    t.is((await asDpo('notices', 'import', list)).code, 0);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    t.truthy(await called(carla!, anna!, null));
  },
);

test.serial('the register says what is so through all of it, and names who holds a role', async (t) => {
  const check = await command('register', '--check');
  t.deepEqual(check.json.drift, [], check.errors);
  t.is(check.code, 0);
  const { json } = await command('register');
  const { versions, names } = json as { versions: { cause: string }[]; names: Record<string, string> };
  t.deepEqual(versions.map(({ cause }) => cause).filter((cause) => cause === 'policy').length, 3);
  t.true(versions.some(({ cause }) => cause === 'roles'));
  t.deepEqual(Object.values(names), [dpo.name]);
});
