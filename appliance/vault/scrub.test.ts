import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { contentPath } from './content.ts';
import { SCRUB_EVERY_DAYS, type ScrubParts, scrub, scrubDue } from './scrub.ts';
import { eraserScene } from './testing/eraser-scene.ts';

const DAY = 24 * 3600_000;

function scene() {
  const clock = new ManualClock();
  const { vault, record, events, eraser } = eraserScene(mkdtempSync(join(tmpdir(), 'scrub-')), clock);
  const backup = new Map<string, Uint8Array>();
  const path = (id: string) => contentPath(vault.contentFolder, id);
  const slept: number[] = [];
  const parts: ScrubParts = {
    ...vault,
    append: (event) => told.push(event),
    clock,
    sleep: async (ms) => {
      slept.push(ms);
      clock.advance(ms);
    },
    bytesPerSecond: 1e9,
    sources: [{ name: 'nas', fetch: async (id) => backup.get(id) ?? null }],
  };
  const told: Parameters<typeof parts.append>[0][] = [];
  const make = () => {
    const { id } = record({ days: 10 });
    backup.set(id, readFileSync(path(id)));
    return id;
  };
  return { clock, vault, record, events, eraser, backup, path, parts, told, slept, make };
}

test('any bit that flipped in a sealed file is found, told, and mended from the backup', async (t) => {
  const seed = Number(process.env.BELKLUIS_SEED ?? Date.now() % 1e6);
  t.log(`BELKLUIS_SEED=${seed}`);
  const { parts, path, backup, told, make } = scene();
  const id = make();
  const whole = readFileSync(path(id));
  for (let flip = 0; flip < 60; flip++) {
    const at = (seed * 7919 + flip * 104_729) % (whole.length * 8);
    // The 12 zero bytes at the end of the header are in the chain too.
    const bytes = Buffer.from(whole);
    bytes[at >> 3]! ^= 1 << (at & 7);
    writeFileSync(path(id), bytes);
    told.length = 0;
    t.like(await scrub(parts), { checked: 1, rotten: 1, repaired: 1, missing: 0, ended: true }, `bit ${at}`);
    t.deepEqual(told, [
      { kind: 'content_rot', actor: 'box', facts: { recording: id } },
      { kind: 'content_repaired', actor: 'box', facts: { recording: id, destination: 'nas' } },
    ]);
    t.deepEqual(readFileSync(path(id)), Buffer.from(backup.get(id)!));
  }
  t.like(await scrub(parts), { checked: 1, rotten: 0 });
});

test('a file cut at a segment, with something behind it, of another recording, or gone is rot as well', async (t) => {
  const { parts, path, make, told } = scene();
  const [cut, longer, other, gone, unreadable, whole] = [make(), make(), make(), make(), make(), make()];
  const header = 40 + 92 + 500;
  t.true(statSync(path(cut)).size > header);
  truncateSync(path(cut), header);
  writeFileSync(path(longer), Buffer.concat([readFileSync(path(longer)), Buffer.from('x')]));
  writeFileSync(path(other), readFileSync(path(whole)));
  unlinkSync(path(gone));
  unlinkSync(path(unreadable));
  mkdirSync(path(unreadable));
  t.like(await scrub({ ...parts, sources: [] }), { checked: 6, rotten: 5, missing: 1, repaired: 0 });
  t.deepEqual(
    told.flatMap((event) => ('recording' in event.facts ? [event.facts.recording] : [])).sort(),
    [cut, longer, other, gone, unreadable].sort(),
  );
});

test('a copy that is rotten too is not put in place; the next source is asked', async (t) => {
  const { parts, path, backup, told, make } = scene();
  const id = make();
  const whole = backup.get(id)!;
  unlinkSync(path(id));
  const bad = Buffer.from(whole);
  bad[bad.length - 1]! ^= 1;
  const sources = [
    { name: 'gone', fetch: () => Promise.reject(new Error('no route')) },
    { name: 'rotten', fetch: async () => bad },
  ];
  t.like(await scrub({ ...parts, sources }), { rotten: 1, repaired: 0 });
  t.false(existsSync(path(id)));
  const third = [...sources, { name: 'good', fetch: async () => whole }];
  t.like(await scrub({ ...parts, sources: third }), { rotten: 1, repaired: 1 });
  t.deepEqual(readFileSync(path(id)), Buffer.from(whole));
  t.like(told.at(-1), { facts: { destination: 'good' } });
});

test('what is erased while its copy is on the way stays erased', async (t) => {
  const { parts, path, backup, clock, make, eraser } = scene();
  const id = make();
  unlinkSync(path(id));
  const fetch = async () => {
    clock.advance(11 * DAY);
    await eraser.run();
    return backup.get(id)!;
  };
  t.like(await scrub({ ...parts, sources: [{ name: 'nas', fetch }] }), { rotten: 1, repaired: 0 });
  t.false(existsSync(path(id)));
});

test('without audit log nothing is put in place', async (t) => {
  const { parts, path, make } = scene();
  const id = make();
  unlinkSync(path(id));
  const append = () => {
    throw new Error('disk full');
  };
  await t.throwsAsync(scrub({ ...parts, append }), { message: 'disk full' });
  t.false(existsSync(path(id)));
});

test('it reads no faster than it may, and memory holds one segment of a file', async (t) => {
  const { parts, slept, make } = scene();
  for (let made = 0; made < 5; made++) make();
  await scrub({ ...parts, bytesPerSecond: 1000 });
  const bytes = 5 * (2 * 92 + 500 + 700);
  const total = slept.reduce((sum, ms) => sum + ms, 0);
  t.true(Math.abs(total - bytes) < 1, `${total} ms for ${bytes} bytes at 1000 a second`);
});

test('a pass that is stopped goes on where it was, also in another process; a whole one is due again in a month', async (t) => {
  const { parts, vault, clock, make } = scene();
  for (let made = 0; made < 5; made++) make();
  t.true(scrubDue(vault.catalogue.state, clock.now()));
  const stop = new AbortController();
  let segments = 0;
  const sleep = async () => {
    if (++segments === 3) stop.abort();
  };
  const first = await scrub({ ...parts, sleep, bytesPerSecond: 1, signal: stop.signal });
  t.like(first, { checked: 2, ended: false });
  t.true(scrubDue(vault.catalogue.state, clock.now()));
  t.like(await scrub(parts), { checked: 3, ended: true });
  t.false(scrubDue(vault.catalogue.state, clock.now()));
  clock.advance(SCRUB_EVERY_DAYS * DAY);
  t.true(scrubDue(vault.catalogue.state, clock.now()));
});

test('a recording of which nothing was ever written has no file, and that is no rot', async (t) => {
  const { parts, vault, record } = scene();
  const { id } = record({ goesOn: true });
  unlinkSync(contentPath(vault.contentFolder, id));
  vault.catalogue.end(id, {
    endedAt: 1,
    reason: 'interrupted',
    codecs: [],
    durationMs: 0,
    bytes: 0,
    segments: 0,
    gaps: 1,
    lost: 0,
    contentRoot: '',
  });
  t.like(await scrub(parts), { checked: 1, rotten: 0 });
});

test('a process that dies in the middle of mending leaves the whole file, and the next pass has nothing to mend', async (t) => {
  for (const point of ['durable.file_written', 'scrub.content_replaced']) {
    const folder = mkdtempSync(join(tmpdir(), 'scrub-'));
    const before = eraserScene(folder, new ManualClock());
    const { id } = before.record({ days: 10 });
    const path = contentPath(before.vault.contentFolder, id);
    before.close();
    const copy = join(folder, 'copy');
    const whole = readFileSync(path);
    writeFileSync(copy, whole);
    const rotten = Buffer.from(whole);
    rotten[rotten.length - 1]! ^= 1;
    writeFileSync(path, rotten);
    const work = fileURLToPath(new URL('./testing/scrub-work.ts', import.meta.url));
    const run = (dieAt: string) =>
      spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', work, folder, copy], {
        env: { ...process.env, BELKLUIS_DIE_AT: dieAt },
      });
    t.is(run(point).signal, 'SIGKILL', point);
    t.is(run('').status, 0);
    t.true(readFileSync(path).equals(whole), point);
    const after = eraserScene(folder, new ManualClock());
    const report = await scrub({ ...scene().parts, ...after.vault });
    t.like(report, { rotten: 0 }, point);
    after.close();
  }
});
