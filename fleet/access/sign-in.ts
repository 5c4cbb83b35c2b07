/** Password, then a code of an authenticator app; and how that app is set up. */
import { MAX_ADDRESS_WAIT_MS, MAX_PERSON_WAIT_MS } from '@belkluis/shared/access/limits';
import type { Passwords } from '@belkluis/shared/access/password';
import { openThrottle } from '@belkluis/shared/access/throttle';
import { newTotpSecret, totpStep, totpUri } from '@belkluis/shared/access/totp';
import { transact } from '../db/transact.ts';
import { enrolled, mayEnrol, personToEnrol } from './enrolment.ts';
import { NOBODY } from './events.ts';
import { type Parts, personById, view } from './parts.ts';
import { emailKey, personExpiry } from './people.ts';
import { problem } from './problems.ts';
import { type Sessions, wholeSession } from './sessions.ts';
import type { AccessTables } from './tables.ts';

interface SignInParts extends Parts {
  readonly sessions: Sessions;
  readonly passwords: Passwords;
}

export type SignIn = ReturnType<typeof openSignIn>;

export function openSignIn({ database, clock, chance, append, sessions, passwords }: SignInParts) {
  const db = view(database);
  const persons = openThrottle(clock, MAX_PERSON_WAIT_MS);
  const addresses = openThrottle(clock, MAX_ADDRESS_WAIT_MS);

  const checkWait = (key: string | null, address: string): void => {
    const wait = Math.max(addresses.waitMs(address), key === null ? 0 : persons.waitMs(key));
    if (wait > 0) throw problem('login_wait', `${Math.ceil(wait / 1000)} s`);
  };
  const failed = (key: string | null, address: string): (() => void) => {
    const undo = [addresses.failed(address), ...(key === null ? [] : [persons.failed(key)])];
    return () => {
      for (const withdraw of undo) withdraw();
    };
  };
  const noteFailure = (person: AccessTables['people'] | undefined, why: string) =>
    transact(database, (tx) =>
      append({ kind: 'login_failed', actor: person?.id ?? NOBODY, facts: { msp: person?.msp ?? null, why } }, tx),
    );

  return {
    /** For factors that are checked elsewhere: one count of tries for each address. */
    checkWait: (address: string): void => checkWait(null, address),
    failed: (address: string) => failed(null, address),
    noteFailure,

    /**
     * First factor. `enrol`: the session is good for setting up the second and nothing else; `code`: for giving it.
     * @throws Problem `login_refused`, `login_wait`, `login_busy`.
     */
    async enterPassword(
      email: string,
      password: string,
      address: string,
    ): Promise<{ readonly session: string; readonly stage: 'enrol' | 'code' }> {
      const key = emailKey(email);
      checkWait(key, address);
      // Counted before the slow hash: many tries at once must not all pass the check above.
      const withdraw = failed(key, address);
      const person = await db.selectFrom('people').selectAll().where('email_key', '=', key).executeTakeFirst();
      const right = await passwords.matches(person?.password || null, password);
      if (!person || !right) {
        await noteFailure(person, 'password');
        throw problem('login_refused');
      }
      withdraw();
      const stage = person.enrolled_at === null ? 'enrol' : 'code';
      return { session: await sessions.begin(person.id, stage), stage };
    },

    /** Second factor: a new session, the old one is void. @throws Problem `code_refused`, `code_expired`, `login_wait`. */
    async enterCode(session: string, code: string, address: string): Promise<string> {
      const row = await sessions.find(session);
      const person = row?.stage === 'code' ? await personById(db, row.person) : undefined;
      if (!person) throw problem('code_expired');
      checkWait(person.email_key, address);
      const withdraw = failed(person.email_key, address);
      const { totp_secret: secret, totp_step: last } = person;
      const step = secret === null ? null : totpStep(secret, code, clock.now(), last);
      const token =
        step === null
          ? null
          : await transact(database, async (tx) => {
              // Each code counts once, in whichever process it is given.
              const { numUpdatedRows } = await view(tx)
                .updateTable('people')
                .set({ totp_step: step, expires_at: personExpiry(clock.now()) })
                .where('id', '=', person.id)
                .where('totp_step', '<', step)
                .executeTakeFirst();
              if (numUpdatedRows === 0n) return null;
              await append({ kind: 'login', actor: person.id, facts: { msp: person.msp, how: 'code' } }, tx);
              await sessions.end(session, view(tx));
              return await sessions.begin(person.id, 'full', view(tx));
            });
      if (token === null) {
        await sessions.failed(session);
        await noteFailure(person, 'code');
        throw problem((await sessions.find(session)) ? 'code_refused' : 'code_expired');
      }
      withdraw();
      persons.succeeded(person.email_key);
      addresses.succeeded(address);
      return token;
    },

    /**
     * It is still who signed in: a code that counts once, for one act. Wrong ones end the session in the end.
     * @throws Problem `session_over`, `second_factor_needed`, `code_refused`, `login_wait`.
     */
    async proveByCode(session: string, code: string, address: string): Promise<void> {
      const person = await personById(db, (await wholeSession(sessions, session)).person);
      if (!person) throw problem('session_over');
      checkWait(person.email_key, address);
      const withdraw = failed(person.email_key, address);
      const { totp_secret: secret, totp_step: last } = person;
      const step = secret === null ? null : totpStep(secret, code, clock.now(), last);
      const taken =
        step !== null &&
        (await db
          .updateTable('people')
          .set({ totp_step: step })
          .where('id', '=', person.id)
          .where('totp_step', '<', step)
          .executeTakeFirst());
      if (!taken || taken.numUpdatedRows === 0n) {
        await sessions.failed(session);
        await noteFailure(person, 'code');
        throw problem('code_refused');
      }
      withdraw();
    },

    /** A new secret, for an authenticator app; nothing changes yet. @throws Problem `session_over`, `second_factor_needed`, `totp_there`. */
    async beginTotp(session: string): Promise<{ readonly secret: string; readonly uri: string }> {
      const row = await mayEnrol(sessions, session);
      const person = await personToEnrol(row, database);
      if (person.totp_secret !== null) throw problem('totp_there');
      const secret = newTotpSecret(chance);
      await db.updateTable('sessions').set({ totp_secret: secret }).where('token_hash', '=', row.token_hash).execute();
      return { secret, uri: totpUri(secret, person.email) };
    },

    /**
     * The app works: it is the second factor from now on. Every session of before is void, and a new one is whole.
     * @throws Problem `session_over`, `second_factor_needed`, `totp_not_begun`, `totp_there`, `code_refused`, `enrolled_already`.
     */
    async confirmTotp(session: string, code: string): Promise<string> {
      const row = await mayEnrol(sessions, session);
      const secret = row.totp_secret;
      if (secret === null) throw problem('totp_not_begun');
      const step = totpStep(secret, code, clock.now(), 0);
      if (step === null) {
        await sessions.failed(session);
        throw problem('code_refused');
      }
      return await transact(database, async (tx) => {
        const person = await personToEnrol(row, tx);
        if (person.totp_secret !== null) throw problem('totp_there');
        const { id, msp } = person;
        await append({ kind: 'totp_enrolled', actor: id, facts: { msp, person: id } }, tx);
        await view(tx)
          .updateTable('people')
          .set({ totp_secret: secret, totp_step: step })
          .where('id', '=', id)
          .execute();
        return await enrolled({ clock, append, sessions }, person, 'code', tx);
      });
    },

    async signOut(session: string): Promise<void> {
      const row = await sessions.find(session);
      const person = row && (await personById(db, row.person));
      if (!person) return;
      await transact(database, async (tx) => {
        await append({ kind: 'logout', actor: person.id, facts: { msp: person.msp } }, tx);
        await sessions.end(session, view(tx));
      });
    },
  };
}
