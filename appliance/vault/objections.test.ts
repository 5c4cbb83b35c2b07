import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { objectionsIn } from './objected-numbers.ts';
import type { NewObjection } from './objections.ts';
import { eraserScene, newId } from './testing/eraser-scene.ts';

const DAY = 24 * 3600_000;
const scene = () => eraserScene(mkdtempSync(join(tmpdir(), 'objections-')), new ManualClock());

const objection = (more: Partial<NewObjection> = {}): NewObjection => ({
  id: newId(),
  number: '+31612345678',
  purpose: null,
  since: 1,
  how: 'key',
  caseRef: null,
  expiresAt: 1 + 30 * DAY,
  ...more,
});

test('an objection is kept once, renewed by each call that meets it, and leaves when none does', async (t) => {
  const { vault, eraser, clock } = scene();
  const { objections } = vault.catalogue;
  const since = clock.now();
  const kept = objection({ since, expiresAt: since + 30 * DAY });
  let told = 0;
  t.is(
    objections.keep(kept, () => told++),
    kept.id,
  );
  t.is(
    objections.keep(objection({ since, expiresAt: since + 40 * DAY }), () => told++),
    kept.id,
  );
  t.is(told, 1);
  t.like(objections.list(), [{ ...kept, expiresAt: since + 40 * DAY }]);
  clock.advance(39 * DAY);
  objections.renew(kept.id, clock.now() + 30 * DAY);
  clock.advance(29 * DAY);
  await eraser.run();
  t.is(objections.list().length, 1, 'in use, it has no end');
  const before = objections.version();
  clock.advance(2 * DAY);
  await eraser.run();
  t.deepEqual(objections.list(), []);
  t.not(objections.version(), before, 'whoever has it in memory learns that it left');
});

test('what follows it sees each that comes and goes, whoever did it', (t) => {
  const { folder, vault } = scene();
  const { objections } = vault.catalogue;
  const versions = [objections.version()];
  const kept = objection();
  objections.keep(kept);
  versions.push(objections.version());
  objections.remove(kept.id);
  versions.push(objections.version());
  const other = new Database(join(folder, 'vault', 'catalogue.db'));
  other.prepare("INSERT INTO objections VALUES (?, '101', NULL, 1, 'cli', NULL, 9)").run(newId());
  other.close();
  versions.push(objections.version());
  t.is(new Set(versions).size, 4);
  t.throws(() => objections.remove(kept.id), { code: 'objection_unknown' });
});

test('nothing is kept that is not written down first', (t) => {
  const { vault } = scene();
  const { objections } = vault.catalogue;
  const refuses = () => {
    throw new Error('disk full');
  };
  t.throws(() => objections.keep(objection(), refuses), { message: 'disk full' });
  t.deepEqual(objections.list(), []);
  const kept = objection();
  objections.keep(kept);
  t.throws(() => objections.remove(kept.id, refuses), { message: 'disk full' });
  t.is(objections.list().length, 1);
});

test('a withheld number and what is no number are refused', (t) => {
  const { objections } = scene().vault.catalogue;
  for (const number of ['', 'anonymous', ' Anonymous '])
    t.throws(() => objections.keep(objection({ number })), { code: 'number_withheld' });
  for (const number of ['9'.repeat(65), ' 101'])
    t.throws(() => objections.keep(objection({ number })), { code: 'number_wrong' });
  t.throws(() => objections.keep(objection({ caseRef: ' ' })), { code: 'case_wrong' });
});

test('a number is met however a line writes it, for its purpose, and no other number is', (t) => {
  const meets = (kept: string, number: string) =>
    objectionsIn([{ id: 'a', number: kept, purpose: null }])(number, 'complaints') !== null;
  for (const number of ['+31612345678', '0031612345678', '0612345678', '31612345678', '06-12345678'])
    t.true(meets('+31612345678', number), number);
  for (const number of ['+32612345678', '612345678', '+3161234567', '+316123456789', 'anonymous', '', '12345678'])
    t.false(meets('+31612345678', number), number);
  t.true(meets('0612345678', '+31612345678'));
  t.true(meets('anna', 'anna'));
  t.true(meets('101', '101'));
  t.false(meets('101', '1012'));
  t.false(meets('101', '+31201234101'));
  t.false(meets('anonymous', 'anonymous'));

  const some = objectionsIn([{ id: 'a', number: '101', purpose: 'quality' }]);
  t.is(some('101', 'complaints'), null);
  t.like(some('101', 'quality'), { id: 'a' });
});
