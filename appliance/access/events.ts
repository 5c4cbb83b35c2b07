/** What this room tells the audit log. The same shapes as the log's own: whoever composes the process joins them. */
export type AccessEvent =
  | { readonly kind: 'login'; readonly actor: string; readonly facts: Record<string, never> }
  | { readonly kind: 'login_failed'; readonly actor: string; readonly facts: { readonly why: string } }
  | { readonly kind: 'logout'; readonly actor: string; readonly facts: Record<string, never> }
  | {
      readonly kind: 'person_removed';
      readonly actor: string;
      readonly facts: { readonly person: string; readonly why: string };
    }
  | {
      readonly kind: 'token_added';
      readonly actor: string;
      readonly facts: {
        readonly token: string;
        readonly name: string;
        /** Null: all. */
        readonly extensions: string[] | null;
        readonly wishes: string[];
        readonly expiresAt: number;
      };
    }
  | {
      readonly kind: 'token_revoked';
      readonly actor: string;
      readonly facts: { readonly token: string; readonly name: string };
    }
  | {
      readonly kind: 'person_added';
      readonly actor: string;
      readonly facts: { readonly person: string; readonly roles: string[] };
    };

/** Appends to the audit log, durably. Throws when it cannot: then nobody is let in and no right is changed. */
export type Append = (event: AccessEvent) => void;

/** Actor of a failed login under a name that nobody has. What was typed may be a password: it is not kept. */
export const NOBODY = 'nobody';
