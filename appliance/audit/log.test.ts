import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { checkCertificate } from '@belkluis/shared/audit/certificate';
import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { leafHash } from '@belkluis/shared/audit/leaf';
import { growingTree, type Hash, verifyConsistency, verifyInclusion } from '@belkluis/shared/audit/merkle';
import { checkProof } from '@belkluis/shared/audit/proof';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { certify, prove } from './heads.ts';
import { openAuditLog } from './log.ts';
import { AS_LONG_AS_THE_LOG, migrations } from './schema.ts';

const key = generateKeyPairSync('ed25519');
const DAY = 86_400_000;

function scene({ accessDays = 90 } = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.db');
  const clock = new ManualClock();
  const open = (seed = 'a') =>
    openAuditLog({ path, deviceId: 'd1', clock, chance: seededChance(seed), accessDays: () => accessDays });
  return { path, clock, open, log: open() };
}

const phone = (number: string) =>
  ({ kind: 'phone_added', actor: 'cli', facts: { phone: number, plainUntil: 0 } }) as const;
const drill: AuditEntry = { kind: 'drill', actor: 'box', facts: { destination: 'd', snapshot: null, outcome: 'ok' } };
const release = (recording: string): AuditEntry => ({
  kind: 'release',
  actor: 'p1',
  facts: { recording, reason: 'complaint' },
});
const erased = (recording: string): AuditEntry => ({
  kind: 'erased',
  actor: 'purge',
  facts: {
    recording,
    commitment: 'c',
    reason: 'expired',
    policyVersion: 1,
    epochBefore: 1,
    epochAfter: 2,
    epochKey: 'file',
    unreadableHereAt: 5,
    unreadableInBackupsBy: 6,
  },
});

/** Changes the file behind the log's back, triggers and all: what somebody with root does. */
function tamper(path: string, statement: string): void {
  const database = new Database(path);
  for (const name of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()) {
    database.exec(`DROP TRIGGER ${name}`);
  }
  database.pragma('foreign_keys = OFF');
  database.pragma('ignore_check_constraints = ON');
  database.exec(statement);
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
  t.true(verifyConsistency(first.size, first.root, second.size, second.root, log.consistency(first.size, second.size)));
  t.deepEqual([first.size, second.size], [9, 10]);
  t.like(log.verify(key.publicKey), { ok: true, size: 10, checked: 10, checkpoints: 2 });
});

test('proofs from stored nodes hold against a tree built leaf by leaf, at every kind of size', (t) => {
  const { log } = scene();
  const tree = growingTree();
  const roots: Hash[] = [tree.root()];
  const leaves: Hash[] = [];
  for (const many of [1, 14, 1, 1, 240, 3, 1000]) {
    for (const { leaf } of log.appendAll(Array.from({ length: many }, (_, at) => phone(`${at}`)))) {
      tree.add(leaf);
      leaves.push(leaf);
      roots.push(tree.root());
    }
  }
  t.deepEqual(Buffer.concat(leaves), log.leaves(0, leaves.length));
  for (const size of [1, 2, 15, 16, 17, 255, 256, 257, 271, 272, 513, 1024, 1260]) {
    t.deepEqual(log.rootAt(size), roots[size], `${size}`);
    for (const index of [0, 1, 15, 16, 255, 256, 259, 700, size - 1]) {
      if (index >= size) continue;
      t.true(
        verifyInclusion(leaves[index]!, index, size, log.inclusion(index, size), roots[size]!),
        `${index}/${size}`,
      );
    }
    for (const first of [1, 16, 17, 200, 256, 257, 1000]) {
      if (first > size) continue;
      t.true(
        verifyConsistency(first, roots[first]!, size, roots[size]!, log.consistency(first, size)),
        `${first}/${size}`,
      );
    }
  }
  t.like(log.verify(key.publicKey), { ok: true, size: 1260 });
  t.throws(() => log.rootAt(1261), { instanceOf: RangeError });
  t.throws(() => log.inclusion(1260, 1260), { instanceOf: RangeError });
});

test('many entries go in with one commit: all of them or none', (t) => {
  const { log } = scene();
  t.deepEqual(
    log.appendAll([phone('1'), drill, phone('2')]).map(({ index }) => index),
    [0, 1, 2],
  );
  t.throws(() => log.appendAll([phone('3'), { kind: 'whatever', actor: 'x', facts: {} } as never]));
  t.is(log.size(), 3);
  t.deepEqual(log.appendAll([]), []);
  t.like(log.verify(key.publicKey), { ok: true, size: 3 });
});

test('two openings of one log append in turn without losing an event', (t) => {
  const { log, open } = scene();
  const other = open('b');
  for (let index = 0; index < 20; index++) {
    if (index % 2) log.append(phone(`${index}`));
    else other.appendAll([phone(`${index}`), drill, drill]);
  }
  t.like(log.verify(key.publicKey), { ok: true, size: 40 });
  t.deepEqual(other.head(), log.head());
});

test('two processes that append at the same time lose no event, and neither waits for ever', async (t) => {
  const { path, log } = scene();
  const program = `
    import { openAuditLog } from ${JSON.stringify(new URL('log.ts', import.meta.url).href)};
    import { systemChance } from '@belkluis/shared/base/chance';
    import { systemClock } from '@belkluis/shared/base/clock';
    const log = openAuditLog({ path: ${JSON.stringify(path)}, deviceId: 'd1', clock: systemClock, chance: systemChance });
    const entry = { kind: 'logout', actor: process.argv[1], facts: {} };
    for (let at = 0; at < 60; at++) log.appendAll(at % 3 ? [entry] : [entry, entry, entry]);
  `;
  const appender = (name: string) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, name], { cwd: import.meta.dirname });
  await Promise.all(['p1', 'p2'].map(appender));
  const actors = log.recent(1000).map(({ event }) => event?.actor);
  t.is(actors.filter((actor) => actor === 'p1').length, 100);
  t.is(actors.filter((actor) => actor === 'p2').length, 100);
  t.like(log.verify(key.publicKey), { ok: true, size: 200 });
});

test('whoever changes, removes or cuts anything is found out, and where', (t) => {
  const cases: [string, object][] = [
    [`UPDATE bodies SET body = replace(body, '"3"', '"4"') WHERE position = 3`, { index: 3, what: 'leaf_changed' }],
    ['UPDATE leaves SET hash = zeroblob(32) WHERE position = 2', { index: 2, what: 'leaf_changed' }],
    [
      'DELETE FROM bodies WHERE position = 2; UPDATE leaves SET hash = zeroblob(32) WHERE position = 2',
      { index: 0, what: 'node' },
    ],
    ['DELETE FROM leaves WHERE position = 1', { index: 1, what: 'leaf_missing' }],
    [
      'DELETE FROM bodies WHERE position = 39; DELETE FROM leaves WHERE position = 39',
      { index: 39, what: 'leaf_missing' },
    ],
    [
      `UPDATE bodies SET (salt, body) = (SELECT salt, body FROM bodies WHERE position = 8) WHERE position = 7`,
      { index: 7, what: 'leaf_changed' },
    ],
    ['UPDATE leaves SET position = position + 100 WHERE position = 5', { index: 5, what: 'leaf_missing' }],
    ['DELETE FROM bodies WHERE position = 4', { index: 4, what: 'body_removed' }],
    [`UPDATE bodies SET expires_at = ${AS_LONG_AS_THE_LOG} WHERE position = 6`, { index: 6, what: 'expiry' }],
    ['UPDATE nodes SET hash = zeroblob(32) WHERE level = 4 AND position = 1', { index: 16, what: 'node' }],
    ['DELETE FROM nodes WHERE level = 4 AND position = 1', { index: 16, what: 'node' }],
    ['INSERT INTO nodes VALUES (8, 7, zeroblob(32))', { index: 40, what: 'node' }],
    ['UPDATE frontier SET hash = zeroblob(32) WHERE leaves = 8', { index: 40, what: 'frontier' }],
    ['DELETE FROM frontier WHERE leaves = 8', { index: 32, what: 'frontier' }],
    [`UPDATE checkpoints SET note = replace(note, 'd1', 'd2')`, { index: 20, what: 'checkpoint' }],
    ['DELETE FROM checkpoints WHERE number = 1', { index: 40, what: 'checkpoint' }],
    ['DELETE FROM checkpoints WHERE number = 2', { index: 40, what: 'checkpoint' }],
    ['UPDATE checkpoints SET size = 41 WHERE number = 2', { index: 41, what: 'checkpoint' }],
    ['UPDATE state SET checkpoints = 3', { index: 40, what: 'checkpoint' }],
  ];
  for (const [statement, verdict] of cases) {
    const { path, log } = scene();
    log.appendAll(Array.from({ length: 20 }, (_, index) => phone(`${index}`)));
    log.checkpoint(key.privateKey);
    log.appendAll(Array.from({ length: 20 }, (_, index) => phone(`${index}`)));
    log.checkpoint(key.privateKey);
    t.like(log.verify(key.publicKey), { ok: true });
    tamper(path, statement);
    t.deepEqual(log.verify(key.publicKey) as object, { ok: false, ...verdict }, statement);
    log.close();
  }
});

test('a signed head of another history is not the head of this log', (t) => {
  const { path, log } = scene();
  log.appendAll([phone('1'), phone('2')]);
  log.checkpoint(key.privateKey);
  const other = scene().open('b');
  other.appendAll([phone('1'), phone('2')]);
  tamper(path, `UPDATE checkpoints SET note = '${other.checkpoint(key.privateKey)}'`);
  t.deepEqual(log.verify(key.publicKey) as object, { ok: false, index: 2, what: 'checkpoint' });
  const stranger = generateKeyPairSync('ed25519').publicKey;
  t.deepEqual(other.verify(stranger) as object, { ok: false, index: 2, what: 'checkpoint' });
});

test('SQL of the product itself cannot change or remove what stays', (t) => {
  const { path, log } = scene();
  log.appendAll([drill, ...Array.from({ length: 20 }, () => phone('1'))]);
  log.checkpoint(key.privateKey);
  const database = new Database(path);
  const refused: [string, RegExp][] = [
    ['DELETE FROM leaves', /only grows/],
    ['UPDATE leaves SET hash = zeroblob(32)', /only grows/],
    [`UPDATE bodies SET body = '{}'`, /never changed/],
    ['UPDATE bodies SET expires_at = expires_at + 1 WHERE position = 1', /never changed/],
    ['UPDATE bodies SET expires_at = 1 WHERE position = 0', /never changed/],
    ['DELETE FROM bodies WHERE position = 0', /as long as the log/],
    ['DELETE FROM nodes', /only grows/],
    ['UPDATE nodes SET hash = zeroblob(32)', /only grows/],
    ['DELETE FROM checkpoints', /stays/],
    [`UPDATE checkpoints SET note = 'x'`, /stays/],
    [`INSERT INTO bodies (position, salt, body) VALUES (99, zeroblob(32), '{}')`, /NOT NULL/],
  ];
  for (const [statement, message] of refused) t.throws(() => database.exec(statement), { message }, statement);
  database.exec('UPDATE bodies SET expires_at = expires_at - 1 WHERE position = 1');
});

test('what tells of people is forgotten on its day, byte for byte, and what does not stays', (t) => {
  const { path, clock, log } = scene({ accessDays: 30 });
  log.appendAll([drill, phone('0612345678'), phone('0687654321')]);
  log.append(erased('a'.repeat(32)));
  clock.advance(29 * DAY);
  log.append(phone('0699999999'));
  t.is(log.forgetExpired(clock.now()), 0);
  clock.advance(DAY);
  const files = () => {
    const folder = dirname(path);
    return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
  };
  t.true(files().includes('0612345678'));
  t.is(log.forgetExpired(clock.now()), 2);
  t.false(files().includes('0612345678'));
  t.false(files().includes('0687654321'));
  t.true(files().includes('0699999999'));
  t.deepEqual(
    log.recent(10).map(({ event }) => event?.kind ?? null),
    ['events_forgotten', 'phone_added', 'erased', null, null, 'drill'],
  );
  t.deepEqual(log.recent(1)[0]?.event?.facts, { runs: [[1, 2]], before: clock.now() });
  t.is(log.leafOf(1), null);
  t.like(log.verify(key.publicKey), { ok: true, size: 6 });
  clock.advance(10_000 * DAY);
  t.is(log.forgetExpired(clock.now()), 1);
  t.is(log.forgetExpired(clock.now()), 0);
  t.like(log.verify(key.publicKey), { ok: true, size: 7 });
});

test('more runs than one event holds are forgotten all the same', (t) => {
  const { clock, log } = scene({ accessDays: 1 });
  log.appendAll(Array.from({ length: 5000 }, (_, at) => (at % 2 ? drill : phone(`${at}`))));
  clock.advance(2 * DAY);
  t.is(log.forgetExpired(clock.now()), 2500);
  t.is(log.recent(3).filter(({ event }) => event?.kind === 'events_forgotten').length, 3);
  t.like(log.verify(key.publicKey), { ok: true, size: 5003 });
});

test('while somebody reads the files, forgetting is done but not called certain', (t) => {
  const { path, clock, log } = scene({ accessDays: 1 });
  log.append(phone('1'));
  clock.advance(2 * DAY);
  const reader = new Database(path);
  const reading = reader.prepare('SELECT * FROM leaves').iterate();
  reading.next();
  t.throws(() => log.forgetExpired(clock.now()), { code: 'forget_not_certain' });
  reading.return?.();
  t.is(log.forgetExpired(clock.now()), 0);
});

test('forgetting what the log does not admit, or bringing it back, is tampering', (t) => {
  const { path, clock, log } = scene({ accessDays: 1 });
  log.appendAll([phone('1'), phone('2'), drill]);
  const kept = log.leafOf(0)!;
  clock.advance(2 * DAY);
  // Whoever hurries the log along does not make it forget what stays.
  tamper(path, 'UPDATE bodies SET expires_at = 1 WHERE position = 2');
  t.is(log.forgetExpired(clock.now()), 2);
  t.deepEqual(log.verify(key.publicKey) as object, { ok: false, index: 2, what: 'expiry' });
  tamper(path, `UPDATE bodies SET expires_at = ${AS_LONG_AS_THE_LOG} WHERE position = 2`);
  t.like(log.verify(key.publicKey), { ok: true });
  tamper(
    path,
    `INSERT INTO bodies (position, salt, body, expires_at) VALUES (0, x'${kept.salt.toString('hex')}', '${kept.body}', 9)`,
  );
  t.deepEqual(log.verify(key.publicKey) as object, { ok: false, index: 0, what: 'body_back' });
  tamper(path, 'DELETE FROM bodies WHERE position IN (0, 3)');
  t.deepEqual(log.verify(key.publicKey) as object, { ok: false, index: 0, what: 'body_removed' });
});

test('a shorter term in the policy reaches what is already there', (t) => {
  const { clock, log } = scene({ accessDays: 365 });
  log.appendAll([phone('1'), drill]);
  clock.advance(40 * DAY);
  log.append(phone('2'));
  t.is(log.shortenAccess(500), 0);
  t.is(log.shortenAccess(30), 2);
  t.is(log.forgetExpired(clock.now()), 1);
  t.deepEqual(
    log.recent(9).map(({ event }) => event?.kind ?? null),
    ['events_forgotten', 'phone_added', 'drill', null],
  );
});

test('events about a recording are found without reading the log, and gone when they were forgotten', (t) => {
  const { path, clock, log } = scene({ accessDays: 1 });
  const one = 'a'.repeat(32);
  for (let at = 0; at < 50; at++) log.append(release(at % 10 === 0 ? one : 'b'.repeat(32)));
  log.append({ kind: 'view', actor: 'p1', facts: { recording: one } });
  log.append(erased(one));
  t.deepEqual(
    log.about(one, ['release', 'erased'], 3).map(({ index }) => index),
    [51, 40, 30],
  );
  t.deepEqual(
    log.about(one, ['view'], 9).map(({ index, event }) => [index, event?.kind]),
    [[50, 'view']],
  );
  const database = new Database(path);
  const plan = JSON.stringify(
    database.prepare('EXPLAIN QUERY PLAN SELECT position FROM bodies WHERE recording = ? ORDER BY position').all(one),
  );
  t.regex(plan, /USING (COVERING )?INDEX bodies_recording/);
  clock.advance(2 * DAY);
  log.forgetExpired(clock.now());
  t.deepEqual(
    log.about(one, ['release', 'view', 'erased'], 9).map(({ index }) => index),
    [51],
  );
});

test('health looks at what is new only, and a fault stays a fault', (t) => {
  const { path, log } = scene();
  log.appendAll(Array.from({ length: 60 }, (_, at) => phone(`${at}`)));
  log.checkpoint(key.privateKey);
  t.like(log.verifyNew(key.publicKey), { ok: true, size: 60, checked: 60, checkpoints: 1 });
  log.appendAll([phone('a'), phone('b')]);
  t.like(log.verifyNew(key.publicKey), { ok: true, size: 62, checked: 62 });
  log.append(phone('c'));
  tamper(path, `UPDATE bodies SET body = replace(body, '"c"', '"d"') WHERE position = 62`);
  t.like(log.verifyNew(key.publicKey), { ok: false, index: 62, what: 'leaf_changed' });
  tamper(path, `UPDATE bodies SET body = replace(body, '"d"', '"c"') WHERE position = 62`);
  t.like(log.verifyNew(key.publicKey), { ok: false, index: 62 });
  t.like(log.verify(key.publicKey), { ok: true, size: 63 });
});

test('health is not misled by what was forgotten since it looked', (t) => {
  const { clock, log } = scene({ accessDays: 1 });
  log.appendAll([phone('1'), phone('2')]);
  t.like(log.verifyNew(key.publicKey), { ok: true });
  clock.advance(2 * DAY);
  log.forgetExpired(clock.now());
  log.append(phone('3'));
  t.like(log.verifyNew(key.publicKey), { ok: true, checked: 4 });
});

test('a log of the version before gets terms and nodes, and its checkpoints hold', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.db');
  const { log: source, clock } = scene();
  source.appendAll([drill, ...Array.from({ length: 300 }, (_, at) => phone(`${at}`))]);
  const note = source.checkpoint(key.privateKey);
  const old = new Database(path);
  old.exec(migrations[0]!);
  old.pragma('user_version = 1');
  const tree = growingTree();
  for (let at = 0; at < 301; at++) {
    const { leaf, salt, body } = source.leafOf(at)!;
    old.prepare('INSERT INTO leaves VALUES (?, ?)').run(at, leaf);
    old.prepare('INSERT INTO bodies VALUES (?, ?, ?)').run(at, salt, body);
    tree.add(leaf);
  }
  for (const { leaves, hash } of tree.frontier()) old.prepare('INSERT INTO frontier VALUES (?, ?)').run(leaves, hash);
  old.prepare('INSERT INTO checkpoints VALUES (?, ?)').run(301, note);
  old.close();
  const log = openAuditLog({ path, deviceId: 'd1', clock, chance: seededChance('c') });
  t.deepEqual(log.head(), source.head());
  t.deepEqual(log.inclusion(7, 301), source.inclusion(7, 301));
  t.is(log.latestCheckpoint(), note);
  // A drill was no kind of that version: it has a day like any other.
  t.like(log.verify(key.publicKey), { ok: false, index: 0, what: 'expiry' });
  clock.advance(91 * DAY);
  t.is(log.forgetExpired(clock.now()), 300);
});

test('after a restore the log goes on as the next generation, and all that was signed before still holds', (t) => {
  const { log } = scene();
  const facts = { deviceId: 'd1', generation: 1, previousSize: null, previousRoot: null };
  log.append({ kind: 'log_opened', actor: 'box', facts });
  log.append(drill);
  const before = openCheckpoint(log.checkpoint(key.privateKey), key.publicKey)!;
  t.is(log.generation, 1);
  t.is(log.openGeneration().index, 2);
  t.is(log.generation, 2);
  const after = openCheckpoint(log.checkpoint(key.privateKey), key.publicKey)!;
  t.deepEqual([before.origin, after.origin], ['box/d1/audit/1', 'box/d1/audit/2']);
  t.deepEqual(log.openings().at(-1)?.facts, {
    deviceId: 'd1',
    generation: 2,
    previousSize: 2,
    previousRoot: before.root.toString('hex'),
  });
  t.true(verifyConsistency(before.size, before.root, after.size, after.root, log.consistency(2, 3)));
  t.like(log.verify(key.publicKey), { ok: true, size: 3, checkpoints: 2 });
  // A generation that says that it continues what it does not.
  const lie = { deviceId: 'd1', generation: 3, previousSize: 3, previousRoot: before.root.toString('hex') };
  log.append({ kind: 'log_opened', actor: 'box', facts: lie });
  t.deepEqual(log.verify(key.publicKey) as object, { ok: false, index: 3, what: 'generation' });
});

test('certificates and proofs are documents that hold without the box', (t) => {
  const { clock, log } = scene({ accessDays: 1 });
  log.appendAll([phone('1'), erased('a'.repeat(32)), drill, erased('b'.repeat(32))]);
  const note = log.checkpoint(key.privateKey);
  const [one, other] = certify(log, note, [1, 3]).map((text) => JSON.parse(text));
  t.like(checkCertificate(one, key.publicKey), { ok: true, at: clock.now(), erased: { recording: 'a'.repeat(32) } });
  t.like(checkCertificate(other, key.publicKey), { ok: true, erased: { recording: 'b'.repeat(32) } });
  const proof = prove(log, note, 0, 2);
  t.like(checkProof(proof, key.publicKey), { ok: true, index: 0, event: { kind: 'phone_added' } });
  t.is(proof.since?.size, 2);
  clock.advance(2 * DAY);
  log.forgetExpired(clock.now());
  t.like(checkProof(prove(log, note, 0, null), key.publicKey), { ok: true, index: 0, event: null });
  t.throws(() => certify(log, note, [0]), { instanceOf: RangeError });
});

test('a body that was forgotten cannot be guessed from what stays', (t) => {
  const { clock, log } = scene({ accessDays: 1 });
  const { leaf } = log.append(phone('0612'));
  const { body } = log.leafOf(0)!;
  clock.advance(2 * DAY);
  log.forgetExpired(clock.now());
  for (let guess = 0; guess < 10_000; guess++) {
    const candidate = body.replace('0612', String(guess).padStart(4, '0'));
    if (leafHash(Buffer.alloc(32), candidate).equals(leaf)) t.fail(candidate);
  }
  t.is(log.recent(9).at(-1)?.event, null);
});

test('an event of no known kind is refused and leaves no trace', (t) => {
  const { log } = scene();
  t.throws(() => log.append({ kind: 'whatever', actor: 'x', facts: {} } as never));
  t.is(log.head().size, 0);
});
