/** Roles that a rule of a provider gives: as long as it gives them. What an owner gave or took here besides stays so. */
import type { AnyTables } from '../../db/open.ts';
import type { Append } from '../events.ts';
import { type Grant, isOwner } from '../rights.ts';
import { type OidcDb, view } from './view.ts';
import { disown } from './vouched.ts';

const keyOf = ({ role, customer, site }: Grant): string => `${role} ${customer} ${site}`;

/** Those of `all` that are not among `others`. */
const without = (all: readonly Grant[], others: readonly Grant[]): Grant[] => {
  const keys = new Set(others.map(keyOf));
  return all.filter((grant) => !keys.has(keyOf(grant)));
};

const grantsIn = (text: string): readonly Grant[] => JSON.parse(text) as Grant[];

/** What somebody may do of which a provider gave `before` and now gives `gives`. `elsewhere`: what other providers give. */
function settle(
  own: readonly Grant[],
  before: readonly Grant[],
  gives: readonly Grant[],
  elsewhere: readonly Grant[],
): readonly Grant[] {
  const kept = without(own, without(without(before, gives), elsewhere));
  return [...kept, ...without(without(gives, before), kept)];
}

interface Link {
  readonly provider: string;
  readonly person: string;
}

const linkOf = (within: OidcDb, { provider, person }: Link) =>
  within
    .selectFrom('provider_links')
    .selectAll()
    .where('provider', '=', provider)
    .where('person', '=', person)
    .executeTakeFirstOrThrow();

/** What rules of other providers give somebody. */
async function elsewhere(within: OidcDb, { provider, person }: Link): Promise<readonly Grant[]> {
  const rows = await within
    .selectFrom('provider_links')
    .select('rule_grants')
    .where('person', '=', person)
    .where('provider', '<>', provider)
    .execute();
  return rows.flatMap(({ rule_grants }) => grantsIn(rule_grants));
}

/** From now on the provider gives this. Returns what somebody may do; when that is another thing than before, their sessions have ended. */
export async function give(
  tables: AnyTables,
  append: Append,
  link: Link,
  gives: readonly Grant[],
  actor: string,
): Promise<readonly Grant[]> {
  const within = view(tables);
  const { rule_grants } = await linkOf(within, link);
  const row = await within.selectFrom('people').selectAll().where('id', '=', link.person).executeTakeFirstOrThrow();
  const own = grantsIn(row.grants);
  const grants = settle(own, grantsIn(rule_grants), gives, await elsewhere(within, link));
  await within
    .updateTable('provider_links')
    .set({ rule_grants: JSON.stringify(gives) })
    .where('provider', '=', link.provider)
    .where('person', '=', link.person)
    .execute();
  if (grants.map(keyOf).join() === own.map(keyOf).join()) return own;
  const facts = { msp: row.msp, person: row.id, grants: [...grants] };
  await append({ kind: 'rights_changed', actor, facts }, tables);
  await within
    .updateTable('people')
    .set({ grants: JSON.stringify(grants), owner: isOwner(grants) ? 1 : 0 })
    .where('id', '=', row.id)
    .execute();
  await within.deleteFrom('sessions').where('person', '=', row.id).execute();
  return grants;
}

/** Rules were written anew: what none of them gives any more is taken from whom they gave it; who has nothing left comes in no more. */
export async function keepOnly(
  tables: AnyTables,
  append: Append,
  provider: string,
  given: readonly Grant[],
  actor: string,
): Promise<void> {
  const rows = await view(tables)
    .selectFrom('provider_links')
    .select(['person', 'rule_grants'])
    .where('provider', '=', provider)
    .where('by_rule', '=', 1)
    .execute();
  for (const { person, rule_grants } of rows) {
    const before = grantsIn(rule_grants);
    const left = without(before, without(before, given));
    if (left.length === before.length) continue;
    const may = await give(tables, append, { provider, person }, left, actor);
    if (left.length === 0 || may.length === 0) await disown(tables, { provider, person });
  }
}
