/** A fleet outgrows its file and moves to a real PostgreSQL, by the command that an operator runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sql } from 'kysely';
import { type Database, openDatabase } from '../../fleet/db/open.ts';
import { openBoxes } from '../../fleet/inventory/boxes.ts';
import { openHistory } from '../../fleet/inventory/history.ts';
import { openOverview } from '../../fleet/inventory/overview.ts';
import { boxesOfTwo, boxId, finding, health, presence, reported } from '../../fleet/inventory/testing/boxes.ts';
import { migrations } from '../../fleet/migrations.ts';
import type { Scope } from '../../fleet/tenants/scope.ts';
import { Postgres } from '../peers/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-migrate-'));
const file = join(folder, 'fleet.db');
const server = await Postgres.start();
test.after.always(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const command = fileURLToPath(new URL('../../scripts/fleet-migrate.ts', import.meta.url));

async function migrate(args: readonly string[], url: string | undefined) {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [command, ...args], {
    env: url === undefined ? env : { ...env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, said, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, out, said };
}

let names = 0;
/** An empty database of its own; `spoil` prepares it as a person might have. */
async function newTarget(spoil?: (database: Database) => Promise<unknown>): Promise<string> {
  const name = `fleet_${++names}`;
  const maker = await openDatabase(server.url, { migrations: [] });
  await sql`CREATE DATABASE ${sql.id(name)}`.execute(maker.kysely);
  await maker.close();
  const url = server.urlOf(name);
  if (spoil) {
    const database = await openDatabase(url, { migrations });
    await spoil(database);
    await database.close();
  }
  return url;
}

/** What pages show of an MSP. */
async function shown(url: string, scope: Scope, now: number) {
  const database = await openDatabase(url, { migrations });
  const clock = { now: () => now };
  const options = { database: database.kysely, clock, append: async () => {} };
  const boxes = openBoxes(options);
  const overview = openOverview(options);
  const box = boxId('box 1');
  const pages = {
    boxes: (await boxes.list(scope, { limit: 200 })).rows,
    box: await boxes.get(scope, box),
    counts: await boxes.counts(scope),
    customers: await overview.customers(scope),
    findings: await overview.findings(scope),
    timeline: await overview.timeline(scope, box),
    health: await overview.health(scope, box, { from: now - 5 * 3600_000, until: now }),
  };
  await database.close();
  return pages;
}

test.serial(
  'the fleet is in PostgreSQL as it was in the file, and nothing is mixed, kept half or taken unseen',
  async (t) => {
    const source = await openDatabase(file, { migrations });
    const world = await boxesOfTwo(source.kysely);
    const { a, clock, says, store, addBox } = world;
    for (let at = 0; at < 700; at++) {
      const name = `box ${at}`;
      await addBox(name, a.sites[at % 3]!);
      if (at < 20) {
        await store(says(name, presence()), says(name, reported()), says(name, finding('trunk_down', 'bad')));
        for (let hour = 0; hour < 3; hour++)
          await store(
            says(
              name,
              health(clock.now() + hour * 3600_000, { disk_low: 'warn' }, { cpu_percent: at, clock_offset_ms: -hour }),
            ),
          );
      }
    }
    clock.advance(4 * 3600_000);
    while (await openHistory({ database: source.kysely, clock }).pack());
    await source.close();
    const now = clock.now();
    const before = await shown(file, a.scope, now);
    t.is(before.boxes.length, 200);

    const used = await newTarget((database) =>
      sql`INSERT INTO msps VALUES ('01ARYZ6S410000000000000000', 'Other', 'other', 1, NULL)`.execute(database.kysely),
    );
    const refused = await migrate([file], used);
    t.is(refused.code, 1);
    t.regex(refused.said, /holds data already/);

    // A database that changes what it is given.
    const twisted = await newTarget(async (database) => {
      await sql`CREATE FUNCTION twist() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name = upper(NEW.name); RETURN NEW; END'`.execute(
        database.kysely,
      );
      await sql`CREATE TRIGGER twist BEFORE INSERT ON sites FOR EACH ROW EXECUTE FUNCTION twist()`.execute(
        database.kysely,
      );
    });
    const differs = await migrate([file], twisted);
    t.is(differs.code, 1);
    t.regex(differs.said, /is not what was copied.*sites/);
    const left = await openDatabase(twisted, { migrations });
    t.deepEqual((await sql`SELECT * FROM msps`.execute(left.kysely)).rows, [], 'nothing was kept');
    await left.close();

    const target = await newTarget();
    const moved = await migrate([file], target);
    t.is(moved.code, 0, moved.said);
    t.regex(moved.said, /boxes: 700 rows/);
    t.deepEqual(await shown(target, a.scope, now), before);
    t.deepEqual(await shown(file, a.scope, now), before, 'the file is as it was');
    t.is((await migrate([file], target)).code, 1, 'not twice');
  },
);

test.serial('the command says how it is used, and says no password', async (t) => {
  t.is((await migrate([file], undefined)).code, 2);
  t.is((await migrate([], server.url)).code, 2);
  for (const [args, url] of [
    [[join(folder, 'nowhere.db')], server.url],
    [[file], file],
    [[server.url], server.url],
    [[file], 'postgres://u:geheim@127.0.0.1:1/x'],
  ] as const) {
    const { code, said } = await migrate(args, url);
    t.is(code, 1, said);
    t.notRegex(said, /geheim/);
  }
});
