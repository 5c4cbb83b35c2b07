/** Who objects by number is not recorded in the next call, and whoever holds the disk of a box learns nothing of it from the log. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { type Member, newMember } from '../peers/visitor.ts';

const folder = mkdtempSync(join(tmpdir(), 'objections-'));
const credentials = join(folder, 'credentials');

let box: ScenarioBox;
let anna: Member;
test.before(async () => {
  box = await scenarioBox({ phones: [{ user: 'anna-de-vries' }, { user: 'bram-jansen' }, { user: 'carla' }] });
  anna = await newMember(box, 'Anna Visser');
});
test.after.always(async () => {
  await box?.end();
  rmSync(folder, { recursive: true, force: true });
});

async function asDpo(...args: readonly string[]) {
  writeFileSync(credentials, anna.credentials());
  return belkluis(box.config.data, ...args, '--as', anna.name, '--credentials', credentials);
}

const callsNow = (): number =>
  box.vault(({ catalogue }) => catalogue.callsBetween(0, Number.MAX_SAFE_INTEGER, 100)).length;

/** A call that both sides talk in. Returns why it was not recorded; null: it was. */
async function callOf(from: string, to: string): Promise<string | null> {
  const before = callsNow();
  const [caller, callee] = await Promise.all([box.phone(from), box.phone(to)]);
  const { answered } = await caller.dial(to);
  const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
  ours.line.speak();
  theirs.line.speak();
  await ours.line.until(() => ours.line.heard.length > 50);
  ours.hangUp();
  await theirs.ended;
  await eventually(async () => callsNow() > before, 'the record of the call');
  await Promise.all([caller.close(), callee.close()]);
  const [last] = box.vault(({ catalogue }) => catalogue.callsBetween(0, Number.MAX_SAFE_INTEGER, 100)).slice(-1);
  return last!.notRecorded;
}

test.serial('an objection by number holds for the next call, either way, and until it is taken back', async (t) => {
  const added = await asDpo('objections', 'add', 'carla', '--case', 'AVG-9');
  t.is(added.json.number, 'carla');
  // The call process looks every second.
  await eventually(async () => (await callOf('carla', 'bram-jansen')) === 'objected', 'an unrecorded call');
  t.is(await callOf('anna-de-vries', 'carla'), 'objected');
  t.truthy(await box.recordedCall('anna-de-vries', 'bram-jansen'), 'others are recorded');
  const { events, holds } = box.audit();
  t.true(holds);
  t.like(
    events.filter(({ kind }) => kind === 'objection_kept'),
    [{ facts: { objection: added.json.objection, purpose: null, how: 'cli' } }],
  );
  t.false(JSON.stringify(events).includes('carla'), 'the log names nobody');
  t.is((await asDpo('objections', 'remove', String(added.json.objection))).code, 0);
  t.deepEqual((await asDpo('objections', 'list')).json.objections, []);
});

test.serial('a recording says for what it may be used, and leaves for that alone', async (t) => {
  const id = await box.recordedCall('anna-de-vries', 'bram-jansen');
  const out = join(folder, 'out');
  const refused = await belkluis(box.config.data, 'export', id, '--out', out, '--use', 'training', '--reason', 'class');
  t.like(refused, { code: 1, json: { error: 'use_not_allowed' } });
  t.regex(String(refused.json.detail), /complaint/);
  const left = await belkluis(box.config.data, 'export', id, '--out', out, '--use', 'complaint', '--reason', 'K-1');
  t.is(left.code, 0);
  const shown = await belkluis(box.config.data, 'recordings', 'show', id);
  t.like(shown.json, { id, history: [{ did: 'exported', use: 'complaint', reason: 'K-1' }] });
  const bound = await belkluis(box.config.data, 'recordings', 'purpose', id, 'training');
  t.like(bound, { code: 1, json: { error: 'purpose_bound' } });
});
