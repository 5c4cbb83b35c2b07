import type { AnyTables } from '../db/open.ts';

/** What this room tells the audit log. The same shapes as the log's own: whoever composes the process joins them. Ids, never names. */
export interface TenantEvent {
  readonly kind:
    | 'msp_created'
    | 'msp_renamed'
    | 'msp_archived'
    | 'msp_restored'
    | 'msp_deleted'
    | 'customer_created'
    | 'customer_renamed'
    | 'customer_archived'
    | 'customer_restored'
    | 'customer_deleted'
    | 'site_created'
    | 'site_changed'
    | 'site_archived'
    | 'site_restored'
    | 'site_deleted';
  /** Who does it, as the log names people. */
  readonly actor: string;
  readonly msp: string;
  /** Id of the MSP, customer or site. */
  readonly of: string;
}

/**
 * Appends to the audit log, inside the transaction of the act and before it. Throws when it cannot: then nothing happens. A log in the same
 * database may write by `transaction`; one elsewhere then has an event of an act that may have failed after it.
 */
export type Append<Event> = (event: Event, transaction: AnyTables) => Promise<void>;
