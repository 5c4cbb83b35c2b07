import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
// The library's containers need it.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import test from 'ava';
import { openCa } from './ca.ts';
import { BOX_CERTIFICATE_DAYS, DAY_MS, INTERMEDIATE_YEARS } from './limits.ts';
import { newRequest } from './testing/requests.ts';

const box = '0123456789abcdef0123456789abcdef';
const now = Date.now();
const pem = (der: string) => toPem('CERTIFICATE', der);
const hosts = ['fleet.example', '192.0.2.7', '2001:db8::7'];

const newFolder = () => mkdtempSync(join(tmpdir(), 'ca-'));
const open = (folder = newFolder(), more: { hosts?: string[]; passphrase?: string; now?: number } = {}) =>
  openCa({ folder, passphrase: null, hosts, now, chance: systemChance, ...more });

/** What `openssl verify` says of `leaf` below `root`. */
function verified(leaf: string, untrusted: string, root: string, ...more: string[]): { ok: boolean; says: string } {
  const folder = newFolder();
  const at = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const files = [at('root.pem', root), at('untrusted.pem', untrusted), at('leaf.pem', leaf)];
  const done = spawnSync('openssl', ['verify', ...more, '-CAfile', files[0]!, '-untrusted', files[1]!, files[2]!], {
    encoding: 'utf8',
  });
  return { ok: done.status === 0, says: `${done.stdout}${done.stderr}` };
}

const printed = (pem: string): string =>
  execFileSync('openssl', ['x509', '-noout', '-text'], { input: pem, encoding: 'utf8' });

test('a box’s certificate is its id, for 90 days, as a client; of the request only the key counts', async (t) => {
  const ca = await open();
  const { csr, key } = await newRequest('P-256', [
    new x509.BasicConstraintsExtension(true, 3, true),
    new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'fleet.example' }]),
  ]);
  const { chain, serial, notAfter } = await ca.issueBox(box, csr, now);
  const [leaf = '', issuer = ''] = chain.map(pem);
  const says = verified(leaf, issuer, ca.root, '-x509_strict', '-purpose', 'sslclient');
  t.true(says.ok, says.says);
  const text = printed(leaf);
  t.regex(text, new RegExp(`Subject: O = Belkluis fleet [0-9a-f]{16}, CN = ${box}\\n`));
  t.regex(text, new RegExp(`URI:urn:belkluis:box:${box}\\n`));
  t.regex(text, /TLS Web Client Authentication/);
  t.notRegex(text, /somebody else|CA:TRUE|DNS:|Server Authentication/);
  t.is(notAfter, Math.floor((now + BOX_CERTIFICATE_DAYS * DAY_MS) / 1000) * 1000);
  const read = new X509Certificate(leaf);
  t.true(read.checkPrivateKey(key));
  t.is(read.serialNumber.toLowerCase(), serial);
  t.false(verified(leaf, issuer, ca.root, '-purpose', 'sslserver').ok, 'a box can be no server');
});

test('a request without proof of its key, or of another curve, is refused', async (t) => {
  const ca = await open();
  const { csr } = await newRequest();
  const other = await newRequest('P-384');
  const der = Buffer.from(csr, 'base64');
  der[der.length - 5]! ^= 1;
  const certificate = new X509Certificate(ca.root).raw.toString('base64');
  for (const bad of [
    der.toString('base64'),
    other.csr,
    '',
    csr.slice(0, 200),
    certificate,
    Buffer.concat([Buffer.from(csr, 'base64'), Buffer.from('0500', 'hex')]).toString('base64'),
    'MI'.repeat(9000),
  ]) {
    await t.throwsAsync(ca.issueBox(box, bad, now), { code: 'csr_unusable' }, bad.slice(0, 60));
  }
});

test('the fleet’s own certificate serves its hosts, and each intermediate only what is its own', async (t) => {
  const folder = newFolder();
  const ca = await open(folder);
  const { chain } = await ca.server(now);
  const [leaf = '', issuer = ''] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
  for (const host of hosts) {
    const flag = host.includes('example') ? '-verify_hostname' : '-verify_ip';
    const says = verified(leaf, issuer, ca.root, '-x509_strict', '-purpose', 'sslserver', flag, host);
    t.true(says.ok, says.says);
  }
  t.is((await ca.server(now + DAY_MS)).chain, chain, 'kept while it lasts');
  t.not((await ca.server(now + 70 * DAY_MS)).chain, chain, 'made anew before it expires');

  // Whoever steals an intermediate's key still names nothing else: forged here with the very keys.
  const forge = async (name: string, subject: x509.JsonName, extensions: x509.Extension[]) => {
    const key = createPrivateKey(readFileSync(join(folder, `${name}-key.pem`), 'utf8'));
    const parent = readFileSync(join(folder, `${name}.pem`), 'utf8');
    const { key: victim } = await newRequest();
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const forged = await x509.X509CertificateGenerator.create({
      serialNumber: '41',
      subject,
      issuer: new x509.X509Certificate(parent).subjectName,
      publicKey: createPublicKey(victim).toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
      signingKey: key.toCryptoKey(algorithm, false, ['sign']) as CryptoKey,
      signingAlgorithm: algorithm,
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + DAY_MS),
      extensions,
    });
    return verified(forged.toString('pem'), parent, ca.root);
  };
  const dns = (value: string) => new x509.SubjectAlternativeNameExtension([{ type: 'dns', value }]);
  const ip = (value: string) => new x509.SubjectAlternativeNameExtension([{ type: 'ip', value }]);
  const organisation: x509.JsonName = [{ O: [/O = (Belkluis fleet [0-9a-f]+)/.exec(printed(ca.root))![1]!] }];
  t.true((await forge('servers', organisation, [dns('mqtt.fleet.example')])).ok, 'below its own host');
  for (const [name, subject, extensions] of [
    ['servers', organisation, [dns('bank.example')]],
    ['servers', organisation, [ip('192.0.2.8')]],
    ['servers', [{ O: ['Another fleet'] }], []],
    ['boxes', organisation, [dns('fleet.example')]],
    ['boxes', organisation, [ip('2001:db8::7')]],
    ['boxes', [{ O: ['Another fleet'] }], []],
  ] as const) {
    const { ok, says } = await forge(name, subject as unknown as x509.JsonName, [...extensions]);
    t.false(ok, name);
    t.regex(says, /permitted subtree violation|excluded subtree violation/);
  }
});

test('keys are their owner’s alone, encrypted where there is a passphrase, and the root’s may lie elsewhere', async (t) => {
  const folder = newFolder();
  const passphrase = 'q'.repeat(32);
  const ca = await open(folder, { passphrase });
  t.is(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) {
    t.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    if (name.includes('key')) t.regex(readFileSync(join(folder, name), 'utf8'), /BEGIN ENCRYPTED PRIVATE KEY/);
  }
  await t.throwsAsync(open(folder, { passphrase: 'w'.repeat(32) }), { code: 'ca_passphrase' });
  await t.throwsAsync(open(folder), { code: 'ca_passphrase' });
  await t.throwsAsync(open(newFolder(), { passphrase: 'short' }), { code: 'ca_passphrase' });
  const away = join(newFolder(), 'root-key.pem');
  renameSync(join(folder, 'root-key.pem'), away);
  const again = await open(folder, { passphrase });
  t.is(again.root, ca.root);
  t.is(again.boxIssuers, ca.boxIssuers);
  await t.throwsAsync(open(folder, { passphrase, hosts: ['other.example'] }), { code: 'ca_root_needed' });
  const late = now + (INTERMEDIATE_YEARS - 1) * 365 * DAY_MS + 1000;
  await t.throwsAsync(open(folder, { passphrase, now: late }), { code: 'ca_root_needed' });
  renameSync(away, join(folder, 'root-key.pem'));
  const { csr } = await newRequest();
  const renewed = await open(folder, { passphrase, now: late });
  t.not(renewed.boxIssuers, ca.boxIssuers);
  const { chain } = await ca.issueBox(box, csr, late);
  const says = verified(pem(chain[0]!), renewed.boxIssuers, renewed.root, '-attime', String(Math.ceil(late / 1000)));
  t.true(says.ok, `what the one before signed stays good: ${says.says}`);
});

test('a lost key is named, never replaced', async (t) => {
  const folder = newFolder();
  await open(folder);
  rmSync(join(folder, 'boxes-key.pem'));
  await t.throwsAsync(open(folder), { code: 'ca_damaged' });
  t.false(existsSync(join(folder, 'boxes-key.pem')));
});

test('what is revoked is on the list, and the list is the issuer’s', async (t) => {
  const ca = await open();
  const one = await ca.issueBox(box, (await newRequest()).csr, now);
  const other = await ca.issueBox(box, (await newRequest()).csr, now);
  const [, issuer = ''] = one.chain.map(pem);
  const list = await ca.crl([{ serial: one.serial, revokedAt: now }], now);
  const check = (leaf: string, crl: string) =>
    verified(pem(leaf), issuer, ca.root, '-crl_check', '-CRLfile', crlFile(crl));
  t.regex(check(one.chain[0]!, list).says, /certificate revoked/);
  const good = check(other.chain[0]!, list);
  t.true(good.ok, good.says);
  t.true(check(one.chain[0]!, await ca.crl([], now)).ok);
  const theirs = await (await open()).crl([], now);
  t.false(check(other.chain[0]!, theirs).ok, 'another fleet’s list says nothing here');
});

function crlFile(pem: string): string {
  const path = join(newFolder(), 'crl.pem');
  writeFileSync(path, pem);
  return path;
}
