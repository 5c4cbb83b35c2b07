/** Keeps the call process on the lines that the box was told. */
import type { Log } from '@belkluis/shared/base/log';
import { followFile } from './follow-file.ts';
import type { Lines } from './lines/schema.ts';
import { checkLines, loadLines } from './lines/store.ts';

export interface FollowedLines {
  now(): Lines;
  /** Called with each new document; the first one is there already. */
  onChange: (lines: Lines) => void;
  close(): void;
}

/** Loads the lines and follows changes of them. A document that cannot be used leaves the one before in force. */
export async function followLines(path: string, log: Log): Promise<FollowedLines> {
  let lines = checkLines({ schemaVersion: 1 });
  const load = () => {
    lines = loadLines(path);
    log('lines_in_force', { trunks: lines.trunks.length, pbx: lines.pbx !== null, siprec: lines.siprec !== null });
    followed.onChange(lines);
  };
  const followed: FollowedLines = { now: () => lines, onChange: () => {}, close: () => following.close() };
  const following = await followFile([path], load, ({ code, name }) =>
    log('lines_not_followed', { why: code ?? name }),
  );
  return followed;
}
