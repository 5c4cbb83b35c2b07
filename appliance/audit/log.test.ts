import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { leafHash } from '@belkluis/shared/audit/leaf';
import { verifyInclusion } from '@belkluis/shared/audit/merkle';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { grewHonestly, openAuditLog } from './log.ts';

const key = generateKeyPairSync('ed25519');

function scene() {
  const path = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.db');
  const open = (seed = 'a') =>
    openAuditLog({ path, deviceId: 'd1', clock: new ManualClock(), chance: seededChance(seed) });
  return { path, open, log: open() };
}

const phone = (number: string) =>
  ({ kind: 'phone_added', actor: 'cli', facts: { phone: number, plainUntil: 0 } }) as const;

/** Changes the file behind the log's back, triggers and all: what somebody with root does. */
function tamper(path: string, ...statements: string[]): void {
  const database = new Database(path);
  for (const trigger of ['leaves_stay', 'leaves_keep', 'bodies_keep', 'checkpoints_stay', 'checkpoints_keep']) {
    database.exec(`DROP TRIGGER ${trigger}`);
  }
  database.pragma('foreign_keys = OFF');
  for (const statement of statements) database.exec(statement);
  database.close();
}

test('an event can be proved to be in the log, and the log to have grown', (t) => {
  const { log } = scene();
  const events = Array.from({ length: 9 }, (_, index) => log.append(phone(`${index}`)));
  const first = openCheckpoint(log.checkpoint(key.privateKey), key.publicKey)!;
  for (const { index, leaf } of events) {
    t.true(verifyInclusion(leaf, index, first.size, log.inclusion(index, first.size), first.root));
  }
  log.append(phone('more'));
  const second = openCheckpoint(log.checkpoint(key.privateKey), key.publicKey)!;
  t.true(grewHonestly(first, second, log.consistency(first.size, second.size)));
  t.deepEqual([first.size, second.size], [9, 10]);
  t.like(log.verify(key.publicKey), { ok: true, size: 10, checkpoints: 2 });
});

test('two processes append to one log without losing an event', (t) => {
  const { log, open } = scene();
  const other = open('b');
  for (let index = 0; index < 20; index++) (index % 2 ? log : other).append(phone(`${index}`));
  t.like(log.verify(key.publicKey), { ok: true, size: 20 });
  t.is(other.head().root.toString('hex'), log.head().root.toString('hex'));
});

test('whoever changes, removes or cuts anything is found out, and where', (t) => {
  const cases: [string, object][] = [
    [`UPDATE bodies SET body = replace(body, '"3"', '"4"') WHERE position = 3`, { index: 3, what: 'leaf_changed' }],
    ['UPDATE leaves SET hash = zeroblob(32) WHERE position = 2', { index: 2, what: 'leaf_changed' }],
    ['DELETE FROM bodies; UPDATE leaves SET hash = zeroblob(32) WHERE position = 2', { index: 6, what: 'frontier' }],
    ['DELETE FROM leaves WHERE position = 1', { index: 1, what: 'leaf_missing' }],
    ['DELETE FROM bodies WHERE position = 5; DELETE FROM leaves WHERE position = 5', { index: 5, what: 'frontier' }],
    [`UPDATE checkpoints SET note = replace(note, 'd1', 'd2')`, { index: 6, what: 'checkpoint' }],
  ];
  for (const [statement, verdict] of cases) {
    const { path, log } = scene();
    for (let index = 0; index < 6; index++) log.append(phone(`${index}`));
    log.checkpoint(key.privateKey);
    tamper(path, statement);
    t.deepEqual(log.verify(key.publicKey) as object, { ok: false, ...verdict }, statement);
  }
});

test('SQL of the product itself cannot change or remove a leaf', (t) => {
  const { path, log } = scene();
  log.append(phone('1'));
  const database = new Database(path);
  t.throws(() => database.exec('DELETE FROM leaves'), { message: /only grows/ });
  t.throws(() => database.exec('UPDATE leaves SET hash = zeroblob(32)'), { message: /only grows/ });
  t.throws(() => database.exec(`UPDATE bodies SET body = 'x'`), { message: /never changed/ });
});

test('a body can be forgotten: the log still verifies, and no guess of a number finds it', (t) => {
  const { log } = scene();
  const { leaf } = log.append(phone('0612'));
  const [shown] = log.recent(1);
  log.eraseBody(0);
  t.like(log.verify(key.publicKey), { ok: true, size: 1 });
  t.is(log.recent(1)[0]?.event, null);
  const body = JSON.stringify(shown?.event);
  t.regex(body, /0612/);
  for (let guess = 0; guess < 10_000; guess++) {
    const candidate = `{"actor":"cli","at":${shown?.event?.at},"facts":{"phone":"${String(guess).padStart(4, '0')}","plainUntil":0},"kind":"phone_added"}`;
    if (leafHash(Buffer.alloc(32), candidate).equals(leaf)) t.fail(candidate);
  }
});

test('an event of no known kind is refused and leaves no trace', (t) => {
  const { log } = scene();
  t.throws(() => log.append({ kind: 'whatever', actor: 'x', facts: {} } as never));
  t.is(log.head().size, 0);
});
