/** One line on a terminal that says how far something is; nothing where nobody looks. */

/** Redrawn no more often, ms: a terminal over a slow line keeps up. */
const EVERY_MS = 100;

export interface ProgressLine {
  show(text: string): void;
  end(): void;
}

export function progressLine(silent: boolean): ProgressLine {
  const drawn = process.stderr.isTTY === true && !silent;
  let last = 0;
  return {
    show(text) {
      if (!drawn || performance.now() - last < EVERY_MS) return;
      last = performance.now();
      // Back to the beginning of the line, and clear it (ECMA-48).
      process.stderr.write(`\r\u001b[K${text}`);
    },
    end() {
      if (drawn) process.stderr.write('\r\u001b[K');
    },
  };
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
