/** What the register of processing said, version after version: each as a whole, with the policy that it is of and why it was written. */
import { type Register, registerHash, registerSchema } from '@belkluis/shared/policy/documents/register';
import type { Database } from '../db/open.ts';

/** `policy`: one was applied. `roles`: somebody holds others. `start`: the box was told anew at install, or has a newer version. `asked`: a person had it written. */
export type Cause = 'policy' | 'roles' | 'start' | 'asked';

export interface RegisterVersion {
  readonly version: number;
  /** Wall clock, ms. */
  readonly at: number;
  readonly cause: Cause;
  /** Of the policy that it is of; null: there was none. */
  readonly policyHash: string | null;
  readonly hash: string;
  readonly register: Register;
}

interface Row {
  readonly version: number;
  readonly at: number;
  readonly cause: Cause;
  readonly policyHash: string | null;
  readonly hash: string;
  readonly register: string;
}

const DAY_MS = 86_400_000;

export type Registers = ReturnType<typeof openRegisters>;

export function openRegisters(
  database: Database,
  /** Days that a version stays after another took its place: as long as it may be asked what was answered by it, the policy's `requestDays`. */
  requestDays: () => number,
) {
  const columns = 'version, at, cause, policy_hash AS policyHash, register_hash AS hash, register';
  const one = database.prepare(`SELECT ${columns} FROM registers WHERE version = ?`);
  const newest = database.prepare(`SELECT ${columns} FROM registers ORDER BY version DESC LIMIT 1`);
  const newestOf = database.prepare(
    `SELECT ${columns} FROM registers WHERE policy_hash IS ? ORDER BY version DESC LIMIT 1`,
  );
  const list = database.prepare('SELECT version, at, cause FROM registers ORDER BY version');
  const insert = database.prepare(
    `INSERT INTO registers (version, at, cause, policy_hash, register_hash, register, expires_at)
     VALUES ((SELECT coalesce(max(version), 0) + 1 FROM registers), @at, @cause, @policyHash, @hash, @register, @at + @ms)
     RETURNING version`,
  );
  // What was replaced stays from now on, not from when it was written.
  const renew = database.prepare(
    'UPDATE registers SET expires_at = max(at + 1, @at + @ms) WHERE version = (SELECT max(version) FROM registers)',
  );
  const forget = database.prepare(
    'DELETE FROM registers WHERE expires_at <= ? AND version < (SELECT max(version) FROM registers)',
  );
  const read = (row: unknown): RegisterVersion | null => {
    if (!row) return null;
    const { register, ...rest } = row as Row;
    return { ...rest, register: registerSchema.parse(JSON.parse(register)) };
  };
  return {
    get: (version: number): RegisterVersion | null => read(one.get(version)),
    newest: (): RegisterVersion | null => read(newest.get()),
    /** The newest of the policy with this hash; null: of the time without one. */
    newestOf: (policyHash: string | null): RegisterVersion | null => read(newestOf.get(policyHash)),
    list: () => list.all() as Pick<RegisterVersion, 'version' | 'at' | 'cause'>[],
    /** Writes a version; returns its number. On the disk when it returns. */
    add: (register: Register, cause: Cause, at: number): number =>
      database
        .transaction(() => {
          const ms = requestDays() * DAY_MS;
          renew.run({ at, ms });
          const row = {
            at,
            ms,
            cause,
            policyHash: register.policy?.hash ?? null,
            hash: registerHash(register),
            register: JSON.stringify(register),
          };
          return (insert.get(row) as { version: number }).version;
        })
        .immediate(),
    /** Removes versions that were replaced long ago; never the newest. Returns how many. */
    forgetExpired: (now: number): number => forget.run(now).changes,
  };
}
