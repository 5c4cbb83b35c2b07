/** Answers that are given again: what a token's POST with an `Idempotency-Key` was told. */
import type { Migration } from '../db/open.ts';

export type ApiTables = {
  readonly api_answers: {
    /** SHA-256 of the token's id and the key. */
    key_hash: string;
    token: string;
    person: string;
    /** SHA-256 of method, path, `If-Match` and body: what the key was used for. */
    request_hash: string;
    /** Null: it is being worked on. */
    status: number | null;
    answer: string | null;
    begun_at: number;
    expires_at: number;
  };
};

export const apiMigrations: readonly Migration[] = [
  {
    name: 'api-1',
    statements: [
      `CREATE TABLE api_answers (
         key_hash text PRIMARY KEY CHECK (length(key_hash) = 64),
         token text NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
         person text NOT NULL REFERENCES people (id) ON DELETE CASCADE,
         request_hash text NOT NULL CHECK (length(request_hash) = 64),
         status integer,
         answer text,
         begun_at bigint NOT NULL,
         expires_at bigint NOT NULL CHECK (expires_at > begun_at)
       )`,
      'CREATE INDEX api_answers_by_token ON api_answers (token)',
      'CREATE INDEX api_answers_by_person ON api_answers (person)',
      'CREATE INDEX api_answers_by_expiry ON api_answers (expires_at)',
    ],
  },
];
