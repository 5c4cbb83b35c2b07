/**
 * How each account's phone is keyed, as its own last offer showed: what it is offered next time. A phone that has not called yet is
 * offered keys in the description, which every phone has; nothing here lowers what an account must do.
 */
import type { Keying } from '../party.ts';

export class Keyings {
  readonly #seen = new Map<string, Keying>();

  /** The offer of this account's phone showed `keying`. */
  saw(user: string, keying: Keying): void {
    this.#seen.set(user, keying);
  }

  /** What the last offer of this account's phone showed; null: none has been seen. */
  last(user: string): Keying | null {
    return this.#seen.get(user) ?? null;
  }

  /** `secure`: its signalling is encrypted, without which keys are not written down. `mayBePlain`: it has an exception. */
  for(user: string, { secure, mayBePlain }: { readonly secure: boolean; readonly mayBePlain: boolean }): Keying {
    const seen = this.#seen.get(user) ?? 'sdes';
    if (!secure && mayBePlain) return seen === 'dtls' ? 'dtls' : 'plain';
    if (seen === 'dtls' || seen === 'sdes') return seen;
    return mayBePlain ? 'optional' : 'sdes';
  }
}
