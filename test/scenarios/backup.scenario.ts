/** The worst day: the box is gone. Out of its backup, with the escrow key that never was on it, another one comes to be, and a recording plays. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis, belkluisDying } from '../peers/cli.ts';

let box: ScenarioBox;
const folder = mkdtempSync(join(tmpdir(), 'backup-'));
const place = (name: string) => join(folder, name);
test.before(async () => {
  for (const name of ['disk', 'far']) mkdirSync(place(name));
  box = await scenarioBox({
    phones: [{ user: 'anna-de-vries' }, { user: 'bram-jansen' }],
    backup: {
      everyMinutes: 1440,
      bytesPerSecond: null,
      destinations: [
        { kind: 'directory', name: 'disk', country: 'NL', path: place('disk') },
        { kind: 'directory', name: 'far', country: 'US', path: place('far') },
      ],
    },
  });
});
test.after.always(async () => {
  await box?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Backs up or drills; the desk does so too by itself, and whoever comes second is told to wait. */
const inTurn = (...args: readonly string[]) =>
  eventually(async () => {
    const said = await belkluis(box.config.data, ...args);
    return said.json.error === 'backup_running' ? null : said;
  }, args.join(' '));

test('backup, wipe, restore: the box answers calls again, and the recording plays as before', async (t) => {
  const { data } = box.config;
  const config = ['--config', box.configPath];
  const to = [...config, '--destination', 'disk'];
  const id = await box.recordedCall('anna-de-vries', 'bram-jansen');
  const before = await box.open(id);

  t.like(await belkluis(data, 'backup', ...config, '--destination', 'far'), {
    code: 1,
    json: { error: 'transfer_blocked' },
  });
  const backup = await inTurn('backup', ...to);
  t.is(backup.code, 0, backup.errors);
  const [made] = backup.json.backups as [{ recordings: number; deviceKey: string }];
  t.true(existsSync(join(place('disk'), 'latest.json')));
  const drill = await inTurn('drill', ...to);
  t.like(drill, { code: 0, json: { drills: [{ outcome: 'passed', canaryOpened: true, fetched: 1 }] } }, drill.errors);
  t.like(await belkluis(data, 'restore', ...to), { code: 1, json: { error: 'not_empty' } });

  await Promise.all([box.processes.call.stop(), box.processes.desk.stop()]);
  rmSync(data, { recursive: true });
  const [request, answer] = [join(folder, 'restore-request.pgp'), join(folder, 'answer.txt')];
  const known = [...to, '--device-key', made.deviceKey];
  const begun = await belkluis(data, 'restore', ...known, '--request', request);
  t.is(begun.code, 0, begun.errors);
  const keys = join(box.folder, 'keys');
  const passphrases = ['--passphrases', join(keys, 'passphrases.txt')];
  const wrong = ['--key', join(keys, 'custodian.key.asc'), '--passphrases', join(keys, 'custodian.txt')];
  t.is((await belkluis(data, 'keys', 'answer', request, ...wrong, '--out', answer)).code, 1);
  const key = ['--key', join(keys, 'escrow.key.asc')];
  const answered = await belkluis(data, 'keys', 'answer', request, ...key, ...passphrases, '--out', answer);
  t.is(answered.code, 0, answered.errors);
  t.regex(readFileSync(answer, 'utf8'), /^9:[0-9A-F]{64}\n$/);
  const finish = ['restore', ...known, '--answer', answer];
  t.is(await belkluisDying('audit.generation_opened', data, ...finish), 'SIGKILL');
  const restored = await belkluis(data, ...finish);
  t.like(restored, { code: 0, json: { recordings: 1, missing: 0, erased: 0 } }, restored.errors);

  await Promise.all([box.restart('call'), box.restart('desk')]);
  const after = await box.open(id);
  t.deepEqual(
    after.files.map((file) => file.toString('hex')),
    before.files.map((file) => file.toString('hex')),
  );
  const { events, holds } = box.audit();
  t.true(holds);
  t.is(events.filter(({ kind }) => kind === 'restored').length, 1);
  t.like(events.find(({ kind }) => kind === 'restored')?.facts, { recordings: 1, missing: 0, destination: 'disk' });
  t.deepEqual(
    events.flatMap(({ kind, facts }) => (kind === 'log_opened' ? [(facts as { generation: number }).generation] : [])),
    [1, 2],
  );
  t.truthy(await box.recordedCall('anna-de-vries', 'bram-jansen'), 'and it records');
  t.is((await inTurn('backup', ...to)).code, 0);
  t.like(await inTurn('drill', ...to), { json: { drills: [{ outcome: 'passed', fetched: 2 }] } });
});
