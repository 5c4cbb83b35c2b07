/** One contract, three kinds of places: a folder, OpenSSH's own server, and an S3 server. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { bodyOf, type Destination } from '../destination.ts';
import { readSmall } from '../small.ts';
import { startS3 } from '../testing/s3-server.ts';
import { startSshd } from '../testing/sshd.ts';
import { type DestinationSettings, openDestination } from './open.ts';

const folder = (kind: string) => mkdtempSync(join(tmpdir(), `${kind}-`));
const sshd = await startSshd();
const s3 = await startS3();
test.after.always(async () => {
  sshd.close();
  await s3.close();
});

const directory = (path = folder('destination')): DestinationSettings => ({
  kind: 'directory',
  name: 'd',
  country: 'NL',
  path,
});
const sftp = (path = folder('destination')): DestinationSettings => ({
  kind: 'sftp',
  name: 's',
  country: 'NL',
  host: '127.0.0.1',
  ...sshd,
  path,
});
let prefixes = 0;
const bucket = (): DestinationSettings => ({
  kind: 's3',
  name: 'b',
  country: 'NL',
  region: 'eu',
  ...s3,
  prefix: `box-${prefixes++}`,
});
const kinds = { directory, sftp, s3: bucket };
const open = (settings: DestinationSettings) => openDestination(settings, ['EEA'], systemChance);
const names = async (destination: Destination, prefix: string) => {
  const found: string[] = [];
  for await (const { name, bytes } of destination.list(prefix)) found.push(`${name}=${bytes}`);
  return found.sort();
};

for (const [kind, settings] of Object.entries(kinds)) {
  test(`${kind}: what was written is read, listed, overwritten whole and removed`, async (t) => {
    const destination = await open(settings());
    t.deepEqual(await names(destination, ''), []);
    t.deepEqual(await names(destination, 'content/'), []);
    const big = systemChance.bytes(3_000_001);
    await destination.write('content/0a/x.sealed', bodyOf(big));
    await destination.write('box.json', bodyOf('first and longer'));
    await destination.write('box.json', bodyOf('second'));
    t.deepEqual(await names(destination, ''), ['box.json=6', 'content/0a/x.sealed=3000001']);
    t.deepEqual(await names(destination, 'content/'), ['content/0a/x.sealed=3000001']);
    t.is(await readSmall(destination, 'box.json'), 'second');
    const parts: Uint8Array[] = [];
    for await (const part of await destination.read('content/0a/x.sealed')) parts.push(part);
    t.true(Buffer.concat(parts).equals(big));
    await destination.remove('content/0a/x.sealed');
    await destination.remove('content/0a/x.sealed');
    t.deepEqual(await names(destination, ''), ['box.json=6']);
    await t.throwsAsync(destination.read('content/0a/x.sealed'), { code: 'object_missing' });
    t.is(await readSmall(destination, 'nothing.json'), null);
    await destination.close();
  });

  test(`${kind}: an upload that breaks off leaves nothing, and the old object stays`, async (t) => {
    const place = settings();
    const destination = await open(place);
    await destination.write('latest.json', bodyOf('old'));
    const broken = {
      bytes: 2_000_000,
      async *open() {
        yield systemChance.bytes(1_000_000);
        throw new Error('the line is cut');
      },
    };
    await t.throwsAsync(destination.write('latest.json', broken));
    await t.throwsAsync(destination.write('snapshots/new.pgp', broken));
    await destination.close();
    const again = await open(place);
    t.deepEqual(await names(again, ''), ['latest.json=3']);
    t.is(await readSmall(again, 'latest.json'), 'old');
    await again.close();
  });

  test(`${kind}: nothing is sent to a country outside the policy's regions`, async (t) => {
    const place = { ...settings(), country: 'US' };
    await t.throwsAsync(openDestination(place, ['EEA'], systemChance), { code: 'transfer_blocked', message: /US/ });
    if (place.kind !== 's3') t.deepEqual(readdirSync(place.path), []);
    await t.notThrowsAsync(async () => (await openDestination(place, ['EEA', 'US'], systemChance)).close());
  });

  test(`${kind}: only names become paths`, async (t) => {
    const destination = await open(settings());
    for (const name of ['../x', '/etc/passwd', 'a//b', '.hidden', 'a/../b', '']) {
      await t.throwsAsync(destination.write(name, bodyOf('x')), { instanceOf: RangeError }, name);
    }
    await destination.close();
  });
}

test('a share that is not mounted is no folder to fill', async (t) => {
  const path = join(folder('gone'), 'unmounted');
  await t.throwsAsync(open(directory(path)), { code: 'destination_unreachable' });
  await t.throwsAsync(open(sftp(path)), { code: 'destination_unreachable' });
});

test('sftp: another host key, another user key and a silent port are told apart', async (t) => {
  const place = sftp() as Extract<DestinationSettings, { kind: 'sftp' }>;
  const other = `SHA256:${Buffer.alloc(32, 1).toString('base64').slice(0, 43)}`;
  await t.throwsAsync(open({ ...place, hostKey: other }), { code: 'host_key_changed' });
  const stranger = join(folder('key'), 'stranger');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
  await t.throwsAsync(open({ ...place, privateKeyFile: stranger }), { code: 'destination_refused' });
  await t.throwsAsync(open({ ...place, privateKeyFile: '/nothing' }), { code: 'key_unreadable' });
  await t.throwsAsync(open({ ...place, port: 1 }), { code: 'destination_unreachable' });
});

test('s3: a wrong secret, a missing bucket, a silent port and plain http are told apart', async (t) => {
  const place = bucket() as Extract<DestinationSettings, { kind: 's3' }>;
  const secretKeyFile = join(folder('key'), 'secret');
  writeFileSync(secretKeyFile, 'guess');
  await t.throwsAsync(open({ ...place, secretKeyFile }), { code: 'destination_refused' });
  await t.throwsAsync(open({ ...place, bucket: 'nobody-has-it' }), {
    code: 'destination_failed',
    message: /NoSuchBucket/,
  });
  await t.throwsAsync(open({ ...place, endpoint: 'http://127.0.0.1:1' }), { code: 'destination_unreachable' });
  await t.throwsAsync(open({ ...place, endpoint: 'http://backup.example' }), { code: 'insecure_endpoint' });
});

test('s3: a list that is longer than a page of the server is whole', async (t) => {
  const destination = await open(bucket());
  const many = Array.from({ length: 1003 }, (_, index) => `content/00/${index}`);
  for (let at = 0; at < many.length; at += 50) {
    await Promise.all(many.slice(at, at + 50).map((name) => destination.write(name, bodyOf('x'))));
  }
  t.deepEqual(await names(destination, 'content/'), many.map((name) => `${name}=1`).sort());
  await destination.close();
});

test('a server says what time it has', async (t) => {
  for (const settings of [sftp(), bucket()]) {
    const destination = await open(settings);
    const time = await destination.now();
    // Within a day: both run on this machine, and no test knows how slow it is.
    t.true(Math.abs((time ?? 0) - Date.now()) < 24 * 3600_000, settings.kind);
    await destination.close();
  }
});

test('a full disk is named, and takes nothing half', async (t) => {
  const path = folder('small');
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', path]).status !== 0) {
    t.pass('no right to mount a small disk here');
    return;
  }
  try {
    for (const settings of [directory(path), sftp(path)]) {
      const destination = await open(settings);
      await destination.write('box.json', bodyOf('small'));
      const tooMuch = bodyOf(systemChance.bytes(1_000_000));
      await t.throwsAsync(destination.write('content/00/x', tooMuch), { code: 'destination_full' }, settings.kind);
      t.deepEqual(await names(destination, ''), ['box.json=5']);
      await destination.close();
    }
  } finally {
    spawnSync('umount', [path]);
  }
});
