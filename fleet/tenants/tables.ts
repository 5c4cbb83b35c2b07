/** MSPs, their customers, and the sites of these. */
import type { Migration } from '../db/open.ts';

/** `msp` stands in each row below it, and the database holds it true: one condition keeps tenants apart. */
export type TenantTables = {
  readonly msps: { id: string; name: string; name_key: string; created_at: number; archived_at: number | null };
  readonly customers: {
    id: string;
    msp: string;
    name: string;
    name_key: string;
    created_at: number;
    archived_at: number | null;
  };
  readonly sites: {
    id: string;
    msp: string;
    customer: string;
    name: string;
    name_key: string;
    /** ISO 3166-1 alpha-2. */
    country: string;
    /** IANA. */
    time_zone: string;
    created_at: number;
    archived_at: number | null;
  };
};

export const tenantMigrations: readonly Migration[] = [
  {
    name: 'tenants-1',
    statements: [
      `CREATE TABLE msps (
         id text PRIMARY KEY,
         name text NOT NULL,
         name_key text NOT NULL UNIQUE,
         created_at bigint NOT NULL,
         archived_at bigint
       )`,
      `CREATE TABLE customers (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         name text NOT NULL,
         name_key text NOT NULL,
         created_at bigint NOT NULL,
         archived_at bigint,
         UNIQUE (msp, name_key),
         UNIQUE (id, msp)
       )`,
      `CREATE TABLE sites (
         id text PRIMARY KEY,
         msp text NOT NULL,
         customer text NOT NULL,
         name text NOT NULL,
         name_key text NOT NULL,
         country text NOT NULL CHECK (length(country) = 2),
         time_zone text NOT NULL,
         created_at bigint NOT NULL,
         archived_at bigint,
         UNIQUE (customer, name_key),
         UNIQUE (id, customer, msp),
         FOREIGN KEY (customer, msp) REFERENCES customers (id, msp) ON DELETE CASCADE
       )`,
      'CREATE INDEX sites_by_name ON sites (msp, name_key, id)',
      `CREATE TABLE agreements (
         customer text PRIMARY KEY,
         msp text NOT NULL,
         stated_at bigint NOT NULL,
         until_at bigint,
         FOREIGN KEY (customer, msp) REFERENCES customers (id, msp) ON DELETE CASCADE
       )`,
    ],
  },
];
