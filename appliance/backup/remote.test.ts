/** Backup, drill and restore over a network, through OpenSSH's own server and an S3 server. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { openVault } from '../vault/vault.ts';
import { answerRequest } from './answer.ts';
import { backUp } from './backup.ts';
import { type DestinationSettings, openDestination } from './destinations/open.ts';
import { drill } from './drill.ts';
import { beginRestore, finishRestore } from './restore.ts';
import { makeBox, play } from './testing/box.ts';
import { startS3 } from './testing/s3-server.ts';
import { startSshd } from './testing/sshd.ts';

const folder = (kind: string) => mkdtempSync(join(tmpdir(), `${kind}-`));
const sshd = await startSshd();
const s3 = await startS3();
test.after.always(async () => {
  sshd.close();
  await s3.close();
});
const places: DestinationSettings[] = [
  { kind: 'sftp', name: 'sftp', country: 'NL', host: '127.0.0.1', ...sshd, path: folder('far') },
  { kind: 's3', name: 's3', country: 'NL', region: 'eu', ...s3, prefix: 'office/box-1' },
];

for (const place of places) {
  test(`${place.kind}: a box comes back out of it`, async (t) => {
    const box = await makeBox();
    const open = () => openDestination(place, ['NL'], systemChance);
    const ids = [await box.record('one'), await box.record('two')];
    let destination = await open();
    await backUp(box.parts, destination, { bytesPerSecond: null });
    box.clock.advance(3600_000);
    box.erase(ids[1]!);
    t.like(await backUp(box.parts, destination, { bytesPerSecond: null }), { recordings: 0, erased: 1 });
    t.like(await drill(box.parts, destination), { outcome: 'passed', fetched: 1 });
    await destination.close();
    box.close();

    destination = await open();
    const data = join(folder('new'), 'data');
    const { request } = await beginRestore(data, destination, { snapshot: null, fingerprint: null });
    const report = await finishRestore({
      data,
      destination,
      answer: await answerRequest(request, box.escrow.privateKey),
      fingerprint: null,
      openVault: () => openVault(join(data, 'vault')),
      continueAudit: () => {},
      clock: box.clock,
    });
    await destination.close();
    t.like(report, { recordings: 1, missing: 0 });
    const vault = openVault(join(data, 'vault'));
    t.deepEqual(await play(vault, ids[0]!, box.custodian), ['one', 'one!']);
    t.is(vault.keystore.get(ids[1]!), null);
    vault.close();
  });
}
