import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { usageReport } from '../../appliance/vault/usage.ts';
import { exportRecording } from './export.ts';
import { recordingsPurpose, recordingsShow } from './recording.ts';
import { restrictAdd, restrictLift } from './restrictions.ts';
import { cliBox } from './testing/cli-box.ts';

test('a restricted recording is not exported; one that is counts as opened', async (t) => {
  const { data, withVault, events, person, record, run } = cliBox();
  const id = record();
  const everOpened = () => withVault(({ catalogue }) => usageReport(catalogue)[0]?.everOpenedShare);
  const exports = () => events().filter(({ kind }) => kind === 'export');
  const asked = { out: join(data, 'out'), use: 'complaint', reason: 'a complaint' };
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
  t.like(exports(), [{ actor: 'cli', facts: { recording: id, reason: asked.reason, use: 'complaint' } }]);
  t.is(everOpened(), 1);
  await t.throwsAsync(run(exportRecording, asked, id), { code: 'file_exists' });
  t.is(exports().length, 1);
});

test('a recording leaves for a use that it carries, and the history says for which', async (t) => {
  const { data, events, record, run } = cliBox();
  const id = record();
  const asked = (use: string) => ({ out: join(data, use), use, reason: 'asked for' });
  const exports = () => events().filter(({ kind }) => kind === 'export').length;
  const refused = await t.throwsAsync(run(exportRecording, asked('quality'), id), { code: 'use_not_allowed' });
  t.regex(refused!.message, /complaint, supervision, data-subject/, 'it says what it may be used for');
  await t.throwsAsync(run(exportRecording, asked('ai_training'), id), { code: 'use_not_allowed' });
  await t.throwsAsync(run(exportRecording, asked('anonymous'), id), { code: 'usage' });
  t.is(exports(), 0);
  t.false(existsSync(join(data, 'quality')));
  await run(exportRecording, asked('data-subject'), id);
  t.like((await run(recordingsShow, {}, id)).json, {
    uses: ['complaint', 'supervision', 'data-subject'],
    history: [{ by: 'cli', did: 'exported', use: 'data-subject', reason: 'asked for' }],
  });
  t.like(events().at(-1), { kind: 'view', actor: 'cli', facts: { recording: id } });
});

test('of the level high nothing leaves but for those whom the law sends', async (t) => {
  const { data, record, run } = cliBox();
  const id = record({ level: 'high' });
  const asked = (use: string) => ({ out: join(data, use), use, reason: 'asked for' });
  await t.throwsAsync(run(exportRecording, asked('complaint'), id), { code: 'export_not_allowed' });
  for (const use of ['supervision', 'data-subject'])
    t.like((await run(exportRecording, asked(use), id)).json, { recording: id });
});

test('what somebody objected to is opened by nobody while it waits to be erased', async (t) => {
  const { data, record, run, withVault } = cliBox();
  const id = record();
  withVault(({ catalogue }) =>
    catalogue.state.set('erasing', JSON.stringify([{ recording: id, reason: 'objection' }])),
  );
  const asked = { out: join(data, 'out'), use: 'data-subject', reason: 'asked for' };
  await t.throwsAsync(run(exportRecording, asked, id), { code: 'recording_objected' });
});

test('a recording keeps its purpose, whoever asks for another', async (t) => {
  const { record, run } = cliBox();
  const id = record();
  const refused = await t.throwsAsync(run(recordingsPurpose, {}, id, 'training'), { code: 'purpose_bound' });
  t.regex(refused!.message, /\(complaints\)/);
  await t.throwsAsync(run(recordingsPurpose, {}, 'f'.repeat(32), 'training'), { code: 'recording_unknown' });
});

test('what was told and asked in the call is shown with the recording', async (t) => {
  const { record, run, withVault } = cliBox();
  const id = record();
  const consent = {
    at: 1,
    act: 'agreed',
    mode: 'opt-in',
    side: 'caller',
    how: 'event',
    key: '1',
    promptHash: 'a'.repeat(64),
  } as const;
  withVault(({ catalogue }) => catalogue.consents.add(id, consent));
  const { json, text } = await run(recordingsShow, {}, id);
  t.like(json, { consents: [{ ...consent, at: new Date(1).toISOString() }] });
  t.regex(text, /caller agreed by event \(key 1\), opt-in/);
});
