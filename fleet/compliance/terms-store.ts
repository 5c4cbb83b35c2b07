/** Versions of the annexes, as they came to hold. */
import { transact } from '../db/transact.ts';
import { DAY_MS, REVIEW_DAYS } from './limits.ts';
import { type Parts, view } from './parts.ts';
import type { ComplianceTables } from './tables.ts';
import { diffTerms, type Terms, type TermsChange, termsDigest, termsSchema } from './terms.ts';

export interface TermsVersion {
  readonly version: number;
  readonly digest: string;
  readonly terms: Terms;
  readonly madeAt: number;
  /** When a person last looked whether it is all true. */
  readonly reviewedAt: number;
  readonly reviewDueAt: number;
}

const toVersion = (row: ComplianceTables['compliance_terms']): TermsVersion => ({
  version: row.version,
  digest: row.digest,
  terms: termsSchema.parse(JSON.parse(row.terms)),
  madeAt: row.made_at,
  reviewedAt: row.reviewed_at,
  reviewDueAt: row.reviewed_at + REVIEW_DAYS * DAY_MS,
});

interface StoreParts extends Omit<Parts, 'newId'> {
  /** As the configuration and the register have it now. */
  readonly current: () => Promise<Terms>;
}

export type TermsStore = ReturnType<typeof openTerms>;

export function openTerms({ database, clock, append, current }: StoreParts) {
  const db = view(database);
  const last = (within = db) =>
    within.selectFrom('compliance_terms').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();

  /** The terms that hold, as a version: a new one when they are others than those before. */
  async function newest(): Promise<TermsVersion> {
    const terms = await current();
    const digest = termsDigest(terms);
    const row = await last();
    if (row?.digest === digest) return toVersion(row);
    return await transact(database, async (whole) => {
      const before = await last(view(whole));
      if (before?.digest === digest) return toVersion(before);
      const version = (before?.version ?? 0) + 1;
      const now = clock.now();
      await append({ kind: 'terms_changed', actor: 'fleet', facts: { version, digest } }, whole);
      const made = { version, digest, terms: JSON.stringify(terms), made_at: now, reviewed_at: now };
      await view(whole).insertInto('compliance_terms').values(made).execute();
      return toVersion(made);
    });
  }

  return {
    newest,

    /** All of them, oldest first, each with what it changed. */
    async history(): Promise<readonly (TermsVersion & { readonly changes: readonly TermsChange[] })[]> {
      const rows = await db.selectFrom('compliance_terms').selectAll().orderBy('version').execute();
      const versions = rows.map(toVersion);
      return versions.map((one, at) => ({
        ...one,
        changes: at === 0 ? [] : diffTerms(versions[at - 1]!.terms, one.terms),
      }));
    },

    /** A person has looked: all of it is true today. */
    async review(actor: string): Promise<TermsVersion> {
      const { version } = await newest();
      await transact(database, async (whole) => {
        await append({ kind: 'terms_reviewed', actor, facts: { version } }, whole);
        await view(whole)
          .updateTable('compliance_terms')
          .set({ reviewed_at: clock.now() })
          .where('version', '=', version)
          .execute();
      });
      return await newest();
    },
  };
}
