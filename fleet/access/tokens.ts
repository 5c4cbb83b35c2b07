/** API tokens: a part of what one person may do, for programs, until a day. Shown once, kept as hashes. */
import { transact } from '../db/transact.ts';
import { checkName } from '../tenants/fields.ts';
import { MAX_TOKEN_DAYS, MAX_TOKENS } from './limits.ts';
import { hashOf, newSecret, type Parts, type Person, view } from './parts.ts';
import { problem } from './problems.ts';
import { type Act, byToken, scopeFor } from './rights.ts';

const DAY_MS = 86_400_000;

/** How each begins, so that scanners of code know one that was left in it. */
const PREFIX = 'bkf_';

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly acts: readonly Act[];
  readonly expiresAt: number;
}

interface TokenWanted {
  readonly name: string;
  readonly acts: readonly Act[];
  readonly days: number;
}

/** What somebody may make. @throws Problem `name_invalid`, `token_acts`, `token_days`. */
export function checkToken({ msp, grants }: Person, { name, acts, days }: TokenWanted) {
  const { name: shown } = checkName(name);
  const may = [...new Set(acts)];
  if (may.length === 0 || !may.every((act) => byToken(act) && scopeFor(msp, grants, act))) throw problem('token_acts');
  if (!Number.isInteger(days) || days < 1 || days > MAX_TOKEN_DAYS) throw problem('token_days');
  return { name: shown, acts: may, days };
}

export function openTokens({ database, clock, chance, newId, append }: Parts) {
  const db = view(database);
  return {
    /**
     * For somebody who may make one. What that person may no more, the token may no more either.
     * @throws Problem `name_invalid`, `token_acts`, `token_days`, `tokens_full`.
     */
    async make(maker: Person, wanted: TokenWanted): Promise<{ readonly id: string; readonly token: string }> {
      const { id: person, msp } = maker;
      const { name: shown, acts: may, days } = checkToken(maker, wanted);
      const id = newId();
      const token = `${PREFIX}${newSecret(chance)}`;
      const now = clock.now();
      const expiresAt = now + days * DAY_MS;
      await transact(database, async (tx) => {
        const within = view(tx);
        await within.deleteFrom('api_tokens').where('expires_at', '<=', now).execute();
        const there = await within.selectFrom('api_tokens').select('id').where('person', '=', person).execute();
        if (there.length >= MAX_TOKENS) throw problem('tokens_full');
        await append(
          { kind: 'token_made', actor: person, facts: { msp, person, token: id, acts: may, expiresAt } },
          tx,
        );
        await within
          .insertInto('api_tokens')
          .values({
            id,
            token_hash: hashOf(token),
            person,
            name: shown,
            acts: JSON.stringify(may),
            created_at: now,
            expires_at: expiresAt,
          })
          .execute();
      });
      return { id, token };
    },

    async list({ id }: Person): Promise<readonly ApiToken[]> {
      const rows = await db
        .selectFrom('api_tokens')
        .selectAll()
        .where('person', '=', id)
        .where('expires_at', '>', clock.now())
        .orderBy('created_at')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        acts: JSON.parse(row.acts) as Act[],
        expiresAt: row.expires_at,
      }));
    },

    /** One's own. @throws Problem `token_unknown`. */
    async end({ id: person, msp }: Person, token: string): Promise<void> {
      await transact(database, async (tx) => {
        await append({ kind: 'token_ended', actor: person, facts: { msp, person, token } }, tx);
        const { numDeletedRows } = await view(tx)
          .deleteFrom('api_tokens')
          .where('id', '=', token)
          .where('person', '=', person)
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw problem('token_unknown');
      });
    },

    /** Whose token this is, and what it is for; null when it is none, or its time is over. */
    async find(
      token: string,
    ): Promise<{ readonly id: string; readonly person: string; readonly acts: readonly Act[] } | null> {
      const row = await db
        .selectFrom('api_tokens')
        .select(['id', 'person', 'acts'])
        .where('token_hash', '=', hashOf(token))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return row ? { id: row.id, person: row.person, acts: JSON.parse(row.acts) as Act[] } : null;
    },
  };
}
