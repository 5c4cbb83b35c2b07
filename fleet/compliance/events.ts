/** What this room tells the fleet's log. The same shapes as the log's own: whoever composes the process joins them. Ids and hashes, never names or texts. */
import type { Append as AppendOf } from '../tenants/events.ts';

/** `of`: the customer. */
interface OfCustomer {
  readonly msp: string;
  readonly of: string;
}

interface Facts {
  /** The annexes are others than before. `digest`: SHA-256 of the terms. */
  readonly terms_changed: { readonly version: number; readonly digest: string };
  readonly terms_reviewed: { readonly version: number };
  readonly agreement_sent: OfCustomer & { readonly agreement: string; readonly digest: string };
  readonly agreement_signed: OfCustomer & { readonly agreement: string; readonly digest: string };
  readonly agreement_ended: OfCustomer & { readonly agreement: string };
  readonly subprocessor_announced: { readonly subprocessor: string; readonly since: number };
  readonly subprocessor_ended: { readonly subprocessor: string };
  /** `actor` operator: otherwise than by a channel of the MSP. */
  readonly change_told: OfCustomer & { readonly subprocessor: string };
  readonly change_objected: OfCustomer & { readonly subprocessor: string };
  readonly change_read: OfCustomer & { readonly subprocessor: string };
  readonly incident_opened: { readonly incident: string; readonly drill: boolean };
  /** `step`: the last that they know of; 0: that it was opened. */
  readonly incident_told: OfCustomer & { readonly incident: string; readonly step: number };
  readonly incident_read: OfCustomer & { readonly incident: string };
  readonly incident_step: { readonly incident: string };
  readonly incident_closed: { readonly incident: string };
  /** An authority wants something; and what it got, as a hash. */
  readonly order_recorded: { readonly order: string; readonly msp: string | null };
  readonly order_answered: { readonly order: string; readonly digest: string | null };
  /** All that the fleet has of an MSP was written into an archive. */
  readonly tenant_exported: { readonly msp: string; readonly digest: string };
  readonly audit_pack_made: { readonly msp: string | null; readonly digest: string };
}

export type ComplianceEvent = {
  [Kind in keyof Facts]: { readonly kind: Kind; readonly actor: string; readonly facts: Facts[Kind] };
}[keyof Facts];

/** Inside the transaction of the act. Throws when it cannot: then nothing is agreed, announced or handed out. */
export type Append = AppendOf<ComplianceEvent>;
