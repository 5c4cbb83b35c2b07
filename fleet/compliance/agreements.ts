/** Processing agreements: drawn up, sent, signed, ended. What was sent and what was signed are known by their hashes for ever. */
import { hash } from 'node:crypto';
import type { Language } from '@belkluis/shared/policy/fields';
import { z } from 'zod';
import { keysAfter, type Page, type PageAsk, pageOf, rowsOf } from '../db/page.ts';
import { transact } from '../db/transact.ts';
import { inScope, type Scope, wholeCustomer, wholeMsp } from '../tenants/scope.ts';
import { agreementDocument, agreementText, type Provider } from './agreement-text.ts';
import type { Location } from './locations.ts';
import { checkDigest, checkLanguage, checkName, customerIn, type Parts, view } from './parts.ts';
import { problem } from './problems.ts';
import { openReminders } from './reminders.ts';
import { pushOf, type Standing, standingOf } from './standing.ts';
import type { ComplianceTables } from './tables.ts';
import { diffTerms, ownPlaces, type Terms, type TermsChange, withPlaces } from './terms.ts';
import type { TermsStore } from './terms-store.ts';

export interface Agreement {
  readonly id: string;
  readonly customer: string;
  readonly state: 'draft' | 'sent' | 'signed' | 'ended';
  readonly language: Language | null;
  /** Version of the annexes; null: a text of the MSP's own. */
  readonly termsVersion: number | null;
  /** SHA-256 of the text that was sent, hex. */
  readonly textDigest: string | null;
  readonly sentAt: number | null;
  readonly signedAt: number | null;
  readonly signedBy: string | null;
  /** SHA-256 of what was signed, hex: the text, or a scan of it. Null: somebody stated that there is an agreement, and no more. */
  readonly digest: string | null;
  /** Null: without an end. */
  readonly until: number | null;
  readonly endedAt: number | null;
}

export interface Signing {
  /** Who signed for the customer. */
  readonly by: string;
  /** When, wall clock, ms. */
  readonly at: number;
  readonly until: number | null;
  /** SHA-256 of a signed PDF or scan, hex; null: the text itself was signed. */
  readonly scan: string | null;
}

type Row = ComplianceTables['processing_agreements'];

const toAgreement = (row: Omit<Row, 'text'>): Agreement => ({
  id: row.id,
  customer: row.customer,
  state: row.state,
  language: row.language as Language | null,
  termsVersion: row.terms_version,
  textDigest: row.text_digest,
  sentAt: row.sent_at,
  signedAt: row.signed_at,
  signedBy: row.signed_by,
  digest: row.digest,
  until: row.until_at,
  endedAt: row.ended_at,
});

const columns = [
  ...(['id', 'msp', 'customer', 'state', 'language', 'terms_version', 'text_digest', 'made_at', 'sent_at'] as const),
  ...(['signed_at', 'signed_by', 'digest', 'until_at', 'ended_at', 'reminded', 'places'] as const),
] as const;

export const digestOf = (text: string): string => hash('sha256', text, 'hex');

interface AgreementsParts extends Parts {
  readonly terms: TermsStore;
  /** Every place that concerns an MSP, those of its own too. */
  readonly locationsOf: (msp: string) => readonly Location[];
  /** Null: the configuration does not name who runs the fleet; then nothing can be drawn up. */
  readonly provider: Provider | null;
}

export function openAgreements(parts: AgreementsParts) {
  const { database, clock, newId, append, terms, locationsOf, provider } = parts;
  const db = view(database);
  const remind = openReminders(parts);

  const of = (customer: string, within = db) =>
    within.selectFrom('processing_agreements').select(columns).where('customer', '=', customer).orderBy('id').execute();

  /** Of each of these customers, in one query. */
  async function standingsOf(customers: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    if (customers.length === 0) return new Map();
    const rows = await db
      .selectFrom('processing_agreements')
      .select(['customer', 'state', 'until_at as until'])
      .where('customer', 'in', customers)
      .execute();
    const its = Map.groupBy(rows, ({ customer }) => customer);
    const now = clock.now();
    return new Map(customers.map((customer) => [customer, standingOf(its.get(customer) ?? [], now)]));
  }

  const standing = async (customer: string): Promise<Standing> => (await standingsOf([customer])).get(customer)!;

  /** The terms that hold now, and the places that one MSP has beside them. */
  async function termsNow(msp: string) {
    const newest = await terms.newest();
    return { ...newest, own: ownPlaces(newest.terms, locationsOf(msp)) };
  }

  /** The text with the terms that hold now. @throws Problem `customer_unknown`, `provider_missing`, `language_unknown`. */
  async function preview(scope: Scope, customer: string, language: string) {
    const named = await customerIn(db, scope, customer);
    if (!provider) throw problem('provider_missing');
    const { version, terms: now, madeAt, own } = await termsNow(named.msp);
    const made = {
      ...{ language: checkLanguage(language), customer: named.name, msp: named.mspName, provider },
      ...{ terms: withPlaces(now, own), version, since: madeAt },
    };
    const text = agreementText(made);
    return { msp: named.msp, version, own, text, digest: digestOf(text), document: agreementDocument(made) };
  }

  return {
    /** Whether a box may be paired at a site, for `enrolment/`. */
    async agreementOf(site: string): Promise<'valid' | 'missing' | 'expired'> {
      const row = await db.selectFrom('sites').select('customer').where('id', '=', site).executeTakeFirst();
      return row ? (await standing(row.customer)).is : 'missing';
    },

    /** Whether settings may be sent to boxes of a customer, for whoever pushes policies. */
    async pushTo(customer: string): Promise<{ readonly may: boolean; readonly stopsAt: number | null }> {
      return pushOf(await standing(customer), clock.now());
    },

    preview,

    /** All with one customer, oldest first, and what follows from them. @throws Problem `customer_unknown`. */
    async with(scope: Scope, customer: string) {
      await customerIn(db, scope, customer);
      const rows = await of(customer);
      const is = await standing(customer);
      return { agreements: rows.map(toAgreement), standing: is, push: pushOf(is, clock.now()) };
    },

    /** How each of these customers stands, as far as it is in scope whole. */
    async standings(scope: Scope, customers: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
      if (customers.length === 0) return new Map();
      const own = await db
        .selectFrom('customers')
        .select('id')
        .where('id', 'in', customers)
        .where(wholeCustomer(scope))
        .execute();
      return await standingsOf(own.map(({ id }) => id));
    },

    /** Customers whose agreement has an end, for whoever warns of it; wall clock, ms. */
    async ends(): Promise<readonly { readonly msp: string; readonly customer: string; readonly until: number }[]> {
      const rows = await db
        .selectFrom('processing_agreements')
        .innerJoin('customers', 'customers.id', 'processing_agreements.customer')
        .select(['processing_agreements.msp', 'customer', 'until_at'])
        .where('state', '=', 'signed')
        .where('until_at', 'is not', null)
        .where('archived_at', 'is', null)
        .execute();
      return rows.map(({ msp, customer, until_at }) => ({ msp, customer, until: until_at! }));
    },

    /** The text that was sent or signed, byte for byte. @throws Problem `agreement_unknown`. */
    async text(scope: Scope, agreement: string): Promise<string> {
      const row = await db
        .selectFrom('processing_agreements')
        .select('text')
        .where('id', '=', agreement)
        .where(inScope(scope, 'processing_agreements', { site: null }))
        .executeTakeFirst();
      if (!row || row.text === null) throw problem('agreement_unknown');
      return row.text;
    },

    /** Every customer in scope with its standing, by name. */
    async list(scope: Scope, ask: PageAsk = {}): Promise<Page<{ customer: string; name: string; standing: Standing }>> {
      const after = keysAfter(ask, z.tuple([z.string(), z.string()]));
      let query = db
        .selectFrom('customers')
        .select(['id', 'name', 'name_key'])
        .where(inScope(scope, 'customers', { customer: 'id', site: null }))
        .where('archived_at', 'is', null)
        .orderBy('name_key')
        .orderBy('id')
        .limit(rowsOf(ask) + 1);
      if (after)
        query = query.where((is) =>
          is.or([is('name_key', '>', after[0]), is.and([is('name_key', '=', after[0]), is('id', '>', after[1])])]),
        );
      const page = pageOf(await query.execute(), ask, ({ name_key, id }) => [name_key, id]);
      const standings = await standingsOf(page.rows.map(({ id }) => id));
      return {
        next: page.next,
        rows: page.rows.map(({ id, name }) => ({ customer: id, name, standing: standings.get(id)! })),
      };
    },

    /** Draws the text up and notes that it was sent; what waited unsigned is replaced. @throws as `preview`. */
    async send(scope: Scope, customer: string, language: string, actor: string) {
      const { msp, version, own, text, digest } = await preview(scope, customer, language);
      const id = newId();
      const now = clock.now();
      await transact(database, async (whole) => {
        await append({ kind: 'agreement_sent', actor, facts: { msp, of: customer, agreement: id, digest } }, whole);
        const tx = view(whole);
        await tx
          .updateTable('processing_agreements')
          .set({ state: 'ended', ended_at: now })
          .where('customer', '=', customer)
          .where('state', 'in', ['draft', 'sent'])
          .execute();
        await tx
          .insertInto('processing_agreements')
          .values({
            ...{ id, msp, customer, state: 'sent', language, terms_version: version, text, text_digest: digest },
            ...{ made_at: now, sent_at: now, signed_at: null, signed_by: null, digest: null, until_at: null },
            ...{ ended_at: null, reminded: null, places: JSON.stringify(own) },
          })
          .execute();
      });
      return { agreement: id, text, digest };
    },

    /**
     * The customer has signed: what was sent, or with `scan` alone a text of the MSP's own. The agreement before it ends.
     * @throws Problem `customer_unknown`, `name_invalid`, `digest_invalid`, `agreement_not_sent`, `agreement_signed_late`,
     * `agreement_ends_early`.
     */
    async sign(scope: Scope, customer: string, { by, at, until, scan }: Signing, actor: string): Promise<Agreement> {
      const { msp } = await customerIn(db, scope, customer);
      const signedBy = checkName(by);
      if (scan !== null) checkDigest(scan);
      const now = clock.now();
      if (at > now) throw problem('agreement_signed_late');
      if (until !== null && until <= at) throw problem('agreement_ends_early');
      const row = await transact(database, async (whole) => {
        const tx = view(whole);
        const sent = (await of(customer, tx)).find(({ state }) => state === 'sent');
        const digest = scan ?? sent?.text_digest;
        if (!digest) throw problem('agreement_not_sent');
        const id = sent?.id ?? newId();
        await append({ kind: 'agreement_signed', actor, facts: { msp, of: customer, agreement: id, digest } }, whole);
        await tx
          .updateTable('processing_agreements')
          .set({ state: 'ended', ended_at: now })
          .where('customer', '=', customer)
          .where('state', '=', 'signed')
          .execute();
        const signed = { state: 'signed' as const, signed_at: at, signed_by: signedBy, digest, until_at: until };
        if (sent) {
          await tx.updateTable('processing_agreements').set(signed).where('id', '=', id).execute();
          return { ...sent, ...signed };
        }
        const own = {
          ...{ id, msp, customer, language: null, terms_version: null, text: null, text_digest: null },
          ...{ made_at: now, sent_at: null, ended_at: null, reminded: null, places: '[]', ...signed },
        };
        await tx.insertInto('processing_agreements').values(own).execute();
        return own;
      });
      return toAgreement(row);
    },

    /** Somebody ends what is signed or waits. @throws Problem `customer_unknown`, `agreement_unknown`. */
    async end(scope: Scope, customer: string, actor: string): Promise<void> {
      const { msp } = await customerIn(db, scope, customer);
      await transact(database, async (whole) => {
        const tx = view(whole);
        const open = (await of(customer, tx)).filter(({ state }) => state !== 'ended');
        if (open.length === 0) throw problem('agreement_unknown');
        for (const { id } of open) {
          await append({ kind: 'agreement_ended', actor, facts: { msp, of: customer, agreement: id } }, whole);
          await tx
            .updateTable('processing_agreements')
            .set({ state: 'ended', ended_at: clock.now() })
            .where('id', '=', id)
            .execute();
        }
      });
    },

    /** Customers whose signed text has other annexes than hold now, with the version that they signed. Null: a text of their own. */
    async onOlderTerms(scope: Scope): Promise<readonly { customer: string; name: string; version: number | null }[]> {
      const { version, own } = await termsNow(scope.msp);
      return await db
        .selectFrom('processing_agreements')
        .innerJoin('customers', 'customers.id', 'processing_agreements.customer')
        .select(['customer', 'name', 'terms_version as version'])
        .where('state', '=', 'signed')
        .where((is) =>
          is.or([
            is('terms_version', 'is', null),
            is('terms_version', '<', version),
            is('places', '<>', JSON.stringify(own)),
          ]),
        )
        .where(inScope(scope, 'processing_agreements', { site: null }))
        .orderBy('name_key')
        .execute();
    },

    /** What annexes say otherwise than those that a customer has signed. Null: it signed none. @throws Problem `customer_unknown`. */
    async changesSince(scope: Scope, customer: string): Promise<readonly TermsChange[] | null> {
      const { msp } = await customerIn(db, scope, customer);
      const signed = (await of(customer)).findLast(({ state }) => state === 'signed');
      const before = (await terms.history()).find(({ version }) => version === signed?.terms_version);
      if (!signed || !before) return null;
      const now = await termsNow(msp);
      const places = JSON.parse(signed.places) as Terms['locations'];
      return diffTerms(withPlaces(before.terms, places), withPlaces(now.terms, now.own));
    },

    remind,

    /** For auditors: every agreement of an MSP, those that ended too, without the texts and the names of who signed. */
    async register(msp: string | null): Promise<readonly Omit<Agreement, 'signedBy'>[]> {
      let query = db.selectFrom('processing_agreements').select(columns).orderBy('customer').orderBy('id');
      if (msp !== null) query = query.where(inScope(wholeMsp(msp), 'processing_agreements', { site: null }));
      return (await query.execute()).map((row) => {
        const { signedBy: _, ...agreement } = toAgreement(row);
        return agreement;
      });
    },
  };
}
