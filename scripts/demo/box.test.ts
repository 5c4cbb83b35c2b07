/** A demo box whose making was cut off. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { isMade, makeBox, reopenBox } from './box.ts';

test('what a start that was cut off left of a box is made anew; a whole one is opened again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-box-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const plan = { folder, phones: [{ user: 'anna' }, { user: 'ben' }] };
  const cutOff = () => {
    throw new Error('cut off');
  };
  await t.throwsAsync(makeBox({ ...plan, policy: cutOff }), { message: 'cut off' });
  t.true(existsSync(join(folder, 'keys', 'passphrases.txt')), 'keys were there already');
  t.false(isMade(folder));
  // And one that was cut off later: an account is there, and not the file that says its secret.
  const made = await makeBox(plan);
  writeFileSync(join(folder, 'unfinished'), '');
  rmSync(join(folder, 'keys', 'phones.json'));
  t.false(isMade(folder));
  const again = await makeBox(plan);
  t.true(isMade(folder));
  t.not(again.keys.passphrases.custodian, made.keys.passphrases.custodian);
  const opened = reopenBox(folder);
  t.deepEqual(opened.keys, again.keys);
  t.deepEqual([...opened.phones.keys()], ['anna', 'ben']);
});

test('what somebody else has in a folder stays', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-box-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const own = join(folder, 'keys', 'own.txt');
  mkdirSync(join(folder, 'keys'));
  writeFileSync(own, 'of somebody else');
  await t.throwsAsync(makeBox({ folder, phones: [] }), { message: /is there, without a demo box/ });
  t.false(existsSync(join(folder, 'unfinished')), 'nor does the next start take it for its own');
  t.is(readFileSync(own, 'utf8'), 'of somebody else');
});
