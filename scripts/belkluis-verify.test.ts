/** The verifier against logs that the product wrote, and that somebody with root then changed. It shares no code with the product. */
import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { exportLines } from '../appliance/audit/export.ts';
import { openFileWitness } from '../appliance/audit/file-witness.ts';
import { certify, prove, signHead } from '../appliance/audit/heads.ts';
import { openAuditLog } from '../appliance/audit/log.ts';
import { writeFileDurably } from '../appliance/vault/durable.ts';

const VERIFIER = fileURLToPath(new URL('belkluis-verify.mjs', import.meta.url));
const DAY = 86_400_000;
const key = generateKeyPairSync('ed25519');
const pem = key.publicKey.export({ format: 'pem', type: 'spki' }) as string;
const fingerprint = createHash('sha256').update(rawPublicKey(key.publicKey)).digest('hex');

function run(...args: string[]): Promise<{ exit: number; says: string }> {
  const child = spawn(process.execPath, [VERIFIER, ...args]);
  let says = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (says += chunk));
  return new Promise((resolve) => child.on('close', (exit) => resolve({ exit: exit ?? -1, says })));
}

const RECORDING = 'a'.repeat(32);
const erased: AuditEntry = {
  kind: 'erased',
  actor: 'purge',
  facts: {
    recording: RECORDING,
    commitment: 'c',
    reason: 'expired',
    policyVersion: 1,
    epochBefore: 1,
    epochAfter: 2,
    epochKey: 'file',
    unreadableHereAt: 5,
    unreadableInBackupsBy: 6,
  },
};
const phone = (number: number): AuditEntry => ({
  kind: 'phone_added',
  actor: 'cli',
  facts: { phone: `06${number}`, plainUntil: 0 },
});

/** A log with everything in it: forgotten events, two generations, checkpoints, a witness; and documents about it. */
function scene() {
  const root = mkdtempSync(join(tmpdir(), 'verify-'));
  const folder = join(root, 'witness');
  mkdirSync(folder);
  const clock = new ManualClock();
  const path = join(root, 'audit.db');
  const log = openAuditLog({ path, deviceId: 'd1', clock, chance: seededChance('v'), accessDays: () => 30 });
  const witness = openFileWitness({ folder, deviceId: 'd1', logKey: key.publicKey, clock, store: writeFileDurably });
  const sign = () => signHead(log, key.privateKey, [witness]);
  const facts = { deviceId: 'd1', generation: 1, previousSize: null, previousRoot: null };
  log.append({ kind: 'log_opened', actor: 'box', facts });
  log.appendAll(Array.from({ length: 20 }, (_, at) => phone(at)));
  const first = sign();
  clock.advance(31 * DAY);
  log.forgetExpired(clock.now());
  log.append(erased);
  sign();
  log.openGeneration();
  log.appendAll(Array.from({ length: 20 }, (_, at) => phone(100 + at)));
  const last = sign();
  log.append(phone(999));
  const write = (name: string, content: string) => {
    writeFileSync(join(root, name), content);
    return join(root, name);
  };
  const lines = [...exportLines(log, last)].map((line) => JSON.stringify(line));
  return {
    root,
    path,
    log,
    first: write('first.note', first),
    key: write('device-public.pem', pem),
    certificate: write('certificate.json', certify(log, last, [22])[0]!),
    proof: write('proof.json', JSON.stringify(prove(log, last, 30, 21), null, 2)),
    forgotten: write('forgotten.json', JSON.stringify(prove(log, last, 3, null))),
    export: write('log.jsonl', `${lines.join('\n')}\n`),
    lines,
    write,
    witness: `${witness.key.name}=${rawPublicKey(witness.key.publicKey).toString('base64')}`,
  };
}

const shared = scene();
const withKey = ['--key', shared.key];

/** A copy of the database in which somebody has run `statements`, triggers and constraints off. */
function tampered(...statements: string[]): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'verify-')), 'audit.db');
  shared.log.reading(() => {
    copyFileSync(shared.path, copy);
    copyFileSync(`${shared.path}-wal`, `${copy}-wal`);
  });
  const database = new Database(copy);
  const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers as { name: string }[]) database.exec(`DROP TRIGGER ${name}`);
  database.pragma('foreign_keys = OFF');
  database.pragma('ignore_check_constraints = ON');
  for (const statement of statements) database.exec(statement);
  database.close();
  return copy;
}

test('a log that was left alone holds, with its write-ahead log, and is not touched', async (t) => {
  const before = readFileSync(shared.path);
  const { exit, says } = await run(shared.path, ...withKey, '--json');
  t.is(exit, 0, says);
  t.like(JSON.parse(says), {
    ok: true,
    verdict: 'ok',
    deviceId: 'd1',
    size: 45,
    signed: 44,
    checkpoints: 3,
    forgotten: 20,
  });
  t.deepEqual(readFileSync(shared.path), before);
});

test('exports, proofs and certificates hold, and say what they prove', async (t) => {
  const certificate = await run(shared.certificate, ...withKey);
  t.is(certificate.exit, 0, certificate.says);
  t.regex(certificate.says, new RegExp(`recording ${RECORDING} was erased.*held in a file`));
  const proof = await run(shared.proof, ...withKey);
  t.is(proof.exit, 0, proof.says);
  t.regex(proof.says, /event 30 is in the log of box d1 at 44 events: phone_added/);
  t.regex((await run(shared.forgotten, ...withKey)).says, /OK: event 3 .*forgotten/);
  t.like(JSON.parse((await run(shared.export, ...withKey, '--json')).says), { ok: true, size: 44, signed: 44 });
});

test('a fingerprint is as good as the key, and another key is not', async (t) => {
  for (const file of [shared.path, shared.certificate, shared.proof, shared.export]) {
    t.is((await run(file, '--fingerprint', fingerprint.toUpperCase())).exit, 0, file);
    t.is((await run(file, '--fingerprint', fingerprint.replaceAll(/[0-7]/g, '8'))).exit, 1, file);
  }
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const stranger = shared.write('other.pem', other);
  for (const file of [shared.path, shared.certificate, shared.proof, shared.export]) {
    t.is((await run(file, '--key', stranger)).exit, 1, file);
  }
});

test('rows changed, removed, added, reordered: each is found', async (t) => {
  const swap = (table: string, column: string, key: string, a: number, b: number) =>
    `UPDATE ${table} SET ${column} = (SELECT ${column} FROM ${table} AS o WHERE o.${key} = ${a} + ${b} - ${table}.${key}) WHERE ${key} IN (${a}, ${b})`;
  const cases: readonly (readonly string[])[] = [
    [`UPDATE bodies SET body = replace(body, '"06100"', '"06101"')`],
    ['UPDATE bodies SET salt = zeroblob(32) WHERE position = 30'],
    ['DELETE FROM bodies WHERE position = 30'],
    ['DELETE FROM bodies WHERE position = 22'],
    ['DELETE FROM bodies WHERE position = 21'],
    [`INSERT INTO bodies (position, salt, body, expires_at) VALUES (3, zeroblob(32), '{}', 9)`],
    [`INSERT INTO bodies (position, salt, body, expires_at) VALUES (300, zeroblob(32), '{}', 9)`],
    ['UPDATE leaves SET hash = zeroblob(32) WHERE position = 3'],
    ['DELETE FROM leaves WHERE position = 3'],
    ['DELETE FROM leaves WHERE position = 44', 'DELETE FROM bodies WHERE position = 44'],
    ['UPDATE leaves SET position = -1 WHERE position = 3'],
    ['INSERT INTO leaves VALUES (45, zeroblob(32))'],
    [swap('leaves', 'hash', 'position', 3, 4)],
    [
      swap('leaves', 'hash', 'position', 30, 31),
      swap('bodies', '(salt, body)', 'position', 30, 31).replaceAll('SELECT (salt, body)', 'SELECT salt, body'),
    ],
    ['UPDATE nodes SET hash = zeroblob(32) WHERE level = 4 AND position = 1'],
    ['DELETE FROM nodes WHERE level = 4 AND position = 1'],
    ['INSERT INTO nodes VALUES (4, 9, zeroblob(32))'],
    ['UPDATE frontier SET hash = zeroblob(32) WHERE leaves = 4'],
    ['DELETE FROM frontier WHERE leaves = 4'],
    ['DELETE FROM checkpoints WHERE number = 1'],
    ['DELETE FROM checkpoints WHERE number = 2'],
    ['DELETE FROM checkpoints WHERE number = 3'],
    [`UPDATE checkpoints SET note = (SELECT note FROM checkpoints WHERE number = 1) WHERE number = 3`],
    [swap('checkpoints', 'note', 'number', 1, 2)],
    ['DELETE FROM cosignatures WHERE number = 1'],
    ['DELETE FROM cosignatures WHERE number = 3'],
    [swap('cosignatures', 'line', 'number', 1, 2)],
    [`UPDATE cosignatures SET witness = replace(witness, 'folder', 'folded')`],
    ['UPDATE state SET checkpoints = 2'],
    ['UPDATE state SET signer = NULL'],
    ['DELETE FROM state'],
    ['DROP TABLE frontier'],
    ['CREATE VIEW v AS SELECT 1', 'CREATE TABLE more (x)'],
    ['DELETE FROM checkpoints', 'DELETE FROM cosignatures', 'UPDATE state SET checkpoints = 0, cosignatures = 0'],
  ];
  for (const statements of cases) {
    const { exit, says } = await run(tampered(...statements), ...withKey);
    t.is(exit, 1, `${statements.join('; ')}: ${says}`);
    t.regex(says, /^TAMPERED WITH: .+\.\n$/);
  }
  t.is((await run(tampered(), ...withKey)).exit, 0);
});

test('a whole other history, made to fit, is not the one that was signed', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'verify-')), 'audit.db');
  const clock = new ManualClock();
  const log = openAuditLog({ path, deviceId: 'd1', clock, chance: seededChance('other'), accessDays: () => 30 });
  const facts = { deviceId: 'd1', generation: 1, previousSize: null, previousRoot: null };
  log.append({ kind: 'log_opened', actor: 'box', facts });
  log.appendAll(Array.from({ length: 22 }, (_, at) => phone(at)));
  log.openGeneration();
  log.appendAll(Array.from({ length: 21 }, (_, at) => phone(at)));
  t.is(log.size(), shared.log.size());
  log.close();
  const database = new Database(path);
  database.exec(`ATTACH '${tampered()}' AS sound`);
  for (const table of ['checkpoints', 'cosignatures'])
    database.exec(`INSERT INTO ${table} SELECT * FROM sound.${table}`);
  database.exec('DELETE FROM state; INSERT INTO state SELECT * FROM sound.state');
  database.close();
  const { exit, says } = await run(path, ...withKey);
  t.is(exit, 1, says);
  t.regex(says, /not the one that was signed at 21 events/);
});

test('a day that was changed beneath SQLite is found by its index', async (t) => {
  const copy = tampered();
  const index = () => {
    const database = new Database(copy);
    database.unsafeMode();
    database.pragma('writable_schema = ON');
    return database;
  };
  const without = index();
  const row = without.prepare("SELECT * FROM sqlite_schema WHERE name = 'bodies_expiry'").get();
  without.exec("DELETE FROM sqlite_schema WHERE name = 'bodies_expiry'");
  without.close();
  const changing = index();
  changing.exec('UPDATE bodies SET expires_at = expires_at - 5 WHERE position = 30');
  changing.prepare('INSERT INTO sqlite_schema VALUES (@type, @name, @tbl_name, @rootpage, @sql)').run(row);
  changing.close();
  const { exit, says } = await run(copy, ...withKey);
  t.is(exit, 1, says);
  t.regex(says, /database is damaged/);
});

test('a byte that flips is found, or changes nothing that the log says', async (t) => {
  const seed = process.env.BELKLUIS_SEED ?? randomBytes(4).toString('hex');
  t.log(`BELKLUIS_SEED=${seed}`);
  const chance = seededChance(seed);
  const sound = tampered();
  const bytes = readFileSync(sound);
  const rowsOf = (path: string) => {
    const database = new Database(path, { readonly: true });
    try {
      const all = (sql: string) => database.prepare(sql).all();
      return JSON.stringify([
        all('SELECT * FROM leaves ORDER BY position'),
        all('SELECT position, salt, body, expires_at FROM bodies ORDER BY position'),
        all('SELECT * FROM nodes ORDER BY level, position'),
        all('SELECT * FROM frontier ORDER BY leaves'),
        all('SELECT * FROM checkpoints ORDER BY number'),
        all('SELECT * FROM cosignatures ORDER BY number'),
        all('SELECT * FROM state'),
      ]);
    } finally {
      database.close();
    }
  };
  const before = rowsOf(sound);
  let found = 0;
  for (let round = 0; round < 60; round++) {
    const flipped = join(mkdtempSync(join(tmpdir(), 'verify-')), 'audit.db');
    const at = chance.bytes(4).readUInt32BE() % bytes.length;
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << (chance.bytes(1)[0]! % 8);
    writeFileSync(flipped, changed);
    const { exit, says } = await run(flipped, ...withKey);
    if (exit === 0) t.is(rowsOf(flipped), before, `byte ${at} of round ${round}: ${says}`);
    else found += 1;
  }
  t.true(found > 0);
});

test('a line of an export that was changed, cut or moved is found', async (t) => {
  const changes: ((lines: string[]) => string[])[] = [
    (lines) => lines.toSpliced(30, 1),
    (lines) => lines.slice(0, -1),
    (lines) => lines.slice(0, -5),
    (lines) => lines.with(30, lines[31]!).with(31, lines[30]!),
    (lines) => lines.map((line) => line.replace('06105', '06106')),
    (lines) => lines.map((line) => line.replace('"size":44,"signer"', '"size":43,"signer"')),
    (lines) => lines.map((line) => line.replace('"deviceId":"d1"', '"deviceId":"d2"')),
    (lines) => lines.with(40, '{"index":'),
    (lines) => [...lines, lines.at(-2)!],
    (lines) => lines.slice(0, 1),
  ];
  for (const [at, change] of changes.entries()) {
    const file = shared.write(`changed-${at}.jsonl`, `${change(shared.lines).join('\n')}\n`);
    const { exit, says } = await run(file, ...withKey);
    t.is(exit, 1, `${at}: ${says}`);
  }
});

test('a document of which anything was changed is refused', async (t) => {
  const certificate = JSON.parse(readFileSync(shared.certificate, 'utf8'));
  const proof = JSON.parse(readFileSync(shared.proof, 'utf8'));
  const changed = [
    { ...certificate, event: certificate.event.replace(RECORDING, 'b'.repeat(32)) },
    { ...certificate, index: 21 },
    { ...certificate, size: 45 },
    { ...certificate, proof: certificate.proof.slice(1) },
    { ...certificate, proof: certificate.proof.toReversed() },
    { ...certificate, salt: proof.salt },
    { ...certificate, checkpoint: certificate.checkpoint.replace('\n44\n', '\n43\n') },
    { ...certificate, checkpoint: 7 },
    { ...proof, type: certificate.type },
    { ...proof, leaf: certificate.salt },
    { ...proof, event: null },
  ];
  for (const [at, document] of changed.entries()) {
    const { exit, says } = await run(shared.write(`changed-${at}.json`, JSON.stringify(document)), ...withKey);
    t.is(exit, 1, `${at}: ${says}`);
  }
});

test('an older checkpoint tells a rollback from a fork', async (t) => {
  const against = ['--against', shared.first];
  for (const file of [shared.path, shared.export, shared.proof]) {
    const { exit, says } = await run(file, ...withKey, ...against);
    t.is(exit, 0, says);
  }
  t.is((await run(shared.certificate, ...withKey, ...against)).exit, 64);

  // The same box, with a log that somebody began anew, or put back.
  const root = mkdtempSync(join(tmpdir(), 'verify-'));
  const clock = new ManualClock();
  const other = openAuditLog({ path: join(root, 'audit.db'), deviceId: 'd1', clock, chance: seededChance('x') });
  other.append(phone(1));
  other.checkpoint(key.privateKey);
  const short = await run(join(root, 'audit.db'), ...withKey, ...against);
  t.is(short.exit, 2, short.says);
  t.regex(short.says, /^ROLLED BACK: .*had 21 events.*has 1 events/);
  other.appendAll(Array.from({ length: 40 }, (_, at) => phone(at)));
  const note = other.checkpoint(key.privateKey);
  const forked = await run(join(root, 'audit.db'), ...withKey, ...against);
  t.is(forked.exit, 2, forked.says);
  t.regex(forked.says, /^FORK: /);
  const forkedProof = shared.write('fork.json', JSON.stringify(prove(other, note, 3, 21)));
  t.is((await run(forkedProof, ...withKey, ...against)).exit, 2);

  // A generation that began before what was signed had lost its end; one that began behind it had not.
  const last = shared.write('last.note', shared.log.latestCheckpoint()!);
  t.is((await run(shared.path, ...withKey, '--against', last)).exit, 0);
  cpSync(shared.path, join(root, 'copy.db'));
  other.openGeneration();
  other.checkpoint(key.privateKey);
  t.is((await run(join(root, 'audit.db'), ...withKey, '--against', last)).exit, 2);
  const nobody = shared.write('nobody.note', 'box/d1/audit/1\n0\nx\n\n— x y\n');
  t.is((await run(shared.path, ...withKey, '--against', nobody)).exit, 64);
});

test('whoever asks for witnesses gets them, or the exit that says so', async (t) => {
  const stranger = generateKeyPairSync('ed25519').publicKey;
  const absent = `absent.example=${rawPublicKey(stranger).toString('base64')}`;
  const forged = shared.witness.replace(/=.*/, `=${rawPublicKey(stranger).toString('base64')}`);
  for (const file of [shared.path, shared.export, shared.certificate, shared.proof]) {
    t.is((await run(file, ...withKey, '--witness', shared.witness)).exit, 0, file);
    t.is((await run(file, ...withKey, '--witness', absent)).exit, 3, file);
    t.is((await run(file, ...withKey, '--witness', forged)).exit, 3, file);
    t.is((await run(file, ...withKey, '--witness', shared.witness, '--witness', absent)).exit, 3, file);
    t.is(
      (await run(file, ...withKey, '--witness', shared.witness, '--witness', absent, '--quorum', '1')).exit,
      0,
      file,
    );
  }
});

test('what is not understood is 64, and says how to ask', async (t) => {
  const cases = [
    [],
    [shared.path],
    [shared.path, '--what'],
    [shared.path, ...withKey, '--quorum', '1'],
    ['/nowhere', ...withKey],
    [shared.key, ...withKey],
    [shared.path, '--key', shared.proof],
    [shared.path, ...withKey, '--witness', 'x'],
    [shared.path, ...withKey, '--fingerprint', '00'],
  ];
  for (const args of cases) {
    const { exit, says } = await run(...args);
    t.is(exit, 64, `${args.join(' ')}: ${says}`);
    t.true(says.length > 20);
  }
});
