/** Who is there and who may come in: the room's one door. */

import { MAX_ADDRESS_WAIT_MS, MAX_PERSON_WAIT_MS } from '@belkluis/shared/access/limits';
import { type HashCost, openPasswords } from '@belkluis/shared/access/password';
import { openThrottle } from '@belkluis/shared/access/throttle';
import { totpStep } from '@belkluis/shared/access/totp';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import { DIRECTORY_DAYS_WITHOUT_POLICY } from '@belkluis/shared/policy/retention';
import { openDatabase, truncateLog } from '../db/open.ts';
import { migrations } from './access-schema.ts';
import { type Append, NOBODY } from './events.ts';
import { nameKey, openPeople, type Person } from './people.ts';
import { problem } from './problems.ts';
import { openRequests } from './requests.ts';
import type { Role } from './roles.ts';
import { openSessions } from './sessions.ts';
import { openSetUp, type PendingPerson } from './setup.ts';
import { openTokens, type Token, type Tokens } from './tokens.ts';

/** What a program's token is found to be. */
export type Identified =
  | { readonly is: 'token'; readonly token: Token }
  | { readonly is: 'refused' }
  | { readonly is: 'throttled'; readonly waitMs: number };

export interface Access {
  /** True while the box knows nobody. */
  readonly empty: () => boolean;
  readonly people: () => readonly Person[];
  /** @see SetUp.newCode */
  newSetUpCode(roles: readonly Role[]): string;
  /** Roles that a set-up code gives. @throws Problem `setup_code_refused`, `login_wait`. */
  checkSetUpCode(code: string, address: string): readonly Role[];
  choose(code: string, name: string, password: string, address: string): Promise<PendingPerson>;
  pending(code: string): PendingPerson | null;
  confirm(code: string, totp: string, address: string): Person;
  /** First factor. The token is good for giving the code and nothing else. @throws Problem `login_refused`, `login_wait`, `login_busy`. */
  enterPassword(name: string, password: string, address: string): Promise<string>;
  /** Second factor: a new token, the old one is void. @throws Problem `code_refused`, `code_expired`, `login_wait`. */
  enterCode(token: string, code: string, address: string): string;
  /**
   * The second factor of somebody who is signed in, asked again before an act that takes more than a session that was left open.
   * @throws Problem `code_refused`, `login_wait`.
   */
  checkCode(person: string, code: string, address: string): void;
  awaitsCode(token: string): boolean;
  /** The person who is signed in with `token`, or null. */
  signedIn(token: string): Person | null;
  signOut(token: string): void;
  readonly tokens: Tokens;
  /**
   * Whose token this is; null: none was given. One that counts is never slowed by tries of others from the same address: a pause must not wait
   * because another program there has an old one.
   */
  identify(text: string | null, address: string): Identified;
  /** Takes a person out: their sessions end at once. @throws Problem `person_unknown`, `last_dpo`. */
  removePerson(name: string, actor: string): void;
  /**
   * Removes people who have not signed in for as long as the policy keeps them, never the last who decides; sessions, set-up codes and
   * tokens that are over; and what they left in the write-ahead log. Returns how many people left.
   */
  forgetExpired(): number;
  close(): void;
}

export interface AccessOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly append: Append;
  readonly hashCost?: HashCost;
  /** Days that a login stays without being used: the policy's `directoryDays`. */
  readonly directoryDays?: () => number;
  /** Told when somebody holds a role, or does not any more. */
  readonly onRolesChanged?: () => void;
}

const DAY_MS = 86_400_000;

export function openAccess({
  path,
  clock,
  chance,
  append,
  hashCost,
  directoryDays = () => DIRECTORY_DAYS_WITHOUT_POLICY,
  onRolesChanged = () => {},
}: AccessOptions): Access {
  const lifetimeMs = () => directoryDays() * DAY_MS;
  const database = openDatabase(path, { migrations, secureDelete: true });
  const people = openPeople(database);
  const sessions = openSessions(database, clock, chance);
  const passwords = openPasswords(hashCost);
  const setUp = openSetUp({ database, people, passwords, clock, chance, append, lifetimeMs });
  const tokens = openTokens(database, clock, chance, append);
  const requests = openRequests(clock);
  // Apart from those who sign in: a program with an old token must keep nobody out of the desk.
  const programs = openThrottle(clock, MAX_ADDRESS_WAIT_MS);
  const persons = openThrottle(clock, MAX_PERSON_WAIT_MS);
  const addresses = openThrottle(clock, MAX_ADDRESS_WAIT_MS);

  const checkWait = (name: string | null, address: string): void => {
    const wait = Math.max(addresses.waitMs(address), name === null ? 0 : persons.waitMs(nameKey(name)));
    if (wait > 0) throw problem('login_wait', `${Math.ceil(wait / 1000)} s`);
  };
  const failed = (name: string | null, address: string): (() => void) => {
    const undo = [addresses.failed(address), ...(name === null ? [] : [persons.failed(nameKey(name))])];
    return () => {
      for (const withdraw of undo) withdraw();
    };
  };
  /** Runs a step of the set-up; only a wrong code counts as a failed try. */
  const guarded = <T>(address: string, step: () => T): T => {
    checkWait(null, address);
    try {
      return step();
    } catch (error) {
      if (error instanceof Problem && error.code === 'setup_code_refused') failed(null, address);
      throw error;
    }
  };
  const checkSetUpCode = (code: string, address: string): readonly Role[] =>
    guarded(address, () => {
      const roles = setUp.rolesOf(code);
      if (!roles) throw problem('setup_code_refused');
      return roles;
    });
  /** Somebody must be left who decides about holds and erasure. */
  const lastDpo = (id: string): boolean => {
    const deciders = people.all().filter(({ roles }) => roles.includes('dpo'));
    return deciders.length === 1 && deciders[0]!.id === id;
  };
  /** Each code counts once. @throws Problem `code_refused`. */
  const takeCode = (person: NonNullable<ReturnType<typeof people.byId>>, code: string, address: string): void => {
    const step = totpStep(person.totpSecret, code, clock.now(), person.totpStep);
    if (step !== null && people.takeTotpStep(person.id, step)) return;
    failed(person.name, address);
    append({ kind: 'login_failed', actor: person.id, facts: { why: 'code' } });
    throw problem('code_refused');
  };
  const toPerson = ({ id, name, roles }: Person): Person => ({ id, name, roles });

  return {
    empty: () => people.count() === 0,
    people: people.all,
    newSetUpCode: setUp.newCode,
    checkSetUpCode,
    async choose(code, name, password, address) {
      checkSetUpCode(code, address);
      return setUp.choose(code, name, password);
    },
    pending: setUp.pending,
    confirm(code, totp, address) {
      const person = guarded(address, () => setUp.confirm(code, totp));
      onRolesChanged();
      return person;
    },

    async enterPassword(name, password, address) {
      checkWait(name, address);
      // Counted before the slow hash: many tries at once must not all pass the check above.
      const withdraw = failed(name, address);
      const person = people.byName(name);
      const right = await passwords.matches(person?.password ?? null, password);
      if (!person || !right) {
        append({ kind: 'login_failed', actor: person?.id ?? NOBODY, facts: { why: 'password' } });
        throw problem('login_refused');
      }
      withdraw();
      return sessions.begin(person.id, 'password');
    },
    enterCode(token, code, address) {
      const id = sessions.find(token, 'password');
      const person = id === null ? null : people.byId(id);
      if (!person) throw problem('code_expired');
      checkWait(person.name, address);
      try {
        takeCode(person, code, address);
      } catch (error) {
        sessions.failed(token);
        throw sessions.find(token, 'password') === null ? problem('code_expired') : error;
      }
      append({ kind: 'login', actor: person.id, facts: {} });
      people.seen(person.id, clock.now(), clock.now() + lifetimeMs());
      persons.succeeded(nameKey(person.name));
      addresses.succeeded(address);
      sessions.end(token);
      return sessions.begin(person.id, 'full');
    },
    checkCode(id, code, address) {
      const person = people.byId(id);
      if (!person) throw problem('code_refused');
      checkWait(person.name, address);
      takeCode(person, code, address);
      persons.succeeded(nameKey(person.name));
    },
    awaitsCode: (token) => sessions.find(token, 'password') !== null,
    signedIn(token) {
      const id = sessions.find(token, 'full');
      const person = id === null ? null : people.byId(id);
      return person && toPerson(person);
    },
    signOut(token) {
      const id = sessions.find(token, 'full');
      sessions.end(token);
      if (id !== null) append({ kind: 'logout', actor: id, facts: {} });
    },
    tokens,
    identify(text, address) {
      const token = text === null ? null : tokens.find(text);
      if (!token) {
        const waitMs = programs.waitMs(address);
        if (waitMs > 0) return { is: 'throttled', waitMs };
        programs.failed(address);
        return { is: 'refused' };
      }
      const waitMs = requests.take(token.id);
      return waitMs > 0 ? { is: 'throttled', waitMs } : { is: 'token', token };
    },
    removePerson(name, actor) {
      const person = people.byName(name);
      if (!person) throw problem('person_unknown', name);
      if (lastDpo(person.id)) throw problem('last_dpo', person.name);
      append({ kind: 'person_removed', actor, facts: { person: person.id, why: 'removed' } });
      people.remove(person.id);
      onRolesChanged();
    },
    forgetExpired() {
      sessions.forgetOld(clock.now());
      tokens.forgetOld();
      setUp.forgetOld();
      people.shorten(lifetimeMs());
      const leaving = people.expired(clock.now()).filter((id) => !lastDpo(id));
      for (const person of leaving) {
        append({ kind: 'person_removed', actor: 'purge', facts: { person, why: 'unused' } });
        people.remove(person);
      }
      truncateLog(database);
      if (leaving.length > 0) onRolesChanged();
      return leaving.length;
    },
    close: () => database.close(),
  };
}
