/** Who is there, who comes in, and of what they may do what: the room's one door. */
import { type HashCost, openPasswords } from '@belkluis/shared/access/password';
import type { Scope } from '../tenants/scope.ts';
import type { TenantTables } from '../tenants/tables.ts';
import type { Outbound } from './oidc/outbound.ts';
import { type Declare, openProviders } from './oidc/providers.ts';
import { openRelyingParty } from './oidc/relying-party.ts';
import { openSeal } from './oidc/seal.ts';
import { openOidcSignIn } from './oidc/sign-in.ts';
import { vouchedLately } from './oidc/vouched.ts';
import { openOwn } from './own.ts';
import { type Parts, type Person, personById, toPerson, view } from './parts.ts';
import { openPasskeys, type Site } from './passkeys.ts';
import { openPeople } from './people.ts';
import { problem } from './problems.ts';
import { type Act, byToken, scopeFor } from './rights.ts';
import { openSessions } from './sessions.ts';
import { openSignIn } from './sign-in.ts';
import type { Stage } from './tables.ts';
import { openTokens } from './tokens.ts';

export interface AccessOptions extends Parts {
  readonly site: Site;
  readonly hashCost?: HashCost;
  /** For identity providers: the key of their client secrets (32 bytes), how they are reached, and where it is said that they are. */
  readonly identity: { readonly sealKey: Buffer; readonly outbound: Outbound; readonly declare: Declare };
}

export interface Allowed {
  readonly person: Person;
  /** Of what: for every query of tenants' data. */
  readonly scope: Scope;
}

export type Access = ReturnType<typeof openAccess>;

export function openAccess({ site, hashCost, identity, ...parts }: AccessOptions) {
  const db = view(parts.database);
  const sessions = openSessions(parts);
  const passwords = openPasswords(hashCost);
  const signIn = openSignIn({ ...parts, sessions, passwords });
  const tokens = openTokens(parts);
  const relyingParty = openRelyingParty({ origin: site.origin, clock: parts.clock, outbound: identity.outbound });
  const seal = openSeal(identity.sealKey, parts.chance);
  const providers = openProviders({ ...parts, relyingParty, seal, declare: identity.declare });

  const allowed = (person: Person | null, act: Act): Allowed => {
    const scope = person && scopeFor(person.msp, person.grants, act);
    if (!person || !scope) throw problem('not_allowed', act);
    return { person, scope };
  };
  /** @throws Problem `msp_archived`. */
  const personOf = async (id: string): Promise<Person | null> => {
    const row = await personById(db, id);
    if (!row) return null;
    const msp = await parts.database
      .$extendTables<TenantTables>()
      .selectFrom('msps')
      .select('archived_at')
      .where('id', '=', row.msp)
      .executeTakeFirst();
    if (msp?.archived_at !== null) throw problem('msp_archived');
    return toPerson(row);
  };

  /** Whose token this is, whatever it is for. @throws Problem `token_refused`, `token_unvouched`, `msp_archived`. */
  async function bearer(
    token: string,
  ): Promise<{ readonly id: string; readonly person: Person; readonly acts: readonly Act[] }> {
    const found = await tokens.find(token);
    const person = found && (await personOf(found.person));
    if (!found || !person) throw problem('token_refused');
    if (!(await vouchedLately(parts.database, person.id, parts.clock.now()))) throw problem('token_unvouched');
    return { id: found.id, person, acts: found.acts };
  }

  return {
    people: openPeople({ ...parts, sessions, passwords }),
    signIn,
    passkeys: openPasskeys({ ...parts, site, sessions, signIn }),
    tokens,
    providers,
    oidc: openOidcSignIn({ ...parts, sessions, signIn, providers, relyingParty }),
    own: openOwn({ ...parts, sessions, passwords, signIn }),

    /** How far a session is; null: it is over. */
    async stageOf(session: string): Promise<Stage | null> {
      return (await sessions.find(session))?.stage ?? null;
    },

    /**
     * Who is signed in, with both factors. `used` false: a page that follows by itself asks, which puts no end off.
     * @throws Problem `session_over`, `second_factor_needed`, `msp_archived`.
     */
    async signedIn(session: string, used = true): Promise<Person> {
      const row = await sessions.find(session, undefined, used);
      const person = row && (await personOf(row.person));
      if (!row || !person) throw problem('session_over');
      if (row.stage !== 'full' || !person.enrolled) throw problem('second_factor_needed');
      return person;
    },

    /** Whether and of what somebody who is signed in may do `act`. @throws Problem `session_over`, `second_factor_needed`, `not_allowed`, `msp_archived`. */
    async allow(session: string, act: Act): Promise<Allowed> {
      return allowed(await this.signedIn(session), act);
    },

    bearer,

    /** The same as `allow` for a program with a token. @throws Problem `token_refused`, `token_unvouched`, `not_allowed`, `msp_archived`. */
    async allowToken(token: string, act: Act): Promise<Allowed & { readonly token: string }> {
      const { id, person, acts } = await bearer(token);
      if (!byToken(act) || !acts.includes(act)) throw problem('not_allowed', act);
      return { ...allowed(person, act), token: id };
    },
  };
}
