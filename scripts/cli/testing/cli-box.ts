/** A box for tests of the command line: everything real, on a folder of its own. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totpCode } from '@belkluis/shared/access/totp';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { PolicyDraft } from '@belkluis/shared/policy/sample';
import { openAccess } from '../../../appliance/access/access.ts';
import type { Role } from '../../../appliance/access/roles.ts';
import { type AuditLog, openAuditLog } from '../../../appliance/audit/log.ts';
import { places } from '../../../appliance/config.ts';
import { openDevice } from '../../../appliance/identity/device.ts';
import { applyApproved } from '../../../appliance/policy/store.ts';
import type { NewRecording } from '../../../appliance/vault/catalogue.ts';
import { writeFileDurably } from '../../../appliance/vault/durable.ts';
import { newId } from '../../../appliance/vault/testing/eraser-scene.ts';
import { endedRecording } from '../../../appliance/vault/testing/recordings.ts';
import { beginRecording, openVault, type Vault } from '../../../appliance/vault/vault.ts';
import { recordRegisterOf, withBox } from '../box.ts';
import type { Command, Result, Values } from '../command.ts';
import { keysMake } from '../keys.ts';
import { policySign, trustSet } from '../policy.ts';

const PASSWORD = 'four words in a row';
const DAY = 24 * 3600_000;

/** A box with people, recordings and a policy, and the command line on it. */
export function cliBox() {
  const data = mkdtempSync(join(tmpdir(), 'cli-'));
  const at = places(data);
  const { identity, auditDatabase, accessDatabase, vault: folder } = at;
  mkdirSync(data, { recursive: true });
  const { deviceId, publicKey } = openDevice(identity, systemChance);
  const withVault = <T>(work: (vault: Vault) => T): T => {
    const vault = openVault(folder);
    try {
      return work(vault);
    } finally {
      vault.close();
    }
  };
  const withLog = <T>(work: (log: AuditLog) => T): T => {
    const log = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
    try {
      return work(log);
    } finally {
      log.close();
    }
  };
  /** What the log says, oldest first. */
  const events = () => withLog((log) => log.recent(1000).flatMap(({ event }) => event ?? [])).reverse();
  /** Makes a person, last seen at `seenAt`; returns what proves that it is them, once. */
  const person = async (name: string, role: Role, seenAt = Date.now()): Promise<{ id: string; as: Values }> => {
    const hashCost = { memoryKiB: 64, passes: 1 };
    const append = () => {};
    const clock = { ...systemClock, now: () => seenAt };
    const parts = { path: accessDatabase, clock, chance: systemChance, append, hashCost, directoryDays: () => 1096 };
    const access = openAccess(parts);
    const code = access.newSetUpCode([role]);
    const { totpSecret } = await access.choose(code, name, PASSWORD, 'here');
    const { id } = access.confirm(code, totpCode(totpSecret, seenAt), 'here');
    access.close();
    const credentials = join(data, `${id}.txt`);
    writeFileSync(credentials, `${PASSWORD}\n${totpCode(totpSecret, seenAt + 30_000)}\n`);
    return { id, as: { as: name, credentials } };
  };
  const record = (changes: Partial<NewRecording> = {}) =>
    withVault((vault) => {
      const id = newId();
      const [row, end] = endedRecording(id, Date.now() - DAY, { days: 90 });
      const content = beginRecording(vault, { ...row, ...changes }, { pkesk: Buffer.alloc(94, 7), recipients: ['f'] });
      content.append({ number: 0, part: 0, startMs: 0, durationMs: 5000 }, Buffer.alloc(500, 9));
      const { contentRoot, bytes } = content;
      content.close();
      vault.catalogue.end(id, { ...end, contentRoot, bytes });
      return id;
    });
  let policies = 0;
  /** Signs a policy as its owner does: keys made, trust set once. Returns the file. */
  const sign = async (draft: PolicyDraft): Promise<string> => {
    const name = `policy-${draft.version}`;
    const [folder, passphrases] = [join(data, 'keys'), join(data, 'passphrases.txt')];
    const key = (file: string) => join(folder, file);
    if (!existsSync(folder)) {
      await run(keysMake, { passphrases }, folder);
      await run(trustSet, {}, key('keyring.pub.pem'));
    }
    writeFileSync(join(data, `${name}.json`), JSON.stringify(draft));
    const out = join(data, `policy-${++policies}.signed.json`);
    const keys = {
      keyring: key('keyring.pem'),
      custodian: [key('custodian.pub.asc')],
      escrow: [key('escrow.pub.asc')],
    };
    await run(policySign, { ...keys, passphrases, out }, join(data, `${name}.json`));
    return out;
  };
  /** Puts a policy in force at once, for tests that are not about what it waits for. */
  const apply = async (draft: PolicyDraft): Promise<Result> => {
    const signed = readFileSync(await sign(draft), 'utf8');
    const { policy, hash } = await withBox(data, (box) =>
      applyApproved(at.policy, signed, {
        deviceId,
        now: Date.now(),
        approvedBy: { person: 'tester', name: 'Tester', reason: 'Whoever tests stands for it.' },
        recordRegister: (next) => recordRegisterOf(box, next),
        beforeChange: ({ hash, signer, policy: { version } }) => {
          const facts = { policyHash: hash, version, signer, classes: [], approvedBy: 'tester' };
          box.log.append({ kind: 'policy_applied', actor: 'cli', facts });
        },
        writeFile: writeFileDurably,
      }),
    );
    return { json: { version: policy.version, hash }, text: '' };
  };
  const run = async (command: Command, values: Values = {}, ...positionals: string[]) =>
    command.run({ positionals, values, data });
  return { data, at, publicKey, withVault, withLog, events, person, record, sign, apply, run };
}
