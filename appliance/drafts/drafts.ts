/**
 * What somebody has written at the desk and not put in force yet: kept here, in memory, so that it is seen before it counts and a password that
 * was typed goes into no page a second time. Each is its author's alone, and is forgotten after a while.
 */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { problem } from './problems.ts';

/** Drafts at once: a few people with a few tries each; the oldest goes first. */
const MAX_DRAFTS = 32;

export interface Draft<Document> {
  readonly id: string;
  /** What it was written against. */
  readonly base: Document;
  readonly next: Document;
}

export interface Drafts<Document> {
  /** Keeps a draft of a person; returns its id. */
  put(by: string, base: Document, next: Document): string;
  /** @throws Problem `draft_gone`: it is somebody else's, too old, or applied. */
  find(by: string, id: string): Draft<Document>;
  /** What the person wrote last; null: nothing that is kept. */
  latest(by: string): Draft<Document> | null;
  drop(id: string): void;
  close(): void;
}

export interface DraftsOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  /** How long a draft waits for its author, ms. */
  readonly keepMs: number;
}

export function openDrafts<Document>({ clock, chance, keepMs }: DraftsOptions): Drafts<Document> {
  const drafts = new Map<string, Draft<Document> & { readonly by: string; readonly forget: Cancel }>();
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
      drafts.set(id, { id, by, base, next, forget: clock.after(keepMs, () => drop(id)) });
      return id;
    },
    find(by, id) {
      const draft = drafts.get(id);
      if (!draft || draft.by !== by) throw problem('draft_gone');
      return draft;
    },
    latest: (by) => [...drafts.values()].findLast((draft) => draft.by === by) ?? null,
    drop,
    close() {
      for (const id of [...drafts.keys()]) drop(id);
    },
  };
}
