/** Lines as people change them, at the desk and in the command line: looked at, written down, then done. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { type Change, changesOf, type Weakening, weakeningsIn } from './lines/changes.ts';
import { problem } from './lines/problems.ts';
import type { Lines } from './lines/schema.ts';
import { revealSecrets } from './lines/secrets.ts';
import { checkLines, loadLines, saveLines } from './lines/store.ts';

export interface LinesPreview {
  /** With passwords. */
  readonly next: Lines;
  readonly changes: readonly Change[];
  readonly weakens: readonly Weakening[];
}

export interface LinesActs {
  /** As they are now, with passwords. @throws Problem `lines_unreadable`, `lines_invalid`. */
  kept(): Lines;
  /** What a document would change; passwords that it hides stay. @throws Problem `lines_invalid`, `secret_missing`. */
  preview(told: Lines): LinesPreview;
  /**
   * Puts a document in force; the call process follows within a second. The log first: what it does not take does not happen.
   * @throws Problem `reason_needed` when it lowers a guard and nobody says why; of `preview`, of the audit log.
   */
  apply(told: Lines, by: { readonly actor: string; readonly reason: string | null }): LinesPreview;
}

export function joinLines(path: string, append: (entry: AuditEntry) => unknown): LinesActs {
  const kept = () => loadLines(path);
  const preview = (told: Lines): LinesPreview => {
    const before = kept();
    const next = revealSecrets(checkLines(told), before);
    const changes = changesOf(before, next);
    return { next, changes, weakens: weakeningsIn(changes) };
  };
  return {
    kept,
    preview,
    apply(told, { actor, reason }) {
      const looked = preview(told);
      const { next, weakens } = looked;
      if (weakens.length > 0 && reason === null) throw problem('reason_needed', weakens.join(', '));
      const { pbx, siprec, trunks } = next;
      const facts = {
        trunks: trunks.map(({ id }) => id),
        pbx: pbx !== null,
        siprec: siprec?.sources.length ?? 0,
        weakens: [...weakens],
        reason,
      };
      saveLines(path, next, () => void append({ kind: 'lines_changed', actor, facts }));
      return looked;
    },
  };
}
