import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { openVault } from '../vault/vault.ts';
import { answerRequest } from './answer.ts';
import { backUp } from './backup.ts';
import { openDestination } from './destinations/open.ts';
import { drill } from './drill.ts';
import { contentObject, instantName } from './layout.ts';
import { pruneAged, sendErased } from './prune.ts';
import { beginRestore, finishRestore, type RestoredFacts } from './restore.ts';
import { makeBox, makeHolder, NAME, NUMBER, play, type TestBox } from './testing/box.ts';

const HOUR = 3600_000;
const folder = (kind: string) => mkdtempSync(join(tmpdir(), `${kind}-`));
const openFolder = (path: string) =>
  openDestination({ kind: 'directory', name: 'disk', country: 'NL', path }, ['EEA'], systemChance);
const noLimit = { bytesPerSecond: null };

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const objectsIn = (path: string): string[] => filesIn(path).map((file) => file.slice(path.length + 1));

async function scene() {
  const box = await makeBox();
  const path = folder('disk');
  const destination = await openFolder(path);
  return { box, path, destination };
}

/** Restores onto an empty directory, with the escrow key elsewhere. */
async function restore(box: TestBox, path: string, data = join(folder('new'), 'data')) {
  const destination = await openFolder(path);
  const { request } = await beginRestore(data, destination, { snapshot: null, fingerprint: null });
  const answer = await answerRequest(request, box.escrow.privateKey);
  const told: RestoredFacts[] = [];
  const report = await finishRestore({
    data,
    destination,
    answer,
    fingerprint: null,
    openVault: () => openVault(join(data, 'vault')),
    continueAudit: (facts) => told.push(facts),
    clock: box.clock,
  });
  return { data, report, told };
}

test.serial('backup, wipe, restore: every recording plays, and everything else is as it was', async (t) => {
  const { box, path, destination } = await scene();
  const ids = [await box.record('good morning'), await box.record('good evening')];
  const report = await backUp(box.parts, destination, noLimit);
  t.like(report, { recordings: 2, damaged: [], erased: 0 });
  t.deepEqual(box.events, ['backup_made']);
  const wraps = ids.map((id) => box.parts.keystore.get(id)?.pkesk.toString('hex'));
  const identity = readFileSync(join(box.data, 'identity', 'device-key.pem'), 'utf8');
  box.close();
  rmSync(box.data, { recursive: true });

  const { data, report: restored, told } = await restore(box, path);
  t.like(restored, { recordings: 2, missing: 0, erased: 0, deviceKey: report.deviceKey });
  t.is(told.length, 1);
  const vault = openVault(join(data, 'vault'));
  t.deepEqual(
    ids.map((id) => vault.keystore.get(id)?.pkesk.toString('hex')),
    wraps,
  );
  t.deepEqual(await play(vault, ids[0]!, box.custodian), ['good morning', 'good morning!']);
  t.deepEqual(await play(vault, ids[1]!, box.custodian), ['good evening', 'good evening!']);
  t.like(vault.catalogue.get(ids[0]!), { caller: NUMBER, callee: NAME });
  t.is(readFileSync(join(data, 'identity', 'device-key.pem'), 'utf8'), identity);
  t.is(readFileSync(join(data, 'policy', 'current.json'), 'utf8'), '{"policy":"of a test"}');
  t.false(existsSync(join(data, 'restore')));
  const next = await makeBox({ ...box, data });
  t.like(await drill(next.parts, await openFolder(path)), { outcome: 'snapshot_key_gone' });
  t.like(await backUp(next.parts, await openFolder(path), noLimit), { recordings: 0 });
  t.like(await drill(next.parts, await openFolder(path)), { outcome: 'passed' });
});

test.serial('no object at a destination says a number, a name, a wrap, a word or a key', async (t) => {
  const { box, path, destination } = await scene();
  const words = 'words that nobody else may hear';
  const id = await box.record(words);
  await backUp(box.parts, destination, noLimit);
  await backUp(box.parts, destination, noLimit);
  const pkesk = box.parts.keystore.get(id)!.pkesk;
  const keyPem = readFileSync(join(box.data, 'identity', 'device-key.pem'), 'utf8').split('\n')[1]!;
  const markers = [NUMBER, NAME, words, keyPem, pkesk, pkesk.subarray(20, 60).toString('base64'), 'of a test'];
  const files = filesIn(path);
  t.true(files.length >= 7, files.join());
  for (const file of files) {
    const bytes = readFileSync(file);
    for (const marker of markers) t.false(bytes.includes(marker), `${file} says ${marker}`);
  }
  // The same search finds them on the box itself: it can find.
  const own = Buffer.concat(filesIn(box.data).map((file) => readFileSync(file)));
  for (const marker of [NUMBER, NAME, keyPem, 'of a test']) t.true(own.includes(marker));
  t.deepEqual(readdirSync(join(box.data, 'scratch')), ['lock.db']);
});

test.serial('a snapshot opens for the escrow holder and for nobody else', async (t) => {
  const { box, path, destination } = await scene();
  await box.record('x');
  await backUp(box.parts, destination, noLimit);
  const data = join(folder('new'), 'data');
  const { request } = await beginRestore(data, destination, { snapshot: null, fingerprint: null });
  for (const { privateKey } of [box.custodian, await makeHolder('escrow')]) {
    await t.throwsAsync(answerRequest(request, privateKey), { code: 'request_not_ours' });
  }
  const parts = {
    data,
    destination,
    fingerprint: null,
    openVault: () => openVault(join(data, 'vault')),
    continueAudit: () => {},
    clock: box.clock,
  };
  await t.throwsAsync(finishRestore({ ...parts, answer: `9:${'0'.repeat(64)}` }), { code: 'snapshot_key_wrong' });
  await t.throwsAsync(finishRestore({ ...parts, answer: 'please' }), { code: 'answer_malformed' });
  const answer = await answerRequest(request, box.escrow.privateKey);
  const stranger = 'b'.repeat(64);
  await t.throwsAsync(finishRestore({ ...parts, answer, fingerprint: stranger }), { code: 'backup_untrusted' });
  t.like(await finishRestore({ ...parts, answer }), { recordings: 1 });
  t.is(filesIn(path).filter((file) => file.endsWith('.pgp')).length, 1);
});

test.serial('a second backup sends what is new and nothing twice', async (t) => {
  const { box, destination } = await scene();
  await box.record('one');
  const first = await backUp(box.parts, destination, noLimit);
  await box.record('two');
  await box.record('still speaking', false);
  const sent: string[] = [];
  const onProgress = ({ object }: { object: string }) => sent.push(object);
  box.clock.advance(HOUR);
  const second = await backUp(box.parts, destination, { ...noLimit, onProgress });
  t.deepEqual([first.recordings, second.recordings], [1, 1]);
  t.is(new Set(sent.filter((object) => object.startsWith('content/'))).size, 1);
});

test.serial('what is remembered can be lost: a listing tells it again, and the canary is no stranger', async (t) => {
  const { box, path, destination } = await scene();
  const [kept, gone] = [await box.record('kept'), await box.record('gone')];
  await backUp(box.parts, destination, noLimit);
  box.erase(gone);
  box.parts.state.close();
  for (const name of ['backup.db', 'backup.db-wal', 'backup.db-shm']) rmSync(join(box.data, name), { force: true });
  const again = await makeBox({ ...box });
  again.clock.advance(HOUR);
  t.like(await backUp(again.parts, destination, noLimit), { recordings: 0, erased: 1 });
  t.true(existsSync(join(path, contentObject(kept))));
  t.false(existsSync(join(path, contentObject(gone))));
  t.like(await drill(again.parts, destination), { outcome: 'passed', fetched: 1 });
});

test.serial('what was erased after the snapshot stays erased when the box comes back', async (t) => {
  const { box, path, destination } = await scene();
  const [kept, gone] = [await box.record('kept'), await box.record('gone')];
  await backUp(box.parts, destination, noLimit);
  box.clock.advance(1000);
  box.erase(gone);
  t.is(await sendErased(box.parts, destination), 1);
  t.is(await sendErased(box.parts, destination), 0);
  const { data, report } = await restore(box, path);
  t.like(report, { recordings: 1, missing: 0, erased: 1 });
  const vault = openVault(join(data, 'vault'));
  t.is(vault.keystore.get(gone), null);
  t.like(vault.catalogue.get(gone), { eraseReason: 'expired', caller: null });
  t.false(existsSync(join(data, 'vault', 'content', `${gone}.sealed`)));
  t.deepEqual(await play(vault, kept, box.custodian), ['kept', 'kept!']);
});

test.serial(
  'snapshots age out at every run, also the last one, and with them the keys that this box opens them by',
  async (t) => {
    const { box, path, destination } = await scene();
    const snapshots = () => objectsIn(path).filter((object) => object.startsWith('snapshots/'));
    for (let run = 0; run < 26; run++) {
      box.clock.advance(8 * HOUR);
      await backUp(box.parts, destination, noLimit);
    }
    t.is(snapshots().length, 9, 'the newest three, and one of each other day of seven');
    t.is(box.parts.keystore.snapshotKeys().length, 9);
    box.clock.advance(6.9 * 24 * HOUR);
    t.true((await pruneAged(box.parts, destination)) > 0);
    t.is(snapshots().length, 1);
    box.clock.advance(24 * HOUR);
    await pruneAged(box.parts, destination);
    t.deepEqual(snapshots(), []);
    t.deepEqual(box.parts.keystore.snapshotKeys(), []);
    t.true(
      objectsIn(path).some((object) => object.endsWith('.leaves')),
      'the log stays for ever',
    );
  },
);

test.serial(
  'a drill finds a flipped byte in the content and says which; a torn snapshot; a missing canary',
  async (t) => {
    const { box, path, destination } = await scene();
    const [good, bad] = [await box.record('good'), await box.record('bad')];
    const { snapshot } = await backUp(box.parts, destination, noLimit);
    t.like(await drill(box.parts, destination), {
      outcome: 'passed',
      fetched: 2,
      wraps: 2,
      canaryOpened: true,
      damaged: [],
    });
    t.deepEqual(readdirSync(join(box.data, 'scratch')), ['lock.db'], 'nothing of the drill stays');
    t.is(box.events.at(-1), 'drill');
    const flip = (object: string, at: number) => {
      const bytes = readFileSync(join(path, object));
      bytes[at]! ^= 1;
      writeFileSync(join(path, object), bytes);
    };
    flip(contentObject(bad), 200);
    t.like(await drill(box.parts, destination), { outcome: 'content_damaged', fetched: 1, damaged: [bad] });
    t.true(existsSync(join(path, contentObject(good))));
    const canary = JSON.parse(readFileSync(join(box.data, 'vault/canary/canary.json'), 'utf8')) as { id: string };
    flip(contentObject(canary.id), 5000);
    t.like(await drill(box.parts, destination), { outcome: 'canary_failed', canaryOpened: false });
    flip(`snapshots/${snapshot}.pgp`, 3000);
    t.like(await drill(box.parts, destination), { outcome: 'snapshot_damaged' });
  },
);

test.serial('a place of another box, of a later state, or with strange files is left alone', async (t) => {
  const { box, path, destination } = await scene();
  const recording = await box.record('x');
  await backUp(box.parts, destination, noLimit);
  const other = await makeBox();
  await t.throwsAsync(backUp(other.parts, destination, noLimit), { code: 'destination_foreign' });
  const behind = { ...box.parts, log: { ...box.parts.log, head: () => ({ size: 0, root: Buffer.alloc(32) }) } };
  box.parts.append({ kind: 'logout', actor: 'x', facts: {} });
  await backUp(box.parts, destination, noLimit);
  await t.throwsAsync(backUp(behind, destination, noLimit), { code: 'destination_ahead' });
  t.true(existsSync(join(path, contentObject(recording))));
  const strange = folder('strange');
  writeFileSync(join(strange, 'thesis.odt'), 'x');
  await t.throwsAsync(backUp(box.parts, await openFolder(strange), noLimit), { code: 'destination_foreign' });
  t.deepEqual(objectsIn(strange), ['thesis.odt']);
});

test.serial('a damaged file here is not sent as if it were a backup', async (t) => {
  const { box, path, destination } = await scene();
  const id = await box.record('rotten');
  const file = join(box.parts.contentFolder, `${id}.sealed`);
  const bytes = readFileSync(file);
  bytes[150]! ^= 1;
  writeFileSync(file, bytes);
  t.like(await backUp(box.parts, destination, noLimit), { recordings: 0, damaged: [id] });
  t.false(existsSync(join(path, contentObject(id))));
});

test.serial('without a valid escrow key no snapshot is made', async (t) => {
  const { box, destination } = await scene();
  const parts = { ...box.parts, recipients: [box.custodian.recipient] };
  await t.throwsAsync(backUp(parts, destination, noLimit), { code: 'escrow_missing' });
  t.like(parts.state.describe('disk'), { doneAt: null, last: { outcome: 'escrow_missing' } });
});

test.serial('a restore overwrites nothing, and believes only the device that the caller knows', async (t) => {
  const { box, destination } = await scene();
  await backUp(box.parts, destination, noLimit);
  const wanted = { snapshot: null, fingerprint: null };
  await t.throwsAsync(beginRestore(box.data, destination, wanted), { code: 'not_empty' });
  const data = join(folder('new'), 'data');
  const stranger = { ...wanted, fingerprint: 'a'.repeat(64) };
  await t.throwsAsync(beginRestore(data, destination, stranger), { code: 'backup_untrusted' });
  const empty = await openFolder(folder('empty'));
  await t.throwsAsync(beginRestore(data, empty, wanted), { code: 'backup_missing' });
  const old = { ...wanted, snapshot: instantName(0) };
  await t.throwsAsync(beginRestore(data, destination, old), { code: 'backup_missing' });
});

test.serial('content that the destination lost is counted, and the rest comes back', async (t) => {
  const { box, path, destination } = await scene();
  const [here, lost] = [await box.record('here'), await box.record('lost')];
  await backUp(box.parts, destination, noLimit);
  rmSync(join(path, contentObject(lost)));
  const { data, report } = await restore(box, path);
  t.like(report, { recordings: 1, missing: 1, missingRecordings: [lost] });
  t.deepEqual(await play(openVault(join(data, 'vault')), here, box.custodian), ['here', 'here!']);
});

test.serial('among thousands of recordings exactly the erased ones are told, wherever they stand', async (t) => {
  const { box, path, destination } = await scene();
  const { state, clock, data } = box.parts;
  const seed = `${Math.random()}`;
  t.log(`seed ${seed}`);
  const chance = seededChance(seed);
  const ids = Array.from({ length: 3000 }, () => chance.bytes(16).toString('hex')).sort();
  const erased = new Set(ids.filter(() => chance.bytes(1)[0]! < 20));
  const unfinished = new Set(ids.filter((id) => !erased.has(id) && chance.bytes(1)[0]! < 20));
  // The destination knows some of them, the catalogue has others besides.
  const known = ids.filter(() => chance.bytes(1)[0]! < 200);
  const here = ids.filter((id) => !erased.has(id) && !unfinished.has(id));
  const catalogue = {
    eachContent: (after: string, limit: number) =>
      here
        .filter((id) => id > after)
        .slice(0, limit)
        .map((id) => ({ id, contentRoot: 'r', bytes: 1 })),
    get: (id: string) => (erased.has(id) ? null : { erasedAt: null, eraseReason: null }),
  };
  state.remember('disk', known);
  const told = known.filter((id) => erased.has(id));
  t.is(await sendErased({ state, clock, data, catalogue }, destination), told.length);
  const [list] = filesIn(join(path, 'erased'));
  const { erased: entries } = JSON.parse(readFileSync(list!, 'utf8')) as { erased: { recording: string }[] };
  t.deepEqual(entries.map(({ recording }) => recording).sort(), told);
});
