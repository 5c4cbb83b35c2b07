import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCertificate } from '@belkluis/shared/audit/certificate';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { contentPath } from '../../appliance/vault/content.ts';
import { newId } from '../../appliance/vault/testing/eraser-scene.ts';
import { backupRun } from './backup.ts';
import { certificatesList, certificatesShow } from './certificates.ts';
import { erase } from './erase.ts';
import { scrub } from './scrub.ts';
import { cliBox } from './testing/cli-box.ts';
import { timeConfirm, timeShow } from './time.ts';

const DAY = 24 * 3600_000;

test('a DPO erases on request; the certificate is listed, shown, and proves itself to the key of the box alone', async (t) => {
  const { data, publicKey, withVault, events, person, record, run } = cliBox();
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
  const { withVault, events, person, run } = cliBox();
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
  const { withVault, events, record, run } = cliBox();
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

test('a scrub that knows the configuration mends from a backup, and says from which', async (t) => {
  const { data, withVault, events, record, apply, run } = cliBox();
  const id = record();
  await apply(samplePolicy(new Date()));
  const folder = mkdtempSync(join(tmpdir(), 'copies-'));
  const config = join(data, 'box.json');
  const destinations = [{ kind: 'directory', name: 'disk', country: 'NL', path: folder }];
  const told = {
    data,
    domain: 'box.test',
    address: '127.0.0.1',
    sip: { tls: 0, plain: null },
    timeZone: 'Europe/Amsterdam',
  };
  const rest = {
    media: { ports: [20_000, 29_999], workers: null },
    desk: { port: 0, names: [] },
    backup: { destinations },
  };
  writeFileSync(config, JSON.stringify({ ...told, ...rest }));
  t.like(await run(backupRun, { config }), { exitCode: 0, json: { backups: [{ recordings: 1 }] } });

  const path = withVault(({ contentFolder }) => contentPath(contentFolder, id));
  const before = readFileSync(path);
  const damaged = Buffer.from(before);
  damaged[damaged.length - 5]! ^= 1;
  writeFileSync(path, damaged);
  t.like(await run(scrub), { exitCode: 1, json: { rotten: 1, repaired: 0 } });
  t.deepEqual(readFileSync(path), damaged, 'it was told of no copy');
  const mended = await run(scrub, { config });
  t.like(mended, { exitCode: 0, json: { rotten: 1, repaired: 1 } });
  t.regex(mended.text, /all whole, 1 repaired/);
  t.deepEqual(readFileSync(path), before);
  t.like(events().at(-1), { kind: 'content_repaired', facts: { recording: id, destination: 'disk' } });
});
