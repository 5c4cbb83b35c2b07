/** What enrolment remembers: claims, tries, certificates. Every change that another process could make too is one statement or one transaction. */
import { CODE_LIFETIME_MS, CONFIRM_LIFETIME_MS } from '@belkluis/shared/contract/enrolment/limits';
import { type Tries, takeTry } from '@belkluis/shared/contract/enrolment/tries';
import type { Kysely, Selectable } from 'kysely';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import { transact } from '../db/transact.ts';
import type { IssuedCertificate } from './ca.ts';
import type { Claim, Claimant, ClaimState, KnownBox, ProvenBox } from './claim.ts';
import { MAX_UNCLAIMED, MAX_UNCLAIMED_PER_SOURCE } from './limits.ts';
import type { EnrolmentTables } from './tables.ts';

/** RFC 5280 5.3.1, of these: the box left; it got another; somebody of the MSP removed it; its key is with somebody else. */
export type RevocationReason = 'left' | 'superseded' | 'removed' | 'key_compromised';

export interface StoredCertificate {
  readonly serial: string;
  readonly box: string;
  readonly claim: string;
  readonly keyHash: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly revokedAt: number | null;
}

/** What a box that was enrolled once is known by. */
export interface EnrolledBox {
  readonly box: string;
  readonly auditKey: string;
  readonly claim: string;
  readonly site: string;
}

export interface EnrolmentStore {
  /** Remembers that a box shows a code with this locator. False: there are too many, and this one is not remembered. */
  keepHello(locator: string, source: string, now: number): Promise<boolean>;
  /** Whether a box shows it now. */
  helloSeen(locator: string, now: number): Promise<boolean>;
  /** One more try of an MSP at typing a code. False: none is left now. */
  takeTypingTry(msp: string, now: number): Promise<boolean>;
  /** The one that was right does not count, and nor do those before it. */
  forgetTypingTries(msp: string): Promise<void>;
  /** A code was typed; the box is remembered no more. False: somebody was first. */
  addClaim(claim: Pick<Claim, 'id' | 'locator' | 'proofKey'> & Claimant, now: number): Promise<boolean>;
  claim(id: string): Promise<Claim | null>;
  claimOf(locator: string): Promise<Claim | null>;
  claimsAt(site: string): Promise<readonly Claim[]>;
  /** Those of an MSP that wait for a box, or for a person at it. */
  waitingOf(msp: string, now: number): Promise<readonly Claim[]>;
  /** One more try of a box at proving this claim: the claim with it counted; null: none is left now. */
  takeProofTry(id: string, now: number): Promise<Claim | null>;
  /** The box proved that it knows the code. False: the claim ended meanwhile. */
  prove(id: string, box: ProvenBox, now: number): Promise<boolean>;
  known(box: string, now: number): Promise<KnownBox | null>;
  enrolled(box: string): Promise<EnrolledBox | null>;
  /** A box is enrolled by `claim`, which stays open for a confirmation that is said again. False: the claim ended meanwhile. */
  addFirst(claim: Claim, box: ProvenBox, issued: IssuedCertificate, now: number): Promise<boolean>;
  addRenewed(box: EnrolledBox, issued: IssuedCertificate): Promise<void>;
  /** A claim ends; certificates of its box are revoked. */
  end(id: string, state: Extract<ClaimState, 'refused' | 'left'>, reason: RevocationReason, now: number): Promise<void>;
  certificate(serial: string): Promise<StoredCertificate | null>;
  /** Which boxes have a certificate for this key. */
  boxesWithKey(keyHash: string): Promise<readonly string[]>;
  /** The newest of `box` that is not revoked, and not for this key. */
  present(box: string, exceptKey: string): Promise<StoredCertificate | null>;
  /** Certificates of `box`; `keep`: but for this, and those that are newer. */
  revoke(box: string, reason: RevocationReason, now: number, keep?: string): Promise<void>;
  /** Revoked and not expired. */
  revoked(now: number): Promise<readonly { serial: string; revokedAt: number }[]>;
  /** Erases what nobody may use any more: unclaimed boxes, claims that never became an enrolment, keys of proofs. */
  forget(now: number): Promise<void>;
}

type Row = Selectable<EnrolmentTables['enrolment_claims']>;

function claimFrom(row: Row): Claim {
  const { box, audit_key: auditKey, csr, tries } = row;
  return {
    id: row.id,
    state: row.state,
    locator: row.locator,
    proofKey: row.proof_key,
    msp: row.msp,
    site: row.site,
    mspName: row.msp_name,
    siteName: row.site_name,
    policyKey: row.policy_key,
    expiresAt: row.expires_at,
    tries: tries === 0 ? null : { tries, last: row.tried_at },
    box: box !== null && auditKey !== null && csr !== null ? { box, auditKey, csr } : null,
  };
}

const OPEN: readonly ClaimState[] = ['typed', 'proven'];
const CONFIRMABLE: readonly ClaimState[] = ['proven', 'enrolled'];

export function openEnrolmentStore(database: AnyTables): EnrolmentStore {
  const db: Kysely<EnrolmentTables> = database.$extendTables<EnrolmentTables>();
  const claims = (on: Kysely<EnrolmentTables> = db) => on.selectFrom('enrolment_claims').selectAll();
  const one = async (row: Promise<Row | undefined>): Promise<Claim | null> => {
    const found = await row;
    return found ? claimFrom(found) : null;
  };

  const revokeOn = (on: Kysely<EnrolmentTables>, box: string, reason: RevocationReason, now: number) =>
    on
      .updateTable('enrolment_certificates')
      .set({ revoked_at: now, reason })
      .where('box', '=', box)
      .where('revoked_at', 'is', null);

  const certificateFrom = (row: EnrolmentTables['enrolment_certificates']): StoredCertificate => ({
    serial: row.serial,
    box: row.box,
    claim: row.claim,
    keyHash: row.key_hash,
    notBefore: row.not_before,
    notAfter: row.not_after,
    revokedAt: row.revoked_at,
  });

  const certificateRow = (issued: IssuedCertificate, box: string, claim: string) => ({
    serial: issued.serial,
    box,
    claim,
    key_hash: issued.keyHash,
    not_before: issued.notBefore,
    not_after: issued.notAfter,
    revoked_at: null,
    reason: null,
  });

  return {
    keepHello: (locator, source, now) =>
      transact(db, async (on) => {
        const known = await on
          .selectFrom('enrolment_hellos')
          .select('locator')
          .where('locator', '=', locator)
          .executeTakeFirst();
        if (known) return true;
        await on.deleteFrom('enrolment_hellos').where('expires_at', '<=', now).execute();
        const counted = await on
          .selectFrom('enrolment_hellos')
          .select(({ fn }) => [
            fn.countAll<number>().as('all'),
            fn.countAll<number>().filterWhere('source', '=', source).as('here'),
          ])
          .executeTakeFirstOrThrow();
        if (counted.all >= MAX_UNCLAIMED || counted.here >= MAX_UNCLAIMED_PER_SOURCE) return false;
        const row = { locator, source, expires_at: now + CODE_LIFETIME_MS };
        await on.insertInto('enrolment_hellos').values(row).execute();
        return true;
      }),
    async helloSeen(locator, now) {
      const row = await db
        .selectFrom('enrolment_hellos')
        .select('locator')
        .where('locator', '=', locator)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return row !== undefined;
    },
    takeTypingTry: (msp, now) =>
      transact(db, async (on) => {
        const row = await on.selectFrom('enrolment_tries').selectAll().where('msp', '=', msp).executeTakeFirst();
        const next = takeTry(row ? { tries: row.tries, last: row.tried_at } : null, now);
        if (!next) return false;
        const value = { msp, tries: next.tries, tried_at: next.last };
        await on
          .insertInto('enrolment_tries')
          .values(value)
          .onConflict((conflict) =>
            conflict.column('msp').doUpdateSet({ tries: value.tries, tried_at: value.tried_at }),
          )
          .execute();
        return true;
      }),
    async forgetTypingTries(msp) {
      await db.deleteFrom('enrolment_tries').where('msp', '=', msp).execute();
    },
    async addClaim({ id, locator, proofKey, msp, site, mspName, siteName, policyKey }, now) {
      try {
        await transact(db, async (on) => {
          await on
            .insertInto('enrolment_claims')
            .values({
              id,
              state: 'typed',
              locator,
              proof_key: proofKey,
              msp,
              site,
              msp_name: mspName,
              site_name: siteName,
              policy_key: policyKey,
              typed_at: now,
              expires_at: now + CODE_LIFETIME_MS,
              tries: 0,
              tried_at: 0,
              box: null,
              audit_key: null,
              csr: null,
            })
            .execute();
          await on.deleteFrom('enrolment_hellos').where('locator', '=', locator).execute();
        });
        return true;
      } catch (error) {
        if (faultOf(error) === 'duplicate') return false;
        throw error;
      }
    },
    claim: (id) => one(claims().where('id', '=', id).executeTakeFirst()),
    claimOf: (locator) => one(claims().where('locator', '=', locator).executeTakeFirst()),
    claimsAt: async (site) => (await claims().where('site', '=', site).orderBy('id').execute()).map(claimFrom),
    waitingOf: async (msp, now) =>
      (
        await claims()
          .where('msp', '=', msp)
          .where('state', 'in', ['typed', 'proven'])
          .where('expires_at', '>', now)
          .orderBy('id')
          .execute()
      ).map(claimFrom),
    takeProofTry: (id, now) =>
      transact(db, async (on) => {
        const claim = await one(claims(on).where('id', '=', id).executeTakeFirst());
        const tries: Tries | null = claim ? takeTry(claim.tries, now) : null;
        if (!claim || !tries) return null;
        const counted = { tries: tries.tries, tried_at: tries.last };
        await on.updateTable('enrolment_claims').set(counted).where('id', '=', id).execute();
        return { ...claim, tries };
      }),
    async prove(id, { box, auditKey, csr }, now) {
      const done = await db
        .updateTable('enrolment_claims')
        .set({
          state: 'proven',
          box,
          audit_key: auditKey,
          csr,
          tries: 0,
          tried_at: 0,
          expires_at: now + CONFIRM_LIFETIME_MS,
        })
        .where('id', '=', id)
        .where('state', 'in', OPEN)
        .executeTakeFirstOrThrow();
      return done.numUpdatedRows === 1n;
    },
    async known(box, now) {
      const row = await db.selectFrom('enrolment_boxes').selectAll().where('box', '=', box).executeTakeFirst();
      if (!row) return null;
      const live = await db
        .selectFrom('enrolment_certificates')
        .select('serial')
        .where('box', '=', box)
        .where('revoked_at', 'is', null)
        .where('not_after', '>', now)
        .executeTakeFirst();
      return { auditKey: row.audit_key, site: live ? row.site : null };
    },
    async enrolled(box) {
      const row = await db.selectFrom('enrolment_boxes').selectAll().where('box', '=', box).executeTakeFirst();
      return row ? { box, auditKey: row.audit_key, claim: row.claim, site: row.site } : null;
    },
    addFirst: (claim, { box, auditKey }, issued, now) =>
      transact(db, async (on) => {
        const done = await on
          .updateTable('enrolment_claims')
          // What was typed is over: from here on the keys speak.
          .set({ state: 'enrolled', proof_key: '' })
          .where('id', '=', claim.id)
          .where('state', 'in', CONFIRMABLE)
          .executeTakeFirstOrThrow();
        if (done.numUpdatedRows !== 1n) return false;
        const row = { audit_key: auditKey, claim: claim.id, site: claim.site };
        await on
          .insertInto('enrolment_boxes')
          .values({ box, ...row })
          // An id that got another key meanwhile stays whose it was.
          .onConflict((conflict) => conflict.column('box').doUpdateSet({ claim: row.claim, site: row.site }))
          .execute();
        await on
          .insertInto('enrolment_certificates')
          .values(certificateRow(issued, box, claim.id))
          .execute();
        // Not those of the same key: the box asked twice, and may have kept either.
        await on
          .updateTable('enrolment_certificates')
          .set({ revoked_at: now, reason: 'superseded' satisfies RevocationReason })
          .where('box', '=', box)
          .where('revoked_at', 'is', null)
          .where('key_hash', '<>', issued.keyHash)
          .execute();
        return true;
      }),
    async addRenewed({ box, claim }, issued) {
      await db
        .insertInto('enrolment_certificates')
        .values(certificateRow(issued, box, claim))
        .execute();
    },
    end: (id, state, reason, now) =>
      transact(db, async (on) => {
        const claim = await one(claims(on).where('id', '=', id).executeTakeFirst());
        await on.updateTable('enrolment_claims').set({ state, proof_key: '' }).where('id', '=', id).execute();
        const enrolled = await on
          .selectFrom('enrolment_boxes')
          .select('box')
          .where('claim', '=', id)
          .where('box', '=', claim?.box?.box ?? '')
          .executeTakeFirst();
        // Of another, later claim of the same box nothing is touched.
        if (enrolled) await revokeOn(on, enrolled.box, reason, now).execute();
      }),
    async certificate(serial) {
      const row = await db
        .selectFrom('enrolment_certificates')
        .selectAll()
        .where('serial', '=', serial)
        .executeTakeFirst();
      return row ? certificateFrom(row) : null;
    },
    async present(box, exceptKey) {
      const row = await db
        .selectFrom('enrolment_certificates')
        .selectAll()
        .where('box', '=', box)
        .where('revoked_at', 'is', null)
        .where('key_hash', '<>', exceptKey)
        .orderBy('not_before', 'desc')
        .orderBy('serial')
        .limit(1)
        .executeTakeFirst();
      return row ? certificateFrom(row) : null;
    },
    async boxesWithKey(keyHash) {
      const rows = await db
        .selectFrom('enrolment_certificates')
        .select('box')
        .distinct()
        .where('key_hash', '=', keyHash)
        .execute();
      return rows.map(({ box }) => box);
    },
    async revoke(box, reason, now, keep) {
      const all = revokeOn(db, box, reason, now);
      if (keep === undefined) return void (await all.execute());
      const kept = db
        .selectFrom('enrolment_certificates')
        .select('not_before')
        .where('serial', '=', keep)
        .where('box', '=', box)
        .where('revoked_at', 'is', null);
      // One that was issued meanwhile, and has not arrived: the box may not have it yet.
      await all.where('serial', '<>', keep).where('not_before', '<=', kept).execute();
    },
    async revoked(now) {
      const rows = await db
        .selectFrom('enrolment_certificates')
        .select(['serial', 'revoked_at'])
        .where('revoked_at', 'is not', null)
        .where('not_after', '>', now)
        .orderBy('serial')
        .execute();
      return rows.map(({ serial, revoked_at }) => ({ serial, revokedAt: revoked_at! }));
    },
    async forget(now) {
      await db.deleteFrom('enrolment_hellos').where('expires_at', '<=', now).execute();
      await db
        .deleteFrom('enrolment_claims')
        .where('expires_at', '<=', now)
        .where('state', 'in', ['typed', 'proven', 'refused'])
        .execute();
    },
  };
}
