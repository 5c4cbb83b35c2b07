/** The passwords of a lines document: hidden where it is shown, and taken from the one before where it hides them. */
import { problem } from './problems.ts';
import type { Lines } from './schema.ts';

/** What stands for a password where the document is shown. */
export const HIDDEN = '(kept on the box)';

interface HasAccount {
  readonly id: string;
  readonly account?: { readonly password: string } | undefined;
}

const withPassword = <T extends HasAccount>(line: T, password: string): T => ({
  ...line,
  account: { ...line.account, password },
});

const hidden = <T extends HasAccount>(line: T): T => (line.account ? withPassword(line, HIDDEN) : line);

/** The document without its passwords. */
export const hideSecrets = (lines: Lines): Lines => ({
  ...lines,
  trunks: lines.trunks.map(hidden),
  siprec: lines.siprec && { ...lines.siprec, sources: lines.siprec.sources.map(hidden) },
});

/** Passwords that `next` hides are those of the lines of the same name in `kept`. @throws Problem `secret_missing`. */
export function revealSecrets(next: Lines, kept: Lines): Lines {
  const revealed = <T extends HasAccount>(line: T, known: readonly HasAccount[]): T => {
    if (line.account?.password !== HIDDEN) return line;
    const password = known.find(({ id }) => id === line.id)?.account?.password;
    if (password === undefined) throw problem('secret_missing', line.id);
    return withPassword(line, password);
  };
  return {
    ...next,
    trunks: next.trunks.map((trunk) => revealed(trunk, kept.trunks)),
    siprec: next.siprec && {
      ...next.siprec,
      sources: next.siprec.sources.map((source) => revealed(source, kept.siprec?.sources ?? [])),
    },
  };
}
