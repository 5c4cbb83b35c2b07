/** The people of this box, as rows. */
import type { Database } from '../db/open.ts';
import { MAX_NAME_LENGTH, MAX_PEOPLE } from './limits.ts';
import { problem } from './problems.ts';
import type { Role } from './roles.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** A person with what proves that it is them. Never leaves this room. */
export interface Credentials extends Person {
  /** Argon2id hash in PHC form. */
  readonly password: string;
  readonly totpSecret: string;
  /** Step of the last code that was accepted. */
  readonly totpStep: number;
}

/** What two names are compared by: nobody can take a name that looks like another's by case or width. */
export const nameKey = (name: string): string => name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();

/** The name as it is shown. @throws Problem `name_invalid`. */
export function checkName(name: string): string {
  const shown = name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ');
  const length = [...shown].length;
  if (length < 2 || length > MAX_NAME_LENGTH || /\p{C}/u.test(shown)) throw problem('name_invalid');
  return shown;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly roles: string;
  readonly password: string;
  readonly totp_secret: string;
  readonly totp_step: number;
}

const toCredentials = (row: Row): Credentials => ({
  id: row.id,
  name: row.name,
  roles: JSON.parse(row.roles) as Role[],
  password: row.password,
  totpSecret: row.totp_secret,
  totpStep: row.totp_step,
});

export type People = ReturnType<typeof openPeople>;

export function openPeople(database: Database) {
  const columns = 'id, name, roles, password, totp_secret, totp_step';
  const byName = database.prepare(`SELECT ${columns} FROM people WHERE name_key = ?`);
  const byId = database.prepare(`SELECT ${columns} FROM people WHERE id = ?`);
  const list = database.prepare(`SELECT ${columns} FROM people ORDER BY name_key`);
  const count = database.prepare('SELECT count(*) FROM people').pluck();
  const insert = database.prepare(
    `INSERT INTO people (id, name, name_key, roles, password, totp_secret, totp_step, created_at, seen_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const seen = database.prepare('UPDATE people SET seen_at = ?, expires_at = ? WHERE id = ?');
  const expired = database.prepare('SELECT id FROM people WHERE expires_at <= ? ORDER BY expires_at').pluck();
  const shorten = database.prepare(
    `UPDATE people SET expires_at = max(created_at + 1, seen_at + ?) WHERE expires_at > max(created_at + 1, seen_at + ?)`,
  );
  const remove = database.prepare('DELETE FROM people WHERE id = ?');
  const takeStep = database.prepare('UPDATE people SET totp_step = ? WHERE id = ? AND totp_step < ?');
  const credentials = (row: unknown): Credentials | null => (row ? toCredentials(row as Row) : null);
  return {
    byName: (name: string): Credentials | null => credentials(byName.get(nameKey(name))),
    byId: (id: string): Credentials | null => credentials(byId.get(id)),
    all: (): Person[] =>
      (list.all() as Row[]).map(({ id, name, roles }) => ({ id, name, roles: JSON.parse(roles) as Role[] })),
    count: (): number => count.get() as number,
    /** @throws Problem `name_taken`, `people_full`. */
    checkRoomFor(name: string): void {
      if (byName.get(nameKey(name))) throw problem('name_taken');
      if ((count.get() as number) >= MAX_PEOPLE) throw problem('people_full');
    },
    add: (person: Credentials, now: number, expiresAt: number): void => {
      insert.run(
        person.id,
        person.name,
        nameKey(person.name),
        JSON.stringify(person.roles),
        person.password,
        person.totpSecret,
        person.totpStep,
        now,
        now,
        expiresAt,
      );
    },
    /** Signed in: the time that an unused login stays begins anew. */
    seen: (id: string, now: number, expiresAt: number): void => {
      seen.run(now, expiresAt, id);
    },
    /** People who have not signed in for as long as the policy keeps them. */
    expired: (now: number): string[] => expired.all(now) as string[],
    /** An earlier end for everybody, counted from when they were last seen. Never a later one. */
    shorten: (lifetimeMs: number): void => {
      shorten.run(lifetimeMs, lifetimeMs);
    },
    remove: (id: string): boolean => remove.run(id).changes === 1,
    /** Takes a step for good; false when it, or a later one, was taken before. */
    takeTotpStep: (id: string, step: number): boolean => takeStep.run(step, id, step).changes === 1,
  };
}
