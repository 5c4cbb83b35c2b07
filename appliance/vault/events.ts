/** What this room tells the audit log. The same shapes as the log's own: whoever composes the process joins them. */

interface Event<Kind extends string, Facts> {
  readonly kind: Kind;
  /** A person's id, or the box's own part that acted. */
  readonly actor: string;
  readonly facts: Facts;
}

type Purged = Event<
  'purge',
  {
    readonly recording: string;
    readonly reason: string;
    readonly expiredAt: number;
    readonly purpose: string;
    readonly policyVersion: number;
  }
>;

export type Erased = Event<
  'erased',
  {
    readonly recording: string;
    readonly commitment: string;
    readonly reason: string;
    readonly policyVersion: number;
    readonly epochBefore: number;
    readonly epochAfter: number;
    readonly epochKey: 'tpm' | 'file';
    readonly unreadableHereAt: number;
    readonly unreadableInBackupsBy: number;
    readonly objectedAt?: number;
  }
>;

export type VaultEvent =
  | Purged
  | Event<'objection', { readonly recording: string; readonly side: string; readonly how: string | null }>
  | Erased
  | Event<'purge_traffic', { readonly calls: number; readonly before: number }>
  | Event<'erasure_refused', { readonly recording: string; readonly reason: string; readonly caseRef: string | null }>
  | Event<
      'epoch_advanced',
      { readonly before: number; readonly after: number; readonly epochKey: 'tpm' | 'file'; readonly wraps: number }
    >
  | Event<'content_rot', { readonly recording: string }>
  | Event<'content_repaired', { readonly recording: string; readonly destination: string }>
  | Event<'time_unconfirmed', { readonly wall: number; readonly expected: number }>
  | Event<'time_confirmed', { readonly wall: number; readonly by: string }>
  | Event<'disk_reserve_reached', { readonly freeBytes: number; readonly reserveBytes: number }>
  | Event<'disk_reserve_left', { readonly freeBytes: number }>;

/** Appends to the audit log, durably. Throws when it cannot: then what it was to precede is not done. */
export type Append = (event: VaultEvent) => unknown;

/** The audit log, as far as erasing needs it. */
export interface ErasureLog {
  readonly append: Append;
  /** All or none, in order; where each of them stands. */
  appendAll(events: readonly VaultEvent[]): readonly { readonly index: number }[];
  /** Where the log says that a recording's erasure is complete; null: it does not say so. */
  erasedIndex(recording: string): number | null;
  /** Signs the head and makes a certificate of the `erased` event at each index, in order: JSON texts. */
  certify(indexes: readonly number[]): readonly string[];
}
