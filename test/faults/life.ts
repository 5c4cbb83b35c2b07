/** One life of a box: it starts as the product does, works, and ends in order unless something ends it. */
import { recover } from '../../appliance/vault/recover.ts';
import type { Journal } from './journal.ts';
import { works } from './work/all.ts';
import { append } from './work/audit.ts';
import { finishObjections } from './work/object.ts';
import { lastPurge } from './work/purge.ts';
import type { Role, Work, World } from './world.ts';

/** What the call process does before its first call. */
async function start(world: World, role: Role): Promise<void> {
  if (role === 'desk') return;
  const { vault, clock } = world;
  world.say('box', 'about_to_start');
  for (const { recording, segments, tornBytes } of await recover({ ...vault, clock })) {
    world.say('record', 'recovered', { id: recording });
    append(world, { kind: 'recording_recovered', actor: 'box', facts: { recording, segments, tornBytes } });
  }
  finishObjections(world);
}

/** Runs what the product may refuse when a disk fails. That it refused is said, with the reason; the box goes on, or ends. */
async function attempt(world: World, name: string, action: () => void | Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    world.say(name, 'refused', { code: (error as { code?: string }).code ?? '', why: String(error) });
    return false;
  }
}

export async function live(world: World, role: Role, pieces: number): Promise<void> {
  const mine = works.filter((work) => role === 'both' || work.role === role);
  const urn = mine.flatMap((work): Work[] => Array.from({ length: work.weight }, () => work));
  if (!(await attempt(world, 'start', () => start(world, role)))) return;
  for (let piece = 0; piece < pieces; piece++) {
    const work = world.random.pick(urn);
    await attempt(world, work.name, () => work.run(world));
  }
  for (const work of mine) await attempt(world, work.name, () => work.finish?.(world));
}

/** After whatever happened: recovery, every check, one more purge, and every check again. */
export async function examine(world: World, journal: Journal): Promise<readonly string[]> {
  await start(world, 'call');
  const faults: string[] = [];
  const checkAll = async (when: string) => {
    for (const work of works) for (const fault of await work.check(world, journal)) faults.push(`${when}: ${fault}`);
  };
  await checkAll('after recovery');
  if (faults.length > 0) return faults;
  faults.push(...(await lastPurge(world, journal)));
  await checkAll('after the next purge');
  return faults;
}
