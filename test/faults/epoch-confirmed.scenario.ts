/**
 * A process is killed in the sync that confirms the next epoch of a keystore: the confirmation is in the cache and perhaps nowhere else. The
 * next process reads it there. SQLite writes nothing that stands there already, and so waits for nothing: the old epoch would go while a
 * power cut could still take the confirmation, and what is left would count as a copy that nobody had finished.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test from 'ava';
import { openKeystore } from '../../appliance/vault/keystore/keystore.ts';
import { drawWraps } from '../../appliance/vault/keystore/testing/wraps.ts';
import { newPlace } from './place.ts';
import { readTrace, type SystemCall, straced } from './strace.ts';

const at = newPlace('epoch');
test.after.always(() => rmSync(at, { recursive: true, force: true }));

const child = join(import.meta.dirname, '../../appliance/vault/keystore/testing/process.ts');
const rows = Array.from({ length: 5 }, (_, number) => drawWraps('confirmed', number));

const open = (folder: string) => openKeystore({ folder, chance: systemChance, clock: systemClock, tpm: null });

/** A keystore with something in it. */
function newKeystore(name: string): string {
  const folder = join(at, name);
  mkdirSync(folder);
  const keystore = open(folder);
  for (const { id, wraps } of rows) keystore.put(id, wraps, 1);
  keystore.close();
  return folder;
}

/** What a process asked of the file system that advances or opens the keystore, and how it ended. */
function watched(
  act: 'advance' | 'open',
  folder: string,
  { inject = [], dieAt = '' }: { inject?: string[]; dieAt?: string },
) {
  const trace = join(at, `trace-${act}`);
  const [strace, ...rest] = straced(trace, inject);
  const { signal, status } = spawnSync(
    strace!,
    [...rest, process.execPath, '--disable-warning=ExperimentalWarning', child, act, folder],
    { env: { ...process.env, NODE_OPTIONS: '', BELKLUIS_DIE_AT: dieAt } },
  );
  return { killed: signal === 'SIGKILL' || status === 137, calls: [...readTrace(readFileSync(trace, 'utf8'))] };
}

const named = ({ args }: SystemCall): string =>
  args.map((one) => (typeof one === 'object' && 'path' in one ? one.path : String(one))).join(' ');
const syncs = (calls: readonly SystemCall[]) => calls.filter(({ name }) => name === 'fsync' || name === 'fdatasync');

test('what was confirmed in the cache alone is on the disk before the old epoch goes', (t) => {
  // Which of its syncs confirms: the last one before it says so.
  const before = syncs(watched('advance', newKeystore('measured'), { dieAt: 'keystore.next_confirmed' }).calls);
  t.regex(named(before.at(-1)!), /keystore-2\.db-wal/);

  const folder = newKeystore('killed');
  const inject = [`inject=fsync,fdatasync:signal=KILL:when=${before.length}`];
  t.true(watched('advance', folder, { inject }).killed);

  const { calls } = watched('open', folder, {});
  const gone = calls.findIndex((call) => /^unlink/.test(call.name) && /epoch-1\.key|keystore-1\.db/.test(named(call)));
  t.true(gone > 0, 'the old epoch goes');
  const synced = syncs(calls.slice(0, gone)).map(named);
  t.true(
    synced.some((path) => path.includes('keystore-2.db-wal')),
    synced.join('\n'),
  );
  const keystore = open(folder);
  t.is(keystore.epoch, 2);
  for (const { id, wraps } of rows) t.deepEqual(keystore.get(id), wraps);
  keystore.close();
});
