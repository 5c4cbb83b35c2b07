/** Small files that are replaced as a whole, as the policy is, and files in folders made for them, as exports are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileDurably } from '../../../appliance/vault/durable.ts';
import type { Work, World } from '../world.ts';

const WORK = 'files';

const textOf = (version: number) => JSON.stringify({ version, filler: 'x'.repeat(version * 37) });

/** The version that stands in a file; 0: there is none. @throws when it is half a file. */
function versionIn(path: string): number {
  if (!existsSync(path)) return 0;
  const text = readFileSync(path, 'utf8');
  const { version } = JSON.parse(text) as { version: number };
  if (text !== textOf(version)) throw new Error(`${path} is of no version`);
  return version;
}

const replacedIn = ({ folder }: World) => join(folder, 'policy.json');
const keptIn = ({ folder }: World, version: number) => join(folder, 'exports', `${version % 3}`, `${version}`, 'text');

export const files: Work = {
  name: WORK,
  role: 'desk',
  weight: 2,
  run(world) {
    const version = versionIn(replacedIn(world)) + 1;
    world.say(WORK, 'about_to_write', { version });
    writeFileDurably(replacedIn(world), textOf(version));
    world.say(WORK, 'written', { version });
    makeFolder(join(keptIn(world, version), '..'));
    writeFileDurably(keptIn(world, version), textOf(version));
    world.say(WORK, 'kept', { version });
  },
  check(world, journal) {
    const promised = (journal.last(WORK, 'written')?.version as number | undefined) ?? 0;
    const tried = (journal.last(WORK, 'about_to_write')?.version as number | undefined) ?? 0;
    try {
      const version = versionIn(replacedIn(world));
      const kept = journal.of(WORK, 'kept').map((line) => line.version as number);
      const lost = kept
        .filter((each) => versionIn(keptIn(world, each)) !== each)
        .map((each) => `files: ${each} is lost`);
      return version >= promised && version <= tried
        ? lost
        : [`files: version ${version}, promised ${promised}`, ...lost];
    } catch (error) {
      return [`files: ${(error as Error).message}`];
    }
  },
};
