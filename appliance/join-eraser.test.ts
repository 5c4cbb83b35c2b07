import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { joinEraser } from './join-eraser.ts';
import { eraserScene } from './vault/testing/eraser-scene.ts';
import { believedSince, openTimeKeeper } from './vault/time-keeper.ts';

const DAY = 24 * 3600_000;

/** A box that lives several lives: each begins with the wall clock that its machine has. */
function box() {
  const folder = mkdtempSync(join(tmpdir(), 'eraser-'));
  const life = (wall: number) => {
    const clock = new ManualClock(wall);
    const { vault, audit, privateKey, events, record, close } = eraserScene(folder, clock);
    const time = openTimeKeeper({ state: vault.catalogue.state, clock, append: audit.append, sources: [] });
    const kept = joinEraser({
      vault,
      audit,
      acts: audit,
      signHead: () => audit.checkpoint(privateKey),
      clock,
      chance: seededChance('eraser'),
      policy: () => null,
      backedUp: false,
      time,
    });
    /** What the desk does every quarter of an hour. */
    const quarter = async () => {
      await time.check();
      return kept.run();
    };
    return { clock, vault, events, record, quarter, close, time, ...kept };
  };
  return { life };
}

test('a box that was off for ten days erases at its start what fell due meanwhile', async (t) => {
  const { life } = box();
  const start = Date.UTC(2026, 0, 1);
  const before = life(start);
  const [old, young] = [before.record({ days: 7 }), before.record({ days: 30 })];
  t.like(await before.quarter(), { recordings: 0 });
  before.close();
  const after = life(start + 10 * DAY);
  t.like(await after.quarter(), { recordings: 1, night: { certified: 1 } });
  t.is(after.vault.keystore.get(old.id), null);
  t.not(after.vault.keystore.get(young.id), null);
  after.close();
});

test('the clock set back a year: what fell due leaves in time, nothing comes back, and what is recorded then is not over at once', async (t) => {
  const { life } = box();
  const start = Date.UTC(2026, 0, 1);
  const { clock, vault, record, quarter, close } = life(start);
  record({ days: 2 });
  await quarter();
  clock.setWall(start - 365 * DAY);
  clock.advance(DAY);
  t.like(await quarter(), { recordings: 0 });
  t.is(believedSince(vault.catalogue.state), start + DAY);
  clock.advance(2 * DAY);
  t.like(await quarter(), { recordings: 1 }, 'two days are over, whatever the wall says');
  close();
});

test('the clock set a year forward: nothing more leaves than what time itself made due, until a person confirms', async (t) => {
  const { life } = box();
  const start = Date.UTC(2026, 0, 1);
  const { clock, vault, record, quarter, events, time, close } = life(start);
  const [due, later] = [record({ days: 1 }), record({ days: 90 })];
  await quarter();
  clock.setWall(start + 365 * DAY);
  t.like(await quarter(), { recordings: 0 });
  clock.advance(1.5 * DAY);
  t.like(await quarter(), { recordings: 1 });
  t.is(vault.keystore.get(due.id), null);
  t.not(vault.keystore.get(later.id), null);
  t.is(events().filter(({ kind }) => kind === 'time_unconfirmed').length, 1);
  time.confirm('person-1');
  t.like(await quarter(), { recordings: 1 });
  t.is(vault.keystore.get(later.id), null);
  close();
});
