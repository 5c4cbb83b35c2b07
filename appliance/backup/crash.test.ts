/** A backup and a restore, ended at each line after which something counts: the next run goes on, and nothing is lost or half there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { openVault } from '../vault/vault.ts';
import { backUp } from './backup.ts';
import { openDestination } from './destinations/open.ts';
import { drill } from './drill.ts';
import { contentObject } from './layout.ts';
import { snapshotKeyName } from './prune.ts';
import { beginRestore, finishRestore } from './restore.ts';
import { sessionKeyText } from './seal-stream.ts';
import { makeBox, play, START } from './testing/box.ts';
import type { Job } from './testing/child.ts';

const here = dirname(fileURLToPath(import.meta.url));
const sources = globSync('*.ts', { cwd: here }).filter((name) => !name.includes('.test.'));
const points = sources
  .flatMap((name) => [
    ...readFileSync(join(here, name), 'utf8').matchAll(/commitPoint\('((?:backup|restore)\.\w+)'\)/g),
  ])
  .map((match) => match[1]!);
const pointsOf = (room: string) => points.filter((point) => point.startsWith(`${room}.`));

const openPlace = (path: string) =>
  openDestination({ kind: 'directory', name: 'disk', country: 'NL', path }, ['EEA'], systemChance);

/** Runs the job in a process of its own. Returns how it ended. */
async function run(job: Job, dieAt: string): Promise<string | number> {
  const file = join(mkdtempSync(join(tmpdir(), 'job-')), 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const child = spawn(process.execPath, [join(here, 'testing', 'child.ts'), file], {
    env: { ...process.env, BELKLUIS_DIE_AT: dieAt },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code ?? -1;
}

const root = () => mkdtempSync(join(tmpdir(), 'crash-'));
const gone = 'erased between the backups';

/** A box with one backup behind it, a recording erased since, and two new ones. */
const before = await (async () => {
  const folder = root();
  const [data, place] = [join(folder, 'data'), mkdtempSync(join(folder, 'place-'))];
  const box = await makeBox({ data });
  const erased = await box.record(gone);
  await backUp(box.parts, await openPlace(place), { bytesPerSecond: null });
  box.clock.advance(3600_000);
  box.erase(erased);
  const kept = [await box.record('one'), await box.record('two')];
  box.parts.append({ kind: 'logout', actor: 'x', facts: {} });
  box.close();
  return { box, data, place, erased, kept };
})();
const { box, erased, kept } = before;
const stored = ({ privateKey, recipient }: typeof box.custodian) => ({ secret: privateKey.armor(), recipient });
const jobOf = (what: Job['what'], data: string, place: string, answer = ''): Job => ({
  ...{ what, data, place, answer, now: START + 2 * 3600_000 },
  custodian: stored(box.custodian),
  escrow: stored(box.escrow),
});

/** Restores without accident what lies at `place`, and looks at it. */
async function comesBack(t: import('ava').ExecutionContext, place: string, answer: string, data: string) {
  const destination = await openPlace(place);
  await beginRestore(data, destination, { snapshot: null, fingerprint: null }).catch((error) => {
    // It was at its end already.
    if (error.code !== 'not_empty') throw error;
  });
  const report = await finishRestore({
    data,
    destination,
    answer,
    fingerprint: null,
    openVault: () => openVault(join(data, 'vault')),
    continueAudit: () => {},
    clock: box.clock,
  }).catch((error) => {
    if (error.code !== 'backup_missing') throw error;
    return null;
  });
  if (report) t.is(report.missing, 0);
  const vault = openVault(join(data, 'vault'));
  t.deepEqual(await play(vault, kept[0]!, box.custodian), ['one', 'one!']);
  t.deepEqual(await play(vault, kept[1]!, box.custodian), ['two', 'two!']);
  t.is(vault.keystore.get(erased), null);
  t.deepEqual(vault.keystore.all().length, kept.length);
  vault.close();
}

/** Deaths inside a durable write or removal, whichever it happens to be. */
const ROUNDS = Number(process.env.BELKLUIS_BACKUP_ROUNDS ?? 4);
const seed = process.env.BELKLUIS_SEED ?? `${Math.random()}`;
const chance = seededChance(seed);
const durable = [
  ...readFileSync(join(here, '../vault/durable.ts'), 'utf8').matchAll(/commitPoint\('(durable\.\w+)'\)/g),
].map((match) => match[1]!);
const anyDeath = () => `${durable[chance.bytes(1)[0]! % durable.length]}#${1 + (chance.bytes(1)[0]! % 24)}`;
const deaths = Array.from({ length: ROUNDS }, (_, round) => `${round}: ${anyDeath()}`);

test('every step of a backup and of a restore is a commit point', (t) => {
  t.true(pointsOf('backup').length >= 6, pointsOf('backup').join());
  t.true(pointsOf('restore').length >= 8, pointsOf('restore').join());
});

for (const death of [...pointsOf('backup'), 'backup.content_sent#2', ...deaths]) {
  const point = death.replace(/^\d+: /, '');
  test.serial(`killed at ${death}, the next backup goes on`, async (t) => {
    if (death !== point) t.log(`BELKLUIS_SEED=${seed}`);
    const folder = root();
    const [data, place] = [join(folder, 'data'), join(folder, 'place')];
    cpSync(before.data, data, { recursive: true });
    cpSync(before.place, place, { recursive: true });
    const end = await run(jobOf('backup', data, place), point);
    // A point that is passed less often than that is a run to its end.
    t.true(end === 'SIGKILL' || (death !== point && end === 0), `${end}`);
    const again = await makeBox({ ...box, data, clock: box.clock });
    const destination = await openPlace(place);
    const { snapshot } = await backUp(again.parts, destination, { bytesPerSecond: null });
    t.deepEqual(readdirSync(join(place, '.incoming')), []);
    t.like(await drill(again.parts, destination), { outcome: 'passed', fetched: kept.length });
    t.false(existsSync(join(place, contentObject(erased))));
    const key = again.parts.keystore.snapshotKey(snapshotKeyName('disk', snapshot))!;
    again.close();
    await comesBack(t, place, sessionKeyText(key), join(folder, 'new'));
  });
}

const more = ['restore.wrap_kept#2', 'restore.content_kept#2', 'restore.file_placed#3'];
for (const death of [...pointsOf('restore'), ...more, ...deaths]) {
  const point = death.replace(/^\d+: /, '');
  test.serial(`killed at ${death}, the restore goes on`, async (t) => {
    if (death !== point) t.log(`BELKLUIS_SEED=${seed}`);
    const folder = root();
    const [data, place] = [join(folder, 'data'), join(folder, 'place')];
    cpSync(before.data, data, { recursive: true });
    cpSync(before.place, place, { recursive: true });
    const full = await makeBox({ ...box, data, clock: box.clock });
    const { snapshot } = await backUp(full.parts, await openPlace(place), { bytesPerSecond: null });
    const answer = sessionKeyText(full.parts.keystore.snapshotKey(snapshotKeyName('disk', snapshot))!);
    full.close();
    const fresh = join(folder, 'new');
    const end = await run(jobOf('restore', fresh, place, answer), point);
    t.true(end === 'SIGKILL' || (death !== point && end === 0), `${end}`);
    await comesBack(t, place, answer, fresh);
  });
}
