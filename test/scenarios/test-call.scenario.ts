/** The box calls itself: what that proves, and that it does not claim it when it is not so. */
import { rmSync } from 'node:fs';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import test from 'ava';
import { policyFiles } from '../../appliance/policy/store.ts';
import { eventually, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';

/** A trunk and a PBX that are not there: a test call needs neither, and says nothing of them. */
const nowhere = { host: '127.0.0.9', port: 9, transport: 'tcp' } as const;
const plainUntil = new Date(Date.now() + 3_600_000).toISOString();

const box = await scenarioBox({
  phones: [{ user: 'anna' }],
  testCalls: true,
  lines: {
    schemaVersion: 1,
    trunks: [{ ...nowhere, id: 'carrier', plainUntil, optionsSeconds: 0 }],
    pbx: { ...nowhere, domain: 'pbx.example', plainUntil },
  },
});
test.after.always(() => box.end());

test.serial('the desk makes one by itself; its recording opens for nobody on the list', async (t) => {
  const recording = await eventually(
    async () => box.recordings({ purpose: TEST_CALL_PURPOSE }).find(({ end }) => end !== null),
    'a recorded test call',
  );
  await t.throwsAsync(box.open(recording.id), undefined, "the custodian's key is none of its recipients");
  const last = await eventually(
    async () => box.vault(({ catalogue }) => catalogue.state.get('test_call')),
    'how the test call went',
  );
  t.like(JSON.parse(last), { fault: null });
  const list = async (...more: string[]) => (await belkluis(box.config.data, 'recordings', 'list', ...more)).json;
  t.like(await list(), { total: 0 }, 'it stands before no call of a person');
  t.like(await list('--purpose', TEST_CALL_PURPOSE), { total: 1, recordings: [{ id: recording.id }] });
});

test.serial('IT makes one by hand; without a policy it says that nothing is recorded, and why', async (t) => {
  const make = () => belkluis(box.config.data, 'calls', 'test', '--config', box.configPath);
  const { json } = await make();
  t.like(json, { proven: true, untried: ['pbx', 'trunks'] });
  t.true(Number(json.frames) > 500);
  rmSync(policyFiles(box.at.policy).current);
  await box.until(({ policy }) => policy === null, 'no policy in force');
  const refused = await make();
  t.is(refused.code, 1);
  t.like(refused.json, { proven: false, fault: 'not_recorded', detail: 'no_policy' });
});
