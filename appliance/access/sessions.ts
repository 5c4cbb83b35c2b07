/** Who is signed in. The browser holds a random token; the box holds only its hash, so a stolen database signs nobody in. */
import { createHash } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Database } from '../db/open.ts';
import {
  CODE_PATIENCE_MS,
  MAX_CODE_TRIES,
  SESSION_IDLE_MS,
  SESSION_LIFETIME_MS,
  SESSION_TOUCH_MS,
  TOKEN_LENGTH,
} from './limits.ts';

/** `password`: the code is still to come, and nothing but giving it is allowed. */
export type Stage = 'password' | 'full';

interface Row {
  readonly person: string;
  readonly stage: Stage;
  readonly started_at: number;
  readonly used_at: number;
  readonly failures: number;
}

/** SHA-256 of a token of 256 random bits: no salt and no slow hash are needed, for nothing can be guessed. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

export function openSessions(database: Database, clock: Clock, chance: Chance) {
  const select = database.prepare(
    'SELECT person, stage, started_at, used_at, failures FROM sessions WHERE token_hash = ?',
  );
  const insert = database.prepare(
    'INSERT INTO sessions (token_hash, person, stage, started_at, used_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const touch = database.prepare('UPDATE sessions SET used_at = ? WHERE token_hash = ?');
  const fail = database.prepare('UPDATE sessions SET failures = failures + 1 WHERE token_hash = ?');
  const remove = database.prepare('DELETE FROM sessions WHERE token_hash = ?');
  const removeOf = database.prepare('DELETE FROM sessions WHERE person = ?');
  const removeOld = database.prepare('DELETE FROM sessions WHERE expires_at <= ? OR used_at <= ? OR started_at > ?');

  const alive = (row: Row, now: number): boolean => {
    const age = now - row.started_at;
    // A wall clock that was set back must not make a session live longer.
    if (age < 0 || now < row.used_at) return false;
    if (row.stage === 'password') return age < CODE_PATIENCE_MS && row.failures < MAX_CODE_TRIES;
    return age < SESSION_LIFETIME_MS && now - row.used_at < SESSION_IDLE_MS;
  };

  const forgetOld = (now: number): void => {
    removeOld.run(now, now - SESSION_IDLE_MS, now);
  };

  return {
    /** Removes sessions that are over. */
    forgetOld,
    /** A new token for `person`. */
    begin(person: string, stage: Stage): string {
      const now = clock.now();
      forgetOld(now);
      const token = chance.bytes(TOKEN_LENGTH).toString('base64url');
      insert.run(hashOf(token), person, stage, now, now, now + SESSION_LIFETIME_MS);
      return token;
    },
    /** The id of the person whose token this is, at this stage; null when it is unknown or over. */
    find(token: string, stage: Stage): string | null {
      const hash = hashOf(token);
      const row = select.get(hash) as Row | undefined;
      if (!row) return null;
      const now = clock.now();
      if (!alive(row, now)) {
        remove.run(hash);
        return null;
      }
      if (row.stage !== stage) return null;
      if (stage === 'full' && now - row.used_at >= SESSION_TOUCH_MS) touch.run(now, hash);
      return row.person;
    },
    /** Counts a wrong code against this token. */
    failed: (token: string): void => {
      fail.run(hashOf(token));
    },
    end: (token: string): void => {
      remove.run(hashOf(token));
    },
    endAllOf: (person: string): void => {
      removeOf.run(person);
    },
  };
}
