/** Ends an advance at each of its commit points while another process goes on putting and erasing, and looks what is left. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { globSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test, { type ExecutionContext } from 'ava';
import { openDatabase } from '../../db/open.ts';
import { type Keystore, openKeystore } from './keystore.ts';
import { type SoftwareTpm, startSoftwareTpm } from './testing/swtpm.ts';
import { drawWraps } from './testing/wraps.ts';

const room = dirname(fileURLToPath(import.meta.url));
const child = join(room, 'testing', 'process.ts');
/** What this test started and has not ended. */
const alive = new Set<Child>();
test.afterEach.always(() => {
  for (const process_ of alive) process_.kill('SIGKILL');
});

const temporary = () => mkdtempSync(join(tmpdir(), 'keystore-crash-'));

/** Every commit point of the room, as the code has them. */
const points = globSync('*.ts', { cwd: room })
  .flatMap((name) => [...readFileSync(join(room, name), 'utf8').matchAll(/commitPoint\('(keystore\.[a-z_]+)'\)/g)])
  .map(([, name]) => name!);
const ofTakingOver = points.filter((name) => name.includes('plain'));
const ofMaking = ['keystore.first_key_made', 'keystore.created'];
const ofAdvance = points.filter((name) => !ofTakingOver.includes(name) && !ofMaking.includes(name));

type Child = ChildProcessByStdio<Writable, Readable, null>;

interface Running {
  readonly process: Child;
  readonly lines: { put?: string; pkesk?: string; erasing?: string; erased?: string; after?: number }[];
  /** Resolves to the signal that ended it, or null. */
  readonly ended: Promise<NodeJS.Signals | null>;
}

function start(args: readonly string[], { dieAt = '', tpm = '' } = {}): Running {
  const process_ = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, BELKLUIS_DIE_AT: dieAt, KEYSTORE_TPM: tpm },
  });
  alive.add(process_);
  process_.once('close', () => alive.delete(process_));
  const lines: Running['lines'] = [];
  let rest = '';
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    const whole = (rest + text).split('\n');
    rest = whole.pop()!;
    for (const line of whole) lines.push(JSON.parse(line));
  });
  const ended = once(process_, 'close').then(([, signal]) => signal as NodeJS.Signals | null);
  return { process: process_, lines, ended };
}

/** Waits until the process has said `count` things more. @throws when it ends instead. */
async function hear({ process: process_, lines }: Running, count: number): Promise<void> {
  const wanted = lines.length + count;
  while (lines.length < wanted) {
    if (process_.exitCode !== null || process_.signalCode !== null) throw new Error('the other process has ended');
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

/** Everything that was put and not erased is there, as it was put; nothing that was erased is. */
function check(t: ExecutionContext, keystore: Keystore, { lines }: Running, what: string): void {
  const there = new Map(lines.flatMap(({ put, pkesk }) => (put ? [[put, pkesk!] as const] : [])));
  const started = new Set(lines.flatMap(({ erasing }) => erasing ?? []));
  const gone = new Set(lines.flatMap(({ erased }) => erased ?? []));
  t.true(there.size > 0 && gone.size > 0, `${what}: the test did something`);
  for (const [id, pkesk] of there) {
    if (gone.has(id)) t.is(keystore.get(id), null, `${what}: ${id} was erased`);
    else if (!started.has(id)) t.is(keystore.get(id)?.pkesk.toString('hex'), pkesk, `${what}: ${id} was put`);
  }
}

/** Fills, ends an advance at `point` beside a process that puts, advances again, looks. */
async function round(t: ExecutionContext, point: string, seed: string, entries: number, tpm: string): Promise<void> {
  const folder = temporary();
  const open = () => openKeystore({ folder, chance: systemChance, clock: systemClock, tpm: tpm || null });
  const first = open();
  const standing = Array.from({ length: entries }, (_, number) => drawWraps(`${seed}:standing`, number));
  for (const { id, wraps } of standing) first.put(id, wraps, 1);
  first.close();

  const putter = start(['put', folder, seed], { tpm });
  await hear(putter, 5);
  const dying = start(['advance', folder], { dieAt: point, tpm });
  t.is(await dying.ended, 'SIGKILL', `${point} was passed`);
  await hear(putter, 20);

  const left = open();
  t.is(readdirSync(folder).filter((name) => name.endsWith('.db')).length, 1, `${point}: one keystore is left`);
  t.deepEqual(left.get(standing[0]!.id), standing[0]!.wraps);
  left.close();

  const finishing = start(['advance', folder], { tpm });
  t.is(await finishing.ended, null);
  await hear(putter, 20);
  putter.process.stdin.end();
  t.is(await putter.ended, null, `${point}: the other process ends when it is told to`);

  const last = open();
  t.is(last.epoch, finishing.lines[0]!.after!);
  check(t, last, putter, point);
  for (const { id, wraps } of standing) t.deepEqual(last.get(id), wraps, point);
  last.close();
}

for (const point of ofAdvance) {
  test.serial(
    `an advance that dies at ${point} beside a process that puts loses nothing and revives nothing`,
    async (t) => {
      const seed = randomBytes(4).toString('hex');
      t.log(`seed ${seed}`);
      await round(t, point, seed, 700, '');
    },
  );
}

let tpm: SoftwareTpm | undefined;
test.after.always(() => tpm?.stop());

test.serial('the same with a TPM, where the keys die', async (t) => {
  t.timeout(180_000);
  const seed = randomBytes(4).toString('hex');
  t.log(`seed ${seed}`);
  tpm = await startSoftwareTpm();
  const where = ['keystore.next_key_made', 'keystore.next_in_force', 'keystore.old_key_killed'];
  for (const point of where) await round(t, point, seed, 50, tpm.tcti);
});

test.serial('several advances pass beside a process that puts', async (t) => {
  const seed = randomBytes(4).toString('hex');
  t.log(`seed ${seed}`);
  const folder = temporary();
  const keystore = openKeystore({ folder, chance: systemChance, clock: systemClock, tpm: null });
  const standing = Array.from({ length: 1200 }, (_, number) => drawWraps(`${seed}:standing`, number));
  for (const { id, wraps } of standing) keystore.put(id, wraps, 1);
  const putter = start(['put', folder, seed]);
  for (let turn = 0; turn < 5; turn++) {
    await hear(putter, 10);
    await keystore.advance();
  }
  putter.process.stdin.end();
  t.is(await putter.ended, null);
  t.is(keystore.epoch, 6);
  check(t, keystore, putter, 'after five epochs');
  for (const { id, wraps } of standing) t.deepEqual(keystore.get(id), wraps);
  keystore.close();
});

for (const point of ofMaking) {
  test.serial(`a keystore whose making dies at ${point} is made by the next`, async (t) => {
    const folder = temporary();
    t.is(await start(['open', folder], { dieAt: point }).ended, 'SIGKILL');
    const keystore = openKeystore({ folder, chance: systemChance, clock: systemClock, tpm: null });
    const { id, wraps } = drawWraps(point, 0);
    keystore.put(id, wraps, 1);
    t.deepEqual(keystore.get(id), wraps);
    t.is(readdirSync(folder).filter((name) => name.endsWith('.key')).length, 1, 'one key is left');
    keystore.close();
  });
}

for (const point of ofTakingOver) {
  test.serial(`taking over the old keystore can die at ${point}`, async (t) => {
    const [folder, old] = [temporary(), join(temporary(), 'keystore.db')];
    const schema =
      'CREATE TABLE wraps (recording TEXT PRIMARY KEY, pkesk BLOB NOT NULL, recipients TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID';
    const database = openDatabase(old, { migrations: [schema] });
    const insert = database.prepare('INSERT INTO wraps VALUES (?, ?, ?, 1)');
    const rows = Array.from({ length: 50 }, (_, number) => drawWraps(point, number));
    for (const { id, wraps } of rows) insert.run(id, wraps.pkesk, JSON.stringify(wraps.recipients));
    database.close();
    t.is(await start(['open', folder, '', old], { dieAt: point }).ended, 'SIGKILL');
    const keystore = openKeystore({ folder, plain: old, chance: systemChance, clock: systemClock, tpm: null });
    for (const { id, wraps } of rows) t.deepEqual(keystore.get(id), wraps);
    t.deepEqual(readdirSync(dirname(old)), []);
    keystore.close();
  });
}
