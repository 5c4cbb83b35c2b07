/**
 * Tokens of programs, such as a CRM that pauses a recording while a card number is said. A token is for some extensions and some wishes,
 * and ends. The program holds it; the box holds its hash, so a stolen database steers nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Database } from '../db/open.ts';
import type { Append } from './events.ts';
import {
  MAX_TOKEN_DAYS,
  MAX_TOKEN_EXTENSIONS,
  MAX_TOKEN_TEXT,
  MAX_TOKENS,
  TOKEN_ID_LENGTH,
  TOKEN_SECRET_LENGTH,
} from './limits.ts';
import { checkName, nameKey, type Person } from './people.ts';
import { problem } from './problems.ts';
import { may } from './roles.ts';

/** What a program may want of a recording: the names that the call process has for it. */
export const tokenWishes = ['pause', 'resume', 'record', 'object'] as const;

export type TokenWish = (typeof tokenWishes)[number];

/** What cannot be taken back: only who may do it themselves lets a program do it. */
const grave: readonly TokenWish[] = ['record', 'object'];

/** A token without its secret. Instants are wall clock, ms. */
export interface Token {
  readonly id: string;
  readonly name: string;
  /** Null: all. */
  readonly extensions: readonly string[] | null;
  readonly wishes: readonly TokenWish[];
  /** Id of a person, or `cli`. */
  readonly madeBy: string;
  readonly createdAt: number;
  /** By the day; null: not yet. */
  readonly usedAt: number | null;
  readonly expiresAt: number;
}

export type TokenWanted = Pick<Token, 'name' | 'extensions' | 'expiresAt'> & { readonly wishes: readonly string[] };

export interface Tokens {
  /** Those that count, by name. */
  list(): readonly Token[];
  /**
   * Appends, then makes it. `text` is told once. `by` null: the command line, without a person. `prove` is asked for a last proof when
   * nothing else speaks against it, so that a code is not used up by a form that is refused.
   * @throws Problem `name_invalid`, `token_name_taken`, `token_extensions`, `token_wishes`, `token_end`, `token_right`, `tokens_full`.
   */
  add(wanted: TokenWanted, by: Person | null, prove?: () => void): { readonly token: Token; readonly text: string };
  /** From now on it is refused. @throws Problem `token_unknown`. */
  revoke(id: string, actor: string): void;
  /** Likewise, by its name. */
  revokeNamed(name: string, actor: string): void;
  /** The token whose text this is, which notes that it was used today; null: none that counts. */
  find(text: string): Token | null;
  forgetOld(): void;
}

const DAY_MS = 86_400_000;

/** Recognised by people, and by programs that look for secrets where none should be. */
const PREFIX = 'belkluis';

/** SHA-256 of 256 random bits: no salt and no slow hash are needed, for nothing can be guessed. */
const hashOf = (secret: string): Buffer => createHash('sha256').update(secret, 'utf8').digest();

/** Compared with where there is no such token, so that an unknown id and a wrong secret cost the same. */
const NO_HASH = hashOf('');

/** Noon of the day, so that it is that day in any zone. */
const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS + DAY_MS / 2;

interface Row extends Omit<Token, 'extensions' | 'wishes'> {
  readonly extensions: string | null;
  readonly wishes: string;
  readonly secretHash: Buffer;
}

const toToken = ({ secretHash: _, ...row }: Row): Token => ({
  ...row,
  extensions: row.extensions === null ? null : (JSON.parse(row.extensions) as string[]),
  wishes: JSON.parse(row.wishes) as TokenWish[],
});

const isWish = (name: string): name is TokenWish => (tokenWishes as readonly string[]).includes(name);

/** As they are kept: each once, in order. @throws Problem `token_extensions`. */
function checkExtensions(named: readonly string[] | null): readonly string[] | null {
  if (named === null) return null;
  const each = [...new Set(named)].sort();
  const wrong = each.some((user) => !/^[A-Za-z0-9._+-]{1,64}$/.test(user));
  if (wrong || each.length === 0 || each.length > MAX_TOKEN_EXTENSIONS) throw problem('token_extensions');
  return each;
}

export function openTokens(database: Database, clock: Clock, chance: Chance, append: Append): Tokens {
  const columns = `id, secret_hash AS secretHash, name, extensions, wishes, made_by AS madeBy, created_at AS createdAt, used_at AS usedAt,
    expires_at AS expiresAt`;
  const all = database.prepare(`SELECT ${columns} FROM tokens WHERE expires_at > ? ORDER BY name_key`);
  const byId = database.prepare(`SELECT ${columns} FROM tokens WHERE id = ? AND expires_at > ?`);
  const byName = database.prepare(`SELECT ${columns} FROM tokens WHERE name_key = ? AND expires_at > ?`);
  const count = database.prepare('SELECT count(*) FROM tokens').pluck();
  const insert = database.prepare(
    `INSERT INTO tokens (id, secret_hash, name, name_key, extensions, wishes, made_by, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const used = database.prepare('UPDATE tokens SET used_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM tokens WHERE id = ?');
  const removeOld = database.prepare('DELETE FROM tokens WHERE expires_at <= ?');
  const forgetOld = (): void => {
    removeOld.run(clock.now());
  };
  const revokeRow = (row: Row | undefined, actor: string): void => {
    if (!row) throw problem('token_unknown');
    append({ kind: 'token_revoked', actor, facts: { token: row.id, name: row.name } });
    remove.run(row.id);
  };

  return {
    list: () => (all.all(clock.now()) as Row[]).map(toToken),
    add(wanted, by, prove = () => {}) {
      const now = clock.now();
      const name = checkName(wanted.name);
      const extensions = checkExtensions(wanted.extensions);
      const wishes = tokenWishes.filter((wish) => wanted.wishes.includes(wish));
      if (wishes.length === 0 || !wanted.wishes.every(isWish)) throw problem('token_wishes');
      if (wishes.some((wish) => grave.includes(wish)) && !(by && may(by, 'control recordings')))
        throw problem('token_right');
      const { expiresAt } = wanted;
      if (!(expiresAt > now && expiresAt <= now + MAX_TOKEN_DAYS * DAY_MS)) throw problem('token_end');
      forgetOld();
      if (byName.get(nameKey(name), now)) throw problem('token_name_taken');
      if ((count.get() as number) >= MAX_TOKENS) throw problem('tokens_full');
      prove();
      const id = randomHex(chance, TOKEN_ID_LENGTH);
      const secret = chance.bytes(TOKEN_SECRET_LENGTH).toString('base64url');
      const madeBy = by?.id ?? 'cli';
      const facts = { token: id, name, extensions: extensions && [...extensions], wishes: [...wishes], expiresAt };
      append({ kind: 'token_added', actor: madeBy, facts });
      const kept = extensions && JSON.stringify(extensions);
      insert.run(id, hashOf(secret), name, nameKey(name), kept, JSON.stringify(wishes), madeBy, now, expiresAt);
      const token = { id, name, extensions, wishes, madeBy, createdAt: now, usedAt: null, expiresAt };
      return { token, text: `${PREFIX}_${id}_${secret}` };
    },
    revoke: (id, actor) => revokeRow(byId.get(id, clock.now()) as Row | undefined, actor),
    revokeNamed: (name, actor) => revokeRow(byName.get(nameKey(name), clock.now()) as Row | undefined, actor),
    find(text) {
      // The secret may hold the separator as well.
      const [, id = '', secret = ''] =
        /^belkluis_([0-9a-f]{16})_([\w-]{43})$/.exec(text.slice(0, MAX_TOKEN_TEXT)) ?? [];
      const now = clock.now();
      const row = byId.get(id, now) as Row | undefined;
      const right = timingSafeEqual(hashOf(secret), row?.secretHash ?? NO_HASH);
      // A wall clock that was set back must not make a token live longer.
      if (!right || !row || now < row.createdAt) return null;
      const usedAt = dayOf(now);
      if (row.usedAt !== usedAt) used.run(usedAt, id);
      return toToken({ ...row, usedAt });
    },
    forgetOld,
  };
}
