import { execFile, execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { verifyConsistency, verifyInclusion } from '@belkluis/shared/audit/merkle';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { sql } from 'kysely';
import type { AnyTables } from '../db/open.ts';
import { both } from '../db/testing/databases.ts';
import { transact } from '../db/transact.ts';
import type { EnrolmentEvent } from '../enrolment/events.ts';
import type { BoxEvent } from '../inventory/boxes.ts';
import { openMsps } from '../tenants/msps.ts';
import { type TenantTables, tenantMigrations } from '../tenants/tables.ts';
import { checkEvent, enrolmentEntry, type FleetEntry, tenantEntry } from './events.ts';
import { EVENT_DAYS } from './limits.ts';
import { openFleetLog } from './log.ts';
import { auditMigrations } from './tables.ts';
import { FLEET } from './testing/fleet.ts';

const key = generateKeyPairSync('ed25519');
const run = promisify(execFile);
const APPENDER = fileURLToPath(new URL('testing/append-many.ts', import.meta.url));
const VERIFIER = fileURLToPath(new URL('../../scripts/belkluis-verify.mjs', import.meta.url));

const logOn = (database: AnyTables, clock = new ManualClock()) =>
  openFleetLog({ database, fleetId: FLEET, clock, chance: systemChance });
const login = (msp: string): FleetEntry => ({ kind: 'login', actor: 'anna', facts: { msp, how: 'code' } });

for (const database of both) {
  test(`${database.name}: processes that append at once make one tree, in which everything of each is proved`, async (t) => {
    const place = await database.place(t);
    const { kysely } = await place.open(auditMigrations);
    const each = 25;
    await Promise.all(
      ['one', 'other'].map((actor) =>
        run(process.execPath, [APPENDER, place.url, place.schema ?? '', actor, String(each)]),
      ),
    );
    const log = logOn(kysely);
    const note = await log.checkpoint(key.privateKey);
    const { size, root } = openCheckpoint(note, key.publicKey)!;
    t.is(size, 2 * each);
    const seen = new Set<string>();
    for (let index = 0; index < size; index++) {
      const { leaf, proof, event } = await log.prove(index, size);
      const path = proof.map((hash) => Buffer.from(hash, 'base64'));
      t.true(verifyInclusion(Buffer.from(leaf, 'base64'), index, size, path, root), String(index));
      seen.add(JSON.parse(event!).facts.of);
    }
    t.is(seen.size, 2 * each);
    t.like(await log.verify(key.publicKey), { ok: true, size, checkpoints: 1 });
  });

  test(`${database.name}: an act is in the log and done, or neither`, async (t) => {
    const { kysely } = await database.fresh(t, [...tenantMigrations, ...auditMigrations]);
    const clock = new ManualClock();
    const log = logOn(kysely, clock);
    let made = 0;
    const msps = openMsps({
      database: kysely,
      clock,
      newId: () => `msp-${++made}`,
      append: (event, transaction) => log.append(tenantEntry(event), transaction),
    });
    await msps.create('A', 'operator');
    await t.throwsAsync(msps.create('a', 'operator'));
    t.is((await log.head()).size, 1, 'what the database refused is not in the log');
    await t.throwsAsync(msps.create('B', 'not an id'));
    await sql`DROP TABLE log_bodies`.execute(kysely);
    await t.throwsAsync(msps.create('C', 'operator'));
    const db = kysely.$extendTables<TenantTables>();
    t.deepEqual(
      (await db.selectFrom('msps').select('name').execute()).map(({ name }) => name),
      ['A'],
    );
  });

  test(`${database.name}: acts that look before they write cross without loss`, async (t) => {
    const { kysely } = await database.fresh(t, [...tenantMigrations, ...auditMigrations]);
    const log = logOn(kysely);
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        transact(kysely, async (transaction) => {
          await transaction.$extendTables<TenantTables>().selectFrom('msps').selectAll().execute();
          await log.append(login(`msp-${at}`), transaction);
        }),
      ),
    );
    t.is((await log.head()).size, 12);
    await log.checkpoint(key.privateKey);
    t.true((await log.verify(key.publicKey)).ok);
  });

  test(`${database.name}: each checkpoint continues the one before, and an export is verified without our code`, async (t) => {
    const { kysely } = await database.fresh(t, auditMigrations);
    const clock = new ManualClock();
    const log = logOn(kysely, clock);
    await t.throwsAsync(log.checkpoint(key.privateKey), { message: /Nothing is in the log/ });
    const notes: string[] = [];
    for (const many of [1, 2, 5, 9]) {
      for (let at = 0; at < many; at++) await log.append(login('a'));
      notes.push(await log.checkpoint(key.privateKey));
      t.is(await log.checkpoint(key.privateKey), notes.at(-1)!);
    }
    t.deepEqual(await log.checkpointSizes(), [1, 3, 8, 17]);
    const heads = notes.map((note) => openCheckpoint(note, key.publicKey)!);
    for (const [at, head] of heads.slice(1).entries()) {
      const before = heads[at]!;
      const proof = await log.consistency(before.size, head.size);
      t.true(verifyConsistency(before.size, before.root, head.size, head.root, proof));
      t.deepEqual(await log.rootAt(before.size), before.root);
    }
    clock.advance((EVENT_DAYS + 1) * 86_400_000);
    t.is(await log.forgetExpired(clock.now()), 17);
    t.is(await log.forgetExpired(clock.now()), 0);
    t.deepEqual((await log.about('a')).rows, []);
    await log.checkpoint(key.privateKey);
    t.true((await log.verify(key.publicKey)).ok);

    const folder = mkdtempSync(join(tmpdir(), 'fleet-log-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const lines: string[] = [];
    for await (const line of log.exportLines(key.publicKey)) lines.push(`${JSON.stringify(line)}\n`);
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, key.publicKey.export({ type: 'spki', format: 'pem' }));
    const check = (name: string, text: string) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      try {
        return execFileSync(process.execPath, [VERIFIER, file, '--key', keyFile], { encoding: 'utf8', stdio: 'pipe' });
      } catch (error) {
        return (error as { stdout: string; stderr: string }).stdout + (error as { stderr: string }).stderr;
      }
    };
    t.regex(check('log.jsonl', lines.join('')), /^OK: 18 events and 5 checkpoints/);
    t.regex(check('cut.jsonl', lines.toSpliced(3, 1).join('')), /TAMPERED/);
  });

  test(`${database.name}: whatever is changed in the log is found`, async (t) => {
    const { kysely } = await database.fresh(t, auditMigrations);
    const log = logOn(kysely);
    for (let at = 0; at < 9; at++) await log.append(login(at % 2 ? 'a' : 'b'));
    await log.checkpoint(key.privateKey);
    const stranger = generateKeyPairSync('ed25519');
    t.deepEqual(await log.verify(stranger.publicKey), { ok: false, index: 8, what: 'checkpoint' });
    t.deepEqual(
      (await log.about('a', { limit: 3 })).rows.map(({ index }) => index),
      [7, 5, 3],
    );
    const change = async (what: string, statement: ReturnType<typeof sql>) => {
      await kysely
        .transaction()
        .execute(async (transaction) => {
          await statement.execute(transaction);
          const inside = openFleetLog({
            database: transaction,
            fleetId: FLEET,
            clock: new ManualClock(),
            chance: systemChance,
          });
          const verdict = await inside.verify(key.publicKey);
          t.false(verdict.ok, what);
          t.is(verdict.ok ? '' : verdict.what, what);
          throw new Error('undone');
        })
        .catch(({ message }) => t.is(message, 'undone', what));
    };
    await change('leaf_changed', sql`UPDATE log_bodies SET body = replace(body, 'anna', 'eve') WHERE position = 3`);
    await change('body_removed', sql`DELETE FROM log_bodies WHERE position = 3`);
    await change('leaf_missing', sql`DELETE FROM log_nodes WHERE level = 0 AND position = 3`);
    await change('leaf_missing', sql`DELETE FROM log_nodes WHERE level = 0 AND position = 8`);
    await change('node', sql`DELETE FROM log_nodes WHERE level = 1 AND position = 1`);
    await change('frontier', sql`UPDATE log_head SET frontier = '[]'`);
    await change('checkpoint', sql`UPDATE log_checkpoints SET note = replace(note, '9', '8')`);
    t.true((await log.verify(key.publicKey)).ok);
  });
}

test('what other rooms tell has its kind in the log', (t) => {
  const box = 'b'.repeat(32);
  const told: { readonly [Kind in EnrolmentEvent['kind']]: Extract<EnrolmentEvent, { kind: Kind }> } = {
    claim_typed: { kind: 'claim_typed', actor: 'anna', claim: 'c1', msp: 'a', site: 's1' },
    claim_code_wrong: { kind: 'claim_code_wrong', actor: 'anna', msp: 'a' },
    claim_proven: { kind: 'claim_proven', actor: 'fleet', claim: 'c1', box },
    claim_proof_failed: { kind: 'claim_proof_failed', actor: 'fleet', claim: 'c1', why: 'unproven' },
    claim_withdrawn: { kind: 'claim_withdrawn', actor: 'anna', claim: 'c1' },
    claim_refused: { kind: 'claim_refused', actor: 'box', claim: 'c1' },
    certificate_issued: { kind: 'certificate_issued', actor: 'fleet', box, serial: '0a1b', renewed: false },
    certificates_revoked: { kind: 'certificates_revoked', actor: 'anna', box, reason: 'left' },
  };
  const boxes: { readonly [Kind in BoxEvent['kind']]: true } = {
    box_added: true,
    box_renamed: true,
    box_moved: true,
    box_tagged: true,
    box_revoked: true,
    box_removed: true,
  };
  for (const event of Object.values(told))
    t.notThrows(() => checkEvent({ ...enrolmentEntry(event), at: 0 }), event.kind);
  for (const kind of Object.keys(boxes) as BoxEvent['kind'][])
    t.notThrows(() => checkEvent({ ...tenantEntry({ kind, actor: 'anna', msp: 'a', of: box }), at: 0 }), kind);
  for (const bad of ['Anna Visser', '+31205550100', 'sip:1@x', '', 'x'.repeat(81)])
    t.throws(
      () => checkEvent({ kind: 'msp_created', actor: 'anna', facts: { msp: 'a', of: bad }, at: 0 }),
      undefined,
      bad,
    );
  t.throws(() => checkEvent({ kind: 'msp_created', actor: 'anna', facts: { msp: 'a', of: 'a', name: 'A' }, at: 0 }));
});
