/**
 * A power cut takes more than a process: whatever was not synced may be lost, torn, or there while what was written before it is not. The
 * box works under strace; from what it asked of the file system, disks are built as a cut at any call could have left them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { newPlace } from './place.ts';
import { cutPower, type Fate, type Watched, watch } from './power-cuts.ts';
import { seededRandom, seedOf } from './random.ts';

/** Data directories that are watched, and power cuts of each. */
const BOXES = 5;
const CUTS = 200;

/** Lives of each: all but the last end too early, so that a process builds on what another left in the cache. */
const LIVES = 5;

/** Syncs of a life among which one is drawn to die in, be it SQLite's: less than it makes. */
const SYNCS = 60;

const seed = seedOf();
const at = newPlace('cuts');
const watched: Watched[] = [];

test.before(async (t) => {
  t.timeout(120_000);
  t.log(`BELKLUIS_SEED=${seed}`);
  const random = seededRandom(seed);
  for (let number = 0; number < BOXES; number++) {
    const fates = Array.from({ length: LIVES }, (_, life): Fate => {
      const inSync = { inject: `inject=fsync,fdatasync:signal=KILL:when=${1 + random.integer(SYNCS)}` };
      const atPoint = ['durable.taken#9', 'durable.unlinked#1', 'durable.file_renamed#2'].map((dieAt) => ({ dieAt }));
      return life === LIVES - 1 ? {} : random.pick([inSync, inSync, ...atPoint]);
    });
    watched.push(await watch(join(at, `${number}`), `${seed}-${number}`, fates));
  }
});
test.after.always(() => rmSync(at, { recursive: true, force: true }));

test.serial(
  'after a power cut at any call, with anything lost that was not synced, a box keeps its word',
  async (t) => {
    t.timeout(240_000);
    let made = 0;
    for (const [number, box] of watched.entries()) {
      const { faults, cuts } = await cutPower(box, { at, seed: `${seed}-${number}`, cuts: CUTS });
      made += cuts;
      t.deepEqual(faults, [], `BELKLUIS_SEED=${seed}`);
    }
    t.log(
      `${made} power cuts in ${watched.reduce((sum, { changing }) => sum + changing.length, 0)} calls that change files`,
    );
  },
);

for (const lie of ['folders', 'files'] as const) {
  test.serial(`a disk that only pretends to sync ${lie} is noticed: this test can fail`, async (t) => {
    const { faults } = await cutPower(watched[0]!, { at, seed: `${seed}-${lie}`, cuts: 30, lie });
    t.true(faults.length > 0, `BELKLUIS_SEED=${seed}`);
    t.log(`${faults.length} broken promises, the first: ${faults[0]?.split('\n')[0]}`);
  });
}
