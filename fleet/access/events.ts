/** What this room tells the fleet's log. The same shapes as the log's own: whoever composes the process joins them. Ids, never names. */
import type { Append as AppendOf } from '../tenants/events.ts';
import type { Act, Grant } from './rights.ts';

interface Facts {
  readonly login: { readonly msp: string; readonly how: 'code' | 'passkey' | 'provider' };
  readonly login_failed: { readonly msp: string | null; readonly why: string };
  readonly logout: { readonly msp: string };
  readonly person_invited: { readonly msp: string; readonly invitation: string; readonly grants: Grant[] };
  readonly invitation_withdrawn: { readonly msp: string; readonly invitation: string };
  readonly person_added: {
    readonly msp: string;
    readonly person: string;
    readonly invitation: string;
    readonly grants: Grant[];
  };
  /** In by an identity provider: by an invitation, or (null) a rule of the MSP. */
  readonly person_admitted: {
    readonly msp: string;
    readonly person: string;
    readonly provider: string;
    readonly invitation: string | null;
    readonly grants: Grant[];
  };
  readonly person_removed: { readonly msp: string; readonly person: string; readonly why: 'removed' | 'unused' };
  readonly rights_changed: { readonly msp: string; readonly person: string; readonly grants: Grant[] };
  readonly totp_enrolled: { readonly msp: string; readonly person: string };
  readonly passkey_enrolled: { readonly msp: string; readonly person: string };
  readonly passkey_removed: { readonly msp: string; readonly person: string };
  readonly totp_removed: { readonly msp: string; readonly person: string };
  readonly password_changed: { readonly msp: string; readonly person: string };
  readonly provider_added: { readonly msp: string; readonly provider: string };
  readonly provider_changed: { readonly msp: string; readonly provider: string };
  readonly provider_removed: { readonly msp: string; readonly provider: string };
  readonly provider_linked: { readonly msp: string; readonly person: string; readonly provider: string };
  readonly provider_unlinked: { readonly msp: string; readonly person: string; readonly provider: string };
  readonly token_made: {
    readonly msp: string;
    readonly person: string;
    readonly token: string;
    readonly acts: Act[];
    readonly expiresAt: number;
  };
  readonly token_ended: { readonly msp: string; readonly person: string; readonly token: string };
}

export type AccessEvent = {
  [Kind in keyof Facts]: { readonly kind: Kind; readonly actor: string; readonly facts: Facts[Kind] };
}[keyof Facts];

/** Inside the transaction of the act. Throws when it cannot: then nobody is let in and no right is changed. */
export type Append = AppendOf<AccessEvent>;

/** Actor of a failed sign-in under an address that nobody has. What was typed may be a password: it is not kept. */
export const NOBODY = 'nobody';

/** Actor where the word of an identity provider changed what somebody may do. */
export const PROVIDER = 'provider';
