/** The escrow holder needs nothing of ours: GnuPG opens a snapshot, and says the key that a restore asks for. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { encryptKey } from 'openpgp';
import { gnupg } from '../../test/peers/gnupg.ts';
import { places } from '../config.ts';
import { openVault } from '../vault/vault.ts';
import { answerRequest } from './answer.ts';
import { backUp } from './backup.ts';
import { openDestination } from './destinations/open.ts';
import { beginRestore, finishRestore } from './restore.ts';
import { makeBox, NUMBER, play } from './testing/box.ts';

const PASSPHRASE = 'bakel dorim';

test('gpg opens a snapshot, and its word about the session key is the answer to a restore request', async (t) => {
  const box = await makeBox();
  const path = mkdtempSync(join(tmpdir(), 'disk-'));
  const settings = { kind: 'directory', name: 'disk', country: 'NL', path } as const;
  const destination = await openDestination(settings, ['EEA'], systemChance);
  const id = await box.record('good morning');
  await backUp(box.parts, destination, { bytesPerSecond: null });
  const [name] = readdirSync(join(path, 'snapshots'));
  const snapshot = join(path, 'snapshots', name!);

  const gpg = gnupg();
  try {
    const locked = await encryptKey({ privateKey: box.escrow.privateKey, passphrase: PASSPHRASE });
    await gpg.import(locked.armor());
    const plain = gunzipSync(await gpg.decrypt(snapshot, PASSPHRASE));
    t.is(plain.toString('latin1', 0, 8), 'BELKSNAP');
    t.true(plain.includes(NUMBER), 'everything is in it');
    const key = await gpg.sessionKey(snapshot, PASSPHRASE);

    const data = join(mkdtempSync(join(tmpdir(), 'new-')), 'data');
    const { request } = await beginRestore(data, destination, { snapshot: null, fingerprint: null });
    t.is(await answerRequest(request, box.escrow.privateKey), key, 'our own answer is the same');
    t.true(readFileSync(snapshot).subarray(0, request.length).equals(request));
    const openBoxVault = () => openVault(places(data).vault);
    const parts = { data, destination, fingerprint: null, clock: box.clock, continueAudit: () => {} };
    await finishRestore({ ...parts, answer: `gpg: session key: '${key}'\n`, openVault: openBoxVault });
    t.deepEqual(await play(openBoxVault(), id, box.custodian), ['good morning', 'good morning!']);
  } finally {
    gpg.close();
  }
});
