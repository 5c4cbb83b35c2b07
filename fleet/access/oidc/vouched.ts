/** Who comes in as long as an identity provider vouches for them, and in no other way. */
import type { AnyTables } from '../../db/open.ts';
import type { Db } from '../parts.ts';
import type { AccessTables } from '../tables.ts';
import { domainOf, subjectHashOf } from './admit.ts';
import { VOUCHED_MS } from './limits.ts';
import type { Settings } from './settings.ts';
import type { OidcTables } from './tables.ts';
import { view } from './view.ts';

/** Without a password, and connected with a provider. A passkey or a code is a second factor to them, never a way in. */
export async function isVouchedFor(
  tables: AnyTables,
  { id, password }: Pick<AccessTables['people'], 'id' | 'password'>,
): Promise<boolean> {
  if (password !== '') return false;
  const link = view(tables).selectFrom('provider_links').select('provider').where('person', '=', id);
  return (await link.executeTakeFirst()) !== undefined;
}

/** Whether what somebody left to work without them still may: of whom a provider alone lets in, as long as one did so lately. */
export async function vouchedLately(tables: AnyTables, person: string, now: number): Promise<boolean> {
  const row = await view(tables)
    .selectFrom('people')
    .leftJoin('provider_links', 'provider_links.person', 'people.id')
    .select((is) => ['people.password', is.fn.max('provider_links.vouched_at').as('last')])
    .where('people.id', '=', person)
    .groupBy(['people.id', 'people.password'])
    .executeTakeFirst();
  return row !== undefined && (row.password !== '' || row.last === null || now - row.last < VOUCHED_MS);
}

/** Enrolled people of an MSP who have a way in: a password with their second factor, a provider that lets them in, or a passkey alone. */
export function withAWayIn(db: Db, msp: string) {
  return db
    .$extendTables<OidcTables>()
    .selectFrom('people')
    .select('people.id')
    .where('msp', '=', msp)
    .where('enrolled_at', 'is not', null)
    .where((is) => {
      const links = is
        .selectFrom('provider_links')
        .select('provider_links.person')
        .whereRef('provider_links.person', '=', 'people.id');
      const passkey = is.selectFrom('passkeys').select('passkeys.id').whereRef('passkeys.person', '=', 'people.id');
      return is.or([
        is('password', '<>', ''),
        is.exists(links.where('vouched_at', '>', 0)),
        // With a provider a passkey is a second factor, and no way in.
        is.and([is.exists(passkey), is.not(is.exists(links))]),
      ]);
    });
}

/** The provider does not let somebody in any more: until it does, nothing that it let them in for works. */
export async function disown(
  tables: AnyTables,
  { provider, person }: { readonly provider: string; readonly person: string },
): Promise<void> {
  const within = view(tables);
  await within
    .updateTable('provider_links')
    .set({ vouched_at: 0 })
    .where('provider', '=', provider)
    .where('person', '=', person)
    .execute();
  await within.deleteFrom('sessions').where('person', '=', person).execute();
}

/** Fewer may come than before: who, by all that is known here, is not among them any more, comes in no more. */
export async function disownLeftOut(
  tables: AnyTables,
  provider: string,
  before: Settings,
  { domains, subjects }: Settings,
): Promise<void> {
  if (before.domains.every((one) => domains.includes(one)) && before.subjects.every((one) => subjects.includes(one)))
    return;
  const hashes = new Set(subjects.map(subjectHashOf));
  const rows = await view(tables)
    .selectFrom('provider_links')
    .innerJoin('people', 'people.id', 'provider_links.person')
    .select(['person', 'subject_hash', 'email'])
    .where('provider', '=', provider)
    .execute();
  for (const { person, subject_hash, email } of rows)
    if (!hashes.has(subject_hash) && !domains.includes(domainOf(email))) await disown(tables, { provider, person });
}

/** Ends all that would let in those for whom nobody vouches once this provider is gone. In the transaction of its removal, before it. */
export async function endThoseOf(tables: AnyTables, provider: string): Promise<void> {
  const within = view(tables);
  const through = within.selectFrom('provider_links').select('person').where('provider', '=', provider);
  await within.deleteFrom('sessions').where('person', 'in', through).execute();
  const alone = within
    .selectFrom('people')
    .select('people.id')
    .where('password', '=', '')
    .where('people.id', 'in', through)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('provider_links')
            .select('provider_links.person')
            .whereRef('provider_links.person', '=', 'people.id')
            .where('provider', '<>', provider),
        ),
      ),
    );
  for (const table of ['api_tokens', 'passkeys'] as const)
    await within.deleteFrom(table).where('person', 'in', alone).execute();
}
