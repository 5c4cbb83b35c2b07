/** Who comes in as long as an identity provider vouches for them, and in no other way. */
import type { AnyTables } from '../../db/open.ts';
import type { AccessTables } from '../tables.ts';
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
