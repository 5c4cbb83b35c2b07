/** Against another's DTLS: OpenSSL on both sides of the handshake, with its own certificates. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test, { type ExecutionContext } from 'ava';
import type { SrtpKey } from '../srtp/key.ts';
import { Association } from './association.ts';
import { fingerprintOf, newIdentity } from './certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'belkluis-dtls-'));
const identity = newIdentity(systemChance);
const keyOf = (kind: string) => join(folder, `${kind}.key`);
const certificateOf = (kind: string) => join(folder, `${kind}.pem`);
for (const [kind, ...options] of [
  ['ec', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  ['rsa', '-newkey', 'rsa:2048'],
] as const)
  spawnSync('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=phone', '-days', '9', ...options, '-keyout', keyOf(kind), '-out', certificateOf(kind)]); // biome-ignore format: one command
test.after.always(() => rmSync(folder, { recursive: true }));

/** `openssl` prints what it exports for SRTP: both keys, then both salts (RFC 5764 4.2). */
const exported = (keys: { open: SrtpKey; seal: SrtpKey }, weAre: 'client' | 'server') => {
  const [client, server] = weAre === 'client' ? [keys.seal, keys.open] : [keys.open, keys.seal];
  const parts = [client.masterKey, server.masterKey, client.masterSalt, server.masterSalt];
  return Buffer.concat(parts).toString('hex').toUpperCase();
};

async function withOpenssl(
  t: ExecutionContext,
  role: 'client' | 'server',
  kind: string,
  more: readonly string[],
): Promise<{ keys: { open: SrtpKey; seal: SrtpKey }; said: string }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(socket, 'listening'), once(probe, 'listening')]);
  const { port } = probe.address();
  probe.close();
  const signalled = { address: '127.0.0.1', port };
  const mode =
    role === 'server'
      ? ['s_client', '-connect', `127.0.0.1:${socket.address().port}`, '-bind', `127.0.0.1:${port}`]
      : ['s_server', '-accept', `127.0.0.1:${port}`, '-Verify', '1'];
  const command = [...mode, '-dtls1_2', '-cert', certificateOf(kind), '-key', keyOf(kind), ...more];
  const openssl: ChildProcess = spawn('openssl', [...command, '-keymatexport', 'EXTRACTOR-dtls_srtp']);
  let said = '';
  openssl.stdout!.on('data', (text) => {
    said += text;
  });
  openssl.stderr!.on('data', (text) => {
    said += text;
  });
  if (role === 'client') while (!said.includes('ACCEPT')) await new Promise((resolve) => setTimeout(resolve, 20));
  const der = new X509Certificate(readFileSync(certificateOf(kind))).raw;
  let timer: NodeJS.Timeout | undefined;
  try {
    const keys = await new Promise<{ open: SrtpKey; seal: SrtpKey }>((resolve, reject) => {
      const association = new Association(
        {
          role,
          identity,
          expected: fingerprintOf(der),
          signalled,
          chance: systemChance,
          send: (bytes, to) => socket.send(bytes, to.port, to.address),
          onKeys: (open, seal) => resolve({ open, seal }),
          onFailed: (why) => reject(new Error(why)),
          onRefused: () => t.log('refused'),
        },
        systemClock.monotonic(),
      );
      socket.on('message', (bytes, from) => association.receive(bytes, from, systemClock.monotonic()));
      timer = setInterval(() => association.tick(systemClock.monotonic()), 20);
    });
    for (let waited = 0; !/Keying material: \w+/.test(said) && waited < 100; waited++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return { keys, said };
  } finally {
    clearInterval(timer);
    socket.close();
    openssl.kill('SIGKILL');
  }
}

const length = {
  SRTP_AES128_CM_SHA1_80: 60,
  SRTP_AES128_CM_SHA1_32: 60,
  SRTP_AEAD_AES_128_GCM: 56,
  SRTP_AEAD_AES_256_GCM: 88,
};

for (const [role, kind, profile, ...more] of [
  ['server', 'ec', 'SRTP_AES128_CM_SHA1_80'],
  ['server', 'rsa', 'SRTP_AEAD_AES_256_GCM', '-mtu', '400'],
  ['client', 'ec', 'SRTP_AEAD_AES_128_GCM'],
  ['client', 'rsa', 'SRTP_AES128_CM_SHA1_32', '-mtu', '400'],
] as const) {
  test(`we as ${role}, OpenSSL with a certificate of ${kind} and ${profile} ${more}: both export the same keys`, async (t) => {
    const options = ['-use_srtp', profile, '-keymatexportlen', String(length[profile]), ...more];
    const { keys, said } = await withOpenssl(t, role, kind, options);
    t.is(/Keying material: (\w+)/.exec(said)?.[1], exported(keys, role), said);
    t.regex(said, new RegExp(`SRTP Extension negotiated, profile=${profile}`));
  });
}
