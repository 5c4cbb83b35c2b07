/**
 * Disks that are full, that fail, and that take a part of what they are given. The box may refuse, and say why; it may never say that
 * something is stored which is not, and when the disk is well again its next start recovers.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { contentPath } from '../../appliance/vault/content.ts';
import { Journal } from './journal.ts';
import { newPlace } from './place.ts';
import { cutPower, type Fate, watch } from './power-cuts.ts';
import { examined, type Place, run } from './processes.ts';
import { seededRandom, seedOf } from './random.ts';
import { readTrace, straced } from './strace.ts';
import { recordingId } from './world.ts';

const seed = seedOf();
const START = Date.UTC(2026, 0, 5);
const BETWEEN_LIVES_MS = 9 * 3600_000;
const PIECES = 25;

/** Room of the small disk: what a box of a few dozen recordings needs, logs included. */
const DISK_MB = 24;

/** Room that is left to a life, bytes: sometimes not even for opening a database, sometimes for most of its work. */
const MOST_LEFT = 500_000;

const FULL_LIVES = 16;

/** Lives at most: more than FULL_LIVES only until a disk has taken a part of a segment, which one life in five or so sees. */
const MOST_LIVES = 48;

const at = newPlace('errors');
const placeOf = (folder: string, life: number): Place => ({
  folder: join(folder, 'data'),
  journal: join(at, 'journal'),
  now: START + life * BETWEEN_LIVES_MS,
  seed: `${seed}-${life}`,
});
const refusals = (journal: string) => Journal.read(journal).lines.filter(({ said }) => said === 'refused');

test.before((t) => t.log(`BELKLUIS_SEED=${seed}`));
test.after.always(() => rmSync(at, { recursive: true, force: true }));

test.serial('a full disk is refused, recorded as such, and all that was stored before is there', async (t) => {
  t.timeout(120_000);
  const disk = join(at, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'belkluis-test', disk], { stdio: 'pipe' });
  } catch (error) {
    return t.fail(`this test mounts a small disk, and so must run as root: ${(error as Error).message}`);
  }
  const random = seededRandom(seed);
  const filler = join(disk, 'filler');
  const trace = join(at, 'trace');
  let short = 0;
  try {
    for (let life = 0; life < FULL_LIVES || (short === 0 && life < MOST_LIVES); life++) {
      const place = placeOf(disk, life);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - random.integer(MOST_LEFT))));
      const { code, signal } = await run('live', place, ['both', `${PIECES}`], { before: straced(trace) }).ending;
      t.true(code === 0 || code === 1, `life ${life} ended with ${code ?? signal}: neither in order nor by refusing`);
      for (const { name, args, result } of readTrace(readFileSync(trace, 'utf8'))) {
        const [file, bytes] = args as [{ path?: string }, Buffer];
        if (name === 'write' && file.path?.endsWith('.sealed') && result.value >= 0 && result.value < bytes.length)
          short++;
      }
      rmSync(filler);
      t.deepEqual(await examined(place), [], `life ${life}`);
    }
  } finally {
    execFileSync('umount', [disk]);
  }
  const codes = new Map<string, number>();
  for (const { code } of refusals(join(at, 'journal'))) codes.set(String(code), (codes.get(String(code)) ?? 0) + 1);
  t.log(`refused: ${[...codes].map(([code, times]) => `${code} ${times}`).join(', ')}; ${short} short writes`);
  t.true(codes.has('ENOSPC') && codes.has('SQLITE_FULL'), 'both kinds of file met the full disk');
  t.true(short > 0, 'a segment was taken in part');
  return undefined;
});

/** Which calls fail, and how; `+`: that one and all after it. */
const FAILURES = [
  'fsync,fdatasync:error=EIO',
  'fsync,fdatasync:error=EIO',
  'pwrite64:error=EIO',
  'pwrite64:error=ENOSPC',
  'ftruncate:error=EIO',
  'unlink:error=EIO',
  'rename:error=EIO',
];

/** Boxes with failing disks, and power cuts of each. Each fails in its second life, and has no third: whoever starts again on a cache of
 * which the disk took only a part cannot know it. That is why a machine whose disk has failed must be restarted. */
const FAILING_BOXES = 14;
const CUTS = 30;

test.serial('a disk that fails is believed no more: nothing is promised that a power cut can take', async (t) => {
  t.timeout(240_000);
  const random = seededRandom(`${seed}-failing`);
  let refused = 0;
  let made = 0;
  for (let box = 0; box < FAILING_BOXES; box++) {
    const failure = FAILURES[box % FAILURES.length]!;
    const rare = /unlink|rename|ftruncate/.test(failure);
    const when = `${1 + random.integer(rare ? 3 : 70)}${random.onceIn(3) ? '+' : ''}`;
    const fates: Fate[] = [{}, { inject: `inject=${failure}:when=${when}` }];
    const place = join(at, `box-${box}`);
    const watched = await watch(place, `${seed}-${box}`, fates);
    const { faults, cuts } = await cutPower(watched, { at: place, seed: `${seed}-${box}`, cuts: CUTS });
    made += cuts;
    t.deepEqual(faults, [], JSON.stringify(fates));
    // Without a cut the next start has what the cache had.
    const { folder, journal, now } = watched;
    refused += refusals(journal).length;
    t.deepEqual(await examined({ folder, journal, now, seed: `${seed}-${box}-next` }), [], JSON.stringify(fates));
  }
  t.log(`${refused} refusals, ${made} power cuts`);
  t.true(refused > 0);
});

/** Recordings of a life whose content the disk does not take. */
const RECORDINGS = 8;

test.serial(
  'a segment that the disk refuses ends its recording; those before it stay, and nothing follows it',
  async (t) => {
    t.timeout(120_000);
    for (const [life, when] of ['3', '5+', '8', '11+'].entries()) {
      const place = { ...placeOf(join(at, 'refusing'), life), journal: join(at, 'refusing-journal') };
      mkdirSync(join(at, 'refusing'), { recursive: true });
      const files = Array.from({ length: RECORDINGS }, (_, n) =>
        contentPath(join(place.folder, 'vault/content'), recordingId(place.seed, n)),
      );
      // Only the content files: what the runtime writes to its own descriptors must not fail.
      const before = [
        'strace',
        '-f',
        '-o',
        '/dev/null',
        '-e',
        'signal=none',
        '-e',
        `inject=write:error=EIO:when=${when}`,
      ];
      before.push(...files.flatMap((file) => ['-P', file]));
      const { code, errors } = await run('live', place, ['both', `${PIECES}`], { before }).ending;
      t.is(code, 0, errors);
      t.deepEqual(await examined(place), [], `write ${when} fails`);
    }
    const codes = refusals(join(at, 'refusing-journal')).map(({ code }) => code);
    t.log(`refused: ${codes.join(', ')}`);
    t.true(codes.includes('disk_failed'));
  },
);
