/** Which releases there are, of which packages, and what is known to be wrong with packages. The same for all MSPs. */
import type { Migration } from '../db/open.ts';

export type SoftwareTables = {
  readonly software_releases: {
    /** Without a `v`. */
    version: string;
    released_at: number;
    /** JSON: `[name, version]` of each package, the program itself among them. */
    components: string;
    brought_at: number;
  };
  readonly advisories: {
    /** Its publisher's. */
    id: string;
    published_at: number;
    modified_at: number;
    /** 1: taken back by its publisher. */
    withdrawn: number;
    /** JSON: which versions of which packages (`osv.ts`). */
    affected: string;
    brought_at: number;
  };
};

export const softwareMigrations: readonly Migration[] = [
  {
    name: 'software-1',
    statements: [
      `CREATE TABLE software_releases (
         version text PRIMARY KEY,
         released_at bigint NOT NULL,
         components text NOT NULL,
         brought_at bigint NOT NULL
       )`,
      `CREATE TABLE advisories (
         id text PRIMARY KEY,
         published_at bigint NOT NULL,
         modified_at bigint NOT NULL,
         withdrawn integer NOT NULL CHECK (withdrawn IN (0, 1)),
         affected text NOT NULL,
         brought_at bigint NOT NULL
       )`,
    ],
  },
];
