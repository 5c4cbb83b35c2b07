/** Identity providers of MSPs, whose subject is whose, and sign-ins under way. */
import type { Migration } from '../../db/open.ts';

export type OidcTables = {
  readonly identity_providers: {
    id: string;
    msp: string;
    /** JSON of `Settings`. */
    settings: string;
    /** Sealed (`seal.ts`). */
    client_secret: string;
    /** JSON of `host:port` that the fleet connects to, as the provider named them when it was added. */
    hosts: string;
    version: number;
    created_at: number;
  };
  readonly provider_links: {
    provider: string;
    /** SHA-256 of the subject: what it is called there is not needed here. */
    subject_hash: string;
    person: string;
    /** Came in by a rule: as long as one holds. */
    by_rule: number;
    /** JSON of `Grant[]`: what its rules gave when they last held. */
    rule_grants: string;
    /** When it last let them in; 0: it does no more. */
    vouched_at: number;
    created_at: number;
  };
  readonly provider_attempts: {
    /** Of the secret in the browser, from which state, nonce and verifier come: a stolen database finishes no sign-in. */
    browser_hash: string;
    provider: string;
    /** Hash of an invitation that is to be used up. */
    invitation: string | null;
    /** Who is signed in and wants to sign in by the provider from now on. */
    person: string | null;
    expires_at: number;
  };
};

export const oidcMigrations: readonly Migration[] = [
  {
    name: 'access-oidc-1',
    statements: [
      `CREATE TABLE identity_providers (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         settings text NOT NULL,
         client_secret text NOT NULL,
         hosts text NOT NULL,
         version integer NOT NULL,
         created_at bigint NOT NULL
       )`,
      'CREATE INDEX identity_providers_by_msp ON identity_providers (msp, created_at)',
      `CREATE TABLE provider_links (
         provider text NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
         subject_hash text NOT NULL CHECK (length(subject_hash) = 64),
         person text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
         by_rule integer NOT NULL CHECK (by_rule IN (0, 1)),
         created_at bigint NOT NULL,
         PRIMARY KEY (provider, subject_hash)
       )`,
      'CREATE UNIQUE INDEX provider_links_by_person ON provider_links (person, provider)',
      `CREATE TABLE provider_attempts (
         browser_hash text PRIMARY KEY CHECK (length(browser_hash) = 64),
         provider text NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
         invitation text,
         person text REFERENCES people (id) ON DELETE CASCADE,
         expires_at bigint NOT NULL
       )`,
      'CREATE INDEX provider_attempts_by_expiry ON provider_attempts (expires_at)',
      'CREATE INDEX provider_attempts_by_provider ON provider_attempts (provider)',
      'CREATE INDEX provider_attempts_by_person ON provider_attempts (person)',
    ],
  },
  {
    name: 'access-oidc-2',
    statements: [
      "ALTER TABLE provider_links ADD COLUMN rule_grants text NOT NULL DEFAULT '[]'",
      'ALTER TABLE provider_links ADD COLUMN vouched_at bigint NOT NULL DEFAULT 0',
      // Whoever comes in is kept for 395 days from then: so much is known of when that was.
      `UPDATE provider_links SET vouched_at =
         (SELECT expires_at - 34128000000 FROM people WHERE people.id = provider_links.person)`,
      `UPDATE provider_links SET rule_grants =
         (SELECT grants FROM people WHERE people.id = provider_links.person)
         WHERE by_rule = 1 AND person IN (SELECT id FROM people WHERE owner = 0)`,
    ],
  },
];
