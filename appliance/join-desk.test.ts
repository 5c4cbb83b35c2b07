/** The desk's acts on a real vault: nothing is done that is not in the log, and nothing is in the log that the vault refused. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { Use } from '@belkluis/shared/policy/uses';
import test from 'ava';
import { openAuditLog } from './audit/log.ts';
import {
  joinErasure,
  joinHolds,
  joinLog,
  joinRecordings,
  joinRestrictions,
  joinRetention,
  joinTime,
  keystoreState,
} from './join-desk.ts';
import { openLog } from './open-log.ts';
import { endedRecording } from './vault/testing/recordings.ts';
import { openVault } from './vault/vault.ts';
import { watchLog } from './watch-log.ts';
import { failClosed } from './web/problems.ts';

const DAY_MS = 86_400_000;
const ID = '0'.repeat(32);
const GONE = '1'.repeat(32);
const robert = { id: 'robert', name: 'Robert Visser', roles: ['dpo'] as const };
const ingrid = { id: 'ingrid', name: 'Ingrid Bakker', roles: ['dpo'] as const };

function scene() {
  const clock = new ManualClock();
  const folder = mkdtempSync(join(tmpdir(), 'join-desk-'));
  const audit = openAuditLog({ path: join(folder, 'audit.db'), deviceId: 'd', clock, chance: systemChance });
  const vault = openVault(join(folder, 'vault'), { clock });
  const { catalogue } = vault;
  for (const id of [ID, GONE]) {
    const [recording, end] = endedRecording(id, clock.now(), { days: 30 });
    catalogue.begin(recording);
    catalogue.end(id, end);
  }
  catalogue.markErased([{ id: GONE, reason: 'request' }], clock.now(), 1);
  const world = { auditWorks: true };
  const append = failClosed((entry: AuditEntry): void => {
    if (!world.auditWorks) throw new Error('disk full');
    audit.append(entry);
  });
  const parts = { catalogue, append, clock, chance: systemChance, requestDays: () => 400 };
  const kinds = () =>
    audit
      .recent(100)
      .map(({ event }) => event?.kind)
      .reverse();
  return {
    folder,
    clock,
    audit,
    vault,
    catalogue,
    world,
    kinds,
    holds: joinHolds(parts),
    recordings: joinRecordings(parts, vault),
    restrictions: joinRestrictions(parts),
  };
}

const claim = (clock: ManualClock, recordings: readonly string[]) => ({
  caseRef: 'K-1',
  reason: 'A claim',
  owner: 'Legal affairs',
  reviewAt: clock.now() + 90 * DAY_MS,
  recordings,
});

test('a hold is placed, asked about and lifted by two people, each step in the log', (t) => {
  const { holds, kinds, clock, catalogue } = scene();
  const id = holds.place(robert, claim(clock, [ID]));
  t.like(holds.get(id), { caseRef: 'K-1', placedBy: 'robert', recordings: 1, liftedAt: null });
  t.deepEqual(catalogue.expired(clock.now() + 100 * DAY_MS, 10), []);
  holds.askLift(robert, id, 'Settled');
  t.throws(() => holds.lift(robert, id), { code: 'same_person' });
  holds.lift(ingrid, id);
  t.deepEqual(holds.of(ID), []);
  t.throws(() => holds.renew(ingrid, id, clock.now() + DAY_MS), { code: 'hold_lifted' });
  t.deepEqual(kinds(), ['hold_placed', 'hold_lift_asked', 'hold_lifted']);
});

test('what the vault refuses is not in the log as if it had been done', (t) => {
  const { holds, restrictions, kinds, clock } = scene();
  t.throws(() => holds.place(robert, claim(clock, [GONE])), { code: 'recording_erased' });
  t.throws(() => holds.place(robert, claim(clock, ['2'.repeat(32)])), { code: 'recording_unknown' });
  t.throws(() => holds.place(robert, claim(clock, [])), { code: 'hold_on_all' });
  t.throws(() => holds.place(robert, { ...claim(clock, [ID]), reviewAt: clock.now() }), { code: 'hold_review' });
  t.throws(() => holds.askLift(robert, 'none', 'x'), { code: 'hold_unknown' });
  t.throws(() => restrictions.lift(robert, ID, 'x'), { code: 'not_restricted' });
  t.throws(() => restrictions.place(robert, { recording: GONE, ground: 'claims', reason: 'x' }), {
    code: 'recording_erased',
  });
  restrictions.place(robert, { recording: ID, ground: 'claims', reason: 'x' });
  t.throws(() => restrictions.place(robert, { recording: ID, ground: 'claims', reason: 'x' }), {
    code: 'restricted_already',
  });
  t.deepEqual(kinds(), ['restriction_placed']);
});

test('what the log does not take is not done', (t) => {
  const { holds, restrictions, clock, world } = scene();
  world.auditWorks = false;
  t.throws(() => holds.place(robert, claim(clock, [ID])), { code: 'audit_failed' });
  t.throws(() => restrictions.place(robert, { recording: ID, ground: 'claims', reason: 'x' }), {
    code: 'audit_failed',
  });
  world.auditWorks = true;
  t.deepEqual(holds.list(), []);
  t.is(restrictions.of(ID), null);
  const id = holds.place(robert, claim(clock, [ID]));
  holds.askLift(robert, id, 'Settled');
  restrictions.place(robert, { recording: ID, ground: 'claims', reason: 'x' });
  world.auditWorks = false;
  t.throws(() => holds.lift(ingrid, id), { code: 'audit_failed' });
  t.throws(() => restrictions.lift(robert, ID, 'x'), { code: 'audit_failed' });
  t.is(holds.of(ID).length, 1);
  t.truthy(restrictions.of(ID));
});

test('a restriction is kept as what somebody asked for', (t) => {
  const { restrictions, catalogue } = scene();
  restrictions.place(robert, { recording: ID, ground: 'accuracy', reason: 'Contested' });
  t.like(joinRetention(catalogue).requests(10, 0)[0], { kind: 'restriction', recording: ID, outcome: 'done' });
});

test('an erasure goes to the eraser with the person who decided it', async (t) => {
  const { catalogue } = scene();
  const asked: unknown[] = [];
  const eraser = {
    eraseNow: async (request: object) => {
      asked.push(request);
      return { certified: true, certificate: '{}', waitsFor: null };
    },
  };
  const erasure = joinErasure(catalogue, eraser, true);
  t.true((await erasure.erase(robert, ID, { reason: 'request', caseRef: 'V-1' })).certified);
  t.deepEqual(asked, [{ recording: ID, reason: 'request', caseRef: 'V-1', actor: 'robert' }]);
  t.is(erasure.backupDays, 7);
  t.is(joinErasure(catalogue, eraser, false).backupDays, null);
});

test('a clock ahead says how many leave when it is confirmed, and is confirmed once', (t) => {
  const { catalogue, clock } = scene();
  const confirmed: string[] = [];
  const status = {
    state: 'unconfirmed',
    wall: clock.now() + 40 * DAY_MS,
    believed: clock.now(),
    unprovenMs: 0,
  } as const;
  const time = joinTime(catalogue, { status: () => status, confirm: (actor) => confirmed.push(actor) });
  t.like(time.state(), { state: 'unconfirmed', expected: clock.now(), due: 1 });
  time.confirm(robert);
  t.deepEqual(confirmed, ['robert']);
  const trusted = joinTime(catalogue, { status: () => ({ ...status, state: 'ok' }), confirm: () => t.fail() });
  t.throws(() => trusted.confirm(robert), { code: 'time_not_doubted' });
});

test('the log tells its head, what it signed, and where it is not what was written', (t) => {
  const { folder, clock, vault } = scene();
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const config = { data: join(folder, 'other'), witnessFolder: null };
  mkdirSync(config.data);
  const device = { deviceId: 'd', publicKey, privateKey };
  const running = openLog({ config, device, accessDays: () => 30, clock, chance: systemChance, log: silentLog });
  const watched = watchLog({ audit: running.audit, publicKey, clock, log: silentLog });
  const log = joinLog(running, watched, publicKey);
  t.is(log.state().checkpoint, null);
  watched.acts.append({ kind: 'release', actor: 'robert', facts: { recording: ID, reason: 'complaint' } });
  running.signHead();
  watched.look();
  const state = log.state();
  watched.close();
  t.like(state, { size: 2, generation: 1, checkpoint: { size: 2 }, verified: { upTo: 2, fault: null } });
  t.regex(state.keyFingerprint, /^[0-9a-f]{64}$/);
  t.is(log.releasesOf(ID).length, 1);
  t.is(log.releasesOf(GONE).length, 0);
  t.like(keystoreState(vault.catalogue, vault.keystore), { kind: 'file', waiting: 1, lastAdvanceAt: null });
});

test('a restricted recording hands out no key, and no entry says that it did', (t) => {
  const { restrictions, recordings, kinds, vault, clock } = scene();
  vault.keystore.put(ID, { pkesk: Buffer.from('wraps'), recipients: ['f'.repeat(40)] }, clock.now());
  restrictions.place(robert, { recording: ID, ground: 'accuracy', reason: 'Contested' });
  t.throws(() => recordings.release(ID, robert, { use: 'complaint', reason: 'complaint' }), {
    code: 'recording_restricted',
  });
  t.deepEqual(kinds(), ['restriction_placed']);
  restrictions.lift(robert, ID, 'Checked');
  t.is(Buffer.from(recordings.release(ID, robert, { use: 'complaint', reason: 'complaint' })).toString(), 'wraps');
  t.is(kinds().at(-1), 'release');
});

test('a recording is opened and saved for what it carries, and for nothing else; the log says for what', (t) => {
  const { recordings, kinds, audit, vault, clock } = scene();
  vault.keystore.put(ID, { pkesk: Buffer.from('wraps'), recipients: ['f'.repeat(40)] }, clock.now());
  const why = (use: Use) => ({ use, reason: 'K-1' });
  for (const use of ['quality', 'ai_training'] as const) {
    t.throws(() => recordings.release(ID, robert, why(use)), { code: 'use_not_allowed' });
    t.throws(() => recordings.noteExport(ID, robert, why(use)), { code: 'use_not_allowed' });
  }
  t.deepEqual(kinds(), []);
  recordings.noteExport(ID, robert, why('data-subject'));
  t.like(audit.recent(1)[0]?.event, {
    kind: 'export',
    actor: robert.id,
    facts: { recording: ID, ...why('data-subject') },
  });
  vault.catalogue.state.set('erasing', JSON.stringify([{ recording: ID }]));
  t.throws(() => recordings.release(ID, robert, why('complaint')), { code: 'recording_objected' });
  t.throws(() => recordings.noteExport(ID, robert, why('complaint')), { code: 'recording_objected' });
});

test('without the log no key is handed out, and neither a search nor a recording is shown', (t) => {
  const { recordings, vault, clock, world } = scene();
  vault.keystore.put(ID, { pkesk: Buffer.from('wraps'), recipients: ['f'.repeat(40)] }, clock.now());
  world.auditWorks = false;
  t.throws(() => recordings.release(ID, robert, { use: 'complaint', reason: 'complaint' }), { code: 'audit_failed' });
  t.throws(() => recordings.noteView(robert, ID), { code: 'audit_failed' });
  t.throws(() => recordings.noteSearch(robert, { party: '0612' }, 1), { code: 'audit_failed' });
});

test('a search is in the log with its criteria, lengths too', (t) => {
  const { recordings, audit } = scene();
  recordings.noteSearch(robert, { party: '0612', durationFromMs: 239_500 }, 3);
  t.like(audit.recent(1)[0]?.event, {
    kind: 'search',
    facts: { party: '0612', purpose: null, durationFromMs: 239_500, found: 3 },
  });
});
