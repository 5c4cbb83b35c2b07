/** Lists in pages: each says where the next begins, by the sort keys of its last row, so that rows that come and go shift nothing. */
import type { z } from 'zod';
import { problem } from './problems.ts';

/** Rows of one page when nobody says, and at most: a screen, and what a page of a table still shows at once. */
const PAGE_ROWS = 50;
const MAX_PAGE_ROWS = 200;

/** Longest cursor, characters: sort keys are a name, an id and numbers. */
const MAX_CURSOR = 1024;

export interface PageAsk {
  /** `next` of the page before. */
  readonly after?: string | null | undefined;
  /** 1 to MAX_PAGE_ROWS. */
  readonly limit?: number | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null: this was the last. */
  readonly next: string | null;
}

export const rowsOf = ({ limit = PAGE_ROWS }: PageAsk): number =>
  Math.max(1, Math.min(MAX_PAGE_ROWS, Math.floor(limit) || 1));

/** The keys of a cursor, as `keys` says they are; null at the beginning. @throws Problem `cursor_invalid`. */
export function keysAfter<Keys extends readonly (string | number)[]>(
  { after }: PageAsk,
  keys: z.ZodType<Keys>,
): Keys | null {
  if (after === null || after === undefined) return null;
  if (after.length > MAX_CURSOR) throw problem('cursor_invalid');
  let read: unknown;
  try {
    const text = Buffer.from(after, 'base64url').toString('utf8');
    // A database that takes no NUL would call it a fault of ours.
    read = text.includes('\\u0000') ? null : JSON.parse(text);
  } catch {
    throw problem('cursor_invalid');
  }
  const { data } = keys.safeParse(read);
  if (data === undefined) throw problem('cursor_invalid');
  return data;
}

/** A page of `rows`, of which one more than the page holds was read. */
export function pageOf<Row>(
  rows: readonly Row[],
  ask: PageAsk,
  keys: (row: Row) => readonly (string | number)[],
): Page<Row> {
  const shown = rows.slice(0, rowsOf(ask));
  const last = shown.at(-1);
  const more = rows.length > shown.length && last !== undefined;
  return { rows: shown, next: more ? Buffer.from(JSON.stringify(keys(last))).toString('base64url') : null };
}

/** Longest text that is searched for, characters. */
const MAX_SEARCH = 100;

/** A pattern for `LIKE … ESCAPE '!'` that finds `search` anywhere in a key of names; null: everything. */
export function searchPattern(search: string | undefined): string | null {
  const key = nameKey((search ?? '').slice(0, MAX_SEARCH));
  return key === '' ? null : `%${key.replaceAll(/[!%_]/g, '!$&')}%`;
}

/** What names are compared, sorted and searched by: without case, width and doubled spaces. */
export const nameKey = (name: string): string => name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
