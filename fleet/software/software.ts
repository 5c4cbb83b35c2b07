/**
 * Which releases of the box's software there are, of which packages, and which advisories are open for each. Whoever runs the fleet brings both as
 * files: the process asks nobody on the internet.
 */
import { hash } from 'node:crypto';
import type { Clock } from '@belkluis/shared/base/clock';
import { compare } from 'semver';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import type { Append } from './events.ts';
import { KNOWN_FOR_MS, MAX_FILE_BYTES } from './limits.ts';
import { type Advisory, advisoriesOf, readAffected } from './osv.ts';
import { problem } from './problems.ts';
import { type Component, type Release, releaseOf } from './sbom.ts';
import { type ByPackage, byPackage, type SoftwareStanding, standingOf } from './standing.ts';
import type { SoftwareTables } from './tables.ts';

interface Parts {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'now'>;
  readonly append: Append;
}

export type Software = ReturnType<typeof openSoftware>;

const checkSize = (file: string): void => {
  if (Buffer.byteLength(file) > MAX_FILE_BYTES) throw problem('software_file_large');
};

export function openSoftware({ database, clock, append }: Parts) {
  const view = (whole: AnyTables) => whole.$extendTables<SoftwareTables>();
  const db = view(database);

  async function releases(): Promise<Release[]> {
    const rows = await db.selectFrom('software_releases').selectAll().execute();
    return rows
      .map(({ version, released_at: releasedAt, components }) => ({
        version,
        releasedAt,
        components: JSON.parse(components) as Component[],
      }))
      .sort((a, b) => compare(b.version, a.version));
  }

  async function advisories(): Promise<Advisory[]> {
    const rows = await db.selectFrom('advisories').selectAll().orderBy('published_at', 'desc').orderBy('id').execute();
    return rows.map((row) => ({
      id: row.id,
      publishedAt: row.published_at,
      modifiedAt: row.modified_at,
      withdrawn: row.withdrawn === 1,
      affected: readAffected(row.affected),
    }));
  }

  interface Known {
    readonly at: number;
    readonly releases: readonly Release[];
    readonly advisories: ByPackage;
    /** Of versions that were asked for. */
    readonly standings: Map<string, SoftwareStanding>;
  }
  let known: Known | null = null;

  async function knownNow(): Promise<Known> {
    const at = clock.now();
    if (known && at - known.at < KNOWN_FOR_MS && at >= known.at) return known;
    known = { at, releases: await releases(), advisories: byPackage(await advisories()), standings: new Map() };
    return known;
  }

  return {
    /** Newest first. */
    releases,
    /** Newest first. */
    advisories,

    /**
     * Takes the list of packages of a release (CycloneDX, JSON) in place of what was known of that version. @throws Problem `software_file_large`,
     * `sbom_unreadable`, `sbom_of_another`.
     */
    async bringRelease(file: string, actor: string): Promise<Release> {
      checkSize(file);
      const release = releaseOf(file);
      const { version, releasedAt, components } = release;
      const seen = { released_at: releasedAt, components: JSON.stringify(components), brought_at: clock.now() };
      await transact(database, async (whole) => {
        await view(whole)
          .insertInto('software_releases')
          .values({ version, ...seen })
          .onConflict((on) => on.column('version').doUpdateSet(seen))
          .execute();
        await append({ kind: 'release_brought', actor, facts: { version, sbom: hash('sha256', file, 'hex') } }, whole);
      });
      known = null;
      return release;
    },

    /**
     * Takes advisories (OSV, JSON: one, or an array). Of one that is there the newer counts. @throws Problem `software_file_large`,
     * `advisories_unreadable`.
     */
    async bringAdvisories(file: string, actor: string): Promise<{ readonly fresh: number; readonly changed: number }> {
      checkSize(file);
      const brought = advisoriesOf(file);
      const now = clock.now();
      const counted = await transact(database, async (whole) => {
        const tx = view(whole);
        const rows = await tx.selectFrom('advisories').select(['id', 'modified_at']).execute();
        const read = new Map(rows.map((row) => [row.id, row.modified_at]));
        let [fresh, changed] = [0, 0];
        for (const { id, publishedAt, modifiedAt, withdrawn, affected } of brought) {
          const before = read.get(id);
          if (before !== undefined && before >= modifiedAt) continue;
          read.set(id, modifiedAt);
          if (before === undefined) fresh++;
          else changed++;
          const seen = {
            ...{ published_at: publishedAt, modified_at: modifiedAt, withdrawn: withdrawn ? 1 : 0 },
            ...{ affected: JSON.stringify(affected), brought_at: now },
          };
          await tx
            .insertInto('advisories')
            .values({ id, ...seen })
            .onConflict((on) => on.column('id').doUpdateSet(seen))
            .execute();
        }
        const facts = { file: hash('sha256', file, 'hex'), fresh, changed };
        await append({ kind: 'advisories_brought', actor, facts }, whole);
        return { fresh, changed };
      });
      known = null;
      return counted;
    },

    /** How these versions stand, as it was known KNOWN_FOR_MS ago at most; others may be among them. */
    async standings(versions: readonly string[]): Promise<ReadonlyMap<string, SoftwareStanding>> {
      if (versions.length === 0) return new Map();
      const { at, releases, advisories, standings } = await knownNow();
      for (const version of versions)
        if (!standings.has(version)) standings.set(version, standingOf(version, releases, advisories, at));
      return standings;
    },
  };
}
