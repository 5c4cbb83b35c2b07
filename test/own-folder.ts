/** Loaded into each test process before its tests: a temporary folder of its own, gone when it ends. BELKLUIS_KEEP=1 keeps it. */
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Room that makes memory a place for the folders of a few test processes, bytes: a container may have next to none. */
const ROOMY = 4 * 1024 ** 3;

const MEMORY = '/dev/shm';

const isRoomy = (path: string): boolean => {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize > ROOMY;
};

/** Memory: boxes sync a great deal, and no test asks what a real disk does with it. Who names a folder by TMPDIR gets that one. */
const parent = !process.env.TMPDIR && existsSync(MEMORY) && isRoomy(MEMORY) ? MEMORY : tmpdir();

// Short: a socket's path has room for 107 bytes.
const folder = mkdtempSync(join(parent, 'bk-'));
// Servers that refuse to be root have folders of their own in it, and must get there.
chmodSync(folder, 0o711);
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
