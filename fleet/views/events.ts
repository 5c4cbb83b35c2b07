/** What this room tells the fleet's log: which view, never its name or its filter, which are words of people. */
import type { Append as AppendOf } from '../tenants/events.ts';

export interface ViewEvent {
  readonly kind: 'view_saved' | 'view_removed';
  readonly actor: string;
  readonly facts: { readonly msp: string; readonly view: string; readonly shared: boolean };
}

/** Inside the transaction of the act. */
export type Append = AppendOf<ViewEvent>;
