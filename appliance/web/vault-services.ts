/** What the desk needs of the vault beyond recordings: holds, restrictions, erasure, terms. Instants are wall clock, ms. */
import type { Person } from '../access/people.ts';

/** A hold keeps recordings for one case past their day. */
export interface HoldRow {
  readonly id: string;
  readonly caseRef: string;
  readonly reason: string;
  /** Who answers for it, as it was typed. */
  readonly owner: string;
  readonly placedAt: number;
  /** A person's id, as in the audit log. */
  readonly placedBy: string;
  readonly reviewAt: number;
  /** How many recordings it keeps or, once lifted, kept. */
  readonly recordings: number;
  /** Somebody asked to lift it; somebody else decides. */
  readonly liftAskedBy: string | null;
  readonly liftAskedAt: number | null;
  readonly liftReason: string | null;
  /** Null: in force. */
  readonly liftedAt: number | null;
  readonly liftedBy: string | null;
}

export interface NewHold {
  readonly caseRef: string;
  readonly reason: string;
  readonly owner: string;
  readonly reviewAt: number;
  /** Ids, each once, one at least. */
  readonly recordings: readonly string[];
}

/**
 * Each act appends to the audit log first. @throws Problem `audit_failed` when it cannot: then nothing has changed. Besides, `hold_unknown`,
 * `hold_lifted` and what is named at each.
 */
export interface HoldServices {
  /** In force and lifted. */
  list(): readonly HoldRow[];
  get(id: string): HoldRow | null;
  /** Ids of its recordings. */
  recordingsOf(id: string): readonly string[];
  /** Those in force on one recording. */
  of(recording: string): readonly HoldRow[];
  /** Returns the hold's id. @throws Problem `recording_unknown`, `recording_erased`, `hold_on_all`, `hold_review`, `hold_too_large`. */
  place(person: Person, hold: NewHold): string;
  /** @throws Problem `hold_review`. */
  renew(person: Person, id: string, reviewAt: number): void;
  /** Who asks later takes the place of who asked before. */
  askLift(person: Person, id: string, reason: string): void;
  /** @throws Problem `same_person` when it is who asked, `lift_not_asked`. */
  lift(person: Person, id: string): void;
}

/** GDPR 18(1)(a) to (d), and objection under 21 which (d) is about. */
export const restrictionGrounds = ['accuracy', 'unlawful', 'claims', 'objection'] as const;

export type RestrictionGround = (typeof restrictionGrounds)[number];

/** GDPR 18: it stays, and nobody uses it. */
export interface RestrictionRow {
  readonly recording: string;
  readonly ground: RestrictionGround;
  readonly reason: string;
  readonly at: number;
  readonly by: string;
}

/** Each act appends to the audit log first. @throws Problem `audit_failed`, `recording_unknown`, `recording_erased`. */
export interface RestrictionServices {
  of(recording: string): RestrictionRow | null;
  list(): readonly RestrictionRow[];
  place(
    person: Person,
    restriction: { readonly recording: string; readonly ground: RestrictionGround; readonly reason: string },
  ): void;
  /** @throws Problem `not_restricted`. */
  lift(person: Person, recording: string, reason: string): void;
}

/** GDPR 17(1): at request, or after an objection that was upheld. */
export const eraseReasons = ['request', 'objection'] as const;

export type EraseReason = (typeof eraseReasons)[number];

export interface ErasureServices {
  /**
   * Erases at once, for good. Not `certified`: something still reads the keystore, and the certificate follows by itself.
   * @throws Problem `audit_failed` when the log could not be written: nothing was erased; `recording_unknown`, `recording_erased`,
   * `recording_held`, `recording_restricted`, `recording_in_progress`, `legal_retention` with the ground as its detail.
   */
  erase(
    person: Person,
    recording: string,
    how: { readonly reason: EraseReason; readonly caseRef: string },
  ): Promise<{ readonly certified: boolean }>;
  /** Newest first. */
  certificates(
    limit: number,
    offset: number,
  ): {
    readonly certificates: readonly {
      readonly recording: string;
      readonly issuedAt: number;
      readonly expiresAt: number;
    }[];
    readonly total: number;
  };
  /** The certificate's JSON text (shared/audit/certificate). */
  certificate(recording: string): string | null;
  /** Days after an erasure until no backup opens it either; null: no backup is kept. */
  readonly backupDays: number | null;
}

/** How one purpose's recordings were used within their time (GDPR 5(1)(e)). */
export interface UsageRow {
  readonly purpose: string;
  readonly alive: number;
  readonly erased: number;
  /** Of all of them, those that were opened at least once; 0 to 1. */
  readonly everOpenedShare: number;
  /** Longest time between a recording's start and its last opening, ms; 0: none was opened. */
  readonly latestOpeningMs: number;
  /** Term of the newest recording; null: none is here. */
  readonly termDays: number | null;
  /** Whether enough of them have lived their whole term to say anything. */
  readonly judged: boolean;
  /** A term that would have served every opening; null: there is nothing to advise. */
  readonly advisedDays: number | null;
}

/** What a data subject asked and what became of it (GDPR 12(3), 12(4)). */
export interface RequestRow {
  readonly id: string;
  readonly kind: 'erasure' | 'restriction' | 'objection';
  readonly recording: string;
  readonly caseRef: string | null;
  readonly receivedAt: number;
  readonly actor: string;
  readonly outcome: 'done' | 'refused';
  /** Why it was refused: a code, or the law that says so; null when it was not. */
  readonly ground: string | null;
  readonly expiresAt: number;
}

export interface RetentionServices {
  /** One row per purpose that has, or had, recordings. */
  usage(): readonly UsageRow[];
  /** Newest first. */
  requests(limit: number, offset: number): readonly RequestRow[];
}

/** A call that should have been recorded and was not, as another's log tells. Instants are wall clock, ms. */
export interface ExceptionView {
  readonly id: string;
  readonly source: string;
  readonly caller: string;
  readonly callee: string;
  readonly startedAt: number;
  readonly talkMs: number;
  readonly cause: string;
  readonly explained: { readonly at: number; readonly by: string; readonly words: string } | null;
}

export interface ExceptionServices {
  /** Unexplained ones first. Who looked is written down before it is shown. @throws Problem `audit_failed`. */
  list(person: Person, limit: number): readonly ExceptionView[];
  /** @throws Problem `exception_unknown`, `audit_failed`. */
  get(person: Person, id: string): ExceptionView;
  unexplained(): number;
  /** @throws Problem `exception_unknown`, `exception_explained`, `audit_failed`. */
  explain(person: Person, id: string, words: string): void;
}
