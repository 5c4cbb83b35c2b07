/** What this room tells the fleet's log. The same shapes as the log's own: whoever composes the process joins them. Ids, never names or notes. */
import type { Append as AppendOf } from '../tenants/events.ts';
import type { AlertCode } from './codes.ts';

interface OfAlert {
  readonly msp: string;
  readonly alert: string;
  readonly code: AlertCode;
  /** Box, customer or MSP. */
  readonly of: string;
}
interface OfChannel {
  readonly msp: string;
  readonly channel: string;
}

interface Facts {
  readonly alert_acknowledged: OfAlert;
  readonly alert_unacknowledged: OfAlert;
  readonly alert_assigned: OfAlert & { readonly person: string | null };
  readonly alert_closed: OfAlert;
  readonly alert_muted: {
    readonly msp: string;
    readonly mute: string;
    readonly code: AlertCode;
    readonly of: string;
    /** ms; null: until it gets worse. */
    readonly until: number | null;
  };
  readonly alert_unmuted: { readonly msp: string; readonly mute: string };
  readonly maintenance_planned: { readonly msp: string; readonly window: string; readonly of: string };
  readonly maintenance_removed: { readonly msp: string; readonly window: string };
  readonly channel_added: OfChannel;
  readonly channel_changed: OfChannel;
  readonly channel_removed: OfChannel;
  readonly channel_tested: OfChannel;
  readonly channel_secret_made: OfChannel;
  readonly channel_retried: OfChannel;
}

export type AlertEvent = {
  [Kind in keyof Facts]: { readonly kind: Kind; readonly actor: string; readonly facts: Facts[Kind] };
}[keyof Facts];

/** Inside the transaction of the act. */
export type Append = AppendOf<AlertEvent>;
