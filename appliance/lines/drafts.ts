/**
 * Lines that somebody has written at the desk and not applied yet: kept here, in memory, so that a password that was typed goes into no
 * page a second time. Each is its author's, and is forgotten after a while.
 */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { problem } from './problems.ts';
import type { Lines } from './schema.ts';

/** How long a draft waits for its author, ms: to read a page of changes, not to keep passwords in memory. */
const KEEP_MS = 15 * 60_000;

/** Drafts at once: a few administrators with a few tries each; the oldest goes first. */
const MAX_DRAFTS = 32;

interface Draft {
  readonly by: string;
  /** What it was written against, with passwords. */
  readonly base: Lines;
  readonly next: Lines;
  readonly forget: Cancel;
}

export interface Drafts {
  /** Keeps a draft of a person; returns its id. */
  put(by: string, base: Lines, next: Lines): string;
  /** @throws Problem `draft_gone`: it is somebody else's, too old, or applied. */
  find(by: string, id: string): { readonly base: Lines; readonly next: Lines };
  drop(id: string): void;
  close(): void;
}

export function openDrafts({ clock, chance }: { readonly clock: Clock; readonly chance: Chance }): Drafts {
  const drafts = new Map<string, Draft>();
  const drop = (id: string) => {
    drafts.get(id)?.forget();
    drafts.delete(id);
  };
  return {
    put(by, base, next) {
      for (const oldest of drafts.keys()) {
        if (drafts.size < MAX_DRAFTS) break;
        drop(oldest);
      }
      const id = randomHex(chance, 16);
      drafts.set(id, { by, base, next, forget: clock.after(KEEP_MS, () => drop(id)) });
      return id;
    },
    find(by, id) {
      const draft = drafts.get(id);
      if (!draft || draft.by !== by) throw problem('draft_gone');
      return draft;
    },
    drop,
    close() {
      for (const id of [...drafts.keys()]) drop(id);
    },
  };
}
