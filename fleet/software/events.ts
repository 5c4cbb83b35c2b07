/** What this room tells the fleet's log. The same shape as the log's own: whoever composes the process joins them. */
import type { Append as AppendOf } from '../tenants/events.ts';

export type SoftwareEvent =
  /** `sbom`: SHA-256 of the list as it was brought. */
  | {
      readonly kind: 'release_brought';
      readonly actor: string;
      readonly facts: { readonly version: string; readonly sbom: string };
    }
  | {
      readonly kind: 'advisories_brought';
      readonly actor: string;
      readonly facts: { readonly file: string; readonly fresh: number; readonly changed: number };
    };

/** Inside the transaction of the act. */
export type Append = AppendOf<SoftwareEvent>;
