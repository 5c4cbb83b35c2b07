import test from 'ava';
import manifest from '../appliance/package.json' with { type: 'json' };
import { alertsOfTwo, migrations } from './alerts/testing/world.ts';
import { both } from './db/testing/databases.ts';
import { presence, reported } from './inventory/testing/boxes.ts';
import { knowOwnRelease, lookAtSoftware } from './join-software.ts';
import type { Rooms } from './open-rooms.ts';
import packageJson from './package.json' with { type: 'json' };
import { KNOWN_FOR_MS, OLD_MS } from './software/limits.ts';
import { openSoftware } from './software/software.ts';
import { softwareMigrations } from './software/tables.ts';

test('box and fleet of one release are of one version and day', (t) => {
  t.deepEqual([packageJson.version, packageJson.released], [manifest.version, manifest.released]);
});

test('a box that runs old or vulnerable software for too long is an alert, until it runs another', async (t) => {
  const { kysely } = await both[0]!.fresh(t, [...migrations, ...softwareMigrations]);
  const world = await alertsOfTwo(kysely);
  const { store, says, clock, identities, room, a } = world;
  await world.addBox('one', a.sites[0]!);
  await world.addBox('two', a.sites[0]!);
  let brought = 0;
  const software = openSoftware({ database: kysely, clock, append: async () => void brought++ });
  const rooms = { software, identities, alerts: room } as unknown as Rooms;
  const codes = async () => {
    clock.advance(KNOWN_FOR_MS);
    await lookAtSoftware(rooms, clock.now());
    return (await room.list.list(a.scope)).rows.map((row) => `${row.code} ${row.box?.name} ${row.level}`).sort();
  };
  await knowOwnRelease(rooms);
  await knowOwnRelease(rooms);
  t.is(brought, 1);
  const own = (await software.releases())[0]!;
  t.is(own.version, packageJson.version);
  t.true(own.components.some(([name]) => name === 'better-sqlite3'));

  await store(says('one', presence({ software: `v${own.version}` })), says('two', presence({ software: 'v99.0.0' })));
  t.deepEqual(await codes(), []);
  const at = new Date(clock.now()).toISOString();
  const flaw = {
    ...{ id: 'GHSA-dddd', modified: at, published: at },
    affected: [
      {
        package: { ecosystem: 'npm', name: 'better-sqlite3' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
      },
    ],
  };
  const newer = {
    bomFormat: 'CycloneDX',
    metadata: { timestamp: at, component: { name: 'belkluis', version: '99.0.0' } },
    components: [],
  };
  await software.bringAdvisories(JSON.stringify(flaw), 'operator');
  await software.bringRelease(JSON.stringify(newer), 'operator');
  t.deepEqual(await codes(), [], 'not before thirty days');
  clock.advance(OLD_MS);
  t.deepEqual(await codes(), ['software_stale one bad', 'software_vulnerable one bad']);
  await store(says('one', reported({}, 'v99.0.0')));
  t.deepEqual(await codes(), []);
});
