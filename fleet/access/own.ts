/** What somebody who is signed in changes of what proves that it is them. Every session of before is void then, and a new one is whole. */
import { checkPassword, type Passwords } from '@belkluis/shared/access/password';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import type { AccessEvent } from './events.ts';
import { ENROL_PATIENCE_MS } from './limits.ts';
import { hashOf, type Parts, personById, view } from './parts.ts';
import { problem } from './problems.ts';
import { type Sessions, wholeSession } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { AccessTables } from './tables.ts';

interface OwnParts extends Parts {
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly signIn: SignIn;
}

type Row = AccessTables['people'];

export interface OwnSession {
  readonly startedAt: number;
  readonly usedAt: number;
  /** It is the one that asks. */
  readonly here: boolean;
}

export function openOwn({ database, clock, append, sessions, passwords, signIn }: OwnParts) {
  const db = view(database);

  /** @throws Problem `session_over`, `second_factor_needed`. */
  async function rowOf(session: string, within = db): Promise<Row> {
    return (await personById(within, (await wholeSession(sessions, session, within)).person))!;
  }

  const passkeysOf = (person: string, within = db) =>
    within
      .selectFrom('passkeys')
      .select(['id', 'created_at'])
      .where('person', '=', person)
      .orderBy('created_at')
      .orderBy('id')
      .execute();

  const change = (
    session: string,
    kind: Extract<AccessEvent['kind'], 'passkey_removed' | 'totp_removed' | 'password_changed'>,
    act: (person: Row, tx: AnyTables) => Promise<void>,
  ): Promise<string> =>
    transact(database, async (tx) => {
      const person = await rowOf(session, view(tx));
      await append({ kind, actor: person.id, facts: { msp: person.msp, person: person.id } }, tx);
      await act(person, tx);
      await sessions.endAllOf(person.id, view(tx));
      return await sessions.begin(person.id, 'full', view(tx));
    });

  return {
    /** Ids and when each was set up, ms. @throws Problem `session_over`, `second_factor_needed`. */
    async passkeys(session: string): Promise<readonly { readonly id: string; readonly createdAt: number }[]> {
      const { id } = await rowOf(session);
      return (await passkeysOf(id)).map((passkey) => ({ id: passkey.id, createdAt: passkey.created_at }));
    },

    /** Whether an authenticator app is set up. @throws Problem `session_over`, `second_factor_needed`. */
    hasApp: async (session: string): Promise<boolean> => (await rowOf(session)).totp_secret !== null,

    /**
     * Whoever comes in by a provider alone has nothing here to prove with: then only a sign-in of a moment ago sets a factor up.
     * @throws Problem `session_over`, `second_factor_needed`, `sign_in_again`.
     */
    async checkYoung(session: string): Promise<void> {
      const { started_at } = await wholeSession(sessions, session);
      if (clock.now() - started_at >= ENROL_PATIENCE_MS) throw problem('sign_in_again');
    },

    /** Where one is signed in, the last used first, ms. @throws Problem `session_over`, `second_factor_needed`. */
    async sessions(session: string): Promise<readonly OwnSession[]> {
      const { id } = await rowOf(session);
      return (await sessions.allOf(id)).map(({ token_hash, started_at, used_at }) => ({
        startedAt: started_at,
        usedAt: used_at,
        here: token_hash === hashOf(session),
      }));
    },

    /** Every other session is over. @throws Problem `session_over`, `second_factor_needed`. */
    endOthers: (session: string): Promise<void> =>
      transact(database, async (tx) => {
        const { id, msp } = await rowOf(session, view(tx));
        await append({ kind: 'logout', actor: id, facts: { msp } }, tx);
        await sessions.endOthersOf(id, session, view(tx));
      }),

    /** @throws Problem `session_over`, `second_factor_needed`, `passkey_unknown`, `last_factor`. */
    removePasskey: (session: string, passkey: string): Promise<string> =>
      change(session, 'passkey_removed', async (person, tx) => {
        const all = await passkeysOf(person.id, view(tx));
        if (!all.some(({ id }) => id === passkey)) throw problem('passkey_unknown');
        if (person.totp_secret === null && all.length === 1) throw problem('last_factor');
        await view(tx).deleteFrom('passkeys').where('id', '=', passkey).execute();
      }),

    /** So that another app can be set up. @throws Problem `session_over`, `second_factor_needed`, `last_factor`. */
    removeTotp: (session: string): Promise<string> =>
      change(session, 'totp_removed', async (person, tx) => {
        if ((await passkeysOf(person.id, view(tx))).length === 0) throw problem('last_factor');
        await view(tx).updateTable('people').set({ totp_secret: null }).where('id', '=', person.id).execute();
      }),

    /** @throws Problem `session_over`, `second_factor_needed`, `password_short`, `password_long`, `login_refused`, `login_wait`, `login_busy`. */
    async changePassword(session: string, current: string, next: string, address: string): Promise<string> {
      const person = await rowOf(session);
      checkPassword(next);
      signIn.checkWait(address);
      const withdraw = signIn.failed(address);
      if (!(await passwords.matches(person.password || null, current))) {
        await signIn.noteFailure(person, 'password');
        throw problem('login_refused');
      }
      withdraw();
      const hashed = await passwords.hash(next);
      return await change(session, 'password_changed', async ({ id }, tx) => {
        await view(tx).updateTable('people').set({ password: hashed }).where('id', '=', id).execute();
      });
    },
  };
}
