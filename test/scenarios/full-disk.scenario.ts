/**
 * A disk without room for recordings: calls go on unrecorded and unannounced, one that must be recorded is refused before it rings, and
 * with room it is all as before. The data directory is a small file system of its own, which only root can mount.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mandatory } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { Refused } from '../peers/phone.ts';

const MIB = 1024 ** 2;
const RESERVE = 64 * MIB;

let box: ScenarioBox;
let mounted = '';

test.before(async () => {
  box = await scenarioBox({
    phones: ['anna', 'bram', 'boss'].map((user) => ({ user })),
    reserveBytes: RESERVE,
    policy: (draft) => ({
      ...draft,
      purposes: draft.purposes.flatMap((purpose) => [purpose, mandatory({ ...purpose, id: 'orders' })]),
      rules: [{ id: 'orders', purpose: 'orders', to: ['boss'], start: 'automatic' }, ...draft.rules],
    }),
    beforeStart({ config: { data }, folder }) {
      // What was prepared moves onto a disk of 160 MB.
      const kept = join(folder, 'prepared');
      const run = (command: string, ...args: string[]) => {
        const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
        if (status !== 0) throw new Error(`${command}: ${stderr}. This test needs root.`);
      };
      run('mv', data, kept);
      mkdirSync(data, { mode: 0o700 });
      run('mount', '-t', 'tmpfs', '-o', 'size=160m,mode=0700', 'tmpfs', data);
      mounted = data;
      run('cp', '-a', `${kept}/.`, data);
    },
  });
});
test.after.always(async () => {
  if (box) await Promise.all([box.processes.call.stop(), box.processes.desk.stop()]);
  if (mounted) spawnSync('umount', [mounted]);
  await box?.end();
});

const filler = () => join(box.config.data, 'filler');

/** What became of a call: its status, and why it was not recorded. */
async function call(from: string, to: string) {
  const [caller, callee] = await Promise.all([box.phone(from), box.phone(to)]);
  const dialled = await caller.dial(to);
  let outcome: number;
  try {
    const ours = await dialled.answered;
    const theirs = await callee.nextCall();
    ours.hangUp();
    await theirs.ended;
    outcome = 200;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    outcome = error.status;
  }
  await Promise.all([caller.close(), callee.close()]);
  return outcome;
}

test('at the reserve recording stops, for each purpose as it says; with room it goes on', async (t) => {
  const first = await box.recordedCall('anna', 'bram');
  t.truthy(box.vault(({ catalogue }) => catalogue.get(first)?.end));

  writeFileSync(filler(), Buffer.alloc(110 * MIB));
  await eventually(async () => box.audit().events.some(({ kind }) => kind === 'disk_reserve_reached'), 'the alarm');
  await eventually(async () => (await call('anna', 'boss')) === 503, 'the refusal of a call that must be recorded');
  t.is(await call('anna', 'bram'), 200);
  t.is((await box.unrecorded('anna', 'bram')).notRecorded, 'disk_reserve');
  t.is(box.recordings().length, 1, 'the one that was there is not overwritten');
  t.true((await box.open(first)).segments.length > 0);

  rmSync(filler());
  await eventually(
    async () => box.audit().events.some(({ kind }) => kind === 'disk_reserve_left'),
    'the end of the alarm',
  );
  const second = await eventually(async () => {
    try {
      return await box.recordedCall('anna', 'boss');
    } catch {
      return null;
    }
  }, 'a recording again');
  t.truthy(second);
  t.true(box.audit().holds);
});
