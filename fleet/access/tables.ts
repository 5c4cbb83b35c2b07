/** People of MSPs, what proves that it is them, and what they have open. Secrets that come back are kept as SHA-256, hex. */
import type { Migration } from '../db/open.ts';

/** `enrol`: no second factor yet, and setting one up is all that may be done. `code`: it is still to be given. */
export type Stage = 'enrol' | 'code' | 'full';

export type AccessTables = {
  readonly people: {
    id: string;
    msp: string;
    email: string;
    email_key: string;
    name: string;
    /** JSON of `Grant[]`, and whether owner is among them. */
    grants: string;
    owner: number;
    /** Argon2id in PHC form; empty: none, an identity provider vouches. */
    password: string;
    totp_secret: string | null;
    /** Step of the last code that was taken. */
    totp_step: number;
    created_at: number;
    /** When the first second factor was set up; null: nothing may be done yet. */
    enrolled_at: number | null;
    expires_at: number;
  };
  readonly sessions: {
    token_hash: string;
    person: string;
    stage: Stage;
    started_at: number;
    used_at: number;
    failures: number;
    /** TOTP secret that is being set up. */
    totp_secret: string | null;
    expires_at: number;
  };
  readonly invitations: {
    id: string;
    token_hash: string;
    msp: string;
    email: string;
    grants: string;
    invited_by: string;
    created_at: number;
    expires_at: number;
  };
  /** `id`, `public_key` (COSE): base64url. */
  readonly passkeys: { id: string; person: string; public_key: string; counter: number; created_at: number };
  readonly challenges: { challenge_hash: string; person: string | null; expires_at: number };
  readonly api_tokens: {
    id: string;
    token_hash: string;
    person: string;
    name: string;
    acts: string;
    created_at: number;
    expires_at: number;
  };
};

const ofPerson = 'person text NOT NULL REFERENCES people (id) ON DELETE CASCADE';
const hash = (column: string) => `${column} text PRIMARY KEY CHECK (length(${column}) = 64)`;

export const accessMigrations: readonly Migration[] = [
  {
    name: 'access-1',
    statements: [
      `CREATE TABLE people (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         email text NOT NULL,
         email_key text NOT NULL UNIQUE,
         name text NOT NULL,
         grants text NOT NULL,
         owner integer NOT NULL CHECK (owner IN (0, 1)),
         password text NOT NULL,
         totp_secret text,
         totp_step bigint NOT NULL,
         created_at bigint NOT NULL,
         enrolled_at bigint,
         expires_at bigint NOT NULL CHECK (expires_at > created_at)
       )`,
      'CREATE INDEX people_by_msp ON people (msp, name)',
      'CREATE INDEX people_by_expiry ON people (expires_at)',
      `CREATE TABLE sessions (
         ${hash('token_hash')},
         ${ofPerson},
         stage text NOT NULL CHECK (stage IN ('enrol', 'code', 'full')),
         started_at bigint NOT NULL,
         used_at bigint NOT NULL,
         failures integer NOT NULL,
         totp_secret text,
         expires_at bigint NOT NULL CHECK (expires_at > started_at)
       )`,
      'CREATE INDEX sessions_by_person ON sessions (person)',
      'CREATE INDEX sessions_by_expiry ON sessions (expires_at)',
      `CREATE TABLE invitations (
         id text PRIMARY KEY,
         token_hash text NOT NULL UNIQUE CHECK (length(token_hash) = 64),
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         email text NOT NULL,
         grants text NOT NULL,
         invited_by text NOT NULL,
         created_at bigint NOT NULL,
         expires_at bigint NOT NULL CHECK (expires_at > created_at)
       )`,
      'CREATE INDEX invitations_by_msp ON invitations (msp, created_at)',
      `CREATE TABLE passkeys (
         id text PRIMARY KEY,
         ${ofPerson},
         public_key text NOT NULL,
         counter bigint NOT NULL,
         created_at bigint NOT NULL
       )`,
      'CREATE INDEX passkeys_by_person ON passkeys (person)',
      `CREATE TABLE challenges (
         ${hash('challenge_hash')},
         person text REFERENCES people (id) ON DELETE CASCADE,
         expires_at bigint NOT NULL
       )`,
      'CREATE INDEX challenges_by_expiry ON challenges (expires_at)',
      `CREATE TABLE api_tokens (
         id text PRIMARY KEY,
         token_hash text NOT NULL UNIQUE CHECK (length(token_hash) = 64),
         ${ofPerson},
         name text NOT NULL,
         acts text NOT NULL,
         created_at bigint NOT NULL,
         expires_at bigint NOT NULL CHECK (expires_at > created_at)
       )`,
      'CREATE INDEX api_tokens_by_person ON api_tokens (person)',
    ],
  },
];
