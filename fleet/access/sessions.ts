/** Who is signed in. The browser holds a random token; the fleet holds only its hash, so a stolen database signs nobody in. */
import {
  CODE_PATIENCE_MS,
  ENROL_PATIENCE_MS,
  MAX_CODE_TRIES,
  SESSION_IDLE_MS,
  SESSION_LIFETIME_MS,
  TOUCH_MS,
} from './limits.ts';
import { type Db, hashOf, newSecret, type Parts, view } from './parts.ts';
import { problem } from './problems.ts';
import type { AccessTables, Stage } from './tables.ts';

type Row = AccessTables['sessions'];

const LIFETIME_MS: Readonly<Record<Stage, number>> = {
  enrol: ENROL_PATIENCE_MS,
  code: CODE_PATIENCE_MS,
  full: SESSION_LIFETIME_MS,
};

/** Whether a session may still be used. */
function alive({ stage, started_at, used_at, failures, expires_at }: Row, now: number): boolean {
  // A wall clock that was set back must not make a session live longer.
  if (now < started_at || now < used_at || now >= expires_at || failures >= MAX_CODE_TRIES) return false;
  return stage !== 'full' || now - used_at < SESSION_IDLE_MS;
}

export type Sessions = ReturnType<typeof openSessions>;

/** The session of somebody who is signed in with both factors. @throws Problem `session_over`, `second_factor_needed`. */
export async function wholeSession(sessions: Sessions, token: string, within?: Db): Promise<Row> {
  const session = await sessions.find(token, within);
  if (!session) throw problem('session_over');
  if (session.stage !== 'full') throw problem('second_factor_needed');
  return session;
}

export function openSessions({ database, clock, chance }: Pick<Parts, 'database' | 'clock' | 'chance'>) {
  const db = view(database);
  return {
    /** A new token for `person`. */
    async begin(person: string, stage: Stage, within: Db = db): Promise<string> {
      const token = newSecret(chance);
      const now = clock.now();
      await within
        .insertInto('sessions')
        .values({
          token_hash: hashOf(token),
          person,
          stage,
          started_at: now,
          used_at: now,
          failures: 0,
          totp_secret: null,
          expires_at: now + LIFETIME_MS[stage],
        })
        .execute();
      return token;
    },
    /** The session of a token; null when it is unknown or over. `used`: a person did something, which puts off its end. */
    async find(token: string, within: Db = db, used = true): Promise<Row | null> {
      const row = await within
        .selectFrom('sessions')
        .selectAll()
        .where('token_hash', '=', hashOf(token))
        .executeTakeFirst();
      const now = clock.now();
      if (!row || !alive(row, now)) return null;
      if (used && row.stage === 'full' && now - row.used_at >= TOUCH_MS)
        await within.updateTable('sessions').set({ used_at: now }).where('token_hash', '=', row.token_hash).execute();
      return row;
    },
    async failed(token: string): Promise<void> {
      await db
        .updateTable('sessions')
        .set((is) => ({ failures: is('failures', '+', 1) }))
        .where('token_hash', '=', hashOf(token))
        .execute();
    },
    async end(token: string, within: Db = db): Promise<void> {
      await within.deleteFrom('sessions').where('token_hash', '=', hashOf(token)).execute();
    },
    /** Those of a person that may still be used, the newest first. */
    async allOf(person: string, within: Db = db): Promise<readonly Row[]> {
      const rows = await within
        .selectFrom('sessions')
        .selectAll()
        .where('person', '=', person)
        .where('stage', '=', 'full')
        .orderBy('used_at', 'desc')
        .execute();
      return rows.filter((row) => alive(row, clock.now()));
    },
    async endOthersOf(person: string, kept: string, within: Db): Promise<void> {
      await within
        .deleteFrom('sessions')
        .where('person', '=', person)
        .where('token_hash', '<>', hashOf(kept))
        .execute();
    },
    async endAllOf(person: string, within: Db): Promise<void> {
      await within.deleteFrom('sessions').where('person', '=', person).execute();
    },
  };
}
