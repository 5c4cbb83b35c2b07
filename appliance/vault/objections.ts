/**
 * Numbers whose owner does not want to be recorded (GDPR 21). An objection holds as long as the number calls or is called: each call that it
 * keeps unrecorded renews it (docs/decisions/0103).
 */
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Database } from '../db/open.ts';
import { type BeforeChange, isSaid } from './holds.ts';
import { isWithheld, type MeetObjection, objectionsIn } from './objected-numbers.ts';
import { problem } from './problems.ts';

/** Longest number or name of a phone, characters; the same as a rule of a policy takes. */
const MAX_NUMBER_LENGTH = 64;

/** Longest case, characters: a line. */
const MAX_CASE_LENGTH = 200;

/** Objections at most: a small town. A machine that presses the key in every call fills no memory. */
const MAX_OBJECTIONS = 100_000;

export interface NewObjection {
  readonly id: string;
  /** As calls write it: E.164 with its plus where it is a number of the world, else the name of a phone. */
  readonly number: string;
  /** Null: whatever the purpose. */
  readonly purpose: string | null;
  /** Wall clock, ms. */
  readonly since: number;
  /** `key`: in a call. */
  readonly how: 'key' | 'desk' | 'cli';
  readonly caseRef: string | null;
  /** When it leaves unless it is met before. */
  readonly expiresAt: number;
}

export type Objection = NewObjection;

const COLUMNS = 'id, number, purpose, since, how, case_ref AS caseRef, expires_at AS expiresAt';

const nothing: BeforeChange = () => {};

export function openObjections(database: Database) {
  const insert = database.prepare(
    'INSERT INTO objections VALUES (@id, @number, @purpose, @since, @how, @caseRef, @expiresAt)',
  );
  const same = database.prepare(
    `SELECT ${COLUMNS} FROM objections WHERE number = @number AND coalesce(purpose, '') = coalesce(@purpose, '')`,
  );
  const one = database.prepare(`SELECT ${COLUMNS} FROM objections WHERE id = ?`);
  const all = database.prepare(`SELECT ${COLUMNS} FROM objections ORDER BY since DESC, id`);
  const count = database.prepare('SELECT count(*) FROM objections').pluck();
  const extend = database.prepare('UPDATE objections SET expires_at = max(expires_at, @until) WHERE id = @id');
  const erase = database.prepare('DELETE FROM objections WHERE id = ?');
  const version = database.prepare("SELECT value FROM vault_state WHERE name = 'objections'").pluck();
  const keep = database.transaction((wanted: NewObjection, before: BeforeChange): string => {
    const { number, caseRef } = wanted;
    if (isWithheld(number)) throw problem('number_withheld');
    if (!isSaid(number, MAX_NUMBER_LENGTH) || number !== number.trim()) throw problem('number_wrong');
    if (caseRef !== null && !isSaid(caseRef, MAX_CASE_LENGTH)) throw problem('case_wrong');
    const known = same.get(wanted) as Objection | undefined;
    if (known) {
      extend.run({ id: known.id, until: wanted.expiresAt });
      return known.id;
    }
    if ((count.get() as number) >= MAX_OBJECTIONS) throw problem('objections_full');
    before();
    insert.run(wanted);
    return wanted.id;
  });
  const remove = database.transaction((id: string, before: (gone: Objection) => unknown): void => {
    const found = one.get(id) as Objection | undefined;
    if (!found) throw problem('objection_unknown', id);
    before(found);
    erase.run(id);
  });
  let met: { readonly version: string; readonly meet: MeetObjection } | null = null;
  const versionNow = (): string => (version.get() as string | undefined) ?? '0';
  return {
    /**
     * Keeps it; one that is there already is renewed. Returns the id of what is kept. @throws Problem `number_withheld`, `number_wrong`,
     * `case_wrong`, `objections_full`.
     */
    keep(wanted: NewObjection, before: BeforeChange = nothing): string {
      const id = keep.immediate(wanted, before);
      commitPoint('vault.objection_kept');
      return id;
    },
    /** Recorded again from now on. @throws Problem `objection_unknown`. */
    remove(id: string, before: (gone: Objection) => unknown = nothing): void {
      remove.immediate(id, before);
      commitPoint('vault.objection_removed');
    },
    /** A call met it: it holds until `until` at least. */
    renew: (id: string, until: number): void => {
      extend.run({ id, until });
    },
    /** Newest first. */
    list: (): Objection[] => all.all() as Objection[],
    get: (id: string): Objection | null => (one.get(id) as Objection | undefined) ?? null,
    /** Another value after each that came or went, whoever did it. */
    version: versionNow,
    /** Whether the owner of a number objects to a purpose, as it is kept now. */
    meets(number: string, purpose: string): boolean {
      const now = versionNow();
      if (met?.version !== now) met = { version: now, meet: objectionsIn(all.all() as Objection[]) };
      return met.meet(number, purpose) !== null;
    },
  };
}
