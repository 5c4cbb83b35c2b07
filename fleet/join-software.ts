/** What is known of software, laid beside what boxes run: alerts for those that are behind for too long. */
import { readFile } from 'node:fs/promises';
import type { FleetCode } from './alerts/codes.ts';
import { sbomOf } from './compliance/sbom.ts';
import type { Rooms } from './open-rooms.ts';
import packageJson from './package.json' with { type: 'json' };
import { OLD_MS } from './software/limits.ts';
import type { SoftwareStanding } from './software/standing.ts';

/** What the program is made of. */
const LOCK = new URL('../package-lock.json', import.meta.url);

export const readLock = async (): Promise<unknown> => JSON.parse(await readFile(LOCK, 'utf8'));

/** Boxes of the fleet's own release run the same packages: of these nobody has to bring a list. */
export async function knowOwnRelease({ software }: Pick<Rooms, 'software'>): Promise<void> {
  const known = await software.releases();
  if (known.some(({ version }) => version === packageJson.version)) return;
  const list = sbomOf(await readLock(), Date.parse(packageJson.released));
  await software.bringRelease(JSON.stringify(list), 'fleet');
}

const codes = {
  software_stale: ({ behindSince }, now) => behindSince !== null && now - behindSince > OLD_MS,
  software_vulnerable: ({ advisories }, now) => (advisories ?? []).some(({ since }) => now - since > OLD_MS),
} as const satisfies Partial<Record<FleetCode, (standing: SoftwareStanding, now: number) => boolean>>;

/** Raises what is so, and ends what is so no more. `now`: wall clock, ms. */
export async function lookAtSoftware(
  { software, identities, alerts }: Pick<Rooms, 'software' | 'identities' | 'alerts'>,
  now: number,
): Promise<void> {
  const versions = await identities.versions();
  const standings = await software.standings(versions);
  for (const [code, isSo] of Object.entries(codes)) {
    const bad = versions.filter((version) => isSo(standings.get(version)!, now));
    const boxes = await identities.running(bad);
    await alerts.watch.agree(
      code as keyof typeof codes,
      boxes.map((box) => ({ box })),
    );
  }
}
