/** How a person comes to be: a one-time code that the box printed, then name, password and second factor, chosen by the person. */
import { createHash } from 'node:crypto';
import { checkPassword, type Passwords } from '@belkluis/shared/access/password';
import { newTotpSecret, totpStep } from '@belkluis/shared/access/totp';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Database } from '../db/open.ts';
import type { Append } from './events.ts';
import { SETUP_CODE_LENGTH, SETUP_CODE_LIFETIME_MS } from './limits.ts';
import { checkName, type People, type Person } from './people.ts';
import { problem } from './problems.ts';
import type { Role } from './roles.ts';

/** Crockford's base 32: no I, L, O, U, so a code can be read aloud. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const encode = (bytes: Buffer): string => {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const symbols = Array.from(
    { length: (bytes.length * 8) / 5 },
    (_, at) => ALPHABET[Number((bits >> BigInt(at * 5)) & 31n)],
  );
  return symbols
    .reverse()
    .join('')
    .replaceAll(/(.{4})(?=.)/g, '$1-');
};

/** What was typed, as it was printed: any case, any separators, letters that look like digits. */
const canonical = (code: string): string =>
  code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');

const hashOf = (code: string): Buffer => createHash('sha256').update(canonical(code), 'utf8').digest();

interface Row {
  readonly roles: string;
  readonly name: string | null;
  readonly password: string | null;
  readonly totp_secret: string | null;
}

/** A person who chose name and password, and must now show that the authenticator works. */
export interface PendingPerson {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly totpSecret: string;
}

export interface SetUp {
  /** A new code for a person with `roles`; earlier unused codes stop being valid. It is told once: only its hash is kept. */
  newCode(roles: readonly Role[]): string;
  /** Roles that the code gives, or null when it is not valid. */
  rolesOf(code: string): readonly Role[] | null;
  /** @throws Problem `setup_code_refused`, `name_invalid`, `name_taken`, `password_short`, `password_long`, `people_full`. */
  choose(code: string, name: string, password: string): Promise<PendingPerson>;
  pending(code: string): PendingPerson | null;
  /** Audits, then adds the person; the code is used up. @throws Problem `setup_code_refused`, `code_refused`, `name_taken`. */
  confirm(code: string, totp: string): Person;
  /** Removes codes that nobody used in time, with what was typed after them. */
  forgetOld(): void;
}

interface SetUpOptions {
  readonly database: Database;
  readonly people: People;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly append: Append;
  /** How long a login stays without being used, ms. */
  readonly lifetimeMs: () => number;
}

export function openSetUp({ database, people, passwords, clock, chance, append, lifetimeMs }: SetUpOptions): SetUp {
  const select = database.prepare(
    'SELECT roles, name, password, totp_secret FROM setup_codes WHERE code_hash = ? AND expires_at > ?',
  );
  const clear = database.prepare('DELETE FROM setup_codes');
  const insert = database.prepare(
    'INSERT INTO setup_codes (code_hash, roles, created_at, expires_at) VALUES (?, ?, ?, ?)',
  );
  const choose = database.prepare('UPDATE setup_codes SET name = ?, password = ?, totp_secret = ? WHERE code_hash = ?');
  const old = database.prepare('DELETE FROM setup_codes WHERE expires_at <= ?');
  const use = database.prepare('DELETE FROM setup_codes WHERE code_hash = ?');
  const find = (code: string): Row | null => (select.get(hashOf(code), clock.now()) as Row | undefined) ?? null;

  const renew = database.transaction((hash: Buffer, roles: readonly Role[]) => {
    clear.run();
    const now = clock.now();
    insert.run(hash, JSON.stringify(roles), now, now + SETUP_CODE_LIFETIME_MS);
  });
  const pendingOf = (row: Row | null): PendingPerson | null =>
    row?.name && row.totp_secret
      ? { name: row.name, roles: JSON.parse(row.roles) as Role[], totpSecret: row.totp_secret }
      : null;

  return {
    newCode(roles) {
      const code = encode(chance.bytes(SETUP_CODE_LENGTH));
      renew.immediate(hashOf(code), roles);
      return code;
    },
    rolesOf(code) {
      const row = find(code);
      return row ? (JSON.parse(row.roles) as Role[]) : null;
    },
    async choose(code, name, password) {
      if (!find(code)) throw problem('setup_code_refused');
      const shown = checkName(name);
      checkPassword(password);
      people.checkRoomFor(shown);
      const hashed = await passwords.hash(password);
      const secret = newTotpSecret(chance);
      if (choose.run(shown, hashed, secret, hashOf(code)).changes !== 1) throw problem('setup_code_refused');
      return pendingOf(find(code))!;
    },
    pending: (code) => pendingOf(find(code)),
    forgetOld: () => {
      old.run(clock.now());
    },
    confirm(code, totp) {
      const row = find(code);
      const pending = pendingOf(row);
      if (!row?.password || !pending) throw problem('setup_code_refused');
      const step = totpStep(pending.totpSecret, totp, clock.now(), 0);
      if (step === null) throw problem('code_refused');
      people.checkRoomFor(pending.name);
      const { name, roles, totpSecret } = pending;
      const person = { id: randomHex(chance, 8), name, roles, password: row.password, totpSecret, totpStep: step };
      append({ kind: 'person_added', actor: person.id, facts: { person: person.id, roles: [...roles] } });
      database
        .transaction(() => {
          const now = clock.now();
          people.add(person, now, now + lifetimeMs());
          use.run(hashOf(code));
        })
        .immediate();
      return { id: person.id, name, roles };
    },
  };
}
