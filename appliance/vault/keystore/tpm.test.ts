import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { openKeystore } from './keystore.ts';
import { type SoftwareTpm, startSoftwareTpm } from './testing/swtpm.ts';
import { tpmTools } from './tpm-tools.ts';

let tpm: SoftwareTpm;
test.before(async () => {
  tpm = await startSoftwareTpm();
});
test.after.always(() => tpm?.stop());

const temporary = () => mkdtempSync(join(tmpdir(), 'keystore-tpm-'));
const newId = () => randomBytes(16).toString('hex');
const wraps = () => ({ pkesk: randomBytes(94), recipients: ['a'.repeat(40)] });
const open = (folder: string, tcti: string | null = tpm.tcti) =>
  openKeystore({ folder, chance: systemChance, clock: new ManualClock(), tpm: tcti });

const sealedFile = (folder: string, epoch: number) =>
  JSON.parse(readFileSync(join(folder, `epoch-${epoch}.tpm`), 'utf8')) as { counter: string; limit: string };

test.serial('the key is in the TPM: no file holds one, and whoever opens next has it', async (t) => {
  const folder = temporary();
  const first = open(folder);
  const [id, given] = [newId(), wraps()];
  first.put(id, given, 1);
  t.is(first.epochKey, 'tpm');
  t.like(await first.advance(), { before: 1, after: 2, wraps: 1 });
  first.close();
  // What holds the key was decided when the keystore was made.
  const second = open(folder, null);
  t.is(second.epochKey, 'tpm');
  t.deepEqual(second.get(id), given);
  second.close();
  t.deepEqual(
    readdirSync(folder)
      .filter((name) => !name.startsWith('keystore-2.db'))
      .sort(),
    ['advancing.lock', 'epoch-2.tpm', 'opening.lock'],
  );
});

test.serial(
  'after one epoch the old database and the old sealed key open nothing, whatever is written into them',
  async (t) => {
    const [folder, copy] = [temporary(), temporary()];
    const keystore = open(folder);
    const id = newId();
    keystore.put(id, wraps(), 1);
    cpSync(folder, copy, { recursive: true });
    const before = open(copy);
    t.truthy(before.get(id), 'the copy opens while its epoch lasts');
    before.close();
    keystore.erase([id]);
    await keystore.advance();
    keystore.close();
    t.throws(() => open(copy), { code: 'keystore_rolled_back' });
    // The limit in the file is only a note of what the TPM was told when it sealed.
    const sealed = sealedFile(copy, 1);
    writeFileSync(join(copy, 'epoch-1.tpm'), JSON.stringify({ ...sealed, limit: '999999' }));
    t.throws(() => open(copy), { code: 'tpm_unavailable' });
  },
);

test.serial('an advance that was not finished leaves no key that outlives what was erased after it', async (t) => {
  const [folder, copy] = [temporary(), temporary()];
  const keystore = open(folder);
  const id = newId();
  for (const each of [id, ...Array.from({ length: 1200 }, newId)]) keystore.put(each, wraps(), 1);
  const advanced = keystore.advance();
  // The attempt has a sealed key and a copy of the entry now; somebody takes both, and the attempt fails.
  while (!readdirSync(folder).includes('keystore-2.db')) await new Promise((resume) => setImmediate(resume));
  for (let turn = 0; turn < 2; turn++) await new Promise((resume) => setImmediate(resume));
  cpSync(folder, copy, { recursive: true });
  keystore.close();
  await t.throwsAsync(advanced);
  const again = open(folder);
  t.is(again.epoch, 1);
  const certainAfter = again.erase([id]);
  const { after } = await again.advance();
  t.true(after > certainAfter);
  for (const name of readdirSync(copy)) if (name.includes('-1.')) writeFileSync(join(copy, name), '');
  const tools = tpmTools(tpm.tcti);
  const attempt = sealedFile(copy, 2);
  t.true(tools.counter(attempt.counter) >= BigInt(attempt.limit), 'the key of the attempt is dead too');
  again.close();
});

test.serial('a step of the counter too many, by a program that was cut off, kills nothing', async (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const id = newId();
  keystore.put(id, wraps(), 1);
  await keystore.advance();
  keystore.close();
  tpmTools(tpm.tcti).run('nvincrement', [sealedFile(folder, 2).counter]);
  const again = open(folder);
  t.truthy(again.get(id));
  await again.advance();
  t.truthy(again.get(id));
  again.close();
});

test.serial('without its TPM the keystore stays shut and loses nothing', async (t) => {
  const folder = temporary();
  const keystore = open(folder);
  const [id, later] = [newId(), newId()];
  keystore.put(id, wraps(), 1);
  await tpm.stop();
  t.throws(() => open(folder), { code: 'tpm_unavailable' });
  await t.throwsAsync(keystore.advance(), { code: 'tpm_unavailable' });
  keystore.put(later, wraps(), 1);
  t.truthy(keystore.get(id), 'who has it open goes on');
  keystore.close();
  await tpm.start();
  const again = open(folder);
  t.truthy(again.get(id));
  t.truthy(again.get(later));
  t.like(await again.advance(), { wraps: 2 });
  again.close();
});

test.serial('another TPM does not know the key', async (t) => {
  const folder = temporary();
  open(folder).close();
  const other = await startSoftwareTpm();
  try {
    const sealed = sealedFile(folder, 1);
    writeFileSync(join(folder, 'epoch-1.tpm'), JSON.stringify({ ...sealed, tcti: other.tcti }));
    t.throws(() => open(folder), { code: 'epoch_key_missing' });
  } finally {
    await other.stop();
  }
});

test.serial('the name of a TPM starts no program', (t) => {
  const folder = temporary();
  open(folder).close();
  const sealed = sealedFile(folder, 1);
  const proof = join(folder, 'started');
  writeFileSync(join(folder, 'epoch-1.tpm'), JSON.stringify({ ...sealed, tcti: `cmd:touch ${proof}` }));
  t.throws(() => open(folder), { code: 'tpm_unavailable' });
  t.false(existsSync(proof));
});

test.serial('a keystore moves from a file to a TPM with an advance', async (t) => {
  const folder = temporary();
  const keystore = open(folder, null);
  const [id, given] = [newId(), wraps()];
  keystore.put(id, given, 1);
  const key = readFileSync(join(folder, 'epoch-1.key'));
  t.is(keystore.epochKey, 'file');
  await keystore.advance({ tpm: tpm.tcti });
  t.is(keystore.epochKey, 'tpm');
  t.deepEqual(keystore.get(id), given);
  for (const name of readdirSync(folder)) t.false(readFileSync(join(folder, name)).includes(key), name);
  keystore.close();
});
