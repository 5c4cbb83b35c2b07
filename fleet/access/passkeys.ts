/** Passkeys (WebAuthn level 3): possession and PIN or biometrics in one, bound to the address of the console. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { faultOf } from '../db/faults.ts';
import { transact } from '../db/transact.ts';
import { enrolled, mayEnrol, personToEnrol } from './enrolment.ts';
import { CHALLENGE_LIFETIME_MS, MAX_CHALLENGES, MAX_PASSKEYS, SECRET_LENGTH } from './limits.ts';
import { isVouchedFor } from './oidc/vouched.ts';
import { type Db, hashOf, type Parts, personById, view } from './parts.ts';
import { personExpiry } from './people.ts';
import { problem } from './problems.ts';
import { type Sessions, wholeSession } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

/** Where the console is: what a passkey is bound to. */
export interface Site {
  /** `https://fleet.example` */
  readonly origin: string;
  /** Its host: `fleet.example`. */
  readonly host: string;
}

interface PasskeyParts extends Parts {
  readonly site: Site;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
}

/** The challenge that an authenticator says it answers; what it is worth, the database says. */
function challengeIn({ clientDataJSON }: { readonly clientDataJSON: string }): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as {
      challenge: unknown;
    };
    if (typeof challenge === 'string') return challenge;
  } catch {}
  throw problem('passkey_refused');
}

/** What a challenge is good for: anybody signed in is given one to prove with, and must not make a passkey of it. */
type Use = 'sign in' | 'prove' | 'enrol';

const challengeHash = (use: Use, challenge: string): string => hashOf(`${use} ${challenge}`);

export function openPasskeys({ database, clock, chance, append, site, sessions, signIn }: PasskeyParts) {
  const db = view(database);

  /** A challenge that counts once and for one use, of this person or (null) whoever signs in. @throws Problem `login_crowded`. */
  async function newChallenge(use: Use, person: string | null): Promise<Uint8Array<ArrayBuffer>> {
    const now = clock.now();
    await db.deleteFrom('challenges').where('expires_at', '<=', now).execute();
    const { waiting } = await db
      .selectFrom('challenges')
      .select((is) => is.fn.countAll<number>().as('waiting'))
      .executeTakeFirstOrThrow();
    if (waiting >= MAX_CHALLENGES) throw problem('login_crowded');
    const challenge = chance.bytes(SECRET_LENGTH);
    await db
      .insertInto('challenges')
      .values({
        challenge_hash: challengeHash(use, challenge.toString('base64url')),
        person,
        expires_at: now + CHALLENGE_LIFETIME_MS,
      })
      .execute();
    return Uint8Array.from(challenge);
  }

  /** Takes a challenge for good. @throws Problem `passkey_refused`. */
  async function takeChallenge(use: Use, challenge: string, person: string | null): Promise<void> {
    const { numDeletedRows } = await db
      .deleteFrom('challenges')
      .where('challenge_hash', '=', challengeHash(use, challenge))
      .where('person', person === null ? 'is' : '=', person)
      .where('expires_at', '>', clock.now())
      .executeTakeFirst();
    if (numDeletedRows !== 1n) throw problem('passkey_refused');
  }

  /**
   * A passkey that answered a challenge of ours, of this person or (null) of whoever it belongs to. `counted` stores its counter, in the transaction of what it
   * is for. @throws Problem `passkey_refused`, `login_wait`.
   */
  async function checked(response: AuthenticationResponseJSON, of: string | null, address: string) {
    signIn.checkWait(address);
    const withdraw = signIn.failed(address);
    const challenge = challengeIn(response.response);
    await takeChallenge(of === null ? 'sign in' : 'prove', challenge, of);
    const passkey = await db.selectFrom('passkeys').selectAll().where('id', '=', response.id).executeTakeFirst();
    const person = passkey && (of === null || passkey.person === of) && (await personById(db, passkey.person));
    const verified =
      passkey &&
      (await verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: site.origin,
        expectedRPID: site.host,
        requireUserVerification: true,
        credential: {
          id: passkey.id,
          publicKey: Uint8Array.from(Buffer.from(passkey.public_key, 'base64url')),
          counter: passkey.counter,
        },
      }).catch(() => null));
    if (!person || !verified?.verified) {
      await signIn.noteFailure(person || undefined, 'passkey');
      throw problem('passkey_refused');
    }
    const { newCounter } = verified.authenticationInfo;
    const counted = async (within: Db) => {
      const { numUpdatedRows } = await within
        .updateTable('passkeys')
        .set({ counter: newCounter })
        .where('id', '=', passkey.id)
        .where('counter', '=', passkey.counter)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw problem('passkey_refused');
    };
    return { person, counted, withdraw };
  }

  return {
    /** What the browser makes a passkey from. @throws Problem `session_over`, `second_factor_needed`, `enrolled_already`, `passkeys_full`. */
    async beginEnrolment(session: string) {
      const row = await mayEnrol(sessions, session);
      const { id, email, name } = await personToEnrol(row, database);
      const there = await db.selectFrom('passkeys').select('id').where('person', '=', id).execute();
      if (there.length >= MAX_PASSKEYS) throw problem('passkeys_full');
      return await generateRegistrationOptions({
        rpName: 'Belkluis',
        rpID: site.host,
        userName: email,
        userDisplayName: name,
        userID: Uint8Array.from(Buffer.from(id)),
        challenge: await newChallenge('enrol', id),
        timeout: CHALLENGE_LIFETIME_MS,
        attestationType: 'none',
        excludeCredentials: there.map((passkey) => ({ id: passkey.id })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
    },

    /**
     * Every session of before is void, and a new one is whole.
     * @throws Problem `session_over`, `second_factor_needed`, `enrolled_already`, `passkey_refused`.
     */
    async finishEnrolment(session: string, response: RegistrationResponseJSON): Promise<string> {
      const row = await mayEnrol(sessions, session);
      const challenge = challengeIn(response.response);
      await takeChallenge('enrol', challenge, row.person);
      const { registrationInfo: made } = await verifyRegistrationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: site.origin,
        expectedRPID: site.host,
        requireUserVerification: true,
      }).catch((cause) => {
        throw problem('passkey_refused', undefined, cause);
      });
      if (!made) throw problem('passkey_refused');
      const { id, publicKey, counter } = made.credential;
      return await transact(database, async (tx) => {
        const person = await personToEnrol(row, tx);
        await append({ kind: 'passkey_enrolled', actor: person.id, facts: { msp: person.msp, person: person.id } }, tx);
        await view(tx)
          .insertInto('passkeys')
          .values({
            id,
            person: person.id,
            public_key: Buffer.from(publicKey).toString('base64url'),
            counter,
            created_at: clock.now(),
          })
          .execute();
        return await enrolled({ clock, append, sessions }, person, 'passkey', tx);
      }).catch((error) => {
        throw faultOf(error) === 'duplicate' ? problem('passkey_refused') : error;
      });
    },

    /** What the browser signs in with; whose passkey it is, it says itself. @throws Problem `login_crowded`. */
    beginSignIn: async () =>
      await generateAuthenticationOptions({
        rpID: site.host,
        challenge: await newChallenge('sign in', null),
        timeout: CHALLENGE_LIFETIME_MS,
        userVerification: 'required',
      }),

    /**
     * A session that is whole. Whoever comes in by an identity provider alone has been there first: `session` is the one that waits for a second factor.
     * @throws Problem `passkey_refused`, `passkey_provider`, `login_wait`.
     */
    async finishSignIn(
      response: AuthenticationResponseJSON,
      address: string,
      session: string | null = null,
    ): Promise<string> {
      const { person, counted, withdraw } = await checked(response, null, address);
      const token = await transact(database, async (tx) => {
        const within = view(tx);
        await counted(within);
        if (await isVouchedFor(tx, person)) {
          const waits = session === null ? null : await sessions.find(session, within);
          if (waits?.stage !== 'code' || waits.person !== person.id) throw problem('passkey_provider');
          await sessions.end(session!, within);
        }
        await append({ kind: 'login', actor: person.id, facts: { msp: person.msp, how: 'passkey' } }, tx);
        await within
          .updateTable('people')
          .set({ expires_at: personExpiry(clock.now()) })
          .where('id', '=', person.id)
          .execute();
        return await sessions.begin(person.id, 'full', within);
      }).catch(async (error) => {
        if ((error as { code?: string }).code === 'passkey_provider')
          await signIn.noteFailure(person, 'passkey_provider');
        throw error;
      });
      withdraw();
      return token;
    },

    /** What the browser of somebody who is signed in proves with that it is still them. @throws Problem `session_over`, `second_factor_needed`, `login_crowded`. */
    async beginProof(session: string) {
      const { person } = await wholeSession(sessions, session);
      const own = await db.selectFrom('passkeys').select('id').where('person', '=', person).execute();
      return await generateAuthenticationOptions({
        rpID: site.host,
        challenge: await newChallenge('prove', person),
        timeout: CHALLENGE_LIFETIME_MS,
        allowCredentials: own.map(({ id }) => ({ id })),
        userVerification: 'required',
      });
    },

    /** It is still them: once, for one act. @throws Problem `session_over`, `second_factor_needed`, `passkey_refused`, `login_wait`. */
    async finishProof(session: string, response: AuthenticationResponseJSON, address: string): Promise<void> {
      const { person } = await wholeSession(sessions, session);
      const { counted, withdraw } = await checked(response, person, address);
      await counted(db);
      withdraw();
    },
  };
}
