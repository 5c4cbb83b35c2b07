import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import { type DiskState, diskState, FORECAST_DAYS, forecastDays, gatherForecast, lookAtDisk } from './disk.ts';
import { endedRecording } from './testing/recordings.ts';
import { openVault } from './vault.ts';

const DAY = 24 * 3600_000;
const GB = 1e9;

test('expired recordings leave early, recording stops at the reserve, and a disk at the edge does not flap', (t) => {
  const through = (...free: number[]) => {
    let state: DiskState = 'ok';
    return free.map((bytes) => {
      state = diskState(bytes, 100, state);
      return state;
    });
  };
  t.deepEqual(through(200, 125, 124, 100, 99), ['ok', 'ok', 'early', 'early', 'reserve']);
  t.deepEqual(through(99, 100, 109, 111, 137, 138), ['reserve', 'reserve', 'reserve', 'early', 'early', 'ok']);
  t.deepEqual(through(0, 1000), ['reserve', 'ok']);
});

test('reaching the reserve and leaving it is told once each; while room is scarce every look purges', (t) => {
  const look = (before: DiskState, freeBytes: number) => {
    const [state, ...effects] = lookAtDisk(before, { freeBytes, reserveBytes: 100 });
    return [state, ...effects.map((effect) => (effect.do === 'append' ? effect.event.kind : effect.do))];
  };
  t.deepEqual(look('ok', 500), ['ok']);
  t.deepEqual(look('ok', 120), ['early', 'purge']);
  t.deepEqual(look('early', 99), ['reserve', 'disk_reserve_reached', 'purge']);
  t.deepEqual(look('reserve', 99), ['reserve', 'purge']);
  t.deepEqual(look('reserve', 500), ['ok', 'disk_reserve_left']);
});

test('the forecast counts what comes and what leaves', (t) => {
  const base = { freeBytes: 10 * GB, reserveBytes: GB, intakeBytesPerDay: GB, leavingBytes: [] };
  t.is(forecastDays(base), 10);
  t.is(forecastDays({ ...base, leavingBytes: Array(FORECAST_DAYS).fill(GB) }), null, 'as much leaves as comes');
  t.is(forecastDays({ ...base, leavingBytes: [0, 0, 5 * GB] }), 15);
  t.is(forecastDays({ ...base, leavingBytes: [...Array(30).fill(0), 1000 * GB] }), 10, 'what leaves later is too late');
  t.is(forecastDays({ ...base, freeBytes: GB / 2 }), 0);
  t.is(forecastDays({ ...base, intakeBytesPerDay: 0 }), null);
});

test('what comes and goes is read from the catalogue; held and restricted recordings do not leave', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  const { catalogue } = openVault(folder);
  const now = Date.UTC(2026, 5, 1);
  const add = (startedAt: number, days: number, bytes: number) => {
    const id = randomBytes(16).toString('hex');
    const [row, end] = endedRecording(id, startedAt, { days, bytes });
    catalogue.begin(row);
    catalogue.end(id, end);
    return id;
  };
  add(now - 3 * DAY, 30, 1400);
  add(now - 100 * DAY, 110, 500);
  add(now - 100 * DAY, 99, 70);
  const held = add(now - 100 * DAY, 110, 9000);
  const restricted = add(now - 100 * DAY, 110, 9000);
  const lifted = add(now - 100 * DAY, 110, 6);
  const database = new Database(join(folder, 'catalogue.db'));
  const hold = (id: string, recording: string, liftedAt: number | null) => {
    const people = liftedAt === null ? 'NULL, NULL, NULL, NULL, NULL' : `'x', 1, 'r', ${liftedAt}, 'y'`;
    database.exec(`INSERT INTO holds VALUES ('${id}', 'c', 'r', 'o', 1, 'p', 2, ${people}, 9)`);
    database.prepare('INSERT INTO held VALUES (?, ?)').run(recording, id);
  };
  hold('h1', held, null);
  hold('h2', lifted, 3);
  database.prepare(`INSERT INTO restrictions VALUES (?, 'accuracy', 'r', 1, 'p', 9)`).run(restricted);
  database.close();
  const { intakeBytesPerDay, leavingBytes } = await gatherForecast(catalogue.intake, now);
  t.is(intakeBytesPerDay, 100);
  t.is(leavingBytes[0], 70, 'what is past its day leaves today');
  t.is(leavingBytes[10], 506);
  t.is(leavingBytes[27], 1400);
  t.is(
    leavingBytes.reduce((sum, bytes) => sum + bytes, 0),
    70 + 506 + 1400,
  );
});
