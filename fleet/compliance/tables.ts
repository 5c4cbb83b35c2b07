/** Agreements, who helps, what happened, what authorities wanted. */
import type { Migration } from '../db/open.ts';

// Types and not interfaces: the database layer wants them.
export type ComplianceTables = {
  /** What the annexes said, by version: JSON of `termsSchema`. `reviewed_at`: when a person last looked whether it is all true. */
  readonly compliance_terms: {
    version: number;
    digest: string;
    terms: string;
    made_at: number;
    reviewed_at: number;
  };
  /**
   * Agreements with customers (GDPR 28(3)), those that ended too. `text` is the file that was sent, `text_digest` its SHA-256; null for a text of the MSP's
   * own. `digest`: SHA-256 of what was signed, the text or a scan; null where somebody only stated that there is an agreement.
   */
  readonly processing_agreements: {
    id: string;
    msp: string;
    customer: string;
    state: 'draft' | 'sent' | 'signed' | 'ended';
    language: string | null;
    terms_version: number | null;
    text: string | null;
    text_digest: string | null;
    made_at: number;
    sent_at: number | null;
    signed_at: number | null;
    signed_by: string | null;
    digest: string | null;
    until_at: number | null;
    ended_at: number | null;
    /** Days before the end at which somebody was last reminded. */
    reminded: number | null;
    /** JSON: the places of annex 3 that are of the MSP alone. */
    places: string;
  };
  /** `since_at`: first day as it was announced; nothing of it may be used before. */
  readonly subprocessors: {
    id: string;
    name: string;
    purpose: string;
    country: string;
    parent_country: string;
    mechanism: string | null;
    document: string | null;
    assessed: string | null;
    announced_at: number;
    since_at: number;
    ended_at: number | null;
    /** When it began to be used; null: it did not yet. */
    begun_at: number | null;
  };
  /** Which customers were told of a change. */
  readonly change_notices: {
    subprocessor: string;
    msp: string;
    customer: string;
    announced_at: number;
    told_at: number | null;
    read_at: number | null;
    objected_at: number | null;
    objection: string | null;
  };
  readonly incidents: {
    id: string;
    drill: number;
    severity: string;
    what: string;
    about: string;
    found_at: number;
    opened_at: number;
    closed_at: number | null;
    /** How many there are, which is the position of the last. */
    steps: number;
  };
  readonly incident_steps: { incident: string; at: number; position: number; text: string };
  /**
   * Whom it concerns, and when they first knew. `boxes`: JSON of ids; empty: all of the customer. `told_step`, `read_step`: up to which step they
   * were told and have read; 0: that it was opened, -1: nothing.
   */
  readonly incident_notices: {
    incident: string;
    msp: string;
    customer: string;
    boxes: string;
    told_at: number | null;
    read_at: number | null;
    read_by: string | null;
    told_step: number;
    read_step: number;
  };
  /** What authorities wanted (GDPR 48). */
  readonly authority_orders: {
    id: string;
    authority: string;
    reference: string;
    basis: string;
    asked: string;
    about_msp: string | null;
    received_at: number;
    answered_at: number | null;
    answer: string | null;
    digest: string | null;
  };
};

export const complianceMigrations: readonly Migration[] = [
  {
    name: 'compliance-1',
    statements: [
      `CREATE TABLE compliance_terms (
         version integer PRIMARY KEY CHECK (version > 0),
         digest text NOT NULL CHECK (length(digest) = 64),
         terms text NOT NULL,
         made_at bigint NOT NULL,
         reviewed_at bigint NOT NULL
       )`,
      `CREATE TABLE processing_agreements (
         id text PRIMARY KEY,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         customer text NOT NULL,
         state text NOT NULL CHECK (state IN ('draft', 'sent', 'signed', 'ended')),
         language text,
         terms_version integer,
         text text,
         text_digest text CHECK (length(text_digest) = 64),
         made_at bigint NOT NULL,
         sent_at bigint,
         signed_at bigint,
         signed_by text,
         digest text CHECK (length(digest) = 64),
         until_at bigint,
         ended_at bigint,
         reminded integer,
         CHECK (state <> 'signed' OR signed_at IS NOT NULL),
         CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
         FOREIGN KEY (customer, msp) REFERENCES customers (id, msp) ON DELETE CASCADE
       )`,
      'CREATE INDEX processing_agreements_by_customer ON processing_agreements (customer, state)',
      'CREATE INDEX processing_agreements_by_msp ON processing_agreements (msp, customer, id)',
      'CREATE INDEX processing_agreements_by_end ON processing_agreements (state, until_at)',
      `INSERT INTO processing_agreements (id, msp, customer, state, made_at, signed_at, until_at)
         SELECT customer, msp, customer, 'signed', stated_at, stated_at, until_at FROM agreements`,
      'DROP TABLE agreements',
      `CREATE TABLE subprocessors (
         id text PRIMARY KEY,
         name text NOT NULL,
         purpose text NOT NULL,
         country text NOT NULL CHECK (length(country) = 2),
         parent_country text NOT NULL CHECK (length(parent_country) = 2),
         mechanism text,
         document text CHECK (length(document) = 64),
         assessed text,
         announced_at bigint NOT NULL,
         since_at bigint NOT NULL,
         ended_at bigint
       )`,
      `CREATE TABLE change_notices (
         subprocessor text NOT NULL REFERENCES subprocessors (id) ON DELETE CASCADE,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         customer text NOT NULL,
         announced_at bigint NOT NULL,
         told_at bigint,
         read_at bigint,
         objected_at bigint,
         objection text,
         PRIMARY KEY (subprocessor, customer),
         FOREIGN KEY (customer, msp) REFERENCES customers (id, msp) ON DELETE CASCADE
       )`,
      'CREATE INDEX change_notices_by_msp ON change_notices (msp, customer)',
      `CREATE TABLE incidents (
         id text PRIMARY KEY,
         drill integer NOT NULL CHECK (drill IN (0, 1)),
         severity text NOT NULL,
         what text NOT NULL,
         about text NOT NULL,
         found_at bigint NOT NULL,
         opened_at bigint NOT NULL,
         closed_at bigint
       )`,
      `CREATE TABLE incident_steps (
         incident text NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
         position integer NOT NULL,
         at bigint NOT NULL,
         text text NOT NULL,
         PRIMARY KEY (incident, position)
       )`,
      `CREATE TABLE incident_notices (
         incident text NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         customer text NOT NULL,
         boxes text NOT NULL,
         told_at bigint,
         read_at bigint,
         read_by text,
         tries integer NOT NULL,
         PRIMARY KEY (incident, customer),
         FOREIGN KEY (customer, msp) REFERENCES customers (id, msp) ON DELETE CASCADE
       )`,
      'CREATE INDEX incident_notices_by_msp ON incident_notices (msp, customer)',
      'CREATE INDEX incident_notices_untold ON incident_notices (told_at, incident)',
      `CREATE TABLE authority_orders (
         id text PRIMARY KEY,
         authority text NOT NULL,
         reference text NOT NULL,
         basis text NOT NULL,
         asked text NOT NULL,
         about_msp text,
         received_at bigint NOT NULL,
         answered_at bigint,
         answer text,
         digest text CHECK (length(digest) = 64)
       )`,
    ],
  },
  {
    name: 'compliance-2',
    statements: [
      'ALTER TABLE incidents ADD COLUMN steps integer NOT NULL DEFAULT 0',
      `UPDATE incidents SET steps = (SELECT count(*) FROM incident_steps WHERE incident_steps.incident = incidents.id)`,
      'ALTER TABLE incident_notices ADD COLUMN told_step integer NOT NULL DEFAULT -1',
      'ALTER TABLE incident_notices ADD COLUMN read_step integer NOT NULL DEFAULT -1',
      'UPDATE incident_notices SET told_step = 0 WHERE told_at IS NOT NULL',
      'UPDATE incident_notices SET read_step = 0 WHERE read_at IS NOT NULL',
      'ALTER TABLE incident_notices DROP COLUMN tries',
      'DROP INDEX incident_notices_untold',
      'CREATE INDEX incident_notices_untold ON incident_notices (incident, told_step)',
    ],
  },
  { name: 'compliance-3', statements: ['ALTER TABLE subprocessors ADD COLUMN begun_at bigint'] },
  {
    name: 'compliance-4',
    statements: [`ALTER TABLE processing_agreements ADD COLUMN places text NOT NULL DEFAULT '[]'`],
  },
];
