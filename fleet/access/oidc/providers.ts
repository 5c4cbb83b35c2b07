/** The identity providers of an MSP: kept by its owners. */
import { transact } from '../../db/transact.ts';
import type { Scope } from '../../tenants/scope.ts';
import { hashOf, type Parts } from '../parts.ts';
import { problem } from '../problems.ts';
import { keepOnly } from './by-rule.ts';
import { MAX_CLIENT_SECRET_LENGTH, MAX_PROVIDERS } from './limits.ts';
import type { RelyingParty, Spoken } from './relying-party.ts';
import type { Seal } from './seal.ts';
import { checkSettings, type Settings } from './settings.ts';
import type { OidcTables } from './tables.ts';
import { type OidcDb, view } from './view.ts';
import { disownLeftOut, endThoseOf } from './vouched.ts';

/** Says that the fleet connects there from now on. Returns what takes it back. @throws Problem of whoever keeps that list. */
export type Declare = (place: {
  readonly msp: string;
  readonly host: string;
  readonly port: number;
  readonly country: string;
}) => () => void;

export interface Provider {
  readonly id: string;
  readonly version: number;
  readonly settings: Settings;
  readonly redirectUri: string;
  readonly createdAt: number;
}

interface ProviderParts extends Parts {
  readonly relyingParty: RelyingParty;
  readonly seal: Seal;
  readonly declare: Declare;
}

type Row = OidcTables['identity_providers'];

/** All of the MSP, or nobody. @throws Problem `scope_too_small`. */
function mspOf({ msp, within }: Scope): string {
  if (within !== 'all') throw problem('scope_too_small');
  return msp;
}

/** @throws Problem `provider_invalid`. */
export function checkSecret(secret: string): string {
  if (secret.length < 1 || secret.length > MAX_CLIENT_SECRET_LENGTH || /[^\x21-\x7e]/.test(secret))
    throw problem('provider_invalid', 'clientSecret');
  return secret;
}

export type Providers = ReturnType<typeof openProviders>;

export function openProviders({ database, clock, newId, append, relyingParty, seal, declare }: ProviderParts) {
  const db = view(database);
  const declared = new Map<string, (() => void)[]>();

  const toProvider = ({ id, version, settings, created_at }: Row): Provider => ({
    id,
    version,
    settings: JSON.parse(settings) as Settings,
    redirectUri: relyingParty.redirectUri(id),
    createdAt: created_at,
  });

  const withdraw = (id: string): void => {
    for (const undo of declared.get(id) ?? []) undo();
    declared.delete(id);
  };
  const forget = (id: string): void => {
    withdraw(id);
    relyingParty.forget(id);
  };
  /** What the provider said of itself stays known: of another version of it nothing is. */
  function declareAll({ id, msp }: Pick<Row, 'id' | 'msp'>, hosts: readonly string[], country: string): void {
    withdraw(id);
    const undo: (() => void)[] = [];
    declared.set(id, undo);
    for (const at of hosts) {
      const cut = at.lastIndexOf(':');
      undo.push(declare({ msp, host: at.slice(0, cut), port: Number(at.slice(cut + 1)), country }));
    }
  }

  const rowOf = async (msp: string, id: string, within: OidcDb = db): Promise<Row> => {
    const row = await within
      .selectFrom('identity_providers')
      .selectAll()
      .where('id', '=', id)
      .where('msp', '=', msp)
      .executeTakeFirst();
    if (!row) throw problem('provider_unknown');
    return row;
  };

  /** Somebody must be left who decides who comes in, and can sign in without this provider. @throws Problem `provider_last_owner`. */
  async function checkOwnerWithout(msp: string, within: OidcDb): Promise<void> {
    const owner = await within
      .selectFrom('people')
      .select('id')
      .where('msp', '=', msp)
      .where('owner', '=', 1)
      .where('enrolled_at', 'is not', null)
      .where((is) =>
        is.or([
          is.and([is('password', '<>', ''), is('totp_secret', 'is not', null)]),
          is.and([
            is.exists(is.selectFrom('passkeys').select('passkeys.id').whereRef('passkeys.person', '=', 'people.id')),
            // With a provider and without a password a passkey is no way in (`vouched.ts`).
            is.or([
              is('password', '<>', ''),
              is.not(
                is.exists(
                  is
                    .selectFrom('provider_links')
                    .select('provider_links.person')
                    .whereRef('provider_links.person', '=', 'people.id'),
                ),
              ),
            ]),
          ]),
        ]),
      )
      .executeTakeFirst();
    if (!owner) throw problem('provider_last_owner');
  }

  /** Asks the provider what it is, so that a wrong address is heard of now and not by whoever signs in. */
  async function learn(msp: string, spoken: Spoken): Promise<readonly string[]> {
    const { hostname, port } = new URL(spoken.settings.issuer);
    const undo = declare({ msp, host: hostname, port: Number(port || 443), country: spoken.settings.country });
    try {
      return await relyingParty.hostsOf(spoken);
    } finally {
      undo();
    }
  }

  return {
    /** @throws Problem `scope_too_small`. */
    async list(scope: Scope): Promise<readonly Provider[]> {
      const rows = await db
        .selectFrom('identity_providers')
        .selectAll()
        .where('msp', '=', mspOf(scope))
        .orderBy('created_at')
        .execute();
      return rows.map(toProvider);
    },

    /** @throws Problem `scope_too_small`, `provider_unknown`. */
    get: async (scope: Scope, id: string): Promise<Provider> => toProvider(await rowOf(mspOf(scope), id)),

    /**
     * @throws Problem `scope_too_small`, `provider_invalid`, `country_invalid`, `providers_full`, `provider_unreachable`, `provider_refused`,
     * `provider_unfit`, and of whoever lists what is connected to.
     */
    async add(scope: Scope, given: unknown, clientSecret: string, actor: string): Promise<Provider> {
      const msp = mspOf(scope);
      const settings = checkSettings(given);
      const secret = checkSecret(clientSecret);
      const id = newId();
      const hosts = await learn(msp, { id, version: 1, settings, clientSecret: secret, hosts: null });
      await transact(database, async (tx) => {
        const within = view(tx);
        const there = await within.selectFrom('identity_providers').select('id').where('msp', '=', msp).execute();
        if (there.length >= MAX_PROVIDERS) throw problem('providers_full');
        await append({ kind: 'provider_added', actor, facts: { msp, provider: id } }, tx);
        await within
          .insertInto('identity_providers')
          .values({
            id,
            msp,
            settings: JSON.stringify(settings),
            client_secret: seal.seal(secret, id),
            hosts: JSON.stringify(hosts),
            version: 1,
            created_at: clock.now(),
          })
          .execute();
      });
      declareAll({ id, msp }, hosts, settings.country);
      return toProvider(await rowOf(msp, id));
    },

    /**
     * All but the issuer, whose subjects are others. `clientSecret` null: as before. What no rule gives any more is taken from whom one gave it, and who may come no
     * more has no session and no token that works, from now on.
     * @throws Problem as `add`, `provider_unknown`, `provider_changed`, `provider_issuer`.
     */
    async change(
      scope: Scope,
      { id, version }: { readonly id: string; readonly version: number },
      given: unknown,
      clientSecret: string | null,
      actor: string,
    ): Promise<Provider> {
      const msp = mspOf(scope);
      const settings = checkSettings(given);
      const before = await rowOf(msp, id);
      if ((JSON.parse(before.settings) as Settings).issuer !== settings.issuer) throw problem('provider_issuer');
      const secret = clientSecret === null ? seal.open(before.client_secret, id) : checkSecret(clientSecret);
      const hosts = await learn(msp, { id, version, settings, clientSecret: secret, hosts: null });
      await transact(database, async (tx) => {
        await append({ kind: 'provider_changed', actor, facts: { msp, provider: id } }, tx);
        const { numUpdatedRows } = await view(tx)
          .updateTable('identity_providers')
          .set({
            settings: JSON.stringify(settings),
            client_secret: seal.seal(secret, id),
            hosts: JSON.stringify(hosts),
            version: version + 1,
          })
          .where('id', '=', id)
          .where('msp', '=', msp)
          .where('version', '=', version)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) throw problem('provider_changed');
        const given = settings.rules.flatMap(({ grants }) => grants);
        await keepOnly(tx, append, id, given, actor);
        await disownLeftOut(tx, id, JSON.parse(before.settings) as Settings, settings);
      });
      declareAll({ id, msp }, hosts, settings.country);
      return toProvider(await rowOf(msp, id));
    },

    /** Nobody comes in by it any more, and what its rules gave is taken; sessions, tokens and passkeys of those end for whom no other provider vouches. @throws Problem `scope_too_small`, `provider_unknown`, `provider_last_owner`. */
    async remove(scope: Scope, id: string, actor: string): Promise<void> {
      const msp = mspOf(scope);
      await transact(database, async (tx) => {
        await rowOf(msp, id, view(tx));
        await checkOwnerWithout(msp, view(tx));
        await append({ kind: 'provider_removed', actor, facts: { msp, provider: id } }, tx);
        await keepOnly(tx, append, id, [], actor);
        await endThoseOf(tx, id);
        await view(tx).deleteFrom('identity_providers').where('id', '=', id).execute();
      });
      forget(id);
    },

    /** Anybody: what stands on the page of an MSP's people who are not signed in. */
    async offered(id: string): Promise<{ readonly id: string; readonly name: string } | null> {
      const row = await db.selectFrom('identity_providers').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? { id, name: (JSON.parse(row.settings) as Settings).name } : null;
    },

    /** By name: for people of the MSP. */
    async offeredIn(msp: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
      const rows = await db.selectFrom('identity_providers').selectAll().where('msp', '=', msp).orderBy('id').execute();
      return rows.map(({ id, settings }) => ({ id, name: (JSON.parse(settings) as Settings).name }));
    },

    /** For the bearer of an invitation. @throws Problem `invitation_refused`, `provider_unknown`. */
    async offeredTo(invitation: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
      const row = await db
        .selectFrom('invitations')
        .select('msp')
        .where('token_hash', '=', hashOf(invitation))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      if (!row) throw problem('invitation_refused');
      const offered = await this.offeredIn(row.msp);
      if (offered.length === 0) throw problem('provider_unknown');
      return offered;
    },

    /** With its MSP, to be spoken to. @throws Problem `provider_unknown`, `provider_secret_lost`. */
    async spoken(id: string): Promise<Spoken & { readonly msp: string }> {
      const row = await db.selectFrom('identity_providers').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw problem('provider_unknown');
      return {
        id,
        msp: row.msp,
        version: row.version,
        settings: JSON.parse(row.settings) as Settings,
        clientSecret: seal.open(row.client_secret, id),
        hosts: JSON.parse(row.hosts) as string[],
      };
    },

    /** At start, and now and then for what other processes changed: all that is connected to, declared. */
    async declareAgain(): Promise<void> {
      const rows = await db.selectFrom('identity_providers').selectAll().execute();
      for (const id of declared.keys()) if (!rows.some((row) => row.id === id)) forget(id);
      for (const row of rows) {
        try {
          declareAll(row, JSON.parse(row.hosts) as string[], (JSON.parse(row.settings) as Settings).country);
        } catch {
          // Where it is may no longer be connected to: then nobody comes in by it, and all else goes on.
          forget(row.id);
        }
      }
    },
  };
}
