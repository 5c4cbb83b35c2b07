/**
 * What a box said it was about to do, and what had returned: written line by line outside of its data directory, so that it outlives the
 * box. A promise is a line that was written after the call of the product returned.
 */
import { readFileSync, writeSync } from 'node:fs';

export interface Line {
  /** The work that wrote it. */
  readonly work: string;
  /** `about_to_…` before a call of the product, its past tense after it returned, `refused` after it threw. */
  readonly said: string;
  readonly [fact: string]: string | number | boolean | null;
}

/** The file descriptor on which a box gets its journal, opened for appending: several boxes may share one. */
const JOURNAL_FD = 3;

/** Writes a line with one system call: it is there whole, or not at all. */
export const writeLine = (line: Line): void => {
  writeSync(JOURNAL_FD, `${JSON.stringify(line)}\n`);
};

export class Journal {
  readonly lines: Line[];

  constructor(lines: readonly Line[] = []) {
    this.lines = [...lines];
  }

  static parse(text: string): Journal {
    return new Journal(
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line),
    );
  }

  static read(path: string): Journal {
    return Journal.parse(readFileSync(path, 'utf8'));
  }

  of(work: string, said: string): Line[] {
    return this.lines.filter((line) => line.work === work && line.said === said);
  }

  /** The latest of them. */
  last(work: string, said: string): Line | undefined {
    return this.lines.findLast((line) => line.work === work && line.said === said);
  }

  /** Position of the first line for which `wanted` holds, or Infinity. */
  indexOf(wanted: (line: Line) => boolean): number {
    const at = this.lines.findIndex(wanted);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }
}
