/** Loaded into each test process before its tests: a temporary folder of its own, gone when it ends. BELKLUIS_KEEP=1 keeps it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Short: a socket's path has room for 107 bytes.
const folder = mkdtempSync(join(tmpdir(), 'bk-'));
// Whatever a test starts has it too.
process.env.TMPDIR = folder;

process.once('exit', () => {
  if (process.env.BELKLUIS_KEEP) return process.stderr.write(`kept: ${folder}\n`);
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Somebody still writes there. A folder that stays is no reason for a test to fail.
  }
  return undefined;
});
// What takes too long is ended so; it tidies up all the same.
process.once('SIGTERM', () => process.exit(1));
