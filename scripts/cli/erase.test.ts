import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCertificate } from '@belkluis/shared/audit/certificate';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test from 'ava';
import { openAccess } from '../../appliance/access/access.ts';
import type { Role } from '../../appliance/access/roles.ts';
import { totpCode } from '../../appliance/access/totp.ts';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { contentPath } from '../../appliance/vault/content.ts';
import { newId } from '../../appliance/vault/testing/eraser-scene.ts';
import { endedRecording } from '../../appliance/vault/testing/recordings.ts';
import { beginRecording, openVault, type Vault } from '../../appliance/vault/vault.ts';
import { certificatesList, certificatesShow } from './certificates.ts';
import type { Command, Values } from './command.ts';
import { erase } from './erase.ts';
import { scrub } from './scrub.ts';
import { timeConfirm, timeShow } from './time.ts';

const PASSWORD = 'four words in a row';
const DAY = 24 * 3600_000;

function box() {
  const data = mkdtempSync(join(tmpdir(), 'cli-'));
  const { identity, auditDatabase, accessDatabase, vault: folder } = places(data);
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
  const events = () => {
    const log = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
    const all = log.recent(1000).flatMap(({ event }) => (event ? [event] : []));
    log.close();
    return all.reverse();
  };
  /** Makes a person; returns what proves that it is them, once. */
  const person = async (name: string, role: Role): Promise<{ id: string; as: Values }> => {
    const hashCost = { memoryKiB: 64, passes: 1 };
    const append = () => {};
    const parts = { path: accessDatabase, clock: systemClock, chance: systemChance, append, hashCost };
    const access = openAccess(parts);
    const code = access.newSetUpCode([role]);
    const { totpSecret } = await access.choose(code, name, PASSWORD, 'here');
    const { id } = access.confirm(code, totpCode(totpSecret, Date.now()), 'here');
    access.close();
    const credentials = join(data, `${id}.txt`);
    writeFileSync(credentials, `${PASSWORD}\n${totpCode(totpSecret, Date.now() + 30_000)}\n`);
    return { id, as: { as: name, credentials } };
  };
  const record = () =>
    withVault((vault) => {
      const id = newId();
      const [row, end] = endedRecording(id, Date.now() - DAY, { days: 90 });
      const content = beginRecording(vault, row, { pkesk: Buffer.alloc(94, 7), recipients: ['f'] });
      content.append({ number: 0, part: 0, startMs: 0, durationMs: 5000 }, Buffer.alloc(500, 9));
      const { contentRoot, bytes } = content;
      content.close();
      vault.catalogue.end(id, { ...end, contentRoot, bytes });
      return id;
    });
  const run = async (command: Command, values: Values = {}, ...positionals: string[]) =>
    command.run({ positionals, values, data });
  return { data, publicKey, withVault, events, person, record, run };
}

test('a DPO erases on request; the certificate is listed, shown, and proves itself to the key of the box alone', async (t) => {
  const { data, publicKey, withVault, events, person, record, run } = box();
  const id = record();
  const asked = { reason: 'request', case: 'AVG-7' };
  const custodian = await person('Anna Bakker', 'custodian');
  await t.throwsAsync(run(erase, { ...asked, ...custodian.as }, id), { code: 'role_missing' });
  await t.throwsAsync(run(erase, asked, id), { code: 'usage' }, 'nobody stands for it');
  t.true(withVault(({ keystore }) => keystore.get(id) !== null));

  const dpo = await person('Robert Visser', 'dpo');
  const outcome = await run(erase, { ...asked, ...dpo.as }, id);
  t.like(outcome.json, { recording: id, certified: true, waitsFor: null });
  t.true(withVault(({ keystore }) => keystore.get(id) === null));
  t.is(events().find(({ kind }) => kind === 'purge')?.actor, dpo.id);

  t.like((await run(certificatesList)).json, { total: 1, certificates: [{ recording: id }] });
  const out = join(data, 'certificate.json');
  await run(certificatesShow, { out }, id);
  t.like(checkCertificate(JSON.parse(readFileSync(out, 'utf8')), publicKey), { ok: true, erased: { recording: id } });
  const key = join(data, 'key.pem');
  writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }));
  const verifier = join(import.meta.dirname, '../belkluis-verify.mjs');
  const verify = () => spawnSync(process.execPath, [verifier, out, '--key', key], { encoding: 'utf8' }).status;
  t.is(verify(), 0, 'the verifier that shares no code says so too');
  writeFileSync(out, readFileSync(out, 'utf8').replace(id, newId()));
  t.is(verify(), 1, 'of another recording it is no proof');
  await t.throwsAsync(run(certificatesShow, { out }, id), { code: 'file_exists' });
  await t.throwsAsync(run(certificatesShow, {}, newId()), { code: 'certificate_unknown' });
});

test('a clock that is far ahead is shown as not believed, and whoever runs the machine confirms it by name', async (t) => {
  const { withVault, events, person, run } = box();
  t.like(await run(timeShow), { exitCode: 0, json: { state: 'ok' } });
  const mark = { believed: Date.now() - 100 * DAY, unprovenMs: 0, unconfirmed: false, confirmations: 0 };
  withVault(({ catalogue }) => catalogue.state.set('time', JSON.stringify(mark)));
  t.like(await run(timeShow), { exitCode: 1, json: { state: 'unconfirmed' } });
  const custodian = await person('Anna Bakker', 'custodian');
  await t.throwsAsync(run(timeConfirm, custodian.as), { code: 'role_missing' });
  const admin = await person('Piet Admin', 'admin');
  await run(timeConfirm, admin.as);
  t.like(events().at(-1), { kind: 'time_confirmed', actor: admin.id });
  t.like(await run(timeShow), { exitCode: 0, json: { state: 'ok' } });
});

test('a scrub tells of a damaged file by its exit code, and names it in the audit log', async (t) => {
  const { withVault, events, record, run } = box();
  const [whole, damaged] = [record(), record()];
  t.like(await run(scrub), { exitCode: 0, json: { checked: 2, rotten: 0 } });
  const path = withVault(({ contentFolder }) => contentPath(contentFolder, damaged));
  const bytes = readFileSync(path);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(path, bytes);
  t.like(await run(scrub), { exitCode: 1, json: { checked: 2, rotten: 1, repaired: 0 } });
  const rot = events().flatMap((event) => (event.kind === 'content_rot' ? [event.facts.recording] : []));
  t.deepEqual(rot, [damaged]);
  t.not(whole, damaged);
});
