/** A process that backs up or restores, so that a test can end it at a commit point (`BELKLUIS_DIE_AT`). Its one argument is a file with the job. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { readPrivateKey } from 'openpgp';
import type { ListedRecipient } from '../../recording/recipients.ts';
import { openVault } from '../../vault/vault.ts';
import { backUp } from '../backup.ts';
import { openDestination } from '../destinations/open.ts';
import { beginRestore, finishRestore } from '../restore.ts';
import { type Holder, makeBox } from './box.ts';

interface StoredHolder {
  readonly secret: string;
  readonly recipient: ListedRecipient;
}

export interface Job {
  readonly what: 'backup' | 'restore';
  readonly data: string;
  readonly place: string;
  readonly now: number;
  readonly custodian: StoredHolder;
  readonly escrow: StoredHolder;
  readonly answer: string;
}

const holder = async ({ secret, recipient }: StoredHolder): Promise<Holder> => ({
  privateKey: await readPrivateKey({ armoredKey: secret }),
  recipient,
});

const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Job;
const clock = new ManualClock(job.now);
const settings = { kind: 'directory', name: 'disk', country: 'NL', path: job.place } as const;
const destination = await openDestination(settings, ['EEA'], systemChance);
if (job.what === 'backup') {
  const [custodian, escrow] = [await holder(job.custodian), await holder(job.escrow)];
  const box = await makeBox({ data: job.data, custodian, escrow, clock });
  await backUp(box.parts, destination, { bytesPerSecond: null });
  box.close();
} else {
  await beginRestore(job.data, destination, { snapshot: null, fingerprint: null });
  await finishRestore({
    data: job.data,
    destination,
    answer: job.answer,
    fingerprint: null,
    openVault: () => openVault(join(job.data, 'vault')),
    continueAudit: () => {},
    clock,
  });
}
