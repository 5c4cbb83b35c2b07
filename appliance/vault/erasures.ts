/** What stays of an erased recording until it can be proved no longer: a row without content and numbers, and its certificate. */
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Database } from '../db/open.ts';
import type { Parties } from './parties.ts';
import type { Row } from './rows.ts';

/** Rows forgotten in one transaction, as in `traffic.ts`. */
const BATCH = 1000;

/** An erased recording that has no certificate yet. */
export interface Uncertified {
  readonly id: string;
  readonly purpose: string;
  readonly policyVersion: number;
  readonly contentRoot: string;
  readonly erasedAt: number;
  readonly eraseReason: string;
  /** The epoch in force when its wraps were erased: it is unreadable once that has ended. */
  readonly erasedEpoch: number;
  readonly evidenceExpiresAt: number;
  /** When somebody in its call objected; null: nobody did. */
  readonly objectedAt: number | null;
}

export interface Certified {
  readonly recording: string;
  /** The document, JSON. */
  readonly certificate: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Rows that leave by their own expiry alone. What a hold or a restriction needs stays: both end before their day can count. */
const FORGOTTEN = [
  `DELETE FROM recordings WHERE id IN (SELECT id FROM recordings
     WHERE erased_at IS NOT NULL AND erased_epoch IS NULL AND evidence_expires_at <= @now LIMIT ${BATCH})`,
  `DELETE FROM certificates WHERE recording IN (SELECT recording FROM certificates WHERE expires_at <= @now LIMIT ${BATCH})`,
  `DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE expires_at <= @now LIMIT ${BATCH})`,
  `DELETE FROM objections WHERE id IN (SELECT id FROM objections WHERE expires_at <= @now LIMIT ${BATCH})`,
  `DELETE FROM exceptions WHERE id IN (SELECT id FROM exceptions WHERE expires_at <= @now LIMIT ${BATCH})`,
  `DELETE FROM holds WHERE id IN (SELECT id FROM holds WHERE lifted_at IS NOT NULL AND expires_at <= @now LIMIT ${BATCH})`,
];

export function openErasures(database: Database, parties: Parties) {
  const alive = database.prepare(
    'SELECT purpose, caller, callee, started_at, opened, last_opened_at FROM recordings WHERE id = ? AND erased_at IS NULL',
  );
  const erase = database.prepare(
    `UPDATE recordings SET erased_at = @at, erase_reason = @reason, erased_epoch = @epoch, caller = NULL, callee = NULL WHERE id = @id`,
  );
  const fold = database.prepare(
    `INSERT INTO purpose_usage VALUES (@purpose, 1, @everOpened, @openingMs)
     ON CONFLICT (purpose) DO UPDATE SET erased = erased + 1, ever_opened = ever_opened + @everOpened,
       latest_opening_ms = max(latest_opening_ms, @openingMs)`,
  );
  const markErased = database.transaction(
    (rows: readonly { readonly id: string; readonly reason: string }[], at: number, epoch: number): void => {
      const unnamed: string[] = [];
      for (const { id, reason } of rows) {
        const row = alive.get(id) as Row | undefined;
        // A run that was cut off after this line is repeated: what is marked stays as it was marked.
        if (!row) continue;
        erase.run({ id, at, reason, epoch });
        const openedAt = row.last_opened_at as number | null;
        fold.run({
          purpose: row.purpose,
          everOpened: openedAt === null ? 0 : 1,
          openingMs: openedAt === null ? 0 : Math.max(0, openedAt - (row.started_at as number)),
        });
        for (const party of [row.caller, row.callee]) if (typeof party === 'string') unnamed.push(party);
      }
      parties.forgetUnnamed(unnamed);
    },
  );
  const uncertified = database.prepare(
    `SELECT id, purpose, policy_version AS policyVersion, coalesce(content_root, '') AS contentRoot, erased_at AS erasedAt,
       erase_reason AS eraseReason, erased_epoch AS erasedEpoch, evidence_expires_at AS evidenceExpiresAt,
       (SELECT max(at) FROM consents WHERE recording = recordings.id AND act IN ('refused', 'withdrawn')) AS objectedAt
     FROM recordings INDEXED BY recordings_uncertified WHERE erased_epoch IS NOT NULL ORDER BY erased_at LIMIT ?`,
  );
  const store = database.prepare(
    'INSERT OR REPLACE INTO certificates VALUES (@recording, @certificate, @issuedAt, @expiresAt)',
  );
  const certified = database.prepare('UPDATE recordings SET erased_epoch = NULL WHERE id = ?');
  const certify = database.transaction((rows: readonly Certified[]): void => {
    for (const row of rows) {
      store.run(row);
      certified.run(row.recording);
    }
  });
  const one = database.prepare('SELECT certificate FROM certificates WHERE recording = ?').pluck();
  const page = database.prepare(
    `SELECT recording, issued_at AS issuedAt, expires_at AS expiresAt FROM certificates
     ORDER BY issued_at DESC LIMIT ? OFFSET ?`,
  );
  const count = database.prepare('SELECT count(*) FROM certificates').pluck();
  const forgotten = FORGOTTEN.map((sql) => database.prepare(sql));
  return {
    /** Marks rows whose wraps and content are gone; their parties leave with them. All or none. */
    markErased(rows: readonly { readonly id: string; readonly reason: string }[], at: number, epoch: number): void {
      markErased.immediate(rows, at, epoch);
      commitPoint('vault.rows_marked_erased');
    },
    uncertified: (limit: number): readonly Uncertified[] => uncertified.all(limit) as Uncertified[],
    /** Stores certificates: what they certify waits for none any more. */
    certify(rows: readonly Certified[]): void {
      certify.immediate(rows);
      commitPoint('vault.certificates_stored');
    },
    certificate: (recording: string): string | null => (one.get(recording) as string | undefined) ?? null,
    /** Newest first. */
    certificates: (limit: number, offset: number) => ({
      certificates: page.all(limit, offset) as Omit<Certified, 'certificate'>[],
      total: count.get() as number,
    }),
    /** Removes evidence whose own time is over. Returns how many rows. */
    forgetEvidence(now: number): number {
      let rows = 0;
      for (const statement of forgotten) {
        for (let done = BATCH; done === BATCH; ) {
          done = statement.run({ now }).changes;
          commitPoint('vault.evidence_forgotten');
          rows += done;
        }
      }
      return rows;
    },
  };
}
