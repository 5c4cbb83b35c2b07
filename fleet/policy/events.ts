/** What this room tells the fleet's log. The same shapes as the log's own. Ids, versions and hashes, never what a policy says. */
import type { AnyTables } from '../db/open.ts';

interface Facts {
  readonly policy_level_written: {
    msp: string;
    level: 'msp' | 'customer' | 'site' | 'box';
    of: string;
    version: number;
  };
  readonly policy_document_brought: { msp: string; hash: string };
  readonly policy_key_made: { msp: string; key: string };
  readonly policy_key_retired: { msp: string; key: string };
  readonly policies_signed: { msp: string; rollout: string; boxes: number };
  /** The same policies again, before they expire: by the fleet itself. */
  readonly policies_renewed: { msp: string; boxes: number };
  readonly rollout_halted: { msp: string; rollout: string; why: 'failures' | 'person' };
  readonly rollout_resumed: { msp: string; rollout: string };
  readonly rollout_cancelled: { msp: string; rollout: string };
  readonly rollout_retried: { msp: string; rollout: string; boxes: number };
  readonly rollout_done: { msp: string; rollout: string };
  /** A box has said what it made of a policy. */
  readonly box_policy: { msp: string; box: string; version: number; state: string; why: string | null };
}

export type PolicyEvent = {
  [Kind in keyof Facts]: { readonly kind: Kind; readonly actor: string; readonly facts: Facts[Kind] };
}[keyof Facts];

/** Many at once are one write. */
export type Append = (events: PolicyEvent | readonly PolicyEvent[], transaction: AnyTables) => Promise<void>;

/** Actor of what nobody does in person. */
export const FLEET = 'fleet';
