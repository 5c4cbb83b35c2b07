/** What data subjects asked for and what came of it: kept as long as an answer may have to be proved (GDPR 5(2)). */
import type { Database } from '../db/open.ts';

export interface SubjectRequest {
  readonly id: string;
  readonly kind: 'erasure' | 'restriction' | 'objection';
  readonly recording: string;
  readonly caseRef: string | null;
  /** Wall clock, ms. */
  readonly receivedAt: number;
  /** Who dealt with it: a person's id. */
  readonly actor: string;
  readonly outcome: 'done' | 'refused';
  /** Why it was refused; null when it was not. */
  readonly ground: string | null;
  /** When the row leaves: the policy's `requestDays` after it came in. */
  readonly expiresAt: number;
}

const COLUMNS =
  'id, kind, recording, case_ref AS caseRef, received_at AS receivedAt, actor, outcome, ground, expires_at AS expiresAt';

export type Requests = ReturnType<typeof openRequests>;

export function openRequests(database: Database) {
  const insert = database.prepare(
    'INSERT INTO requests VALUES (@id, @kind, @recording, @caseRef, @receivedAt, @actor, @outcome, @ground, @expiresAt)',
  );
  const page = database.prepare(`SELECT ${COLUMNS} FROM requests ORDER BY received_at DESC LIMIT ? OFFSET ?`);
  const of = database.prepare(`SELECT ${COLUMNS} FROM requests WHERE recording = ? ORDER BY received_at DESC`);
  return {
    add: (request: SubjectRequest): void => {
      insert.run(request);
    },
    /** Newest first. */
    list: (limit: number, offset: number): SubjectRequest[] => page.all(limit, offset) as SubjectRequest[],
    /** About one recording, newest first. */
    of: (recording: string): SubjectRequest[] => of.all(recording) as SubjectRequest[],
  };
}
