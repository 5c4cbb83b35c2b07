/** Calls that should have been recorded and were not, as a comparison with somebody else's log found them. */
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Database } from '../db/open.ts';
import { type BeforeChange, isSaid, MAX_REASON_LENGTH } from './holds.ts';
import { problem } from './problems.ts';

/** Instants are wall clock, ms. */
export interface NewException {
  /** The same for the same call of the same log, however often it is read. */
  readonly id: string;
  /** The log that says so. */
  readonly source: string;
  readonly caller: string;
  readonly callee: string;
  readonly startedAt: number;
  readonly talkMs: number;
  readonly cause: string;
  /** The box's own call; null: it knows none. */
  readonly call: string | null;
  readonly purpose: string | null;
  readonly foundAt: number;
  readonly expiresAt: number;
}

export interface ExceptionRow extends NewException {
  /** What somebody found out about it; null: nobody has yet. */
  readonly explained: { readonly at: number; readonly by: string; readonly words: string } | null;
}

const COLUMNS = `id, source, caller, callee, started_at AS startedAt, talk_ms AS talkMs, cause, call, purpose, found_at AS foundAt,
  explained_at AS at, explained_by AS "by", explanation AS words, expires_at AS expiresAt`;

type Row = NewException & { readonly at: number | null; readonly by: string | null; readonly words: string | null };

const rowOf = ({ at, by, words, ...row }: Row): ExceptionRow => ({
  ...row,
  explained: at === null || by === null || words === null ? null : { at, by, words },
});

export function openExceptions(database: Database) {
  const has = database.prepare('SELECT 1 FROM exceptions WHERE id = ?').pluck();
  const named = database.prepare('SELECT 1 FROM exceptions WHERE call = ?').pluck();
  const insert = database.prepare(
    `INSERT OR IGNORE INTO exceptions (id, source, caller, callee, started_at, talk_ms, cause, call, purpose, found_at, expires_at)
     VALUES (@id, @source, @caller, @callee, @startedAt, @talkMs, @cause, @call, @purpose, @foundAt, @expiresAt)`,
  );
  const list = database.prepare(
    `SELECT ${COLUMNS} FROM exceptions ORDER BY explained_at IS NOT NULL, started_at DESC LIMIT ? OFFSET ?`,
  );
  const one = database.prepare(`SELECT ${COLUMNS} FROM exceptions WHERE id = ?`);
  const open = database.prepare('SELECT count(*) FROM exceptions WHERE explained_at IS NULL').pluck();
  const explain = database.prepare(
    'UPDATE exceptions SET explained_at = @at, explained_by = @by, explanation = @words WHERE id = @id AND explained_at IS NULL',
  );
  const addAll = database.transaction((rows: readonly NewException[], before: BeforeChange) => {
    before();
    for (const row of rows) insert.run(row);
  });
  return {
    /** Those that are not known yet. */
    unknown: (rows: readonly NewException[]): readonly NewException[] => rows.filter(({ id }) => !has.get(id)),
    /** Whether any is about this call of the box. */
    tellsOf: (call: string): boolean => named.get(call) === 1,
    /** `before` writes the audit log; nothing is stored when it throws. */
    add(rows: readonly NewException[], before: BeforeChange): void {
      addAll.immediate(rows, before);
      commitPoint('vault.exceptions_added');
    },
    /** Unexplained ones first, then the latest. */
    list: (limit: number, offset: number): ExceptionRow[] => (list.all(limit, offset) as Row[]).map(rowOf),
    get: (id: string): ExceptionRow | null => {
      const row = one.get(id) as Row | undefined;
      return row ? rowOf(row) : null;
    },
    unexplained: (): number => open.get() as number,
    /** @throws Problem `exception_unknown`, `exception_explained`, `explanation_missing`. */
    explain(
      id: string,
      said: { readonly at: number; readonly by: string; readonly words: string },
      before: BeforeChange,
    ): void {
      if (!isSaid(said.words, MAX_REASON_LENGTH)) throw problem('explanation_missing');
      const known = one.get(id) as Row | undefined;
      if (!known) throw problem('exception_unknown', id);
      if (known.at !== null) throw problem('exception_explained', id);
      before();
      explain.run({ id, ...said });
      commitPoint('vault.exception_explained');
    },
  };
}
