import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkCertificate } from '@belkluis/shared/audit/certificate';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { commitmentOf, nightly } from './certificates.ts';
import { contentPath, openContent } from './content.ts';
import { purgeExpired } from './purge.ts';
import { eraserScene, filesWith } from './testing/eraser-scene.ts';

const DAY = 24 * 3600_000;
const folder = () => mkdtempSync(join(tmpdir(), 'certificates-'));
const scene = () => eraserScene(folder(), new ManualClock());

test('nothing is certified by the purge: only after the epoch has advanced', async (t) => {
  const { clock, parts, vault, events, record, eraser } = scene();
  const { id } = record();
  const root = vault.catalogue.get(id)?.end?.contentRoot as string;
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  t.is(vault.catalogue.certificate(id), null);
  const erasedAt = clock.now();
  const before = vault.keystore.epoch;
  clock.advance(3600_000);
  t.like(await eraser.nightly(), { certified: 1, certain: true });
  t.is(vault.keystore.epoch, before + 1);
  t.deepEqual(events().at(-1)?.facts, {
    recording: id,
    commitment: createHash('sha256').update(`belkluis/erased/1\n${id}\n${root}\n`).digest('hex'),
    reason: 'expired',
    policyVersion: 1,
    epochBefore: before,
    epochAfter: before + 1,
    epochKey: 'file',
    unreadableHereAt: clock.now(),
    unreadableInBackupsBy: erasedAt + 7 * DAY,
  });
  t.not(vault.catalogue.certificate(id), null);
});

test('each certificate proves its erasure to whoever has the key of the box, and nothing else', async (t) => {
  const { clock, parts, vault, publicKey, record, eraser } = scene();
  const made = Array.from({ length: 300 }, () => record());
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  await eraser.nightly();
  const checkpoints = new Set<string>();
  for (const { id } of made) {
    const certificate = JSON.parse(vault.catalogue.certificate(id) as string) as { checkpoint: string; event: string };
    checkpoints.add(certificate.checkpoint);
    t.like(checkCertificate(certificate, publicKey), { ok: true, erased: { recording: id, reason: 'expired' } });
    const forged = { ...certificate, event: certificate.event.replace('expired', 'request') };
    t.like(checkCertificate(forged, publicKey), { ok: false });
  }
  t.is(checkpoints.size, 1, 'one signed head for all of a night');
});

test('a run certifies once a day, and again at the next run when a certificate is owed', async (t) => {
  const { folder: path, clock, vault, record, eraser } = scene();
  const [first, second, asked] = [record({ days: 1 }), record({ days: 2 }), record({ days: 90 })];
  clock.advance(1.5 * DAY);
  t.like((await eraser.run()).night, { certified: 1 });
  clock.advance(0.9 * DAY);
  t.like(await eraser.run(), { recordings: 1, night: null });
  t.is(vault.catalogue.certificate(second.id), null);
  const reader = new Database(join(path, 'vault', 'catalogue.db'));
  const rows = reader.prepare('SELECT * FROM certificates').iterate();
  rows.next();
  const request = { recording: asked.id, reason: 'request', caseRef: 'AVG-1', actor: 'person-1' } as const;
  t.like(await eraser.eraseNow(request), { certified: false, waitsFor: 'erase_not_certain' });
  rows.return?.();
  reader.close();
  t.like((await eraser.run()).night, { certified: 2 });
  t.true([first, second, asked].every(({ id }) => vault.catalogue.certificate(id) !== null));
});

test('no night advances the epoch for nothing, and what is certified is not certified again', async (t) => {
  const { clock, parts, vault, events, record, eraser } = scene();
  t.like(await eraser.nightly(), { certified: 0 });
  record();
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  await eraser.nightly();
  const { epoch } = vault.keystore;
  const { length } = events();
  t.like(await eraser.nightly(), { certified: 0, certain: true });
  t.is(vault.keystore.epoch, epoch);
  t.is(events().length, length);
});

test('what another process erases during the advance waits for an advance of its own', async (t) => {
  const { clock, parts, vault, record, eraser } = scene();
  const first = record({ days: 1 });
  clock.advance(1.5 * DAY);
  await purgeExpired(parts);
  const late = record({ days: 1 });
  clock.advance(1.5 * DAY);
  const advance = async () => {
    const advanced = await vault.keystore.advance();
    await purgeExpired(parts);
    return advanced;
  };
  const meanwhile = { ...parts, keystore: Object.assign(Object.create(vault.keystore), { advance }) };
  t.like(await nightly(meanwhile), { certified: 1 });
  t.not(vault.catalogue.certificate(first.id), null);
  t.is(vault.catalogue.certificate(late.id), null);
  t.like(await eraser.nightly(), { certified: 1 });
});

test('what was erased before a restore is certified too, although its epoch is later than that of the new keystore', async (t) => {
  const { clock, parts, vault, events, publicKey, record, eraser } = scene();
  const { id } = record();
  clock.advance(2 * DAY);
  vault.keystore.erase([id]);
  vault.catalogue.markErased([{ id, reason: 'expired' }], clock.now(), 57);
  vault.catalogue.state.set('epoch', JSON.stringify({ epoch: 57, at: 1, advanced: true }));
  const { epoch } = vault.keystore;
  t.like(await eraser.nightly(), { certified: 1, certain: true });
  t.true(vault.keystore.epoch > epoch, 'not before an advance of its own');
  const certificate = JSON.parse(vault.catalogue.certificate(id) as string);
  t.like(checkCertificate(certificate, publicKey), {
    ok: true,
    erased: { epochBefore: vault.keystore.epoch - 1, epochAfter: vault.keystore.epoch, unreadableHereAt: clock.now() },
  });
  t.deepEqual(
    events().map(({ kind }) => kind),
    ['epoch_advanced', 'erased'],
  );
  t.like(await nightly(parts), { certified: 0 });
});

test('without a backup nothing lives on in one', async (t) => {
  const { clock, parts, events, record } = scene();
  record();
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  await nightly({ ...parts, backedUp: false });
  const event = events().at(-1);
  t.is(event?.kind, 'erased');
  if (event?.kind === 'erased') t.is(event.facts.unreadableInBackupsBy, event.facts.unreadableHereAt);
});

test('an epoch that somebody else advanced kills the key too, and is written down', async (t) => {
  const { clock, parts, vault, events, record, eraser } = scene();
  await eraser.nightly();
  record();
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  const { after } = await vault.keystore.advance();
  await eraser.nightly();
  t.is(vault.keystore.epoch, after);
  t.deepEqual(
    events()
      .slice(-2)
      .map(({ kind }) => kind),
    ['epoch_advanced', 'erased'],
  );
});

test('a certificate outlives a row that leaves on the day of its erasure, by the month that an answer may take', async (t) => {
  const { clock, parts, vault, record, eraser } = scene();
  const { id } = record({ evidenceDays: 1 });
  clock.advance(2 * DAY);
  await purgeExpired(parts);
  await eraser.nightly();
  await purgeExpired(parts);
  t.not(vault.catalogue.certificate(id), null);
  t.is(vault.catalogue.certificates(1, 0).certificates[0]?.expiresAt, clock.now() + 31 * DAY);
  clock.advance(31 * DAY);
  await purgeExpired(parts);
  t.is(vault.catalogue.certificate(id), null);
});

test('the commitment names one recording with one content', (t) => {
  const id = '0'.repeat(32);
  const all = [
    commitmentOf(id, ''),
    commitmentOf(id, 'aa'),
    commitmentOf(id, 'ab'),
    commitmentOf(`1${id.slice(1)}`, 'aa'),
  ];
  t.is(new Set(all).size, all.length);
});

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const points = ['purge.ts', 'erase.ts', 'certificates.ts', 'erasures.ts', 'traffic.ts', 'keystore/advance.ts'].flatMap(
  (name) =>
    [...readFileSync(here(`./${name}`), 'utf8').matchAll(/commitPoint\('([^']+)'\)/g)].map(
      ([, point]) => point as string,
    ),
);

/** The request goes the same way as what has expired, after it. */
const second = ['purge.wraps_destroyed#2', 'purge.content_unlinked#2', 'vault.rows_marked_erased#2'];

for (const point of [...points, ...second]) {
  test(`a process that dies at ${point} leaves nothing that the next does not finish, and nothing is certified too early or twice`, async (t) => {
    const path = folder();
    const clock = new ManualClock();
    const before = eraserScene(path, clock);
    const expired = [before.record(), before.record(), before.record()];
    const requested = before.record({ days: 300 });
    const fresh = before.record({ days: 300 });
    before.vault.catalogue.addCall({
      id: 'old-call',
      caller: 'anna-0612345678',
      callee: 'ben',
      direction: 'internal',
      startedAt: clock.now() - 1,
      talkMs: null,
      status: 486,
      recording: null,
      notRecorded: 'no_rule',
      expiresAt: clock.now() + DAY,
    });
    // The log knows an epoch, as it does after the first night.
    await before.eraser.nightly();
    before.close();
    clock.advance(2 * DAY);

    const env = { ...process.env, BELKLUIS_DIE_AT: point };
    const child = spawnSync(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        here('./testing/eraser-work.ts'),
        path,
        String(clock.now()),
        requested.id,
      ],
      { env, encoding: 'utf8' },
    );
    t.is(child.signal, 'SIGKILL', child.stderr);

    const { vault, eraser, events, requests, close } = eraserScene(path, clock);
    const certified = () => [...expired, requested].filter(({ id }) => vault.catalogue.certificate(id) !== null);
    for (const { id, sealed } of certified()) {
      t.is(vault.keystore.get(id), null);
      t.deepEqual(filesWith(path, sealed), []);
      t.false(existsSync(contentPath(vault.contentFolder, id)));
    }
    await eraser.run();
    const row = vault.catalogue.get(requested.id);
    const granted = point.startsWith('erase.') || second.includes(point);
    if (granted) t.not(row?.erasedAt, null, 'what was granted is carried out without being asked for again');
    // A request that was not granted before the power went was not answered either: the person asks again.
    if (row?.erasedAt === null) {
      const { id: recording } = requested;
      await eraser.eraseNow({ recording, reason: 'request', caseRef: 'AVG-1', actor: 'person-1' });
    }
    t.true((await eraser.nightly()).certain);

    t.is(certified().length, 4);
    for (const { id, sealed } of certified()) {
      t.is(vault.keystore.get(id), null);
      t.deepEqual(filesWith(path, sealed), []);
      t.false(existsSync(contentPath(vault.contentFolder, id)));
      const erased = events().filter(
        ({ kind, facts }) => kind === 'erased' && 'recording' in facts && facts.recording === id,
      );
      t.is(erased.length, 1, 'said once');
      const { facts } = erased[0]!;
      if ('epochAfter' in facts)
        t.true(facts.epochAfter <= vault.keystore.epoch && facts.epochBefore < facts.epochAfter);
    }
    t.true(requests().some(({ recording, outcome }) => recording === requested.id && outcome === 'done'));
    const advances = events().flatMap((event) => (event.kind === 'epoch_advanced' ? [event.facts.after] : []));
    t.is(Math.max(...advances), vault.keystore.epoch, 'the log knows the epoch');
    t.is(vault.catalogue.call('old-call'), null);
    t.true(vault.keystore.get(fresh.id)?.pkesk.equals(fresh.pkesk));
    t.is((await openContent(vault.contentFolder, fresh.id))?.ends, 'end');
    close();
  });
}
