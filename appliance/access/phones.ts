/** Accounts of phones: a random secret per phone, kept as the digest that SIP needs, password-equivalent in this box's realm. */
import { createHash } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import { problemsOf } from '@belkluis/shared/base/problem';
import { DIRECTORY_DAYS_WITHOUT_POLICY } from '@belkluis/shared/policy/retention';
import { openDatabase, truncateLog } from '../db/open.ts';

export const phoneProblem = problemsOf({
  phone_name:
    'A phone is named by 1 to 64 letters, digits, dots, dashes, underscores or plus signs. Choose such a name.',
  phone_unknown: 'There is no phone of this name. `belkluis phones list` shows all.',
  phone_exists: 'There is a phone of this name already. Choose another name, or remove that phone first.',
});

const migrations = [
  `CREATE TABLE phones (
     user TEXT PRIMARY KEY,
     ha1 TEXT NOT NULL CHECK (length(ha1) = 32),
     plain_until INTEGER NOT NULL,
     added_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE phones_2 (
     user TEXT PRIMARY KEY,
     ha1 TEXT NOT NULL CHECK (length(ha1) = 32),
     plain_until INTEGER NOT NULL,
     added_at INTEGER NOT NULL,
     seen_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > added_at)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO phones_2 SELECT user, ha1, plain_until, added_at, added_at, added_at + 31536000000 FROM phones;
   DROP TABLE phones;
   ALTER TABLE phones_2 RENAME TO phones;
   CREATE INDEX phones_by_expiry ON phones (expires_at)`,
];

export interface PhoneRow {
  readonly user: string;
  readonly ha1: string;
  /** Wall clock, ms, until which it may do without TLS and SRTP; 0: never. */
  readonly plainUntil: number;
}

/** A phone without what proves it. Instants are wall clock, ms. */
export interface PhoneListed {
  readonly user: string;
  /** 0: never. */
  readonly plainUntil: number;
  /** When it last registered, by the day; at first, when it was added. */
  readonly seenAt: number;
  /** When it leaves unless it is used. */
  readonly expiresAt: number;
}

/** Bytes of a phone's secret: 24 characters of base64url, beyond guessing even offline from a stolen digest. */
const SECRET_LENGTH = 18;

const DAY_MS = 86_400_000;

/** How often "last seen" is written, ms: a phone registers many times a day, and each write is durable. */
const SEEN_EVERY_MS = DAY_MS;

/** Phones whose last writing is remembered: more than a box has. */
const MAX_SEEN = 20_000;

/** @throws Problem `phone_name`. */
export function checkPhoneName(user: string): void {
  if (!/^[A-Za-z0-9._+-]{1,64}$/.test(user)) throw phoneProblem('phone_name');
}

export type Phones = ReturnType<typeof openPhones>;

export function openPhones(
  path: string,
  /** Days that an account stays without being used: the policy's `directoryDays`. */
  directoryDays: () => number = () => DIRECTORY_DAYS_WITHOUT_POLICY,
) {
  /** RFC 7616 3.4.2; MD5 because several phones fail when anything else is offered. */
  const ha1Of = (user: string, realm: string, secret: string) =>
    createHash('md5').update(`${user}:${realm}:${secret}`).digest('hex');
  /** When we last asked for "last seen" to be written: a phone registers a thousand times a day. */
  const seenAt = new Map<string, number>();
  const lifetimeMs = () => directoryDays() * DAY_MS;
  const database = openDatabase(path, { migrations, secureDelete: true });
  const select = database.prepare('SELECT user, ha1, plain_until AS plainUntil FROM phones WHERE user = ?');
  const all = database.prepare(
    'SELECT user, plain_until AS plainUntil, seen_at AS seenAt, expires_at AS expiresAt FROM phones ORDER BY user',
  );
  const erase = database.prepare('DELETE FROM phones WHERE user = ?');
  const insert = database.prepare(
    'INSERT INTO phones (user, ha1, plain_until, added_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const change = database.prepare('UPDATE phones SET ha1 = ? WHERE user = ?');
  const seen = database.prepare('UPDATE phones SET seen_at = ?, expires_at = ? WHERE user = ? AND seen_at <= ?');
  const shorten = database.prepare(
    'UPDATE phones SET expires_at = max(added_at + 1, seen_at + @ms) WHERE expires_at > max(added_at + 1, seen_at + @ms)',
  );
  const expired = database.prepare('SELECT user FROM phones WHERE expires_at <= ? ORDER BY expires_at').pluck();
  return {
    find: (user: string): PhoneRow | null => (select.get(user) as PhoneRow | undefined) ?? null,
    list: () => all.all() as PhoneListed[],
    /**
     * Adds a phone; returns its secret, which is kept nowhere else. `secret` only where somebody else has chosen it already.
     * @throws Problem `phone_name`, `phone_exists`.
     */
    add(phone: {
      user: string;
      realm: string;
      plainUntil: number;
      now: number;
      chance: Chance;
      secret?: string;
    }): string {
      const { user, realm, plainUntil, now, chance } = phone;
      checkPhoneName(user);
      if (select.get(user)) throw phoneProblem('phone_exists');
      const secret = phone.secret ?? chance.bytes(SECRET_LENGTH).toString('base64url');
      insert.run(user, ha1Of(user, realm, secret), plainUntil, now, now, now + lifetimeMs());
      return secret;
    },
    /** A new secret in place of the one before, which counts no more; null: there is no such phone. */
    renew(user: string, realm: string, chance: Chance): string | null {
      const secret = chance.bytes(SECRET_LENGTH).toString('base64url');
      return change.run(ha1Of(user, realm, secret), user).changes === 1 ? secret : null;
    },
    /** False: there is no such phone. It is refused from its next registration or call on. */
    remove: (user: string): boolean => erase.run(user).changes === 1,
    /** A phone registered: the time that an unused account stays begins anew. Written once a day at most. */
    seen: (user: string, now: number): void => {
      const last = seenAt.get(user);
      if (last !== undefined && now >= last && now - last < SEEN_EVERY_MS) return;
      seen.run(now, now + lifetimeMs(), user, now - SEEN_EVERY_MS);
      if (seenAt.size >= MAX_SEEN) seenAt.clear();
      seenAt.set(user, now);
    },
    /** Accounts that no phone has used for as long as the policy keeps them; shorter terms count for those that exist. */
    expired(now: number): string[] {
      shorten.run({ ms: lifetimeMs() });
      return expired.all(now) as string[];
    },
    /** Clears what removed accounts left in the write-ahead log; false while a reader holds it. */
    scour: (): boolean => truncateLog(database),
    close: (): void => {
      database.close();
    },
  };
}
