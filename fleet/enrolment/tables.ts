/**
 * What this room keeps, below an MSP and its site, with which it goes. Nothing of it is of a call; a source is the address that a box without owner came
 * from, for a day.
 */
import type { Migration } from '../db/open.ts';
import type { ClaimState } from './claim.ts';

// A type and not an interface: the database layer wants one.
export type EnrolmentTables = {
  /** Boxes whose code nobody has typed. Their ids are not here: there is nothing to show. */
  readonly enrolment_hellos: { locator: string; source: string; expires_at: number };
  readonly enrolment_claims: {
    id: string;
    state: ClaimState;
    locator: string;
    proof_key: string;
    msp: string;
    site: string;
    msp_name: string;
    site_name: string;
    policy_key: string;
    typed_at: number;
    expires_at: number;
    tries: number;
    tried_at: number;
    box: string | null;
    audit_key: string | null;
    csr: string | null;
  };
  /** Wrong codes of an MSP. */
  readonly enrolment_tries: { msp: string; tries: number; tried_at: number };
  /** Boxes that were enrolled once: whose audit key their id has, and where they were last. */
  readonly enrolment_boxes: { box: string; audit_key: string; claim: string; site: string };
  readonly enrolment_certificates: {
    serial: string;
    box: string;
    claim: string;
    key_hash: string;
    not_before: number;
    not_after: number;
    revoked_at: number | null;
    reason: string | null;
  };
};

/** After those of `tenants/`. */
export const enrolmentMigrations: readonly Migration[] = [
  {
    name: 'enrolment-1',
    statements: [
      `CREATE TABLE enrolment_hellos (
         locator text PRIMARY KEY, source text NOT NULL, expires_at bigint NOT NULL)`,
      'CREATE INDEX enrolment_hellos_source ON enrolment_hellos (source)',
      `CREATE TABLE enrolment_claims (
         id text PRIMARY KEY, state text NOT NULL, locator text NOT NULL UNIQUE, proof_key text NOT NULL,
         msp text NOT NULL REFERENCES msps (id) ON DELETE CASCADE,
         site text NOT NULL REFERENCES sites (id) ON DELETE CASCADE, msp_name text NOT NULL, site_name text NOT NULL,
         policy_key text NOT NULL, typed_at bigint NOT NULL, expires_at bigint NOT NULL,
         tries integer NOT NULL, tried_at bigint NOT NULL,
         box text, audit_key text, csr text)`,
      'CREATE INDEX enrolment_claims_site ON enrolment_claims (site)',
      'CREATE INDEX enrolment_claims_msp ON enrolment_claims (msp)',
      `CREATE TABLE enrolment_tries (
         msp text PRIMARY KEY REFERENCES msps (id) ON DELETE CASCADE, tries integer NOT NULL, tried_at bigint NOT NULL)`,
      `CREATE TABLE enrolment_boxes (
         box text PRIMARY KEY, audit_key text NOT NULL,
         claim text NOT NULL REFERENCES enrolment_claims (id) ON DELETE CASCADE, site text NOT NULL)`,
      'CREATE INDEX enrolment_boxes_claim ON enrolment_boxes (claim)',
      `CREATE TABLE enrolment_certificates (
         serial text PRIMARY KEY, box text NOT NULL REFERENCES enrolment_boxes (box) ON DELETE CASCADE,
         claim text NOT NULL REFERENCES enrolment_claims (id) ON DELETE CASCADE, key_hash text NOT NULL,
         not_before bigint NOT NULL, not_after bigint NOT NULL, revoked_at bigint, reason text)`,
      'CREATE INDEX enrolment_certificates_claim ON enrolment_certificates (claim)',
      'CREATE INDEX enrolment_certificates_box ON enrolment_certificates (box)',
      'CREATE INDEX enrolment_certificates_key ON enrolment_certificates (key_hash)',
    ],
  },
];
