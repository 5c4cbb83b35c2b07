/** The fleet as witness, with a real log and the real rules of a witness. */
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import { addCheckpoint, type Remembered } from '@belkluis/shared/audit/witness';
import { seededChance } from '@belkluis/shared/base/chance';
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { type Audit, audit as auditMessage, checkpointRequest } from '@belkluis/shared/contract/audit';
import { type Cosignature, cosignature, witnessName } from '@belkluis/shared/contract/cosignature';
import test from 'ava';
import { openAuditLog } from './audit/log.ts';
import { joinWitness } from './join-witness.ts';
import { HOUR_MS, rememberFleet } from './remember-fleet.ts';

const BOX = '49c14d165b7ff7fbe60f6f12f201a493';
const ID = '01M8B057G5PE993E4J6N5HM7Q3';
const START = Date.UTC(2026, 10, 26, 5);
const device = generateKeyPairSync('ed25519');
const drill: AuditEntry = { kind: 'drill', actor: 'box', facts: { destination: 'd', snapshot: null, outcome: 'ok' } };
const release: AuditEntry = {
  kind: 'release',
  actor: 'anna',
  facts: { recording: 'a'.repeat(32), reason: 'complaint' },
};

/** A witness of the fleet, which keeps what it remembers. */
function newWitness(id = 'ab') {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const name = witnessName(id.repeat(16));
  const key = rawPublicKey(publicKey).toString('base64');
  let memory: Remembered | null = null;
  return (shown: Audit): Cosignature => {
    const read = auditMessage.parse(auditMessage.format({ id: ID, ts: START, seq: 1, body: shown }));
    if (!read.ok) throw new Error(read.refused);
    const terms = { deviceId: BOX, logKey: device.publicKey, witness: { name, privateKey }, now: START };
    const answer = addCheckpoint(memory, checkpointRequest(read.message.body), terms);
    if (answer.outcome === 'cosigned') memory = answer.memory;
    const body =
      answer.outcome === 'cosigned'
        ? { outcome: answer.outcome, answers: ID, size: answer.memory.size, key, line: answer.cosignature }
        : { ...answer, answers: ID };
    const back = cosignature.parse(cosignature.format({ id: ID, ts: START, seq: 1, body }));
    if (!back.ok) throw new Error(back.refused);
    return back.message.body;
  };
}

function scene(data = mkdtempSync(join(tmpdir(), 'witness-')), kept = new Map<string, string>()) {
  const clock = new ManualClock(START);
  const path = join(data, 'audit.db');
  const audit = openAuditLog({ path, deviceId: BOX, clock, chance: seededChance(`${data}${kept.size}`) });
  const state = {
    get: (name: string) => kept.get(name) ?? null,
    set: (name: string, value: string) => void kept.set(name, value),
  };
  const memories = rememberFleet({ state });
  let again = 0;
  const joined = () =>
    joinWitness({
      running: { audit },
      device,
      memories,
      append: (entry) => audit.append(entry),
      clock,
      log: silentLog,
      showAgain: () => void again++,
    });
  audit.append(drill);
  if (!memories.read()) memories.begin('fleet', clock.now(), audit.size());
  return { data, kept, clock, audit, memories, again: () => again, witness: joined(), restarted: joined };
}

test('each head is proved to continue the one before, over restarts too, and what is signed is kept', (t) => {
  const { audit, witness, restarted } = scene();
  const fleet = newWitness();
  const first = witness.checkpoint()!;
  t.like(first, { old: 0, proof: [] });
  witness.hear(fleet(first));
  t.is(witness.checkpoint(), null, 'nothing is new');
  audit.appendAll([drill, drill, drill]);
  const next = witness.checkpoint()!;
  t.is(next.old, 1);
  t.like(fleet(next), { outcome: 'cosigned' });
  audit.append(drill);
  // That answer was lost: the witness remembers more than is known here.
  const later = restarted();
  const answer = fleet(later.checkpoint()!);
  t.like(answer, { outcome: 'conflict', size: 4 });
  later.hear(answer);
  later.hear(fleet(later.checkpoint()!));
  t.is(audit.lastCosigned()?.size, 5);
  audit.append(drill);
  t.is(later.checkpoint()!.old, 5);
  t.like(audit.verify(device.publicKey), { ok: true });
});

test('a thousand events are not left to the quarter of an hour', (t) => {
  const { audit, witness } = scene();
  witness.checkpoint();
  audit.appendAll(Array.from({ length: 999 }, () => drill));
  t.false(witness.isDue());
  audit.append(drill);
  t.true(witness.isDue());
  witness.checkpoint();
  t.false(witness.isDue());
});

test('an old copy of the log that was put back is an alarm, once, until the witness signs again', (t) => {
  const { data, kept, audit, witness } = scene();
  const fleet = newWitness();
  witness.hear(fleet(witness.checkpoint()!));
  audit.append(drill);
  cpSync(data, `${data}-old`, { recursive: true });
  audit.appendAll([drill, drill, drill]);
  witness.hear(fleet(witness.checkpoint()!));
  const back = scene(`${data}-old`, kept);
  const answer = fleet(back.witness.checkpoint()!);
  t.like(answer, { outcome: 'rollback', size: 5 });
  back.witness.hear(answer);
  back.witness.hear(answer);
  const alarms = () => back.audit.recent(100).filter(({ event }) => event?.kind === 'witness_refused');
  t.like(alarms()[0]!.event, { facts: { outcome: 'rollback', remembered: 5 } });
  t.is(alarms().length, 1);
  t.like(back.memories.read()?.refused, { outcome: 'rollback' });
  back.audit.appendAll([drill, drill, drill]);
  back.witness.hear(fleet(back.witness.checkpoint()!));
  const forked = fleet(back.witness.checkpoint()!);
  t.like(forked, { outcome: 'inconsistent' });
  back.witness.hear(forked);
  t.is(alarms().length, 2, 'it grew past that size, and is another log still');
  audit.append(drill);
  witness.hear(fleet(witness.checkpoint()!));
  t.is(back.memories.read()?.refused, null, 'the true one is signed');
});

test('another witness in the place of the first counts for nothing, nor does a signature that does not hold', (t) => {
  const { audit, witness } = scene();
  const first = newWitness();
  const shown = witness.checkpoint()!;
  const good = first(shown);
  if (good.outcome !== 'cosigned') return t.fail();
  const flipped = good.line.slice(0, -6) + (good.line.at(-6) === 'A' ? 'B' : 'A') + good.line.slice(-5);
  witness.hear({ ...good, line: flipped });
  t.is(audit.lastCosigned(), null);
  witness.hear(good);
  t.is(audit.lastCosigned()?.size, 1);
  audit.append(drill);
  witness.hear(newWitness()({ ...witness.checkpoint()!, old: 0, proof: [] }));
  witness.hear(newWitness('cd')({ ...witness.checkpoint()!, old: 0, proof: [] }));
  return t.is(audit.lastCosigned()?.size, 1);
});

test('a witness that says each time that it remembers something else is asked again once a minute at most', (t) => {
  const { clock, witness, again } = scene();
  for (let size = 7; size < 20; size++) witness.hear({ outcome: 'conflict', answers: ID, size });
  t.is(again(), 1);
  clock.advance(60_000);
  witness.hear({ outcome: 'conflict', answers: ID, size: 3 });
  t.is(again(), 2);
});

test('hours that are over are counted once, few of them hidden, none of before the fleet', (t) => {
  const { clock, audit, witness } = scene();
  audit.appendAll(Array.from({ length: 4 }, () => release));
  clock.advance(HOUR_MS);
  audit.appendAll(Array.from({ length: 6 }, () => release));
  const first = witness.checkpoint()!;
  t.deepEqual(first.hours, [{ hour: START, released: null, exported: null, erased: null }]);
  t.deepEqual(witness.checkpoint()!.hours, first.hours, 'until the broker has it');
  witness.told(first);
  clock.advance(HOUR_MS);
  const second = witness.checkpoint()!;
  t.deepEqual(second.hours, [{ hour: START + HOUR_MS, released: 6, exported: null, erased: null }]);
  witness.told(second);
  clock.advance(400 * HOUR_MS);
  t.is(witness.checkpoint()!.hours.length, 168);
});
