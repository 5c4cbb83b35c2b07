import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { Consent } from '@belkluis/shared/policy/consent';
import test from 'ava';
import { contentPath } from './content.ts';
import { finishErasure, finishErasures, isBeingErased } from './erase.ts';
import { grantObjection, refuseObjection } from './object.ts';
import { eraserScene, filesWith, newId } from './testing/eraser-scene.ts';
import { recordingEnd } from './testing/recordings.ts';

const DAY = 24 * 3600_000;
const scene = (clock = new ManualClock(), folder = mkdtempSync(join(tmpdir(), 'object-'))) =>
  eraserScene(folder, clock);

const told: Consent = {
  at: 1,
  act: 'told',
  mode: 'opt-out',
  side: 'caller',
  how: null,
  key: null,
  promptHash: 'a'.repeat(64),
};
const withdrawn: Consent = { ...told, at: 2, act: 'withdrawn', how: 'event', key: '9' };

test('an objection in the call erases what was recorded so far, and what proves it stays', async (t) => {
  const { folder, parts, vault, events, record, requests, eraser, clock } = scene();
  const { id, sealed } = record({ days: 300, goesOn: true });
  vault.catalogue.consents.add(id, told);
  t.true(grantObjection(parts, id, withdrawn, recordingEnd(clock.now() + 9000, 9000)));
  t.is(finishErasure(parts, id), null);
  vault.keystore.scour();
  t.deepEqual(filesWith(folder, sealed), [], 'a copy of the disk made now holds no wraps');
  t.false(existsSync(contentPath(vault.contentFolder, id)));
  t.like(vault.catalogue.get(id), { eraseReason: 'objection', caller: null, callee: null });
  t.deepEqual(
    events().map(({ kind, actor, facts }) => [kind, actor, facts]),
    [
      ['objection', 'box', { recording: id, side: 'caller', how: 'event' }],
      [
        'purge',
        'box',
        { recording: id, reason: 'objection', expiredAt: clock.now(), purpose: 'complaints', policyVersion: 1 },
      ],
    ],
  );
  t.like(requests(), [{ kind: 'objection', recording: id, outcome: 'done', caseRef: null, actor: 'box' }]);
  t.false(isBeingErased(vault.catalogue, id));
  await eraser.run();
  const { event } = JSON.parse(vault.catalogue.certificate(id)!) as { event: string };
  t.like(JSON.parse(event), { facts: { reason: 'objection', objectedAt: withdrawn.at } });
  t.deepEqual(vault.catalogue.consents.of(id), [told, withdrawn], 'that they objected, and to what');
  t.false(grantObjection(parts, id, withdrawn, null), 'asked twice, there is nothing left');
  t.false(grantObjection(parts, newId(), withdrawn, null));
});

test('written down before it happens: a log that refuses leaves it closed to everybody, and the next run erases it', async (t) => {
  const { parts, vault, record, eraser } = scene();
  const { id } = record({ goesOn: true });
  grantObjection(parts, id, withdrawn, recordingEnd(9000, 9000));
  const refusing = {
    ...parts,
    log: {
      ...parts.log,
      append() {
        throw new Error('disk full');
      },
    },
  };
  t.throws(() => finishErasure(refusing, id), { message: 'disk full' });
  t.not(vault.keystore.get(id), null, 'nothing is erased that is not written down');
  t.true(isBeingErased(vault.catalogue, id));
  t.like(await eraser.run(), { recordings: 0 });
  t.is(vault.keystore.get(id), null);
  t.like(vault.catalogue.get(id), { eraseReason: 'objection' });
});

test('one whose row has no end waits for it, and is not forgotten', (t) => {
  const { parts, vault, record, events } = scene();
  const { id } = record({ goesOn: true });
  grantObjection(parts, id, withdrawn, null);
  finishErasures(parts);
  t.true(isBeingErased(vault.catalogue, id));
  t.deepEqual(events(), []);
  vault.catalogue.end(id, recordingEnd(9000, 9000));
  finishErasures(parts);
  t.like(vault.catalogue.get(id), { eraseReason: 'objection' });
});

test('a hold keeps what is there, and the person who asks later is told', (t) => {
  const { parts, vault, record, hold, requests, events } = scene();
  const { id } = record({ goesOn: true });
  hold(id);
  grantObjection(parts, id, withdrawn, recordingEnd(9000, 9000));
  t.like(finishErasure(parts, id), { code: 'recording_held' });
  t.not(vault.keystore.get(id), null);
  t.like(requests(), [{ kind: 'objection', outcome: 'refused', ground: 'recording_held' }]);
  t.like(events(), [{ kind: 'erasure_refused', facts: { reason: 'recording_held', caseRef: null } }]);
});

test('a law that keeps it is the answer, with its ground', (t) => {
  const { parts, vault, record, requests, events } = scene();
  const { id } = record({ days: 400, minimum: { days: 365, ground: 'mifid_16_7' }, goesOn: true });
  refuseObjection(parts, id, withdrawn, 'mifid_16_7');
  t.is(vault.catalogue.get(id)!.end, null, 'it goes on');
  t.like(requests(), [{ kind: 'objection', outcome: 'refused', ground: 'mifid_16_7' }]);
  t.like(events(), [{ kind: 'erasure_refused', actor: 'box', facts: { reason: 'legal_retention' } }]);
  t.deepEqual(vault.catalogue.consents.of(id), [withdrawn]);
});

test('evidence leaves with the row of its recording, and never before', async (t) => {
  const { vault, record, eraser, clock } = scene();
  const { id } = record({ days: 1, evidenceDays: 30 });
  vault.catalogue.consents.add(id, told);
  clock.advance(2 * DAY);
  await eraser.run();
  t.deepEqual(vault.catalogue.consents.of(id), [told], 'content and numbers have gone');
  clock.advance(29 * DAY);
  await eraser.run();
  t.is(vault.catalogue.get(id), null);
  t.deepEqual(vault.catalogue.consents.of(id), []);
});

test('no other digit than the one that says so, and nobody fills the disk by leaning on a key', (t) => {
  const { vault, record } = scene();
  const { id } = record();
  const { consents } = vault.catalogue;
  for (const key of ['12', 'x', '']) t.throws(() => consents.add(id, { ...withdrawn, key }), { message: /CHECK/ });
  t.throws(() => consents.add(newId(), told), { message: /FOREIGN KEY/ });
  for (const key of ['0', '9', '*', '#', 'A', 'D']) consents.add(id, { ...withdrawn, key });
  for (let n = 0; n < 100; n++) consents.add(id, withdrawn);
  t.is(consents.of(id).length, 32);
});
