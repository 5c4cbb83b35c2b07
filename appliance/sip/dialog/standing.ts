/** What a dialog is at this moment, and whether another may take its place (RFC 3891 3). Pure. */
import type { OutgoingCall } from './outgoing-call.ts';
import type { Replaces } from './replaces.ts';
import type { Session } from './session.ts';

/** What a dialog is at this moment. */
export type Standing =
  | { readonly at: 'confirmed'; readonly session: Session }
  /** Our INVITE, not answered yet. */
  | { readonly at: 'early'; readonly call: OutgoingCall }
  /** The peer's INVITE, not answered yet. */
  | { readonly at: 'ringing' }
  | { readonly at: 'ended' };

/** What an INVITE with Replaces may take over (by BYE of the session, or by `cancel` of the call), or how it is refused. */
export type Replaced =
  | { readonly at: 'confirmed'; readonly session: Session }
  | { readonly at: 'early'; readonly call: OutgoingCall }
  | { readonly at: 'nowhere'; readonly status: 481 | 486 | 603 };

/** Who may be replaced, and what the others are answered. */
export function replaced(standing: Standing | undefined, { earlyOnly }: Replaces): Replaced {
  switch (standing?.at) {
    case 'confirmed':
      return earlyOnly ? { at: 'nowhere', status: 486 } : standing;
    case 'early':
      return standing;
    case 'ended':
      return { at: 'nowhere', status: 603 };
    // An early dialog that we did not begin cannot be taken over, and what nobody knows neither.
    default:
      return { at: 'nowhere', status: 481 };
  }
}
