/** The demo of `scripts/up`, cut off wherever it was: the next start goes on, with real processes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test from 'ava';
import { joinFleet } from '../../appliance/join-fleet.ts';
import { wholeMsp } from '../../fleet/tenants/scope.ts';
import { withBox } from '../../scripts/cli/box.ts';
import { prepareBox, startBox } from '../../scripts/demo/box.ts';
import { enrolBox, inviteOwner, makePlace, pushPolicy, startFleet } from '../../scripts/demo/fleet.ts';
import { endLeftBehind, FLEET_FLAGS } from '../../scripts/demo/processes.ts';

test('a start that was cut off is gone on with at the next, and nothing of it is made twice', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-up-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const fleetFolder = join(folder, 'fleet');
  const first = await startFleet(fleetFolder);
  for (const flag of FLEET_FLAGS)
    t.true(readFileSync(`/proc/${first.process.pid}/cmdline`, 'utf8').split('\0').includes(flag), flag);
  const prepared = await prepareBox({ folder, phones: [{ user: 'anna' }] });
  // Cut off with an MSP and no customer, and with a code that nobody has typed.
  const { id: msp } = await first.withRooms(({ msps }) => msps.create('Demo MSP', 'demo'));
  await withBox(prepared.config.data, async ({ at, device, log }) => {
    const own = joinFleet({
      ...{ at, device, clock: systemClock, chance: systemChance },
      append: (entry) => log.append(entry),
    });
    await own.begin(first.enrolment, 'demo');
    await own.ask();
    own.close();
  });
  // Its starter was killed, and the fleet was not: it holds the ports.
  await endLeftBehind(first.configPath, 'nobody.ts');
  t.is(await first.process.ended, 0);
  const fleet = await startFleet(fleetFolder);
  t.teardown(fleet.process.stop);
  const box = await startBox(prepared);
  t.teardown(box.stop);

  const place = await makePlace(fleet);
  t.is(place.msp, msp);
  t.deepEqual(await makePlace(fleet), place);
  const id = await enrolBox(box, fleet, place);
  t.is(await enrolBox(box, fleet, place), id);
  const version = await pushPolicy(box, fleet, place, id);
  t.is(await pushPolicy(box, fleet, place, id), version);

  const link = (await inviteOwner(fleet, place))!;
  const next = (await inviteOwner(fleet, place))!;
  t.true(next.expiresAt > systemClock.now());
  await fleet.withRooms(async ({ access: { people } }) => {
    const accept = ({ url }: typeof link) => people.accept(new URL(url).hash.slice(1), 'Owner', 'a long password');
    await t.throwsAsync(accept(link), { code: 'invitation_refused' }, 'one that was shown before');
    t.is((await people.invitations(wholeMsp(msp))).length, 1);
    await accept(next);
  });
  t.is(await inviteOwner(fleet, place), null, 'and none once somebody is in');
});

test('what still has its starter is not ended', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-up-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const fleet = await startFleet(folder);
  t.teardown(fleet.process.stop);
  // Workers of the tests are started by this name.
  const starter = process.argv[1]!;
  await t.throwsAsync(endLeftBehind(fleet.configPath, starter), { message: /this demo runs already/ });
  t.is(fleet.process.pid > 0 && process.kill(fleet.process.pid, 0), true);
});
