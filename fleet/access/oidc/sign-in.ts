/**
 * In through a provider. Who it is, its subject says; an address only where an invitation or a rule lets somebody new in. What the MSP does not believe
 * of second factors is asked here, as after a password.
 */
import { faultOf } from '../../db/faults.ts';
import type { AnyTables } from '../../db/open.ts';
import { transact } from '../../db/transact.ts';
import { checkName } from '../../tenants/fields.ts';
import { NOBODY, PROVIDER } from '../events.ts';
import { MAX_PEOPLE } from '../limits.ts';
import { hashOf, newSecret, type Parts } from '../parts.ts';
import { emailKey, personExpiry } from '../people.ts';
import { problem } from '../problems.ts';
import type { Grant } from '../rights.ts';
import type { Sessions } from '../sessions.ts';
import type { SignIn } from '../sign-in.ts';
import type { AccessTables, Stage } from '../tables.ts';
import { type Judged, judge } from './admit.ts';
import { give } from './by-rule.ts';
import { ATTEMPT_LIFETIME_MS, MAX_ATTEMPTS } from './limits.ts';
import type { Providers } from './providers.ts';
import type { RelyingParty, Spoken } from './relying-party.ts';
import type { OidcTables } from './tables.ts';
import { type OidcDb, view } from './view.ts';
import { disown } from './vouched.ts';

interface OidcSignInParts extends Parts {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly providers: Providers;
  readonly relyingParty: RelyingParty;
}

type Attempt = OidcTables['provider_attempts'];
type Person = AccessTables['people'];
type Of = Spoken & { readonly msp: string };

export interface CameIn {
  readonly session: string;
  /** `code`, `enrol`: our own second factor is still to be given, or set up. */
  readonly stage: Stage;
}

export function openOidcSignIn({
  database,
  clock,
  chance,
  newId,
  append,
  sessions,
  signIn,
  providers,
  relyingParty,
}: OidcSignInParts) {
  const db = view(database);

  /** Takes an attempt for good: an answer counts once. @throws Problem `provider_expired`. */
  async function take(browser: string, provider: string): Promise<Attempt> {
    return await transact(database, async (tx) => {
      const of = view(tx).selectFrom('provider_attempts').selectAll().where('browser_hash', '=', hashOf(browser));
      const row = await of.executeTakeFirst();
      if (row) await view(tx).deleteFrom('provider_attempts').where('browser_hash', '=', row.browser_hash).execute();
      return row;
    }).then((row) => {
      if (!row || row.provider !== provider || row.expires_at <= clock.now()) throw problem('provider_expired');
      return row;
    });
  }

  const linkOf = (within: OidcDb, provider: string, subjectHash: string) =>
    within
      .selectFrom('provider_links')
      .selectAll()
      .where('provider', '=', provider)
      .where('subject_hash', '=', subjectHash)
      .executeTakeFirst();

  async function link(
    tx: AnyTables,
    { id, msp }: Of,
    person: string,
    subjectHash: string,
    /** What a rule gives; null: they did not come by one. */
    rule: readonly Grant[] | null,
  ): Promise<void> {
    await append({ kind: 'provider_linked', actor: person, facts: { msp, person, provider: id } }, tx);
    await view(tx)
      .insertInto('provider_links')
      .values({
        ...{ provider: id, subject_hash: subjectHash, person, created_at: clock.now(), vouched_at: clock.now() },
        ...{ by_rule: rule === null ? 0 : 1, rule_grants: JSON.stringify(rule ?? []) },
      })
      .execute();
  }

  /** A new person without a password. @throws Problem `people_full`, `provider_address`. */
  async function create(
    tx: AnyTables,
    { id: provider, msp }: Of,
    { email, name, subjectHash }: Judged,
    grants: readonly Grant[],
    invitation: string | null,
  ): Promise<Person> {
    const within = view(tx);
    if (email === null) throw problem('provider_address');
    const there = await within.selectFrom('people').select('id').where('msp', '=', msp).execute();
    if (there.length >= MAX_PEOPLE) throw problem('people_full');
    const id = newId();
    const now = clock.now();
    const given = [...grants];
    await append(
      { kind: 'person_admitted', actor: id, facts: { msp, person: id, provider, invitation, grants: given } },
      tx,
    );
    const row: Person = {
      id,
      msp,
      email,
      email_key: emailKey(email),
      name: shownName(name, email),
      grants: JSON.stringify(given),
      owner: given.some(({ role }) => role === 'owner') ? 1 : 0,
      password: '',
      totp_secret: null,
      totp_step: 0,
      created_at: now,
      enrolled_at: null,
      expires_at: personExpiry(now),
    };
    await within.insertInto('people').values(row).execute();
    await link(tx, { id: provider, msp } as Of, id, subjectHash, invitation === null ? grants : null);
    return row;
  }

  /** By an invitation to the very address that the provider vouches for. @throws Problem `invitation_refused`, `provider_address_differs`. */
  async function byInvitation(tx: AnyTables, of: Of, judged: Judged, tokenHash: string): Promise<Person> {
    const within = view(tx);
    const row = await within
      .selectFrom('invitations')
      .selectAll()
      .where('token_hash', '=', tokenHash)
      .where('msp', '=', of.msp)
      .where('expires_at', '>', clock.now())
      .executeTakeFirst();
    if (!row) throw problem('invitation_refused');
    if (judged.email === null || emailKey(judged.email) !== emailKey(row.email))
      throw problem('provider_address_differs');
    const person = await create(tx, of, judged, JSON.parse(row.grants) as Grant[], row.id);
    await within.deleteFrom('invitations').where('id', '=', row.id).execute();
    return person;
  }

  /** Who this is. @throws Problem `provider_nobody`, `provider_address_taken`, and of `byInvitation`, `create`. */
  async function personFor(tx: AnyTables, of: Of, judged: Judged, attempt: Attempt): Promise<Person> {
    const within = view(tx);
    const known = await linkOf(within, of.id, judged.subjectHash);
    if (known) {
      await within
        .updateTable('provider_links')
        .set({ vouched_at: clock.now() })
        .where('provider', '=', of.id)
        .where('person', '=', known.person)
        .execute();
      // Whoever came in by a rule is here as long as one holds, and may what it gives.
      if (known.by_rule) {
        const may = judged.grants === null ? [] : await give(tx, append, known, judged.grants, PROVIDER);
        if (may.length === 0) throw problem('provider_nobody');
      }
      return (await within.selectFrom('people').selectAll().where('id', '=', known.person).executeTakeFirst())!;
    }
    if (attempt.invitation !== null) return await byInvitation(tx, of, judged, attempt.invitation);
    if (judged.grants === null) throw problem('provider_nobody');
    return await create(tx, of, judged, judged.grants, null);
  }

  /** @throws Problem `provider_factor_missing`. */
  async function stageOf(
    { id, enrolled_at, totp_secret }: Person,
    { twoFactors }: Judged,
    within: OidcDb,
  ): Promise<Stage> {
    if (twoFactors) return 'full';
    const passkey = await within.selectFrom('passkeys').select('id').where('person', '=', id).executeTakeFirst();
    if (totp_secret !== null || passkey) return 'code';
    // Until now the provider asked for a second factor. Setting one up here without it would be a way around.
    if (enrolled_at !== null) throw problem('provider_factor_missing');
    return 'enrol';
  }

  async function comeIn(tx: AnyTables, person: Person, stage: Stage): Promise<CameIn> {
    const now = clock.now();
    if (stage === 'full') {
      await append({ kind: 'login', actor: person.id, facts: { msp: person.msp, how: 'provider' } }, tx);
      await view(tx)
        .updateTable('people')
        .set({ enrolled_at: person.enrolled_at ?? now, expires_at: personExpiry(now) })
        .where('id', '=', person.id)
        .execute();
    }
    return { session: await sessions.begin(person.id, stage, view(tx)), stage };
  }

  /** Who is signed in signs in by the provider too. Every session of before is void. @throws Problem `session_over`, `provider_taken`. */
  async function linkToSession(
    tx: AnyTables,
    of: Of,
    judged: Judged,
    attempt: Attempt,
    session: string | null,
  ): Promise<CameIn> {
    const within = view(tx);
    const found = session === null ? null : await sessions.find(session, within);
    if (found?.stage !== 'full' || found.person !== attempt.person) throw problem('session_over');
    if (await linkOf(within, of.id, judged.subjectHash)) throw problem('provider_taken');
    const own = await within
      .selectFrom('provider_links')
      .select(['provider', 'by_rule'])
      .where('person', '=', found.person)
      .execute();
    if (own.some(({ provider }) => provider === of.id)) throw problem('provider_linked');
    // Whoever came in by a rule does not get around it by another provider.
    const byRule = own.some(({ by_rule }) => by_rule === 1);
    if (byRule && judged.grants === null) throw problem('provider_nobody');
    await link(tx, of, found.person, judged.subjectHash, byRule ? [] : null);
    if (byRule) await give(tx, append, { provider: of.id, person: found.person }, judged.grants ?? [], PROVIDER);
    await sessions.endAllOf(found.person, within);
    return { session: await sessions.begin(found.person, 'full', within), stage: 'full' };
  }

  /** They are known, and come in no more: what is open of theirs ends, and what a rule gave is taken. */
  const turnAway = (of: Of, { subjectHash, admitted, grants }: Judged): Promise<void> =>
    transact(database, async (tx) => {
      const known = await linkOf(view(tx), of.id, subjectHash);
      if (!known) return;
      if (known.by_rule) await give(tx, append, known, (admitted && grants) || [], PROVIDER);
      await disown(tx, known);
    });

  const noteFailure = (msp: string | null, why: string) =>
    transact(database, (tx) => append({ kind: 'login_failed', actor: NOBODY, facts: { msp, why } }, tx));

  return {
    /**
     * Where the browser goes, and the secret that it keeps meanwhile (cookie: `HttpOnly`, `Secure`, `SameSite=Lax`, for it comes back from elsewhere).
     * `invitation`: one to be used up. `session`: of somebody who wants to sign in by the provider from now on.
     * @throws Problem `provider_unknown`, `provider_unreachable`, `provider_refused`, `provider_moved`, `login_crowded`, `login_wait`, `session_over`,
     * `second_factor_needed`, `not_allowed`.
     */
    async begin(
      provider: string,
      address: string,
      {
        invitation = null,
        session = null,
      }: { readonly invitation?: string | null; readonly session?: string | null } = {},
    ): Promise<{ readonly url: string; readonly browser: string }> {
      signIn.checkWait(address);
      const of = await providers.spoken(provider);
      const found = session === null ? null : await sessions.find(session);
      if (session !== null && !found) throw problem('session_over');
      if (found && found.stage !== 'full') throw problem('second_factor_needed');
      if (found) {
        const own = await db.selectFrom('people').select('msp').where('id', '=', found.person).executeTakeFirst();
        if (own?.msp !== of.msp) throw problem('provider_unknown');
      }
      const browser = newSecret(chance);
      const url = await relyingParty.authorization(of, browser);
      const now = clock.now();
      await db.deleteFrom('provider_attempts').where('expires_at', '<=', now).execute();
      const { waiting } = await db
        .selectFrom('provider_attempts')
        .select((is) => is.fn.countAll<number>().as('waiting'))
        .executeTakeFirstOrThrow();
      if (waiting >= MAX_ATTEMPTS) throw problem('login_crowded');
      await db
        .insertInto('provider_attempts')
        .values({
          browser_hash: hashOf(browser),
          provider,
          invitation: invitation === null ? null : hashOf(invitation),
          person: found?.person ?? null,
          expires_at: now + ATTEMPT_LIFETIME_MS,
        })
        .execute();
      return { url: url.href, browser };
    },

    /**
     * The browser is back, with `query` on the address of `provider`.
     * @throws Problem `provider_expired`, `provider_denied`, `provider_refused`, `provider_unreachable`, `provider_moved`, `provider_not_admitted`,
     * `provider_nobody`, `provider_address`, `provider_address_differs`, `provider_address_taken`, `provider_taken`, `provider_linked`, `provider_factor_missing`,
     * `invitation_refused`, `people_full`, `session_over`, `login_wait`.
     */
    async finish(
      provider: string,
      query: URLSearchParams,
      browser: string,
      address: string,
      session: string | null = null,
    ): Promise<CameIn> {
      signIn.checkWait(address);
      const withdraw = signIn.failed(address);
      let of: Of | null = null;
      let who: Judged | null = null;
      try {
        const attempt = await take(browser, provider);
        const by = await providers.spoken(provider);
        of = by;
        const judged = judge(by.settings, await relyingParty.claims(by, query, browser));
        who = judged;
        if (!judged.admitted) throw problem('provider_not_admitted');
        const came = await transact(database, async (tx) => {
          if (attempt.person !== null) return await linkToSession(tx, by, judged, attempt, session);
          const person = await personFor(tx, by, judged, attempt);
          return await comeIn(tx, person, await stageOf(person, judged, view(tx)));
        }).catch((error) => {
          throw faultOf(error) === 'duplicate' ? problem('provider_address_taken') : error;
        });
        withdraw();
        return came;
      } catch (error) {
        const { code, name } = error as { code?: string; name?: string };
        if (of && who && (code === 'provider_not_admitted' || code === 'provider_nobody')) await turnAway(of, who);
        await noteFailure(of?.msp ?? null, name === 'Problem' ? code! : 'fault');
        throw error;
      }
    },

    /** Which providers somebody signs in by. @throws Problem `session_over`, `second_factor_needed`. */
    async links(session: string): Promise<readonly { readonly provider: string; readonly createdAt: number }[]> {
      const found = await sessions.find(session);
      if (found?.stage !== 'full') throw problem(found ? 'second_factor_needed' : 'session_over');
      const rows = await db
        .selectFrom('provider_links')
        .select(['provider', 'created_at'])
        .where('person', '=', found.person)
        .orderBy('created_at')
        .execute();
      return rows.map((row) => ({ provider: row.provider, createdAt: row.created_at }));
    },

    /**
     * A new session; all others end. Whom a rule let in stays connected, and whoever comes in by it alone and is no owner.
     * @throws Problem `session_over`, `second_factor_needed`, `provider_unknown`, `provider_rule`, `last_factor`.
     */
    async unlink(session: string, provider: string): Promise<string> {
      return await transact(database, async (tx) => {
        const within = view(tx);
        const found = await sessions.find(session, within);
        if (found?.stage !== 'full') throw problem(found ? 'second_factor_needed' : 'session_over');
        const { person } = found;
        const row = (await within.selectFrom('people').selectAll().where('id', '=', person).executeTakeFirst())!;
        const linked = await within
          .selectFrom('provider_links')
          .select('by_rule')
          .where('provider', '=', provider)
          .where('person', '=', person)
          .executeTakeFirst();
        if (!linked) throw problem('provider_unknown');
        const another = await within
          .selectFrom('provider_links')
          .select('provider')
          .where('provider', '<>', provider)
          .where('person', '=', person)
          .executeTakeFirst();
        // Else whoever is about to leave there would stay here, by a passkey that they make first.
        if (linked.by_rule || (row.password === '' && !row.owner && !another)) throw problem('provider_rule');
        const passkey = await within
          .selectFrom('passkeys')
          .select('id')
          .where('person', '=', person)
          .executeTakeFirst();
        if (!passkey && !(row.password !== '' && row.totp_secret !== null)) throw problem('last_factor');
        await append({ kind: 'provider_unlinked', actor: person, facts: { msp: row.msp, person, provider } }, tx);
        await within
          .deleteFrom('provider_links')
          .where('provider', '=', provider)
          .where('person', '=', person)
          .execute();
        await sessions.endAllOf(person, within);
        return await sessions.begin(person, 'full', within);
      });
    },

    /** Where somebody also signs out at the provider; null: nowhere. Before `signOut`. */
    async signOutUrl(session: string): Promise<string | null> {
      const found = await sessions.find(session);
      const linked =
        found &&
        (await db
          .selectFrom('provider_links')
          .select('provider')
          .where('person', '=', found.person)
          .executeTakeFirst());
      if (!linked) return null;
      return await relyingParty.signOutUrl(await providers.spoken(linked.provider)).then(
        (url) => url?.href ?? null,
        () => null,
      );
    },
  };
}

/** As the provider has it; the front of the address where that is no name. */
function shownName(name: string | null, email: string): string {
  for (const one of [name, email.split('@')[0]!])
    try {
      if (one !== null) return checkName(one).name;
    } catch {}
  return 'New colleague';
}
