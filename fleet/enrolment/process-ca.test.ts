import { execFile, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemChance } from '@belkluis/shared/base/chance';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import test from 'ava';
import { openCa } from './ca.ts';
import { openProcessCa } from './process-ca.ts';
import { newRequest } from './testing/requests.ts';

const now = Date.now();
const newFolder = () => mkdtempSync(join(tmpdir(), 'process-ca-'));
const open = (folder: string, passphrase: string | null = null) =>
  openProcessCa({ folder, passphrase, now, chance: systemChance });

/** Whether a broker with this `cafile` takes the certificate, shown with its issuers. */
function takes(cafile: string, leaf: string, issuers: string): boolean {
  const folder = newFolder();
  const at = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const files = ['-CAfile', at('ca.pem', cafile), '-untrusted', at('issuers.pem', issuers), at('leaf.pem', leaf)];
  return spawnSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslclient', ...files]).status === 0;
}

test('a process gets in where processes do; a box does not, whatever it shows along; nor a process where boxes do', async (t) => {
  const folder = newFolder();
  const processes = await open(folder);
  const ca = await openCa({ folder, passphrase: null, hosts: ['fleet.example'], now, chance: systemChance });
  const { key, chain } = await processes.issue('fleet-2', now);
  const { csr } = await newRequest();
  const [leaf = '', issuer = ''] = (await ca.issueBox('0'.repeat(32), csr, now)).chain.map((one) =>
    toPem('CERTIFICATE', one),
  );
  t.true(takes(processes.authority, chain, chain));
  t.false(takes(processes.authority, leaf, `${issuer}${ca.root}`));
  t.true(takes(ca.boxIssuers, leaf, issuer));
  t.false(takes(ca.boxIssuers, chain, processes.authority));
  const read = new X509Certificate(chain);
  t.is(read.subject, 'CN=fleet-2');
  t.true(read.checkPrivateKey(createPrivateKey(key)));
});

test('processes that begin at once issue what each of them lets in', async (t) => {
  const folder = newFolder();
  const both = await Promise.all([open(folder), open(folder)]);
  for (const { authority } of both)
    for (const other of both) {
      const { chain } = await other.issue('fleet', now);
      t.true(takes(authority, chain, chain));
    }
});

test('processes that make a key at once have the same, and leave nothing else behind', async (t) => {
  const folder = newFolder();
  const names = Array.from({ length: 30 }, (_, at) => `key-${at}.pem`);
  const module = JSON.stringify(new URL('./key-files.ts', import.meta.url).href);
  // Each waits for the same moment, and makes one after another as fast as it can.
  const program = `import { createPublicKey } from 'node:crypto';
    import { openKeyFiles } from ${module};
    const files = openKeyFiles(${JSON.stringify(folder)}, null);
    while (Date.now() < ${Date.now() + 1500});
    const keys = ${JSON.stringify(names)}.map((name) => createPublicKey(files.ownKey(name)).export({ format: 'jwk' }).x);
    process.stdout.write(keys.join());`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  const said = await Promise.all([run(), run(), run()]);
  for (const { stdout } of said) t.is(stdout, said[0]!.stdout);
  t.deepEqual(readdirSync(folder).sort(), names.toSorted());
});

test('it is the same after a restart, and says what is damaged', async (t) => {
  const folder = newFolder();
  const passphrase = 'p'.repeat(32);
  const first = await open(folder, passphrase);
  const again = await open(folder, passphrase);
  t.is(again.authority, first.authority);
  const { chain } = await again.issue('fleet', now);
  t.true(takes(first.authority, chain, chain));
  await t.throwsAsync(open(folder), { code: 'ca_passphrase' });
  rmSync(join(folder, 'processes-key.pem'));
  await t.throwsAsync(open(folder, passphrase), { code: 'ca_damaged' });
});
