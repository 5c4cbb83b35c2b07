import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { usageReport } from '../../appliance/vault/usage.ts';
import { exportRecording } from './export.ts';
import { restrictAdd, restrictLift } from './restrictions.ts';
import { cliBox } from './testing/cli-box.ts';

test('a restricted recording is not exported; one that is counts as opened', async (t) => {
  const { data, withVault, events, person, record, run } = cliBox();
  const id = record();
  const everOpened = () => withVault(({ catalogue }) => usageReport(catalogue)[0]?.everOpenedShare);
  const exports = () => events().filter(({ kind }) => kind === 'export');
  const asked = { out: join(data, 'out'), reason: 'a complaint' };
  const dpo = await person('Robert Visser', 'dpo');
  await run(restrictAdd, { ground: 'accuracy', reason: 'not her voice', ...dpo.as }, id);
  await t.throwsAsync(run(exportRecording, asked, id), { code: 'recording_restricted' });
  t.false(existsSync(asked.out));
  t.deepEqual(exports(), []);
  t.is(everOpened(), 0);

  const other = await person('Dora Bos', 'dpo');
  await run(restrictLift, { reason: 'settled', ...other.as }, id);
  t.like((await run(exportRecording, asked, id)).json, { recording: id, complete: true });
  t.deepEqual(readdirSync(asked.out).sort(), ['README.txt', 'part-0']);
  t.like(exports(), [{ actor: 'cli', facts: { recording: id, reason: asked.reason } }]);
  t.is(everOpened(), 1);
  await t.throwsAsync(run(exportRecording, asked, id), { code: 'file_exists' });
  t.is(exports().length, 1);
});
