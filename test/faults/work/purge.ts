/** Erasure: by expiry, on request, and the proof of both. What must be left alone is record's to check; here is what may not be left. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCertificate } from '@belkluis/shared/audit/certificate';
import type { Journal } from '../journal.ts';
import { unlessErased, type Work, type World } from '../world.ts';

const WORK = 'purge';

/** Everything that has expired; once in a process's life the night's work with it. */
async function expire(world: World): Promise<void> {
  const now = world.clock.now();
  world.say(WORK, 'about_to_purge', { now });
  const { certain, night } = await world.eraser.run();
  world.say(WORK, 'purged', { now, certain });
  if (night !== null && 'failed' in night) world.say(WORK, 'refused', { code: night.failed });
}

async function onRequest(world: World): Promise<void> {
  const { recordings } = world.vault.catalogue.search({}, 100, 0);
  const ended = recordings.filter(({ id, end }) => end !== null && !world.vault.catalogue.holds.inForce(id));
  if (ended.length === 0) return;
  const { id } = world.random.pick(ended);
  world.say(WORK, 'about_to_erase', { id });
  await unlessErased(world, WORK, id, async () => {
    const { certified } = await world.eraser.eraseNow({
      recording: id,
      reason: 'request',
      caseRef: 'c',
      actor: 'anna',
    });
    world.say(WORK, 'erased', { id, certified });
  });
}

/**
 * Files below the data directory that hold the wraps of a recording as they were handed in. Not SQLite's index of its log: after a power
 * cut SQLite copies memory of the process that recovers into it, here that of a test which knows the wraps (docs/decisions/0028).
 */
function inTheClear(world: World, journal: Journal): string[] {
  const needles = journal
    .of('record', 'about_to_begin')
    .map(({ id, pkesk }) => ({ id, needle: Buffer.from(pkesk as string, 'hex').subarray(20, 60) }));
  const files = readdirSync(join(world.folder, 'vault'), { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
    .flatMap((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      const found = needles.filter(({ needle }) => bytes.includes(needle));
      return found.map(({ id }) => `purge: ${entry.name} holds the wraps of ${id}`);
    });
}

/** What is certified opens nowhere here, and its certificate holds without the box. */
function checkCertificates({ vault, keys }: World): string[] {
  const { certificates } = vault.catalogue.certificates(10_000, 0);
  return certificates.flatMap(({ recording }) => {
    const fault = (what: string) => [`purge: the certified ${recording} ${what}`];
    if (vault.keystore.get(recording) !== null) return fault('has wraps');
    if (vault.catalogue.get(recording)?.erasedAt === null) return fault('is in the catalogue');
    const verdict = checkCertificate(JSON.parse(vault.catalogue.certificate(recording)!), keys.publicKey);
    return verdict.ok ? [] : fault(`has a certificate that does not hold: ${JSON.stringify(verdict)}`);
  });
}

/** Whoever asked was told that it is certified, and it is. */
function checkAnswers(world: World, journal: Journal): string[] {
  return journal
    .of(WORK, 'erased')
    .filter(({ id, certified }) => certified && world.vault.catalogue.certificate(id as string) === null)
    .map(({ id }) => `purge: ${id} was certified and is no more`);
}

/** Exactly one keystore: no database of another epoch, and no key of one that was in force. What was cut off may leave a key of nothing. */
function checkKeystore({ folder, vault }: World, journal: Journal): string[] {
  const { epoch } = vault.keystore;
  const first = Math.min(epoch, ...journal.of('box', 'opened').map((line) => line.epoch as number));
  return readdirSync(join(folder, 'vault/keystore'))
    .map((name) => ({ name, of: Number(/\d+/.exec(name)?.[0] ?? epoch) }))
    .filter(({ name, of }) => of !== epoch && (name.startsWith('keystore') || (of >= first && of < epoch)))
    .map(({ name }) => `purge: ${name} lies beside epoch ${epoch}`);
}

export const purge: Work = {
  name: WORK,
  role: 'desk',
  weight: 4,
  async run(world) {
    if (world.random.onceIn(3)) return onRequest(world);
    if (!world.random.onceIn(4)) return expire(world);
    const { certain, certified } = await world.eraser.nightly();
    world.say(WORK, 'night', { certain, certified });
  },
  check: (world, journal) => [
    ...inTheClear(world, journal),
    ...checkCertificates(world),
    ...checkAnswers(world, journal),
    ...checkKeystore(world, journal),
  ],
};

/** The next run of the eraser, with nobody else at work: afterwards nothing waits. */
export async function lastPurge(world: World, journal: Journal): Promise<readonly string[]> {
  await expire(world);
  const faults =
    journal.last(WORK, 'purged')?.certain === true ? [] : ['the purge is not certain, though nobody reads'];
  const waits = world.vault.catalogue.uncertified(1).map(({ id }) => `${id} is erased and waits for its certificate`);
  return [...faults, ...waits];
}
