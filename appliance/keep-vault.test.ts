import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test, { type ExecutionContext } from 'ava';
import { openAccess } from './access/access.ts';
import { openPhones } from './access/phones.ts';
import { keepVault } from './keep-vault.ts';
import { openPrivacy } from './privacy/privacy.ts';
import { eraserScene } from './vault/testing/eraser-scene.ts';
import { openTimeKeeper } from './vault/time-keeper.ts';

const DAY = 86_400_000;
const DIRECTORY_DAYS = 30;
const chance = seededChance('keep vault');

/** A box whose vault is kept from `keep` on, as the desk process does. */
async function scene(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'keep-vault-'));
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const { vault, audit, privateKey, events, close } = eraserScene(folder, clock);
  const days = { directory: () => DIRECTORY_DAYS, request: () => 1096 };
  const privacy = openPrivacy(join(folder, 'privacy.db'), days);
  const phones = openPhones(join(folder, 'phones.db'), days.directory);
  const append = audit.append;
  const access = openAccess({ path: join(folder, 'access.db'), clock, chance, append, directoryDays: days.directory });
  const time = openTimeKeeper({ state: vault.catalogue.state, clock, append, sources: [] });
  await time.check();
  const said: { readonly event: string; readonly facts: object }[] = [];
  let stop = () => {};
  t.teardown(() => {
    stop();
    for (const part of [privacy, phones, access]) part.close();
    close();
  });
  return {
    clock,
    privacy,
    phones,
    time,
    events,
    said,
    acknowledge: (extension: string) =>
      privacy.acknowledgements.add(
        [{ extension, purpose: 'complaints', version: 'a'.repeat(64), at: clock.now(), how: 'paper', notedBy: 'p1' }],
        clock.now(),
      ),
    addPhone: (user: string) => phones.add({ user, realm: 'box.test', plainUntil: 0, now: clock.now(), chance }),
    /** Of whom an acknowledgement is stored, whether or not it still counts. */
    stored: () => privacy.acknowledgements.list(0).map(({ extension }) => extension),
    keep() {
      stop();
      stop = keepVault({
        config: { data: folder, timeZone: 'Europe/Amsterdam', disk: { reserveBytes: 0 } },
        vault,
        running: { audit, signHead: () => audit.checkpoint(privateKey), signed: null },
        access,
        phones,
        privacy,
        policy: () => null,
        acts: audit,
        contentSources: [],
        time,
        tellErased: async () => {},
        backedUp: false,
        clock,
        chance,
        log: (event, facts = {}) => void said.push({ event, facts }),
      }).close;
    },
  };
}

test('an acknowledgement leaves when nobody has used its extension for the term, and with its account; one of a phone in use stays', async (t) => {
  const { clock, phones, time, events, said, acknowledge, addPhone, stored, keep } = await scene(t);
  for (const user of ['used', 'unused']) addPhone(user);
  for (const extension of ['used', 'unused', 'pbx-left']) acknowledge(extension);
  clock.advance(20 * DAY);
  phones.seen('used', clock.now());
  acknowledge('pbx-new');
  clock.advance(9 * DAY);
  await time.check();
  keep();
  t.deepEqual(stored(), ['pbx-left', 'pbx-new', 'unused', 'used'], 'no term is over');

  clock.advance(2 * DAY);
  phones.seen('used', clock.now());
  await time.check();
  keep();
  t.deepEqual(stored(), ['pbx-new', 'used']);
  t.deepEqual(
    phones.list().map(({ user }) => user),
    ['used'],
  );
  t.deepEqual(
    events().flatMap(({ kind, facts }) => (kind === 'phone_removed' ? [facts] : [])),
    [{ phone: 'unused' }],
  );
  t.deepEqual(said.find(({ event }) => event === 'forgotten')?.facts, { events: 0, people: 0, phones: 1, notices: 1 });

  clock.advance(21 * DAY);
  await time.check();
  keep();
  t.deepEqual(stored(), ['used'], 'its term began anew when its phone was used');
});

test('a wall clock that was set forward makes nobody’s term over', async (t) => {
  const { clock, time, acknowledge, addPhone, stored, keep } = await scene(t);
  addPhone('used');
  for (const extension of ['used', 'pbx']) acknowledge(extension);
  clock.setWall(clock.now() + 365 * DAY);
  await time.check();
  keep();
  t.deepEqual(stored(), ['pbx', 'used']);
  time.confirm('p1');
  keep();
  t.deepEqual(stored(), []);
});
