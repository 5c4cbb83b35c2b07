/** A list of who has signed which notice, as a spreadsheet saves it: CSV with `extension,purpose,version,date`. */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Acknowledged } from './notices.ts';
import { problem } from './problems.ts';

/** Lines of one list, and its characters: more than any office has extensions. */
const MAX_LINES = 10_000;
const MAX_LENGTH = 1_000_000;

const lineSchema = z.strictObject({
  extension: z.string().min(1).max(64),
  /** `*`: every purpose. */
  purpose: z.string().min(1).max(64),
  version: z.string().regex(/^[0-9a-f]{12,64}$/, 'must be the version that the notice prints'),
  date: z.iso.date(),
});

/** @throws Problem `list_malformed` naming the line. */
export function readSignedList(text: string): readonly Acknowledged[] {
  if (text.length > MAX_LENGTH) throw problem('list_malformed', `more than ${MAX_LENGTH} characters`);
  let lines: unknown[];
  try {
    lines = parse(text, { columns: true, trim: true, skip_empty_lines: true, bom: true, delimiter: [',', ';'] });
  } catch (cause) {
    throw problem('list_malformed', (cause as Error).message, cause);
  }
  if (lines.length === 0 || lines.length > MAX_LINES) throw problem('list_malformed', `${lines.length} lines`);
  return lines.map((line, index) => {
    const read = lineSchema.safeParse(line);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw problem('list_malformed', `line ${index + 2}: ${issue?.path.join('.') || 'columns'} ${issue?.message}`);
    }
    const { extension, purpose, version, date } = read.data;
    return { extension, purpose: purpose === '*' ? null : purpose, version, at: Date.parse(date) };
  });
}
