/**
 * Legal holds: recordings that a named case needs, kept beyond their term until two people lift it. A hold is per case and never on
 * everything: keeping all "just in case" is what retention exists to prevent.
 */
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import type { Database } from '../db/open.ts';
import { formsOf } from './party-forms.ts';
import { problem } from './problems.ts';
import type { Found, Search } from './search.ts';

/** Most recordings of one hold: a case names tens, sometimes hundreds. More is everything under another name. */
export const MAX_HELD = 5000;

/** Longest time to the next review, ms: somebody looks at every hold once a year. */
export const MAX_REVIEW_MS = 366 * 24 * 3600_000;

/** In a vault of so many recordings or more a hold on each of them is a hold on all. In a smaller one a case may well concern each. */
const SWEEP = 10;

/** Fewest letters and digits of a party that a hold may be placed by: fewer stand in almost every number. */
const MIN_PARTY_LENGTH = 3;

/** Longest case, owner and reason, characters: a line, and a paragraph. The audit log takes no more. */
const MAX_NAME_LENGTH = 200;
export const MAX_REASON_LENGTH = 500;

/** Whether something is said, and not more than this. */
export const isSaid = (words: string, most: number): boolean => words.trim() !== '' && words.length <= most;

/** Runs when everything has been checked and before anything counts: writes the audit log. Throws: nothing changes. */
export type BeforeChange = () => unknown;

const nothing: BeforeChange = () => {};

/**
 * Ids of the recordings that name a party, in a time: what a hold then names. Recordings that come later are not in it.
 * @throws Problem `hold_on_all` when it selects by too little or finds none, `hold_too_large`.
 */
export function selectForHold(
  catalogue: { readonly search: (search: Search, limit: number, offset: number) => Found },
  { party, from, until }: { readonly party: string; readonly from?: number; readonly until?: number },
): readonly string[] {
  if (formsOf(party).every((form) => form.replace(/[+=$]/g, '').length < MIN_PARTY_LENGTH))
    throw problem('hold_on_all');
  const search = { party, ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
  const { recordings } = catalogue.search(search, MAX_HELD + 1, 0);
  if (recordings.length === 0) throw problem('hold_on_all', 'no recording names this party');
  if (recordings.length > MAX_HELD) throw problem('hold_too_large', `more than ${MAX_HELD}`);
  return recordings.map(({ id }) => id);
}

export interface NewHold {
  readonly id: string;
  readonly caseRef: string;
  readonly reason: string;
  /** Who answers for it: a person or an office. */
  readonly owner: string;
  /** When somebody decides anew whether it is needed: wall clock, ms. */
  readonly reviewAt: number;
  /** A person's id. */
  readonly by: string;
  readonly at: number;
  /** When the row leaves, once the hold is lifted. A renewal moves it by as much as the review. */
  readonly expiresAt: number;
  /** Ids. */
  readonly recordings: readonly string[];
}

export interface Hold extends Omit<NewHold, 'recordings' | 'by' | 'at'> {
  readonly placedBy: string;
  readonly placedAt: number;
  readonly liftAskedBy: string | null;
  readonly liftAskedAt: number | null;
  readonly liftReason: string | null;
  readonly liftedAt: number | null;
  readonly liftedBy: string | null;
  /** How many. */
  readonly recordings: number;
}

const COLUMNS = `id, case_ref AS caseRef, reason, owner, placed_at AS placedAt, placed_by AS placedBy, review_at AS reviewAt,
  lift_asked_by AS liftAskedBy, lift_asked_at AS liftAskedAt, lift_reason AS liftReason, lifted_at AS liftedAt, lifted_by AS liftedBy,
  expires_at AS expiresAt, (SELECT count(*) FROM held WHERE hold = holds.id) AS recordings`;

export type Holds = ReturnType<typeof openHolds>;

export function openHolds(database: Database, clock: Clock) {
  const insert = database.prepare(
    `INSERT INTO holds (id, case_ref, reason, owner, placed_at, placed_by, review_at, expires_at)
     VALUES (@id, @caseRef, @reason, @owner, @at, @by, @reviewAt, @expiresAt)`,
  );
  const hold = database.prepare('INSERT INTO held (recording, hold) VALUES (?, ?)');
  const erased = database.prepare('SELECT erased_at IS NOT NULL FROM recordings WHERE id = ?').pluck();
  // A test call that nobody looks for leaves no room for a hold on all others.
  const alive = database
    .prepare(
      `SELECT count(*) FROM (SELECT 1 FROM recordings INDEXED BY recordings_by_start
       WHERE erased_at IS NULL AND purpose <> '${TEST_CALL_PURPOSE}' LIMIT ${MAX_HELD + 1})`,
    )
    .pluck();
  const all = database.prepare(`SELECT ${COLUMNS} FROM holds ORDER BY lifted_at IS NOT NULL, placed_at DESC`);
  const one = database.prepare(`SELECT ${COLUMNS} FROM holds WHERE id = ?`);
  const of = database.prepare(
    `SELECT ${COLUMNS} FROM holds WHERE id IN (SELECT hold FROM held WHERE recording = ?) AND lifted_at IS NULL ORDER BY placed_at`,
  );
  const held = database
    .prepare('SELECT recording FROM held INDEXED BY held_by_hold WHERE hold = ? ORDER BY recording')
    .pluck();
  const overdue = database.prepare(
    `SELECT ${COLUMNS} FROM holds WHERE lifted_at IS NULL AND review_at <= ? ORDER BY review_at`,
  );
  const renew = database.prepare(
    'UPDATE holds SET expires_at = expires_at + max(0, @reviewAt - review_at), review_at = @reviewAt WHERE id = @id',
  );
  const ask = database.prepare(
    'UPDATE holds SET lift_asked_by = @by, lift_asked_at = @at, lift_reason = @reason WHERE id = @id',
  );
  const lift = database.prepare('UPDATE holds SET lifted_at = @at, lifted_by = @by WHERE id = @id');

  const get = (id: string): Hold | null => (one.get(id) as Hold | undefined) ?? null;
  const inForce = (id: string): Hold => {
    const found = get(id);
    if (!found) throw problem('hold_unknown', id);
    if (found.liftedAt !== null) throw problem('hold_lifted', id);
    return found;
  };
  const checkReview = (reviewAt: number, at: number): void => {
    if (!Number.isInteger(reviewAt) || reviewAt <= at || reviewAt > at + MAX_REVIEW_MS) throw problem('hold_review');
  };

  const place = database.transaction((wanted: NewHold, before: BeforeChange): void => {
    const { caseRef, reason, owner, reviewAt, at } = wanted;
    if (![caseRef, owner].every((name) => isSaid(name, MAX_NAME_LENGTH)) || !isSaid(reason, MAX_REASON_LENGTH))
      throw problem('hold_incomplete');
    checkReview(reviewAt, at);
    const recordings = [...new Set(wanted.recordings)];
    if (recordings.length === 0) throw problem('hold_on_all', 'no recording is named');
    if (recordings.length > MAX_HELD) throw problem('hold_too_large', `${recordings.length} of at most ${MAX_HELD}`);
    if (recordings.length >= SWEEP && recordings.length >= (alive.get() as number)) throw problem('hold_on_all');
    insert.run({ ...wanted, recordings: null });
    for (const recording of recordings) {
      const isErased = erased.get(recording) as number | undefined;
      if (isErased === undefined) throw problem('recording_unknown', recording);
      if (isErased === 1) throw problem('recording_erased', recording);
      hold.run(recording, wanted.id);
    }
    before();
  });
  const changeReview = database.transaction((id: string, reviewAt: number, before: BeforeChange): void => {
    inForce(id);
    checkReview(reviewAt, clock.now());
    before();
    renew.run({ id, reviewAt });
  });
  const askToLift = database.transaction(
    (id: string, by: string, at: number, reason: string, before: BeforeChange): void => {
      if (!isSaid(reason, MAX_REASON_LENGTH)) throw problem('hold_incomplete');
      inForce(id);
      before();
      ask.run({ id, by, at, reason });
    },
  );
  const changeLift = database.transaction((id: string, by: string, at: number, before: BeforeChange): void => {
    const found = inForce(id);
    if (found.liftAskedBy === null) throw problem('lift_not_asked', id);
    if (found.liftAskedBy === by) throw problem('same_person');
    before();
    lift.run({ id, by, at });
  });

  return {
    /** @throws Problem `hold_on_all`, `hold_too_large`, `hold_incomplete`, `hold_review`, `recording_unknown`, `recording_erased`. */
    place(wanted: NewHold, before: BeforeChange = nothing): void {
      place.immediate(wanted, before);
      commitPoint('vault.hold_placed');
    },
    /** Decides for another while that it is needed. @throws Problem `hold_review`, `hold_unknown`, `hold_lifted`. */
    renew: (id: string, reviewAt: number, before: BeforeChange = nothing): void =>
      changeReview.immediate(id, reviewAt, before),
    /** First person of two; whoever asks later takes the place of who asked before. @throws Problem `hold_incomplete`, `hold_unknown`, `hold_lifted`. */
    askLift: (id: string, by: string, at: number, reason: string, before: BeforeChange = nothing): void =>
      askToLift.immediate(id, by, at, reason, before),
    /** Second person: from here on expiry counts again. @throws Problem `lift_not_asked`, `same_person`, `hold_unknown`, `hold_lifted`. */
    lift(id: string, by: string, at: number, before: BeforeChange = nothing): void {
      changeLift.immediate(id, by, at, before);
      commitPoint('vault.hold_lifted');
    },
    /** In force first, newest first. */
    list: (): Hold[] => all.all() as Hold[],
    get,
    /** Those in force that hold this recording. */
    of: (recording: string): Hold[] => of.all(recording) as Hold[],
    inForce: (recording: string): boolean => of.get(recording) !== undefined,
    /** Ids that it holds, or held. */
    recordings: (id: string): string[] => held.all(id) as string[],
    /**
     * In force, past their review. They hold on: to lose evidence because somebody forgot a date cannot be made good; to keep it too long
     * can, and health says so every day.
     */
    overdue: (now: number): Hold[] => overdue.all(now) as Hold[],
  };
}
