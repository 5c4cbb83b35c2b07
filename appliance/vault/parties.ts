/** The index of parties: what is searched for, by any part of it. It names nobody whom no recording names. */
import type { Database } from '../db/open.ts';
import { partsOf } from './party-forms.ts';

/** Which rules of `party-forms.ts` the index was built by: a change of them is a new number, and the index is built anew. */
const INDEX_VERSION = '1';

export interface Parties {
  /** Within the transaction that names it for the first time. */
  add(party: string): void;
  /** Within the transaction that erased it: forgets those whom no recording names any more. */
  forgetUnnamed(parties: Iterable<string>): void;
}

export function openParties(database: Database): Parties {
  const insert = database.prepare('INSERT OR IGNORE INTO party_parts (part, party) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM party_parts WHERE part = ? AND party = ?');
  const named = database
    .prepare(
      'SELECT EXISTS (SELECT 1 FROM recordings WHERE caller = @party) OR EXISTS (SELECT 1 FROM recordings WHERE callee = @party)',
    )
    .pluck();
  const add = (party: string): void => {
    for (const part of partsOf(party)) insert.run(part, party);
  };
  const rebuild = database.transaction(() => {
    const version = database.prepare("SELECT value FROM vault_state WHERE name = 'party_index'").pluck().get();
    if (version === INDEX_VERSION) return;
    database.exec('DELETE FROM party_parts');
    const all = database
      .prepare(
        'SELECT caller FROM recordings WHERE caller IS NOT NULL UNION SELECT callee FROM recordings WHERE callee IS NOT NULL',
      )
      .pluck()
      .all() as string[];
    for (const party of all) add(party);
    database.prepare("INSERT OR REPLACE INTO vault_state VALUES ('party_index', ?)").run(INDEX_VERSION);
  });
  rebuild.immediate();
  return {
    add,
    forgetUnnamed(parties) {
      for (const party of new Set(parties)) {
        if (named.get({ party }) === 1) continue;
        for (const part of partsOf(party)) remove.run(part, party);
      }
    },
  };
}
