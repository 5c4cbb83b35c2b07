import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { cosignedAt } from '@belkluis/shared/audit/cosignature';
import { COSIGNATURE_V1, parseNote } from '@belkluis/shared/audit/note';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test, { type ExecutionContext } from 'ava';
import type { AnyTables } from '../db/open.ts';
import { both, type TestDatabase } from '../db/testing/databases.ts';
import type { FleetEntry } from './events.ts';
import { MAX_EVIDENCE, SILENCE_MS } from './limits.ts';
import { openFleetLog } from './log.ts';
import { auditMigrations } from './tables.ts';
import { BOX, boxPublicKey, COMMON, historyOf, keyOf, manyBoxes } from './testing/box-log.ts';
import { FLEET } from './testing/fleet.ts';
import { openBoxWitness, type WitnessAlarm } from './witness.ts';

const TELLER = fileURLToPath(new URL('testing/tell-history.ts', import.meta.url));
const fleetKey = { name: `fleet/${FLEET}`, type: COSIGNATURE_V1, publicKey: createPublicKey(keyOf(2)) };

const STRANGER = 'c'.repeat(32);

function witnessOn(kysely: AnyTables, clock: ManualClock) {
  const log = openFleetLog({ database: kysely, fleetId: FLEET, clock, chance: systemChance });
  const alarms: WitnessAlarm[] = [];
  const works = { audit: true };
  const witness = openBoxWitness({
    database: kysely,
    clock,
    witness: { name: fleetKey.name, privateKey: keyOf(2) },
    logKeyOf: async (box) => (box === STRANGER ? null : boxPublicKey),
    append: async (entry: FleetEntry, transaction) => {
      if (!works.audit) throw new Error('the log takes nothing');
      await log.append(entry, transaction);
    },
    raise: async (alarm) => {
      alarms.push(alarm);
    },
  });
  return { clock, log, alarms, witness, works };
}

const fleet = async (t: ExecutionContext, on: TestDatabase) =>
  witnessOn((await on.fresh(t, auditMigrations)).kysely, new ManualClock());

const honest = historyOf('honest', 10);
const forked = historyOf('forked', 10);

for (const database of both) {
  test(`${database.name}: what continues is cosigned and remembered; the rest is answered by the rule`, async (t) => {
    const { witness, clock, alarms } = await fleet(t, database);
    const first = await witness.add(BOX, honest.ask(0, 4));
    t.is(first.outcome, 'cosigned');
    if (first.outcome === 'cosigned')
      t.is(cosignedAt(parseNote(honest.note(4))!.text, first.cosignature, fleetKey), clock.now());
    t.is((await witness.add(BOX, honest.ask(4, 9))).outcome, 'cosigned');
    t.like(await witness.memory(BOX), { size: 9, note: honest.note(9), heardAt: clock.now() });
    t.deepEqual(await witness.add(BOX, honest.ask(4, 12)), { outcome: 'conflict', size: 9 });
    t.is((await witness.add(BOX, { old: 9, proof: [], note: 'nonsense' })).outcome, 'malformed');
    const stranger = generateKeyPairSync('ed25519').privateKey;
    t.is((await witness.add(BOX, { old: 9, proof: [], note: honest.note(9, 1, stranger) })).outcome, 'unsigned');
    t.is((await witness.add(STRANGER, honest.ask(0, 4))).outcome, 'unknown_log');
    t.like(await witness.memory(BOX), { size: 9 });
    t.deepEqual(alarms, []);
  });

  test(`${database.name}: fork and rollback leave both signed notes, one event and one alarm for each`, async (t) => {
    const { witness, alarms, log } = await fleet(t, database);
    await witness.add(BOX, honest.ask(0, 12));
    for (const [why, request, offered] of [
      ['fork', forked.ask(0, 12), forked.note(12)],
      ['rollback', honest.ask(0, 5), honest.note(5)],
      ['inconsistent', forked.ask(12, 14), forked.note(14)],
    ] as const) {
      for (let again = 0; again < 2; again++) t.is((await witness.add(BOX, request)).outcome, why);
      t.like(alarms.at(-1), { kind: why, box: BOX });
      const evidence = (await witness.evidence(BOX)).find((one) => one.why === why)!;
      t.deepEqual([evidence.remembered, evidence.offered], [honest.note(12), offered]);
      for (const note of [evidence.remembered, evidence.offered]) t.truthy(openCheckpoint(note, boxPublicKey));
    }
    t.is(alarms.length, 3);
    t.is((await log.head()).size, 3);
    t.like(await witness.memory(BOX), { note: honest.note(12) });
    for (let at = 0; at < MAX_EVIDENCE + 3; at++) await witness.add(BOX, historyOf(`f${at}`, 10).ask(12, 12));
    t.is((await witness.evidence(BOX)).length, MAX_EVIDENCE);
  });

  test(`${database.name}: what the log does not take is neither kept nor raised, and is found again`, async (t) => {
    const { witness, alarms, works } = await fleet(t, database);
    await witness.add(BOX, honest.ask(0, 12));
    works.audit = false;
    await t.throwsAsync(witness.add(BOX, forked.ask(0, 12)));
    t.deepEqual([alarms, await witness.evidence(BOX)], [[], []]);
    await t.throwsAsync(witness.acceptLoss(BOX, 'anna'));
    works.audit = true;
    t.is((await witness.add(BOX, forked.ask(0, 12))).outcome, 'fork');
    t.is(alarms.length, 1);
  });

  test(`${database.name}: a restore is taken when a person has said so, once`, async (t) => {
    const { witness, log } = await fleet(t, database);
    await t.throwsAsync(witness.acceptLoss(BOX, 'anna'), { message: /Nothing is known/ });
    await witness.add(BOX, honest.ask(0, 12));
    const restored = forked.ask(0, 11, 2);
    t.is((await witness.add(BOX, restored)).outcome, 'rollback');
    await witness.acceptLoss(BOX, 'anna');
    t.is((await witness.add(BOX, forked.ask(0, 11))).outcome, 'rollback', 'not of the same generation');
    t.is((await witness.add(BOX, restored)).outcome, 'cosigned');
    t.is((await witness.add(BOX, historyOf('third').ask(0, 11, 3))).outcome, 'fork', 'only once');
    t.is((await log.head()).size, 4);
  });

  test(`${database.name}: silence is found once, and ends with the next checkpoint`, async (t) => {
    const { witness, clock, alarms } = await fleet(t, database);
    await witness.watch(BOX);
    t.is(await witness.memory(BOX), null);
    const since = clock.now();
    clock.advance(SILENCE_MS - 1);
    t.deepEqual(await witness.findSilent(), []);
    clock.advance(1);
    t.deepEqual(await witness.findSilent(), [BOX]);
    t.deepEqual(await witness.findSilent(), []);
    await witness.add(BOX, honest.ask(0, 3));
    t.deepEqual(alarms, [
      { kind: 'silent', box: BOX, since },
      { kind: 'heard', box: BOX },
    ]);
    clock.advance(SILENCE_MS);
    await witness.dismiss(BOX);
    t.deepEqual(await witness.findSilent(), []);
    await witness.watch(BOX);
    t.is((await witness.add(BOX, forked.ask(0, 2))).outcome, 'rollback', 'who comes back is remembered');
  });

  test(`${database.name}: two processes never cosign two histories`, async (t) => {
    const place = await database.place(t);
    const { kysely } = await place.open(auditMigrations);
    const { witness } = witnessOn(kysely, new ManualClock());
    const common = historyOf('', COMMON);
    for (const box of manyBoxes) t.is((await witness.add(box, common.ask(0, COMMON, 1, box))).outcome, 'cosigned');
    const tellers = ['one', 'other'].map((name) => {
      const process_ = spawn(process.execPath, [TELLER, place.url, place.schema ?? '', name], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      return { process_, lines: createInterface(process_.stdout)[Symbol.asyncIterator]() };
    });
    for (const { lines } of tellers) t.is((await lines.next()).value, 'ready');
    for (const { process_ } of tellers) process_.stdin.write('go');
    const got = await Promise.all(
      tellers.map(async ({ lines }) => JSON.parse((await lines.next()).value!) as string[]),
    );
    // Each box has one history: that of the one or of the other.
    t.deepEqual(got.flat().sort(), [...manyBoxes]);
    t.log(got.map(({ length }) => length));
  });
}
