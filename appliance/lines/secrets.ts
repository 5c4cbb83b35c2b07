/** The passwords of a lines document: hidden where it is shown, and taken from the one before where it hides them. */
import { problem } from './problems.ts';
import type { Lines } from './schema.ts';

/** What stands for a password where the document is shown. */
export const HIDDEN = '(kept on the box)';

/** The document without its passwords. */
export const hideSecrets = (lines: Lines): Lines => ({
  ...lines,
  trunks: lines.trunks.map((trunk) =>
    trunk.account ? { ...trunk, account: { ...trunk.account, password: HIDDEN } } : trunk,
  ),
});

/** Passwords that `next` hides are those of the trunks of the same name in `kept`. @throws Problem `secret_missing`. */
export function revealSecrets(next: Lines, kept: Lines): Lines {
  const passwordOf = (id: string): string => {
    const password = kept.trunks.find((trunk) => trunk.id === id)?.account?.password;
    if (password === undefined) throw problem('secret_missing', id);
    return password;
  };
  return {
    ...next,
    trunks: next.trunks.map((trunk) =>
      trunk.account?.password === HIDDEN
        ? { ...trunk, account: { ...trunk.account, password: passwordOf(trunk.id) } }
        : trunk,
    ),
  };
}
