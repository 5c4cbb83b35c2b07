/**
 * A box that is killed again and again: at every named commit point, and at any moment. Whatever it had said it had done must hold, and
 * whatever it had only begun must be finished or gone.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { commitPoints } from './commit-points.ts';
import { Journal } from './journal.ts';
import { newPlace } from './place.ts';
import { type Death, examined, lived } from './processes.ts';
import { type Random, seededRandom, seedOf } from './random.ts';

const ROUNDS = Number(process.env.BELKLUIS_ROUNDS ?? 200);

/** Boxes at the same time: the cores of a small machine. */
const SIDE_BY_SIDE = 2;

/** Lives of one data directory: long enough for what is recorded in the first to expire in the last. */
const LIVES = 10;

/** Wall clock between two lives. Recordings stay for one to three days. */
const BETWEEN_LIVES_MS = 14 * 3600_000;

/** Data directories that are tried in vain before a point counts as one that no work passes. */
const MORE_TRIES = 4;

const PIECES = 30;
const FIRST_LIFE = Date.UTC(2026, 0, 5);

/** Where a box starts and works in, ms: moments are drawn from it. */
const LIFE_MS = 700;

/** Points that only the first life of a data directory passes. */
const AT_THE_MAKING = /^keystore\.(first_key_made|created)$/;

/** Points that no box at work passes, and the test that kills there. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^keystore\.plain_/, 'appliance/vault/keystore/crash.test.ts'],
  [/^(backup|restore)\./, 'appliance/backup/crash.test.ts'],
  [/^audit\.generation_opened$/, 'test/scenarios/backup.scenario.ts'],
  [/^scrub\./, 'appliance/vault/scrub.test.ts'],
  [/^uplink\./, 'appliance/uplink/crash.test.ts'],
];

/** How each of the rounds ends: each point in its turn, first at its first passing, later at any; in between at any moment. */
function deathsOf(rounds: number, points: readonly string[], random: Random): Death[] {
  const [first, later] = [
    points.filter((point) => AT_THE_MAKING.test(point)),
    points.filter((point) => !AT_THE_MAKING.test(point)),
  ];
  let [makings, turns] = [0, 0];
  return Array.from({ length: rounds }, (_, round): Death => {
    if (round % LIVES === 0 && first.length > 0)
      return { at: 'point', point: first[makings++ % first.length]!, times: 1 };
    if (later.length === 0 || random.onceIn(3)) return { at: 'moment', afterMs: 80 + random.integer(LIFE_MS) };
    const turn = turns++;
    const times = turn < later.length * 2 ? 1 : 1 + random.integer(8);
    return { at: 'point', point: later[turn % later.length]!, times };
  });
}

/** One data directory through its lives. */
async function box(seed: string, deaths: readonly Death[], hits: Map<string, number>) {
  const at = newPlace('crash');
  const random = seededRandom(seed);
  const faults: string[] = [];
  let killed = 0;
  for (const [life, death] of deaths.entries()) {
    const place = {
      folder: join(at, 'data'),
      journal: join(at, 'journal'),
      now: FIRST_LIFE + life * BETWEEN_LIVES_MS,
      seed: `${seed}-${life}`,
    };
    const { hit, errors } = await lived(place, { death, together: random.onceIn(2), pieces: PIECES });
    if (death.at === 'moment') killed++;
    if (hit && death.at === 'point') hits.set(death.point, (hits.get(death.point) ?? 0) + 1);
    const refused = Journal.read(place.journal).lines.filter(({ said }) => said === 'refused');
    const wrong = [...errors, ...refused.map((line) => JSON.stringify(line))];
    // Sometimes the next life begins where this one died, and dies itself before anybody looked.
    if (life === deaths.length - 1 || !random.onceIn(4)) wrong.push(...(await examined(place)));
    faults.push(...wrong.map((fault) => `life ${life}, ${JSON.stringify(death)}: ${fault}`));
    if (faults.length > 0) return { faults, killed, kept: at };
  }
  rmSync(at, { recursive: true });
  return { faults, killed, kept: null };
}

const seed = seedOf();
const points = commitPoints().filter((point) => !ELSEWHERE.some(([name]) => name.test(point)));
const hits = new Map<string, number>();
let killed = 0;

/** Boxes side by side, each through its share of the deaths. Returns what was wrong. */
async function boxes(t: ExecutionContext, name: string, deaths: readonly Death[]): Promise<void> {
  const shares = Array.from({ length: Math.ceil(deaths.length / LIVES) }, (_, n) =>
    deaths.slice(n * LIVES, (n + 1) * LIVES),
  );
  let next = 0;
  const worker = async () => {
    for (let number = next++; number < shares.length; number = next++) {
      const { faults, killed: moments, kept } = await box(`${seed}-${name}-${number}`, shares[number]!, hits);
      killed += moments;
      t.deepEqual(faults, [], `BELKLUIS_SEED=${seed}; the data directory is kept in ${kept}`);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

const missed = (): string[] => points.filter((point) => !hits.has(point));

test('killed at every commit point and at any moment, a box keeps its word', async (t) => {
  t.timeout(600_000);
  t.log(`BELKLUIS_SEED=${seed}, ${ROUNDS} rounds`);
  await boxes(t, 'box', deathsOf(ROUNDS, points, seededRandom(seed)));
  // What only chance kept from being passed is tried through whole lives of a data directory: some points need what has expired.
  for (let attempt = 0; attempt < MORE_TRIES && missed().length > 0; attempt++) {
    const again = missed().flatMap((point) => Array.from({ length: LIVES }, () => point));
    await boxes(
      t,
      `again-${attempt}`,
      again.map((point) => ({ at: 'point', point, times: 1 })),
    );
  }
  for (const point of points) t.log(`${point}: died ${hits.get(point) ?? 0} times`);
  t.log(`any moment: ${killed} times`);
  t.deepEqual(missed(), [], 'commit points at which no box ever died: no work passes them');
});
