/** Links that wait for their phones. Only the hash of a link is kept: who reads the database can fetch nothing. */
import { createHash } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { openDatabase } from '../db/open.ts';
import { LINK_LIFETIME_MS, MAX_LINKS, TOKEN_LENGTH } from './limits.ts';
import { problem } from './problems.ts';
import type { VendorName } from './vendors.ts';

const migrations = [
  `CREATE TABLE links (
     token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
     user TEXT NOT NULL UNIQUE,
     vendor TEXT NOT NULL,
     mac TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
   ) STRICT, WITHOUT ROWID`,
];

export interface Link {
  readonly user: string;
  readonly vendor: VendorName;
  /** Empty: the vendor's file is the same for every phone. */
  readonly mac: string;
  readonly expiresAt: number;
}

export interface Links {
  /** A new link for the phone of `user`; one from before stops counting. It is told once. @throws Problem `links_full`. */
  offer(link: Pick<Link, 'user' | 'vendor' | 'mac'>): { readonly token: string; readonly expiresAt: number };
  /** Null: never made, used, replaced or run out. */
  find(token: string): Link | null;
  /** Uses it up. False: somebody was faster. */
  take(token: string): boolean;
  /** Links that wait, soonest to run out first. */
  waiting(): readonly Link[];
  /** The account has gone. */
  withdraw(user: string): void;
  forgetOld(): void;
  close(): void;
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

export function openLinks(path: string, { clock, chance }: { readonly clock: Clock; readonly chance: Chance }): Links {
  const database = openDatabase(path, { migrations, secureDelete: true });
  const select = database.prepare(
    'SELECT user, vendor, mac, expires_at AS expiresAt FROM links WHERE token_hash = ? AND expires_at > ?',
  );
  const all = database.prepare(
    'SELECT user, vendor, mac, expires_at AS expiresAt FROM links WHERE expires_at > ? ORDER BY expires_at',
  );
  const insert = database.prepare('INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)');
  const ofUser = database.prepare('DELETE FROM links WHERE user = ?');
  const use = database.prepare('DELETE FROM links WHERE token_hash = ? AND expires_at > ?');
  const old = database.prepare('DELETE FROM links WHERE expires_at <= ?');
  const count = database.prepare('SELECT count(*) FROM links').pluck();
  const renew = database.transaction((token: string, { user, vendor, mac }: Pick<Link, 'user' | 'vendor' | 'mac'>) => {
    const now = clock.now();
    old.run(now);
    ofUser.run(user);
    if ((count.get() as number) >= MAX_LINKS) throw problem('links_full');
    insert.run(hashOf(token), user, vendor, mac, now, now + LINK_LIFETIME_MS);
    return now + LINK_LIFETIME_MS;
  });
  return {
    offer(link) {
      const token = chance.bytes(TOKEN_LENGTH).toString('base64url');
      return { token, expiresAt: renew.immediate(token, link) };
    },
    find: (token) => (select.get(hashOf(token), clock.now()) as Link | undefined) ?? null,
    take: (token) => use.run(hashOf(token), clock.now()).changes === 1,
    waiting: () => all.all(clock.now()) as Link[],
    withdraw: (user) => {
      ofUser.run(user);
    },
    forgetOld: () => {
      old.run(clock.now());
    },
    close: () => {
      database.close();
    },
  };
}
