/** People of an MSP: invited by a one-time link, changed and removed by its owners. */
import type { Passwords } from '@belkluis/shared/access/password';
import { checkPassword } from '@belkluis/shared/access/password';
import { faultOf } from '../db/faults.ts';
import { transact } from '../db/transact.ts';
import { checkName } from '../tenants/fields.ts';
import type { Scope } from '../tenants/scope.ts';
import { INVITATION_LIFETIME_MS, MAX_EMAIL_LENGTH, MAX_INVITATIONS, MAX_PEOPLE, PERSON_DAYS } from './limits.ts';
import { withAWayIn } from './oidc/vouched.ts';
import { type Db, hashOf, newSecret, type Parts, type Person, toPerson, view } from './parts.ts';
import { problem } from './problems.ts';
import { type Grant, grantsSchema, isOwner } from './rights.ts';
import type { Sessions } from './sessions.ts';

const DAY_MS = 86_400_000;

/** When somebody who was seen now, and never again, is removed, ms. */
export const personExpiry = (now: number): number => now + PERSON_DAYS * DAY_MS;

/** What addresses are compared by. */
export const emailKey = (email: string): string => email.normalize('NFKC').trim().toLowerCase();

/** @throws Problem `email_invalid`. */
export function checkEmail(email: string): string {
  const shown = email.normalize('NFKC').trim();
  // Whether it is somebody's only a mail can tell.
  if (shown.length > MAX_EMAIL_LENGTH || !/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(shown)) throw problem('email_invalid');
  return shown;
}

/** @throws Problem `grants_invalid`. */
export function checkGrants(grants: unknown): Grant[] {
  const { data } = grantsSchema.safeParse(grants);
  if (!data) throw problem('grants_invalid');
  return data;
}

/** All of the MSP, or nobody. @throws Problem `scope_too_small`. */
function mspOf({ msp, within }: Scope): string {
  if (within !== 'all') throw problem('scope_too_small');
  return msp;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly grants: readonly Grant[];
  readonly expiresAt: number;
}

interface PeopleParts extends Parts {
  readonly sessions: Sessions;
  readonly passwords: Passwords;
}

export function openPeople({ database, clock, chance, newId, append, sessions, passwords }: PeopleParts) {
  const db = view(database);

  /** Somebody must be left who decides who comes in, and can sign in to do so. @throws Problem `last_owner`. */
  async function checkOwnerBeside(person: string, msp: string, within: Db): Promise<void> {
    const other = await withAWayIn(within, msp)
      .where('owner', '=', 1)
      .where('people.id', '<>', person)
      .limit(1)
      .execute();
    if (other.length === 0) throw problem('last_owner');
  }

  const ofMsp = async (msp: string, person: string, within: Db) => {
    const row = await within
      .selectFrom('people')
      .selectAll()
      .where('id', '=', person)
      .where('msp', '=', msp)
      .executeTakeFirst();
    if (!row) throw problem('person_unknown');
    return row;
  };

  const invitationOf = (token: string, within: Db) =>
    within
      .selectFrom('invitations')
      .selectAll()
      .where('token_hash', '=', hashOf(token))
      .where('expires_at', '>', clock.now())
      .executeTakeFirst();

  return {
    /** By name. @throws Problem `scope_too_small`. */
    async list(scope: Scope): Promise<readonly Person[]> {
      const rows = await db
        .selectFrom('people')
        .selectAll()
        .where('msp', '=', mspOf(scope))
        .orderBy('name')
        .orderBy('id')
        .execute();
      return rows.map(toPerson);
    },

    /** Those that were not used yet. @throws Problem `scope_too_small`. */
    async invitations(scope: Scope): Promise<readonly Invitation[]> {
      const rows = await db
        .selectFrom('invitations')
        .selectAll()
        .where('msp', '=', mspOf(scope))
        .where('expires_at', '>', clock.now())
        .orderBy('created_at')
        .execute();
      return rows.map(({ id, email, grants, expires_at }) => ({
        id,
        email,
        grants: JSON.parse(grants) as Grant[],
        expiresAt: expires_at,
      }));
    },

    /**
     * The token belongs into a link, behind `#`, and is told once.
     * @throws Problem `scope_too_small`, `email_invalid`, `grants_invalid`, `invitations_full`.
     */
    async invite(
      scope: Scope,
      { email, grants }: { readonly email: string; readonly grants: readonly Grant[] },
      actor: string,
    ): Promise<{ readonly id: string; readonly token: string }> {
      const msp = mspOf(scope);
      const shown = checkEmail(email);
      const given = checkGrants(grants);
      const id = newId();
      const token = newSecret(chance);
      const now = clock.now();
      await transact(database, async (tx) => {
        const within = view(tx);
        await within.deleteFrom('invitations').where('expires_at', '<=', now).execute();
        const open = await within.selectFrom('invitations').select('id').where('msp', '=', msp).execute();
        if (open.length >= MAX_INVITATIONS) throw problem('invitations_full');
        await append({ kind: 'person_invited', actor, facts: { msp, invitation: id, grants: given } }, tx);
        await within
          .insertInto('invitations')
          .values({
            id,
            token_hash: hashOf(token),
            msp,
            email: shown,
            grants: JSON.stringify(given),
            invited_by: actor,
            created_at: now,
            expires_at: now + INVITATION_LIFETIME_MS,
          })
          .execute();
      });
      return { id, token };
    },

    /** @throws Problem `scope_too_small`, `invitation_unknown`. */
    async withdraw(scope: Scope, invitation: string, actor: string): Promise<void> {
      const msp = mspOf(scope);
      await transact(database, async (tx) => {
        await append({ kind: 'invitation_withdrawn', actor, facts: { msp, invitation } }, tx);
        const { numDeletedRows } = await view(tx)
          .deleteFrom('invitations')
          .where('id', '=', invitation)
          .where('msp', '=', msp)
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw problem('invitation_unknown');
      });
    },

    /** Whom an invitation is for. @throws Problem `invitation_refused`. */
    async invited(token: string): Promise<{ readonly email: string }> {
      const row = await invitationOf(token, db);
      if (!row) throw problem('invitation_refused');
      return { email: row.email };
    },

    /**
     * Uses an invitation up. The session that comes of it can set up a second factor and do nothing else.
     * @throws Problem `invitation_refused`, `name_invalid`, `password_short`, `password_long`, `login_busy`, `email_taken`, `people_full`.
     */
    async accept(token: string, name: string, password: string): Promise<string> {
      if (!(await invitationOf(token, db))) throw problem('invitation_refused');
      const { name: shown } = checkName(name);
      checkPassword(password);
      const hashed = await passwords.hash(password);
      const id = newId();
      return await transact(database, async (tx) => {
        const within = view(tx);
        const row = await invitationOf(token, within);
        if (!row) throw problem('invitation_refused');
        const { msp, email } = row;
        const there = await within.selectFrom('people').select('id').where('msp', '=', msp).execute();
        if (there.length >= MAX_PEOPLE) throw problem('people_full');
        const grants = JSON.parse(row.grants) as Grant[];
        await append({ kind: 'person_added', actor: id, facts: { msp, person: id, invitation: row.id, grants } }, tx);
        await within.deleteFrom('invitations').where('id', '=', row.id).execute();
        const now = clock.now();
        await within
          .insertInto('people')
          .values({
            id,
            msp,
            email,
            email_key: emailKey(email),
            name: shown,
            grants: row.grants,
            owner: isOwner(grants) ? 1 : 0,
            password: hashed,
            totp_secret: null,
            totp_step: 0,
            created_at: now,
            enrolled_at: null,
            expires_at: personExpiry(now),
          })
          .execute();
        return await sessions.begin(id, 'enrol', within);
      }).catch((error) => {
        throw faultOf(error) === 'duplicate' ? problem('email_taken') : error;
      });
    },

    /**
     * Their sessions end. `was`: what somebody saw who changes them; others meanwhile are not overwritten.
     * @throws Problem `scope_too_small`, `grants_invalid`, `person_unknown`, `grants_changed`, `last_owner`.
     */
    async changeGrants(
      scope: Scope,
      person: string,
      grants: readonly Grant[],
      actor: string,
      was?: readonly Grant[],
    ): Promise<void> {
      const msp = mspOf(scope);
      const given = checkGrants(grants);
      await transact(database, async (tx) => {
        const within = view(tx);
        const row = await ofMsp(msp, person, within);
        if (row.owner && !isOwner(given)) await checkOwnerBeside(person, msp, within);
        await append({ kind: 'rights_changed', actor, facts: { msp, person, grants: given } }, tx);
        const { numUpdatedRows } = await within
          .updateTable('people')
          .set({ grants: JSON.stringify(given), owner: isOwner(given) ? 1 : 0 })
          .where('id', '=', person)
          .where('grants', '=', was ? JSON.stringify(was) : row.grants)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw problem('grants_changed');
        await sessions.endAllOf(person, within);
      });
    },

    /** With sessions, passkeys and tokens. @throws Problem `scope_too_small`, `person_unknown`, `last_owner`. */
    async remove(scope: Scope, person: string, actor: string): Promise<void> {
      const msp = mspOf(scope);
      await transact(database, async (tx) => {
        const within = view(tx);
        const row = await ofMsp(msp, person, within);
        if (row.owner) await checkOwnerBeside(person, msp, within);
        await append({ kind: 'person_removed', actor, facts: { msp, person, why: 'removed' } }, tx);
        await within.deleteFrom('people').where('id', '=', person).execute();
      });
    },

    /** Removes what is over, and people who have not signed in for PERSON_DAYS, never the last owner. Returns how many people left. */
    async forgetExpired(): Promise<number> {
      const now = clock.now();
      for (const table of ['sessions', 'invitations', 'challenges', 'api_tokens'] as const)
        await db.deleteFrom(table).where('expires_at', '<=', now).execute();
      const due = await db.selectFrom('people').select(['id', 'msp']).where('expires_at', '<=', now).execute();
      let gone = 0;
      for (const { id, msp } of due) {
        await transact(database, async (tx) => {
          const within = view(tx);
          const row = await within
            .selectFrom('people')
            .select('owner')
            .where('id', '=', id)
            .where('expires_at', '<=', now)
            .executeTakeFirst();
          if (!row) return;
          if (row.owner) await checkOwnerBeside(id, msp, within);
          await append({ kind: 'person_removed', actor: 'purge', facts: { msp, person: id, why: 'unused' } }, tx);
          await within.deleteFrom('people').where('id', '=', id).execute();
          gone += 1;
        }).catch((error) => {
          if ((error as { code?: string }).code !== 'last_owner') throw error;
        });
      }
      return gone;
    },
  };
}
