/** How a real box says that it is: on the command line, of its phones and of the sound of its calls, with no trace of whose they were. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { ask } from '../../appliance/control/client.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { called } from '../peers/talk.ts';

let box: ScenarioBox;
test.before(async () => {
  box = await scenarioBox({ phones: [{ user: 'anneke' }, { user: 'bastiaan' }] });
});
test.after.always(() => box?.end());

const vitals = async () => (await ask(box.at.controlSocket, { ask: 'vitals' }))!;

interface Said {
  readonly findings: readonly { readonly code: string; readonly state: string }[];
  readonly gauges: Readonly<Record<string, number>>;
}

test.serial('a call in which one side loses a tenth is counted so, and its parties are nowhere', async (t) => {
  const [anneke, bastiaan] = await Promise.all([box.phone('anneke'), box.phone('bastiaan')]);
  const [ours, theirs] = await called(anneke, 'bastiaan', bastiaan);
  theirs.line.loses = (sequence) => sequence % 10 === 0;
  ours.line.speak();
  theirs.line.speak();
  const { sound } = await eventually(async () => {
    const now = await vitals();
    return now.sound.looks >= 4 && now;
  }, 'four looks at two streams');
  t.is(sound.streams, 2);
  const lost = sound.lost / sound.expected;
  t.true(lost > 0.04 && lost < 0.06, `${lost}`);
  t.true(sound.poor >= 1 && sound.poor < sound.looks);
  const said = await belkluis(box.config.data, 'health');
  t.regex(JSON.stringify(said.json), /"phones_ok","state":"ok","values":\{"registered":2\}/);
  t.notRegex(JSON.stringify(said.json) + JSON.stringify(await vitals()), /anneke|bastiaan/);
  ours.hangUp();
  await theirs.ended;
  await Promise.all([anneke.close(), bastiaan.close()]);
});

test.serial(
  'the command line says what is wrong and what was measured; the log of the desk says when it began',
  async (t) => {
    const { code, json } = await belkluis(box.config.data, 'health');
    const { findings, gauges } = json as unknown as Said;
    t.is(code, findings.some(({ state }) => state === 'bad') ? 1 : 0);
    const codes = findings.map((finding) => finding.code);
    for (const expected of ['calls_ok', 'memory_ok', 'uplink_off', 'software_ok', 'witness_none', 'policy_ok'])
      t.true(codes.includes(expected), expected);
    // A disk with nothing on it is at 0; what was not measured is none of these.
    t.true(gauges.memory_used_percent! > 0, JSON.stringify(gauges));
    for (const gauge of ['cpu_percent', 'disk_used_percent'])
      t.true(typeof gauges[gauge] === 'number' && gauges[gauge] <= 100, JSON.stringify(gauges));
    t.regex(box.log(), /"health".*"witness_none".*true/);
  },
);

test.serial('without the desk process the command line says so; with it again it answers', async (t) => {
  await box.processes.desk.stop();
  const gone = await belkluis(box.config.data, 'health');
  t.not(gone.code, 0);
  t.regex(JSON.stringify(gone.json), /desk_not_running/);
  await box.restart('desk');
  await delay(100);
  t.true(((await belkluis(box.config.data, 'health')).json as unknown as Said).findings.length > 10);
});
