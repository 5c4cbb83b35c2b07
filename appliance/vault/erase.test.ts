import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { eraseNow, finishErasures } from './erase.ts';
import { eraserScene, filesWith, newId } from './testing/eraser-scene.ts';

const DAY = 24 * 3600_000;
const scene = () => eraserScene(mkdtempSync(join(tmpdir(), 'erase-')), new ManualClock());
const asks = (recording: string, reason: 'request' | 'objection' = 'request') => ({
  recording,
  reason,
  caseRef: 'AVG-2026-7',
  actor: 'person-1',
});

test('a request erases at once, long before the day, and the certificate is there', async (t) => {
  const { folder, vault, events, record, eraser, requests, clock } = scene();
  const { id, sealed } = record({ days: 300 });
  const other = record({ days: 300 });
  const outcome = await eraser.eraseNow(asks(id));
  t.like(outcome, { certified: true, waitsFor: null });
  t.is(outcome.certificate, vault.catalogue.certificate(id));
  t.deepEqual(filesWith(folder, sealed), []);
  t.like(vault.catalogue.get(id), { eraseReason: 'request', caller: null });
  t.not(vault.keystore.get(other.id), null);
  t.deepEqual(
    events().map(({ kind, actor }) => [kind, actor]),
    [
      ['purge', 'person-1'],
      ['epoch_advanced', 'box'],
      ['erased', 'purge'],
    ],
  );
  t.like(requests(), [
    { kind: 'erasure', recording: id, outcome: 'done', ground: null, caseRef: 'AVG-2026-7', actor: 'person-1' },
  ]);
  t.is(requests()[0]?.expiresAt, clock.now() + 365 * DAY);
  await t.throwsAsync(eraser.eraseNow(asks(id)), { code: 'recording_erased' });
  await t.throwsAsync(eraser.eraseNow(asks(newId())), { code: 'recording_unknown' });
});

test('a hold, a restriction, a legal minimum and a call in progress refuse; each refusal is logged and kept with its ground', async (t) => {
  const { vault, events, record, hold, restrict, eraser, requests, clock } = scene();
  const minimum = { days: 365, ground: 'mifid_16_7' };
  const [held, restricted, locked] = [record(), record(), record({ days: 400, minimum })];
  const going = record({ goesOn: true });
  const lift = hold(held.id);
  restrict(restricted.id);
  const refusals: [string, string, string][] = [
    [held.id, 'recording_held', 'recording_held'],
    [restricted.id, 'recording_restricted', 'recording_restricted'],
    [locked.id, 'legal_retention', 'mifid_16_7'],
    [going.id, 'recording_in_progress', 'recording_in_progress'],
  ];
  for (const [id, code, ground] of refusals) {
    clock.advance(1);
    const error = await t.throwsAsync(eraser.eraseNow(asks(id, 'objection')), { code });
    if (code === 'legal_retention') t.true(error.message.includes('mifid_16_7'), 'the person is told the ground');
    t.like(events().at(-1), {
      kind: 'erasure_refused',
      actor: 'person-1',
      facts: { recording: id, reason: code, caseRef: 'AVG-2026-7' },
    });
    t.like(requests().at(-1), { kind: 'objection', recording: id, outcome: 'refused', ground });
    t.not(vault.keystore.get(id), null);
  }
  lift();
  t.like(await eraser.eraseNow(asks(held.id)), { certified: true });
  clock.advance(366 * DAY);
  t.like(await eraser.eraseNow(asks(locked.id)), { certified: true }, 'after the minimum it may go');
});

test('a clock that is set forward does not open the legal minimum', async (t) => {
  const { parts, record, clock } = scene();
  const { id } = record({ days: 400, minimum: { days: 365, ground: 'mifid_16_7' } });
  const believed = clock.now();
  clock.setWall(believed + 390 * DAY);
  await t.throwsAsync(eraseNow({ ...parts, now: () => believed }, asks(id)), { code: 'legal_retention' });
});

test('without audit log nothing is erased, refused or remembered', async (t) => {
  const { parts, vault, record, hold, eraser, requests } = scene();
  const [free, held] = [record(), record()];
  hold(held.id);
  const append = () => {
    throw new Error('disk full');
  };
  const deaf = { ...parts, log: { ...parts.log, append } };
  await t.throwsAsync(eraseNow(deaf, asks(free.id)), { message: 'disk full' });
  await t.throwsAsync(eraseNow(deaf, asks(held.id)), { message: 'disk full' });
  t.deepEqual(requests(), []);
  await eraser.run();
  t.not(vault.keystore.get(free.id), null, 'a request that failed is not carried out behind anybody’s back');
});

test('while a reader holds the keystore it is erased but not certified; the next night certifies it', async (t) => {
  const { folder, vault, record, eraser } = scene();
  const { id } = record();
  const reader = new Database(join(folder, 'vault', 'keystore', 'keystore-1.db'));
  const rows = reader.prepare('SELECT * FROM entries').iterate();
  rows.next();
  t.deepEqual(await eraser.eraseNow(asks(id)), { certified: false, certificate: null, waitsFor: 'erase_not_certain' });
  t.is(vault.keystore.get(id), null);
  rows.return?.();
  reader.close();
  t.is(vault.catalogue.certificate(id), null);
  t.like(await eraser.nightly(), { certified: 1 });
  t.not(vault.catalogue.certificate(id), null);
});

test('when the epoch cannot advance it is erased, and the answer says what the certificate waits for', async (t) => {
  const { parts, vault, record, eraser } = scene();
  const { id } = record();
  const advance = () => Promise.reject(Object.assign(new Error('no TPM'), { code: 'tpm_unavailable' }));
  const broken = { ...parts, keystore: Object.assign(Object.create(parts.keystore), { advance }) };
  t.like(await eraseNow(broken, asks(id)), { certified: false, waitsFor: 'tpm_unavailable' });
  t.is(vault.keystore.get(id), null);
  t.is(vault.catalogue.certificate(id), null);
  t.like(await eraser.nightly(), { certified: 1 });
});

test('a hold that came between the grant and the power cut is kept to, as long as there is something to hold', (t) => {
  const { parts, vault, record, hold, events, requests } = scene();
  const { id } = record();
  parts.catalogue.state.set('erasing', JSON.stringify([asks(id)]));
  hold(id);
  finishErasures(parts);
  t.not(vault.keystore.get(id), null);
  t.like(events().at(-1), { kind: 'erasure_refused' });
  t.like(requests(), [{ outcome: 'refused', ground: 'recording_held' }]);
  t.is(parts.catalogue.state.get('erasing'), '[]');
});
