/** The lines document as a file: written by the command line, followed by the call process. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, writeFileDurably } from '../vault/durable.ts';
import { problem } from './problems.ts';
import { type Lines, linesSchema } from './schema.ts';

/** Checks a document. @throws Problem `lines_invalid` naming the field. */
export function checkLines(value: unknown): Lines {
  const parsed = linesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // Of unknown keys the message names each.
  throw problem('lines_invalid', `${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

/** The document in `text`. @throws Problem `lines_unreadable`, `lines_invalid`. */
export function parseLines(text: string): Lines {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not the cause: JSON.parse quotes what it read, and that may be a password.
    throw problem('lines_unreadable', 'not JSON');
  }
  return checkLines(value);
}

/** What the box was told; a box that was told nothing has no lines. @throws Problem `lines_unreadable`, `lines_invalid`. */
export function loadLines(path: string): Lines {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return checkLines({ schemaVersion: 1 });
    throw problem('lines_unreadable', path, cause);
  }
  return parseLines(text);
}

/** Writes the whole document, readable by the box's user alone. `beforeChange` comes first, and stops it by throwing. */
export function saveLines(path: string, lines: Lines, beforeChange: () => void): void {
  const checked = checkLines(lines);
  makeFolder(dirname(path));
  beforeChange();
  writeFileDurably(path, `${JSON.stringify(checked, null, 2)}\n`);
}
