/** Restriction of processing (GDPR 18): the recording stays, and is neither opened nor erased until it is lifted. */
import type { Database } from '../db/open.ts';
import { type BeforeChange, isSaid, MAX_REASON_LENGTH } from './holds.ts';
import { problem } from './problems.ts';

/** GDPR 18(1)(a) to (d), in this order. */
export const restrictionGrounds = ['accuracy', 'unlawful', 'claims', 'objection'] as const;

export type RestrictionGround = (typeof restrictionGrounds)[number];

export interface Restriction {
  readonly recording: string;
  readonly ground: RestrictionGround;
  readonly reason: string;
  /** Wall clock, ms. */
  readonly at: number;
  /** A person's id. */
  readonly by: string;
  /** When it should have been settled. It stays in force until somebody lifts it: the data subject was promised so (GDPR 18(3)). */
  readonly expiresAt: number;
}

const nothing: BeforeChange = () => {};

const COLUMNS = 'recording, ground, reason, placed_at AS at, placed_by AS "by", expires_at AS expiresAt';

export type Restrictions = ReturnType<typeof openRestrictions>;

export function openRestrictions(database: Database) {
  const erased = database.prepare('SELECT erased_at IS NOT NULL FROM recordings WHERE id = ?').pluck();
  const insert = database.prepare(
    'INSERT INTO restrictions VALUES (@recording, @ground, @reason, @at, @by, @expiresAt)',
  );
  const remove = database.prepare('DELETE FROM restrictions WHERE recording = ?');
  const one = database.prepare(`SELECT ${COLUMNS} FROM restrictions WHERE recording = ?`);
  const all = database.prepare(`SELECT ${COLUMNS} FROM restrictions ORDER BY placed_at DESC`);
  const of = (recording: string): Restriction | null => (one.get(recording) as Restriction | undefined) ?? null;
  const place = database.transaction((restriction: Restriction, before: BeforeChange): void => {
    const { recording, reason } = restriction;
    if (!isSaid(reason, MAX_REASON_LENGTH)) throw problem('restriction_incomplete');
    const isErased = erased.get(recording) as number | undefined;
    if (isErased === undefined) throw problem('recording_unknown', recording);
    if (isErased === 1) throw problem('recording_erased', recording);
    if (of(recording)) throw problem('restricted_already', recording);
    before();
    insert.run(restriction);
  });
  const lift = database.transaction((recording: string, before: BeforeChange): void => {
    if (!of(recording)) throw problem('not_restricted', recording);
    before();
    remove.run(recording);
  });
  return {
    /** @throws Problem `restriction_incomplete`, `recording_unknown`, `recording_erased`, `restricted_already`. */
    place: (restriction: Restriction, before: BeforeChange = nothing): void => place.immediate(restriction, before),
    /** @throws Problem `not_restricted`. */
    lift: (recording: string, before: BeforeChange = nothing): void => lift.immediate(recording, before),
    of,
    /** Newest first. */
    list: (): Restriction[] => all.all() as Restriction[],
  };
}
