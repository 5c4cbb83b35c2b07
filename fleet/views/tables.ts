/** Filters of the list of boxes that people gave a name. */
import type { Migration } from '../db/open.ts';

export type ViewTables = {
  /** `person` null: for everybody of the MSP. `holder`: id of the person, or of the MSP. `filter`: JSON, words of addresses by their names. */
  readonly saved_views: {
    id: string;
    msp: string;
    person: string | null;
    holder: string;
    name: string;
    name_key: string;
    filter: string;
    saved_at: number;
  };
};

/** After those of `access/`. */
export const viewMigrations: readonly Migration[] = [
  {
    name: 'views-1',
    statements: [
      `CREATE TABLE saved_views (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         person text REFERENCES people (id) ON DELETE CASCADE,
         holder text NOT NULL,
         name text NOT NULL,
         name_key text NOT NULL,
         filter text NOT NULL,
         saved_at bigint NOT NULL,
         UNIQUE (holder, name_key),
         CHECK (holder = COALESCE(person, msp))
       )`,
      'CREATE INDEX saved_views_of_msp ON saved_views (msp)',
      'CREATE INDEX saved_views_of_person ON saved_views (person)',
    ],
  },
];
