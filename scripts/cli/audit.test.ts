import { execFile } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const script = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

function run(name: string, args: readonly string[]): Promise<{ exit: number; says: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', script(name), ...args], (error, out, err) =>
      resolve({ exit: error ? Number(error.code) : 0, says: out + err }),
    );
  });
}

/** As `trust set` leaves it. */
function newBox(): string {
  const data = mkdtempSync(join(tmpdir(), 'cli-'));
  mkdirSync(join(data, 'policy'));
  return data;
}

test('what the box proves on its command line, belkluis-verify believes with the key alone', async (t) => {
  const data = newBox();
  const box = (...args: string[]) => run('belkluis.ts', [...args, '--data', data]);
  const file = (name: string, content: string) => {
    writeFileSync(join(data, name), content);
    return join(data, name);
  };
  for (const user of ['101', '102', '103']) t.is((await box('phones', 'add', user, '--domain', 'box.test')).exit, 0);
  const { pem, fingerprint, verifierKey } = JSON.parse((await box('audit', 'key', '--json')).says);
  t.regex(verifierKey, /^box\/[0-9a-f]{32}\/audit\/1\+[0-9a-f]{8}\+/);
  const key = file('device-public.pem', pem);
  // The last 32 bytes of a public key in DER are the key itself (RFC 8410 4).
  const der = createPublicKey(pem).export({ format: 'der', type: 'spki' });
  t.is(createHash('sha256').update(der.subarray(-32)).digest('hex'), fingerprint);

  const proof = file('proof.json', (await box('audit', 'prove', '1')).says);
  t.regex((await run('belkluis-verify.mjs', [proof, '--key', key])).says, /^OK: event 1 .* at 3 events: phone_added/);
  t.is((await box('phones', 'add', '104', '--domain', 'box.test')).exit, 0);
  const since = file('since.json', (await box('audit', 'prove', '3', '--since', '3')).says);
  const older = file('older.note', JSON.parse(readFileSync(proof, 'utf8')).checkpoint);
  t.is((await run('belkluis-verify.mjs', [since, '--key', key, '--against', older])).exit, 0);

  const out = join(data, 'log.jsonl');
  t.is((await box('audit', 'export', '--out', out)).exit, 0);
  t.regex(
    (await run('belkluis-verify.mjs', [out, '--fingerprint', fingerprint])).says,
    /^OK: 4 events and 2 checkpoints/,
  );
  const again = await box('audit', 'export', '--out', out);
  t.is(again.exit, 1);
  t.regex(again.says, /nothing is overwritten/);
  t.regex((await box('audit', 'verify')).says, /^4 events and 2 checkpoints hold/);
  t.regex((await run('belkluis-verify.mjs', [join(data, 'audit.db'), '--key', key])).says, /^OK: 4 events/);
});

test('a proof of what is not there, or a number that is none, is refused', async (t) => {
  const data = newBox();
  t.is((await run('belkluis.ts', ['audit', 'prove', '0', '--data', data])).exit, 2);
  t.is((await run('belkluis.ts', ['audit', 'prove', 'first', '--data', data])).exit, 2);
});

test('who has witnessed the log is told, and a folder has nothing to accept before there is a restore', async (t) => {
  const data = newBox();
  const folder = join(data, 'witness');
  mkdirSync(folder);
  await run('belkluis.ts', ['phones', 'add', '101', '--domain', 'box.test', '--data', data]);
  const nobody = await run('belkluis.ts', ['audit', 'witness', '--data', data]);
  t.regex(nobody.says, /Nobody but this box/);
  const accepted = await run('belkluis.ts', ['audit', 'witness', '--folder', folder, '--accept-loss', '--data', data]);
  t.is(accepted.exit, 0, accepted.says);
  t.regex(accepted.says, /^folder\/[0-9a-f]{16}=.* {2}1 of 1 events.*\nThe folder remembers 1 events/);
  const missing = await run('belkluis.ts', ['audit', 'witness', '--folder', join(data, 'gone'), '--data', data]);
  t.is(missing.exit, 1);
  t.regex(missing.says, /Mount the disk/);
});
