import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { noteCosignedAt } from '@belkluis/shared/audit/cosignature';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { writeFileDurably } from '../vault/durable.ts';
import { openFileWitness } from './file-witness.ts';
import { checkAgainstWitness, refuseOlderLog } from './guard.ts';
import { acceptGeneration, signHead } from './heads.ts';
import { openAuditLog } from './log.ts';

const key = generateKeyPairSync('ed25519');
const drill: AuditEntry = { kind: 'drill', actor: 'box', facts: { destination: 'd', snapshot: null, outcome: 'ok' } };
const opened: AuditEntry = {
  kind: 'log_opened',
  actor: 'box',
  facts: { deviceId: 'd1', generation: 1, previousSize: null, previousRoot: null },
};

function scene() {
  const root = mkdtempSync(join(tmpdir(), 'audit-'));
  const data = join(root, 'data');
  const folder = join(root, 'witness');
  mkdirSync(data);
  mkdirSync(folder);
  const clock = new ManualClock();
  let seed = 0;
  const open = (at = data) =>
    openAuditLog({ path: join(at, 'audit.db'), deviceId: 'd1', clock, chance: seededChance(`${seed++}`) });
  const witness = (at = folder) =>
    openFileWitness({ folder: at, deviceId: 'd1', logKey: key.publicKey, clock, store: writeFileDurably });
  return { root, data, folder, clock, open, witness };
}

test('the folder signs each head of the log, and its signature is served with it', (t) => {
  const { clock, open, witness: openWitness } = scene();
  const log = open();
  const witness = openWitness();
  log.appendAll([opened, drill]);
  t.is(log.lastCosigned(), null);
  const note = signHead(log, key.privateKey, [witness]);
  t.is(noteCosignedAt(note, witness.key), clock.now());
  t.is(log.latestCheckpoint(), note);
  // Nothing new: the same note, and no second signature.
  clock.advance(60_000);
  t.is(signHead(log, key.privateKey, [witness]), note);
  log.append(drill);
  t.not(signHead(log, key.privateKey, [witness]), note);
  t.deepEqual(
    log.witnesses().map(({ name, size }) => ({ name, size })),
    [{ name: witness.key.name, size: 3 }],
  );
  t.is(witness.memory()?.size, 3);
  t.like(log.verify(key.publicKey), { ok: true });
  // Whoever opens the folder again is the same witness.
  t.is(openWitness().key.name, witness.key.name);
});

test('a cosignature that was lost on its way is asked for again', (t) => {
  const { open, witness: openWitness } = scene();
  const log = open();
  const witness = openWitness();
  log.append(drill);
  // The process died after the witness had remembered, and before the log had its signature.
  t.is(witness.add({ old: 0, proof: [], note: log.checkpoint(key.privateKey) }).outcome, 'cosigned');
  t.is(log.lastCosigned(), null);
  t.truthy(noteCosignedAt(signHead(log, key.privateKey, [witness]), witness.key));
  t.is(log.lastCosigned()?.size, 1);
});

test('a cosignature that does not hold is not stored, and one that was changed is found', (t) => {
  const { data, open, witness: openWitness, root } = scene();
  const log = open();
  log.append(drill);
  const note = signHead(log, key.privateKey, [openWitness()]);
  const line = note.trimEnd().split('\n').at(-1)!;
  mkdirSync(join(root, 'other'));
  t.throws(() => log.cosign(1, openWitness(join(root, 'other')).key, line), { code: 'cosignature_invalid' });
  t.throws(() => log.cosign(7, openWitness().key, line), { code: 'cosignature_invalid' });
  for (const change of [
    `UPDATE cosignatures SET line = replace(line, 'A', 'B')`,
    `UPDATE cosignatures SET witness = replace(witness, 'folder', 'folded')`,
    'UPDATE cosignatures SET number = 4',
    'DELETE FROM cosignatures',
  ]) {
    const copy = mkdtempSync(join(tmpdir(), 'audit-'));
    cpSync(data, copy, { recursive: true });
    const database = new Database(join(copy, 'audit.db'));
    database.exec('DROP TRIGGER cosignatures_keep; DROP TRIGGER cosignatures_stay');
    database.exec(change);
    t.like(open(copy).verify(key.publicKey), { ok: false, what: 'cosignature' }, change);
  }
});

test('an old copy of the data directory, put back, is refused with the reason', (t) => {
  const { root, data, open, witness: openWitness } = scene();
  const log = open();
  const witness = openWitness();
  log.appendAll([opened, drill]);
  signHead(log, key.privateKey, [witness]);
  log.close();
  cpSync(data, join(root, 'old'), { recursive: true });
  const later = open();
  later.append(drill);
  signHead(later, key.privateKey, [witness]);
  later.close();

  const back = open(join(root, 'old'));
  t.notThrows(() => refuseOlderLog(back, []));
  const error = t.throws(() => refuseOlderLog(back, [witness.memory()]), { code: 'audit_rolled_back' });
  t.regex(error!.message, /2 events; remembered are 3/);
  // It is refused as well when it has grown past that size: another history.
  back.appendAll([drill, drill]);
  t.throws(() => refuseOlderLog(back, [witness.memory()]), { code: 'audit_forked' });
  t.throws(() => signHead(back, key.privateKey, [witness]), { code: 'audit_forked' });
  t.is(witness.memory()?.size, 3);
  t.notThrows(() => refuseOlderLog(open(), [witness.memory()]));
});

test('a log whose end was cut off is refused by its own cosigned checkpoint', (t) => {
  const { data, open, witness } = scene();
  const log = open();
  log.appendAll([opened, drill, drill, drill]);
  signHead(log, key.privateKey, [witness()]);
  log.close();
  const database = new Database(join(data, 'audit.db'));
  database.pragma('foreign_keys = OFF');
  database.exec('DROP TRIGGER leaves_stay; DROP TRIGGER bodies_stay');
  database.exec('DELETE FROM bodies WHERE position >= 2; DELETE FROM leaves WHERE position >= 2');
  database.exec('DELETE FROM frontier WHERE leaves = 4');
  const [left, right] = database.prepare('SELECT hash FROM leaves ORDER BY position').pluck().all() as Buffer[];
  const short = openAuditLog({
    path: join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.db'),
    deviceId: 'd1',
    clock: new ManualClock(),
    chance: seededChance('0'),
  });
  // The frontier of those two leaves, as somebody who knows the format computes it.
  short.appendAll([opened, drill]);
  t.deepEqual(short.leaves(0, 2), Buffer.concat([left!, right!]));
  database.prepare('INSERT INTO frontier VALUES (2, ?)').run(short.rootAt(2));
  database.close();
  const cut = open();
  t.is(cut.size(), 2);
  const error = t.throws(() => refuseOlderLog(cut, []), { code: 'audit_rolled_back' });
  t.regex(error!.message, /restore/);
});

test('a restore begins a generation that the witness takes when a person accepts what was lost', (t) => {
  const { root, data, open, witness: openWitness } = scene();
  const log = open();
  const witness = openWitness();
  log.appendAll([opened, drill]);
  signHead(log, key.privateKey, [witness]);
  log.close();
  cpSync(data, join(root, 'snapshot'), { recursive: true });
  const later = open();
  later.appendAll([drill, drill]);
  signHead(later, key.privateKey, [witness]);
  later.close();

  const restored = open(join(root, 'snapshot'));
  restored.openGeneration();
  restored.appendAll([drill, drill, drill]);
  // It is longer than what is remembered, and still its end was lost.
  t.throws(() => checkAgainstWitness(restored, witness.memory()), { code: 'audit_rolled_back' });
  t.throws(() => signHead(restored, key.privateKey, [witness]), { code: 'audit_rolled_back' });
  const note = acceptGeneration(restored, key.privateKey, witness);
  t.is(openCheckpoint(note, key.publicKey)?.origin, 'box/d1/audit/2');
  t.truthy(noteCosignedAt(note, witness.key));
  t.notThrows(() => refuseOlderLog(restored, [witness.memory()]));
  restored.append(drill);
  signHead(restored, key.privateKey, [witness]);
  t.like(restored.verify(key.publicKey), { ok: true, size: 7 });
  // The box as it was before the restore does not come back either.
  t.throws(() => refuseOlderLog(open(), [witness.memory()]), { code: 'audit_rolled_back' });
});

test('a restore that lost nothing goes on without anybody', (t) => {
  const { open, witness: openWitness } = scene();
  const log = open();
  const witness = openWitness();
  log.appendAll([opened, drill]);
  signHead(log, key.privateKey, [witness]);
  log.openGeneration();
  t.notThrows(() => refuseOlderLog(log, [witness.memory()]));
  const note = signHead(log, key.privateKey, [witness]);
  t.truthy(noteCosignedAt(note, witness.key));
});

test('a folder that is not there, or holds what it did not write, is no empty memory', (t) => {
  const { folder, open, witness: openWitness } = scene();
  const log = open();
  log.append(drill);
  signHead(log, key.privateKey, [openWitness()]);
  writeFileSync(join(folder, 'd1.note'), 'box/d1/audit/1\n0\nx\n');
  t.throws(() => openWitness().memory(), { code: 'witness_damaged' });
  writeFileSync(join(folder, 'witness-key.pem'), 'x');
  t.throws(() => openWitness(), { code: 'witness_damaged' });
  rmSync(folder, { recursive: true });
  t.throws(() => openWitness(), { code: 'witness_folder_missing' });
});
