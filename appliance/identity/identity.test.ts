import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { MAX_VALIDITY_DAYS, openCertificate, RENEW_BEFORE_DAYS } from './certificate.ts';
import { openDevice } from './device.ts';

const DAY_MS = 86_400_000;
const folderOf = () => join(mkdtempSync(join(tmpdir(), 'identity-')), 'identity');
const now = Date.UTC(2026, 9, 9);

test('a box stays who it is', (t) => {
  const folder = folderOf();
  const first = openDevice(folder, systemChance);
  const again = openDevice(folder, systemChance);
  t.regex(first.deviceId, /^[0-9a-f]{32}$/);
  t.is(again.deviceId, first.deviceId);
  t.true(again.privateKey.equals(first.privateKey));
  t.true(again.tlsKey.equals(first.tlsKey));
});

test('only its owner may read its keys', (t) => {
  const folder = folderOf();
  openDevice(folder, systemChance);
  t.is(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) t.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
});

test('a damaged identity is named, never replaced', (t) => {
  const folder = folderOf();
  openDevice(folder, systemChance);
  writeFileSync(join(folder, 'device-key.pem'), 'torn');
  const error = t.throws(() => openDevice(folder, systemChance));
  t.like(error, { code: 'identity_damaged' });
});

const certificateOf = async (folder: string, more: { names?: string[]; now?: number } = {}) => {
  const { tlsKey } = openDevice(folder, systemChance);
  const chance = seededChance(String(Math.random()));
  return openCertificate({
    folder,
    tlsKey,
    names: ['box.example'],
    addresses: ['127.0.0.1', '::1'],
    now,
    chance,
    ...more,
  });
};

test('the certificate holds for its names and addresses, and clients may verify it', async (t) => {
  const { key, certificate } = await certificateOf(folderOf(), { now: Date.now() });
  const server = createServer({ key, cert: certificate }, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  for (const servername of ['box.example', '']) {
    const socket = connect({ port, host: '127.0.0.1', ca: certificate, ...(servername ? { servername } : {}) });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    t.true(socket.authorized);
    socket.destroy();
  }
  server.close();
});

test('the certificate is kept until it must be renewed, and renewing keeps the key', async (t) => {
  const folder = folderOf();
  const first = await certificateOf(folder);
  t.true(first.expiresAt - now <= MAX_VALIDITY_DAYS * DAY_MS);
  t.is((await certificateOf(folder)).certificate, first.certificate);
  const renewed = await certificateOf(folder, { now: first.expiresAt - (RENEW_BEFORE_DAYS - 1) * DAY_MS });
  t.not(renewed.certificate, first.certificate);
  t.is(renewed.key, first.key);
  const renamed = await certificateOf(folder, { names: ['other.example'] });
  t.is(new X509Certificate(renamed.certificate).checkHost('other.example'), 'other.example');
});
