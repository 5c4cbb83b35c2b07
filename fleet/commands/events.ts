/** What this room tells the fleet's log. The same shape as the log's own: whoever composes the process joins them. */
import type { Append as AppendOf } from '../tenants/events.ts';
import type { CommandOp } from './tables.ts';

export interface CommandEvent {
  readonly kind: 'command_sent';
  readonly actor: string;
  readonly facts: { readonly msp: string; readonly box: string; readonly command: string; readonly op: CommandOp };
}

/** Inside the transaction of the act. */
export type Append = AppendOf<CommandEvent>;
