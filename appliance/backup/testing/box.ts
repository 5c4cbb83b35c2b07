/** A small box for tests of backups: a real vault, audit log and policy's recipients, with recordings that a custodian can open. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chance, randomHex, seededChance, systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { decrypt, generateKey, type PrivateKey, readMessage } from 'openpgp';
import { type AuditLog, openAuditLog } from '../../audit/log.ts';
import { openDevice } from '../../identity/device.ts';
import { checkRecipients, type ListedRecipient } from '../../recording/recipients.ts';
import { seal } from '../../recording/seipd.ts';
import { wrapSessionKey } from '../../recording/wrap.ts';
import { openContent } from '../../vault/content.ts';
import { newRecording, recordingEnd, sameDays } from '../../vault/testing/recordings.ts';
import { beginRecording, openVault, type Vault } from '../../vault/vault.ts';
import type { BackupParts } from '../parts.ts';
import { openBackupState } from '../state.ts';

export const START = Date.UTC(2026, 0, 10, 12);
export const NUMBER = '+31612345678';
export const NAME = 'anna-de-vries';

export interface Holder {
  readonly privateKey: PrivateKey;
  readonly recipient: ListedRecipient;
}

export async function makeHolder(role: 'custodian' | 'escrow'): Promise<Holder> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name: role }],
    date: new Date(START - 1000),
    format: 'object',
  });
  const recipient = { role, name: role, fingerprint: publicKey.getFingerprint(), certificate: publicKey.armor() };
  return { privateKey, recipient };
}

export interface TestBox {
  readonly data: string;
  readonly clock: ManualClock;
  readonly chance: Chance;
  readonly custodian: Holder;
  readonly escrow: Holder;
  readonly parts: BackupParts;
  readonly events: string[];
  readonly audit: AuditLog;
  /** Makes a finished recording that says `words`. */
  record(words: string, finish?: boolean): Promise<string>;
  erase(recording: string): void;
  close(): void;
}

export interface BoxOptions {
  readonly data?: string;
  readonly custodian?: Holder;
  readonly escrow?: Holder;
  readonly clock?: ManualClock;
  readonly seed?: string;
}

export async function makeBox(options: BoxOptions = {}): Promise<TestBox> {
  const data = options.data ?? join(mkdtempSync(join(tmpdir(), 'box-')), 'data');
  const clock = options.clock ?? new ManualClock(START);
  const chance = seededChance(options.seed ?? `${Math.random()}`);
  const custodian = options.custodian ?? (await makeHolder('custodian'));
  const escrow = options.escrow ?? (await makeHolder('escrow'));
  mkdirSync(join(data, 'policy'), { recursive: true });
  writeFileSync(join(data, 'policy', 'current.json'), '{"policy":"of a test"}');
  const device = openDevice(join(data, 'identity'), chance);
  const vault = openVault(join(data, 'vault'), { clock, chance: systemChance });
  const { catalogue, keystore } = vault;
  const audit = openAuditLog({ path: join(data, 'audit.db'), deviceId: device.deviceId, clock, chance });
  audit.checkpoint(device.privateKey);
  const events: string[] = [];
  const state = openBackupState(join(data, 'backup.db'));
  const recipients = [custodian.recipient, escrow.recipient];
  const parts: BackupParts = {
    ...device,
    catalogue,
    keystore,
    contentFolder: vault.contentFolder,
    log: audit,
    data,
    recipients,
    state,
    scratch: join(data, 'scratch'),
    append: (entry) => {
      events.push(entry.kind);
      audit.append(entry);
    },
    clock,
    chance,
  };
  return {
    data,
    clock,
    chance,
    custodian,
    escrow,
    parts,
    events,
    audit,
    async record(words, finish = true) {
      const id = randomHex(chance, 16);
      const at = clock.now();
      const { valid } = await checkRecipients(recipients, new Date(at));
      const sessionKey = chance.bytes(32);
      const pkesk = await wrapSessionKey(sessionKey, valid, new Date(at));
      const fingerprints = valid.map(({ fingerprint }) => fingerprint);
      const parties = { caller: NUMBER, callee: NAME, direction: 'inbound' } as const;
      const row = newRecording(id, at, sameDays(30), { recipients: fingerprints, ...parties });
      const content = beginRecording(vault, row, { pkesk, recipients: fingerprints });
      for (const [number, half] of [words, `${words}!`].entries()) {
        const facts = { number, part: 0, startMs: number * 5000, durationMs: 5000 };
        content.append(facts, seal(Buffer.from(half), sessionKey, chance));
      }
      content.close();
      const { bytes, segments, contentRoot } = content;
      if (finish) vault.catalogue.end(id, recordingEnd(at + 10_000, 10_000, { bytes, segments, contentRoot }));
      return id;
    },
    erase(recording) {
      vault.keystore.erase([recording]);
      rmSync(join(vault.contentFolder, `${recording}.sealed`));
      catalogue.markErased([{ id: recording, reason: 'expired' }], clock.now(), keystore.epoch);
    },
    close() {
      vault.close();
      audit.close();
      state.close();
    },
  };
}

/** What a recording says, by a custodian's key: its wraps and its content, as a box hands them out. */
export async function play(vault: Vault, recording: string, { privateKey }: Holder): Promise<string[]> {
  const wraps = vault.keystore.get(recording);
  const content = await openContent(vault.contentFolder, recording);
  if (!wraps || !content) return [];
  const said: string[] = [];
  for (const { sealed } of content.segments) {
    const message = await readMessage({ binaryMessage: Buffer.concat([wraps.pkesk, sealed]) });
    const { data } = await decrypt({ message, decryptionKeys: privateKey, format: 'binary' });
    said.push(Buffer.from(data as Uint8Array).toString());
  }
  return said;
}
